"""Who must not be contacted, from whatever column says so. A doubt counts as an opt-out: the harms are not alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.contacts.cells import Cell, clean_line, clean_machine_text, fold, is_nothing, word_set
from engine.contacts.header_words import OPT_OUT_FIELDS
from engine.contacts.problems import RowProblem, problem
from engine.contacts.stages import is_never

_NO = word_set("false no n 0 f off nein non 否 不 未退订 未 subscribed active")
_YES = word_set("true yes y 1 t x on ja oui 是 已退订 退订 ✓ ✔ √ unsubscribed optedout optout donotcontact dnc")
# In a stage or a list any of these words is a verdict; in free text only a sentence that says so.
_VERDICT = re.compile(
    r"do not contact|don'?t contact|\bdnc\b|unsubscrib|opt(?:ed)?[ -]?out|do not (?:e-?mail|call|disturb)|blacklist"
    r"|勿扰|打扰|退订|勿联系|勿再联系|不要(?:再)?联系|别再?联系|拒绝联系|黑名单",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:do not|don'?t|never|stop|no longer) (?:contact|e-?mail|writ|messag)|remove (?:me|him|her|them) from"
    r"|勿扰|勿打扰|退订|勿(?:再)?联系|不要(?:再)?联系|别再?联系|拒绝联系|黑名单",
    re.IGNORECASE,
)
_NO_MORE_CALLS = re.compile(
    r"(?:do not|don'?t|never|stop) call(?:ing)?\b(?! (?:before|after|until|on|in|at|between|during))"
    r"|(?:勿|不要|别)再?打电话",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"^(?:拒绝|拒访|已拒绝|refused|rejected|not interested)[。.!！]?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OptOut:
    """Why, in words, and how far: `any`, `email`, `phone`."""

    reasons: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()

    @property
    def reason(self) -> str | None:
        return "; ".join(self.reasons) or None


def read_opt_out(cells: Mapping[str, Sequence[Cell]], stage: str | None) -> tuple[OptOut, list[RowProblem]]:
    """`cells` by field; `stage` is the key that the workspace gives the row's stage."""
    findings: list[tuple[str, Cell]] = []
    problems: list[RowProblem] = []
    for field, channel in OPT_OUT_FIELDS.items():
        for cell in cells.get(field, ()):
            if is_opt_out_flag(cell.value):
                findings.append((channel, cell))
                problems += [] if _word(cell.value) in _YES else [problem("opt_out_unclear", cell)]
    findings += [("any", cell) for cell in _verdicts(cells, stage)]
    findings += [("phone", cell) for cell in cells.get("message", ()) if _NO_MORE_CALLS.search(_words(cell.value))]
    problems += [
        problem("refused_in_remark", cell) for cell in cells.get("message", ()) if _REFUSED.match(cell.value.strip())
    ]
    reasons = tuple(f"{cell.column}: {clean_line(cell.value)[:80]}" for _, cell in findings)
    return OptOut(reasons, frozenset(channel for channel, _ in findings)), problems


def is_opt_out_flag(value: str) -> bool:
    return not is_nothing(value) and _word(value) not in _NO


def says_do_not_contact(value: str) -> bool:
    return _VERDICT.search(_words(value)) is not None


def is_clear_yes(value: str) -> bool:
    return len(value.strip()) > 1 and _word(value) in _YES


def _word(value: str) -> str:
    return fold(value) or value.strip()


def _verdicts(cells: Mapping[str, Sequence[Cell]], stage: str | None) -> list[Cell]:
    stages = list(cells.get("stage", ()))
    verdicts = [cell for cell in [*stages, *cells.get("lists", ())] if says_do_not_contact(cell.value)]
    if is_never(stage) and not verdicts:
        verdicts = stages[:1]
    return verdicts + [cell for cell in cells.get("message", ()) if _SENTENCE.search(_words(cell.value))]


def _words(value: str) -> str:
    """`DO_NOT_CONTACT` and `do-not-contact` are the same words."""
    return " ".join(re.sub(r"[_\-\s]+", " ", clean_machine_text(value)).split()).replace("’", "'")
