"""What comes of a rep's work in the demo: who picks up, who accepts, who says no. Pure, like the rest of the cast."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.outcome import Answer
from engine.runtime.demo import words
from engine.runtime.demo.cast import workday_at
from engine.runtime.demo.words import Words
from engine.simulation.dice import Dice

_COLD_CALL: Mapping[str, float] = {
    "no_answer": 52, "gatekeeper": 9, "busy": 4, "hung_up": 2.5, "call_back": 6, "not_interested": 6, "not_now": 4.5,
    "send_info": 4, "interested": 3.5, "meeting_booked": 2, "wrong_number": 2, "referral": 1.2, "left_company": 1,
    "wrong_person": 0.8, "do_not_call": 0.6, "do_not_contact": 0.4, "not_qualified": 0.4, "already_customer": 0.1,
}  # fmt: skip
_CALL_IN: Mapping[str, float] = {
    "no_answer": 44, "call_back": 9, "interested": 14, "meeting_booked": 6, "send_info": 8, "not_now": 5, "busy": 4,
    "not_interested": 3, "wrong_number": 3, "not_qualified": 2, "hung_up": 1, "wrong_person": 1,
}  # fmt: skip
_OTHERS: Mapping[str, Mapping[str, float]] = {
    "personal_email": {"sent": 95, "replied": 3, "unreachable": 2},
    "linkedin": {"requested": 58, "accepted": 24, "not_found": 9, "replied": 3, "refused": 3, "sent": 3},
    "maimai": {"requested": 70, "accepted": 20, "not_found": 10},
    "wechat_add": {"requested": 42, "accepted": 38, "not_found": 9, "replied": 5, "refused": 3, "unreachable": 3},
    "wechat_message": {"sent": 88, "replied": 9, "refused": 3},
    "video": {"sent": 95, "replied": 5},
}
_LEAVES_VOICEMAIL = 0.8  # of the calls that nobody answers, where the step asks for one
_SKIPS, _SNOOZES = 0.012, 0.012


@dataclass(frozen=True, slots=True)
class Asked:
    """A task as the cast sees it. `script` is the reply, for a triage; `on` tells repeats of a step apart."""

    kind: str
    person: str
    on: str
    now: datetime
    zone: str
    locale: str
    script: str = ""
    is_inbound: bool = False
    asks_for_voicemail: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    reason: str


@dataclass(frozen=True, slots=True)
class Snoozed:
    until: datetime


def answer(dice: Dice, asked: Asked) -> Answer | Skipped | Snoozed:
    """What the rep reports; now and then the task is put off or given up instead."""
    if asked.kind == "triage":
        return _triaged(dice, asked)
    mood = dice.roll("mood", asked.person, asked.on)
    if asked.kind == "call" and not asked.is_inbound and mood < _SKIPS + _SNOOZES:
        return _put_off(dice, asked) if mood < _SNOOZES else _given_up(dice, asked)
    if asked.kind == "call":
        return _called(dice, asked)
    weights = _OTHERS.get(asked.kind, {"done": 1.0})
    return Answer(dice.weighted(weights, "answer", asked.person, asked.on))


def _called(dice: Dice, asked: Asked) -> Answer:
    outcome = dice.weighted(_CALL_IN if asked.is_inbound else _COLD_CALL, "answer", asked.person, asked.on)
    if outcome == "no_answer" and asked.asks_for_voicemail:
        left = dice.roll("voicemail", asked.person, asked.on) < _LEAVES_VOICEMAIL
        return Answer("voicemail", voicemail_left=True) if left else Answer(outcome)
    return _complete(dice, asked, outcome)


def _triaged(dice: Dice, asked: Asked) -> Answer:
    """Read with care; what somebody answered elsewhere than by mail was friendly."""
    means = words.meaning_of(asked.script) or "interested"
    return _complete(dice, asked, means)


def _complete(dice: Dice, asked: Asked, outcome: str) -> Answer:
    """The outcome with what its table asks for beside it."""

    def said(choices: tuple[Words, ...]) -> str:
        return dice.one_of(choices, "said", asked.person, asked.on).in_language(asked.locale)

    match outcome:
        case "call_back" | "meeting_booked":
            return Answer(outcome, at=workday_at(dice, asked.now, asked.zone, outcome, asked.person, asked.on))
        case "later":
            return Answer(outcome, date=_in_autumn(dice, asked))
        case "gatekeeper":
            return Answer(outcome, note=said(words.GATEKEEPERS))
        case "referral":
            return Answer(outcome, name=said(words.REFERRALS))
        case _ if outcome in words.REASONS and asked.kind == "call":
            return Answer(outcome, reason=said(words.REASONS[outcome]))
        case _:
            return Answer(outcome)


def _in_autumn(dice: Dice, asked: Asked) -> str:
    day = asked.now.astimezone(ZoneInfo(asked.zone)).date() + timedelta(
        days=dice.between(110, 160, "later", asked.person)
    )
    return day.isoformat()


def _put_off(dice: Dice, asked: Asked) -> Snoozed:
    return Snoozed(workday_at(dice, asked.now, asked.zone, "snooze", asked.person, asked.on))


def _given_up(dice: Dice, asked: Asked) -> Skipped:
    return Skipped(dice.one_of(words.SKIPPED, "skip", asked.person, asked.on).in_language(asked.locale))
