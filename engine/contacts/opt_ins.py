"""What somebody has agreed to, from the columns that say so. A doubt counts as no consent: the harms are not alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.contacts.cells import Cell, clean_line, fold, is_nothing, word_set
from engine.contacts.instants import Order, read_instant
from engine.contacts.problems import RowProblem, problem

_NO = word_set("false no n 0 f off nein non 否 不 未 未同意")
_YES = word_set("true yes y 1 t x on ja oui 是 同意 已同意 ✓ ✔ √ optin optedin optedintomail subscribed")  # to mail
_CHANNELS: Mapping[str, frozenset[str]] = {
    "email": word_set("email mail emails mails newsletter 邮件 邮箱 电子邮件"),
    "sms": word_set("sms text texts textmessages 短信"),
    "phone": word_set("phone call calls telephone tel 电话"),
}
_SEPARATORS = re.compile(r"[;,，、|/&+\n]|\band\b|和")


@dataclass(frozen=True, slots=True)
class OptIn:
    """`text` is what the file says, `source` what it names as the evidence; empty where it names none."""

    channels: tuple[str, ...]
    at: datetime
    text: str
    source: str


def read_opt_in(
    cells: Mapping[str, Sequence[Cell]], order: Order, zone: ZoneInfo
) -> tuple[OptIn | None, list[RowProblem]]:
    """`cells` by field. Without a day on which it was given, a consent is no evidence."""
    said, told = _first(cells, "consent"), _first(cells, "consent_source")
    if said is None or fold(said.value) in _NO:
        return None, []
    channels = _channels(said.value)
    if not channels:
        return None, [problem("consent_unclear", said)]
    at, problems = read_instant(_first(cells, "consent_at"), order, zone)
    if at is None:
        return None, [*problems, problem("consent_without_date", said)]
    text = f"{said.column}: {clean_line(said.value)[:200]}"
    return OptIn(channels, at, text, clean_line(told.value)[:200] if told else ""), problems


def _first(cells: Mapping[str, Sequence[Cell]], field: str) -> Cell | None:
    return next((cell for cell in cells.get(field, ()) if not is_nothing(cell.value)), None)


def _channels(value: str) -> tuple[str, ...]:
    """All of them, or none where a word is not understood."""
    found: set[str] = set()
    for part in filter(None, map(fold, _SEPARATORS.split(value))):
        named = {channel for channel, words in _CHANNELS.items() if part in words}
        if not named and part not in _YES:
            return ()
        found |= named or {"email"}
    return tuple(sorted(found))
