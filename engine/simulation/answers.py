"""What a rep reports of a task, by the dice: always the same for the same person, step and seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.clock import open_instant
from engine.core.outcome import Answer, Consequence, Need
from engine.core.ranking import Reachable
from engine.simulation.dice import Dice
from engine.simulation.rates import Rates

_SOME_HOURS = timedelta(hours=26)
_SOME_MONTHS = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Asked:
    """A task as it stands before the rep. `about` names it among all others that are played."""

    kind: str
    about: tuple[object, ...]
    leaves_voicemail: bool = False


def outcome_of(dice: Dice, rates: Rates, asked: Asked) -> str:
    """A word of the task's outcome table."""
    if asked.kind != "call":
        weights = rates.outcomes.get(asked.kind)
        return dice.weighted(weights, "answer", *asked.about) if weights else "done"
    if dice.roll("picks up", *asked.about) < rates.answer:
        return dice.weighted(rates.outcomes["call"], "answer", *asked.about)
    is_left = asked.leaves_voicemail and dice.roll("voicemail", *asked.about) < rates.voicemail
    return "voicemail" if is_left else "no_answer"


def told(outcome: str, row: Consequence, reachable: Reachable, now: datetime) -> Answer:
    """The outcome with what its table asks for: an hour about a day ahead, a date some months ahead."""
    at = None
    if Need.AT in row.needs:
        at = open_instant(reachable.hours, reachable.calendar, reachable.zone, now + _SOME_HOURS)
    date = (now + _SOME_MONTHS).date().isoformat() if Need.DATE in row.needs else None
    return Answer(outcome, at=at, date=date, voicemail_left=outcome == "voicemail")
