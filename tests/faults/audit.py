"""What became of everybody: the sinks' ledgers against the rows of the engine."""

from collections import Counter
from dataclasses import dataclass, replace

from engine.operations.context import Context
from engine.operations.queries import stuck
from engine.store.connection import Record
from tests.faults.arena import Arena
from tests.faults.ledger import accepted
from tests.support import invariants
from tests.support.invariants import Snapshot

_UNKNOWN = {"in_doubt", "quarantined"}
_FIRST = ("@ack", "text", "mail")
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Audit:
    """`problems` is whatever must never be, in words; the figures are of all arenas that were added up."""

    accepted: int = 0
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    held: int = 0
    problems: tuple[str, ...] = ()

    def __add__(self, other: "Audit") -> "Audit":
        return Audit(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.lost + other.lost,
            self.in_doubt + other.in_doubt,
            self.held + other.held,
            (*self.problems, *other.problems)[:_MOST_TOLD],
        )

    def with_problem(self, problem: str) -> "Audit":
        return replace(self, problems=(*self.problems, problem)[:_MOST_TOLD])


def audit(arena: Arena) -> Audit:
    with arena.context() as ctx:
        rows = invariants.read(ctx)
        problems = list(invariants.problems(ctx, rows))
        visible = _visible_doubts(ctx)
    taken = Counter(call.touch for call in accepted(arena.calls()))
    automatic = [row for row in rows.of("touch") if row.verb in {"email", "sms"}]
    unknown = {row.id for row in automatic if row.status in _UNKNOWN}
    problems += _disagreements(automatic, taken)
    problems += [f"touch {one} is in doubt and nobody is shown it" for one in sorted(unknown - visible)]
    return Audit(
        accepted=taken.total(),
        duplicates=taken.total() - len(taken),
        lost=_lost(rows, automatic, taken),
        in_doubt=len(unknown),
        held=sum(row.status == "held" for row in automatic),
        problems=tuple(problems[:_MOST_TOLD]),
    )


def _disagreements(automatic: list[Record], taken: Counter[int]) -> list[str]:
    """What a sink has taken is sent or in doubt; what is sent, a sink has taken."""
    status = {row.id: row.status for row in automatic}
    found = [
        f"touch {one} was taken and is {status.get(one, 'unknown')}"
        for one in taken
        if status.get(one) not in {"sent", *_UNKNOWN}
    ]
    return found + [f"touch {row.id} is sent and was never taken" for row in automatic if _is_phantom(row, taken)]


def _is_phantom(row: Record, taken: Counter[int]) -> bool:
    return row.status == "sent" and row.id not in taken


def _lost(rows: Snapshot, automatic: list[Record], taken: Counter[int]) -> int:
    """People whose first message has neither arrived, nor is it still to come, nor is it said why not."""
    first = {(row.enrollment_id, row.step): row for row in automatic if row.step in _FIRST}
    steps = {step for _, step in first}
    return sum(
        (one.id, step) not in first or _is_lost(first[one.id, step], taken)
        for one in rows.of("enrollment")
        for step in steps
    )


def _is_lost(row: Record, taken: Counter[int]) -> bool:
    if row.status in {"failed", "skipped", "cancelled", "expired"}:
        return row.reason is None
    return row.status == "sending" or _is_phantom(row, taken)


def _visible_doubts(ctx: Context) -> set[int]:
    found: set[int] = set()
    page = stuck.doubts(ctx, limit=200)
    found |= {one.id for one in page.items}
    while page.next_cursor is not None:
        page = stuck.doubts(ctx, limit=200, cursor=page.next_cursor)
        found |= {one.id for one in page.items}
    return found
