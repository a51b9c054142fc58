"""What the suppressions that cover a person mean for one channel."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.sequence import Family

# These say that an address does not work; they say nothing about what its owner wants.
ADDRESS_ONLY = frozenset({"bounced", "wrong_number", "rejected", "unreachable"})
_WHOLE = frozenset({"person", "account", "domain"})
_CHANNELS = {
    Family.EMAIL: "email",
    Family.PHONE: "phone",
    Family.SMS: "sms",
    Family.WECHAT: "wechat",
    Family.SOCIAL: "social",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """One active suppression that touches the person by whatever scope."""

    scope: str
    channel: str
    reason: str
    key: str


def channel_of(family: Family) -> str:
    return _CHANNELS.get(family, "all")


def closes(covers: Iterable[Cover], family: Family) -> str | None:
    """The scope that forbids everything (`person`, `account`, `domain`), or `channel`, or None.

    Who said no by one of their addresses said no: another address of theirs is not a way around it.
    """
    wishes = [cover for cover in covers if cover.reason not in ADDRESS_ONLY]
    for cover in wishes:
        if cover.channel == "all":
            return cover.scope if cover.scope in _WHOLE else "person"
    return "channel" if any(cover.channel == channel_of(family) for cover in wishes) else None


def forbids_all(covers: Iterable[Cover]) -> bool:
    """Nothing at all may reach this person."""
    return closes(covers, Family.OTHER) is not None
