"""How the people of the demo take what reaches their inbox: a pure function of the seed, the person and the touch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from engine.runtime.demo import words
from engine.simulation.dice import Dice

ASKS_ON_PAGE = "asks_on_page"  # fills in the form of the landing page: a call-in, not an event of the mail

_TO_OUTBOUND: Mapping[str, float] = {
    "": 79, "clicked": 7, "replied": 6, "out_of_office": 3.5, "opted_out": 1.6, ASKS_ON_PAGE: 1.4,
    "meeting_booked": 1, "complained": 0.3, "soft_bounced": 0.2,
}  # fmt: skip
_TO_INBOUND: Mapping[str, float] = {
    "": 68, "clicked": 14, "replied": 10, "meeting_booked": 4, "out_of_office": 3, "opted_out": 1,
}  # fmt: skip
_DEAD = {"guessed": 0.14}  # the share of addresses that nobody reads, by quality
_DEAD_OTHERWISE = 0.02
_MINUTES: Mapping[str, tuple[int, int]] = {
    "bounced": (1, 4), "soft_bounced": (1, 4), "out_of_office": (1, 2), "clicked": (4, 600), "replied": (12, 1900),
    "opted_out": (3, 700), "meeting_booked": (15, 1500), ASKS_ON_PAGE: (20, 1200), "complained": (30, 900),
}  # fmt: skip
_BY_MACHINE = frozenset({"bounced", "soft_bounced", "out_of_office"})
_WAKES, _SLEEPS = time(7, 30), time(22)
_NEXT_MORNINGS = 90  # minutes over which people read what came in the night
_SATURDAY = 5
_LONG_ABSENCES, _UNDATED_ABSENCES = 0.08, 0.35


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the person has it. `person` is the name by which the dice know them, `is_first` their first mail."""

    person: str
    step: str
    at: datetime
    zone: str
    locale: str
    quality: str
    is_inbound: bool


@dataclass(frozen=True, slots=True)
class Reaction:
    """What comes back, and when: an event's kind and body, or ASKS_ON_PAGE."""

    kind: str
    at: datetime
    body: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def react(dice: Dice, letter: Letter) -> Reaction | None:
    """None for most: they read it, or not, and do nothing."""
    kind = "bounced" if is_dead(dice, letter) else _kind(dice, letter)
    if not kind:
        return None
    low, high = _MINUTES[kind]
    # Squared, because most who answer do so soon.
    share = dice.roll("when", letter.person, letter.step) ** 2
    at = letter.at + timedelta(minutes=low + round(share * (high - low)))
    at = at if kind in _BY_MACHINE else _awake(dice, letter, at)
    return Reaction(kind, at, _body(dice, letter, kind, at))


def is_dead(dice: Dice, letter: Letter) -> bool:
    """Nobody reads this address: the same for every mail to it. Who wrote to us themselves can be written to."""
    share = _DEAD.get(letter.quality, _DEAD_OTHERWISE)
    return not letter.is_inbound and dice.roll("dead address", letter.person) < share


def _kind(dice: Dice, letter: Letter) -> str:
    weights = _TO_INBOUND if letter.is_inbound else _TO_OUTBOUND
    return dice.weighted(weights, "reaction", letter.person, letter.step)


def _awake(dice: Dice, letter: Letter, at: datetime) -> datetime:
    """People do not answer in their sleep."""
    local = at.astimezone(ZoneInfo(letter.zone))
    if _WAKES <= local.time() < _SLEEPS:
        return at
    day = local.date() + timedelta(days=local.time() >= _SLEEPS)
    minutes = dice.between(0, _NEXT_MORNINGS, "morning", letter.person, letter.step)
    opens = datetime.combine(day, _WAKES, tzinfo=local.tzinfo)
    return (opens + timedelta(minutes=minutes)).astimezone(UTC)


def _body(dice: Dice, letter: Letter, kind: str, at: datetime) -> Mapping[str, Any]:
    match kind:
        case "replied":
            said = dice.one_of(words.REPLIES, "words", letter.person, letter.step)
            return {"channel": "email", "text": said.in_language(letter.locale)}
        case "opted_out":
            return {"channel": "email", "text": words.OPT_OUT.in_language(letter.locale)}
        case "bounced":
            return {"detail": words.BOUNCE}
        case "out_of_office":
            until = _back(dice, letter, at)
            return {"until": until.isoformat()} if until else {}
        case "meeting_booked":
            on = workday_at(dice, at, letter.zone, "meeting", letter.person)
            return {"at": on.isoformat(), "title": words.DEMO_TITLE.in_language(letter.locale)}
        case _:
            return {}


def _back(dice: Dice, letter: Letter, at: datetime) -> date | None:
    """The day an absence note names, if it names one."""
    kind = dice.roll("absence", letter.person)
    if kind < _UNDATED_ABSENCES:
        return None
    low, high = (40, 120) if kind > 1 - _LONG_ABSENCES else (2, 9)
    return at.date() + timedelta(days=dice.between(low, high, "back", letter.person))


def workday_at(dice: Dice, after: datetime, zone: str, *about: object) -> datetime:
    """A good hour on one of the next working days, by the person's own clock."""
    local = after.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=dice.between(1, 3, "day", *about))
    if day.weekday() >= _SATURDAY:
        day += timedelta(days=7 - day.weekday())
    hour = dice.one_of((10, 11, 14, 15, 16), "hour", *about)
    return datetime.combine(day, time(hour), tzinfo=local.tzinfo).astimezone(UTC)
