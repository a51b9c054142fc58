"""What became of everybody: the sinks' ledgers against the rows of the engine."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from engine.operations.context import Context
from engine.operations.queries import stuck
from engine.store.connection import Record
from engine.store.tables import address
from tests.faults.arena import Arena
from tests.faults.ledger import accepted
from tests.support import invariants
from tests.support.invariants import Snapshot

_UNKNOWN = {"in_doubt", "quarantined"}
_KINDS = {"email": "email", "sms": "phone"}
Way = tuple[str, str]  # a channel and an address
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
        addresses = _addresses(ctx)
    taken = Counter((call.channel, call.recipient) for call in accepted(arena.calls()))
    automatic = {addresses[row.prospect_id, row.verb]: row for row in rows.of("touch") if row.verb in _KINDS}
    unknown = {row.id for row in automatic.values() if row.status in _UNKNOWN}
    problems += _disagreements(automatic, taken)
    problems += [f"touch {one} is in doubt and nobody is shown it" for one in sorted(unknown - visible)]
    return Audit(
        accepted=taken.total(),
        duplicates=taken.total() - len(taken),
        lost=_lost(rows, automatic, taken),
        in_doubt=len(unknown),
        held=sum(row.status == "held" for row in automatic.values()),
        problems=tuple(problems[:_MOST_TOLD]),
    )


def _addresses(ctx: Context) -> dict[tuple[int, str], Way]:
    """How each person is reached by each channel: in a bench they have one address of a kind, and one message by it."""
    with ctx.database.read() as connection:
        rows = connection.execute(select(address.c.prospect_id, address.c.kind, address.c.value)).all()
    channels = {kind: channel for channel, kind in _KINDS.items()}
    return {
        (row.prospect_id, channels[row.kind]): (channels[row.kind], row.value) for row in rows if row.kind in channels
    }


def _disagreements(automatic: Mapping[Way, Record], taken: Counter[Way]) -> list[str]:
    """What a sink has taken is sent or in doubt; what is sent, a sink has taken."""
    status = {way: row.status for way, row in automatic.items()}
    found = [
        f"{channel} to {recipient} was taken and is {status.get((channel, recipient), 'unknown')}"
        for channel, recipient in taken
        if status.get((channel, recipient)) not in {"sent", *_UNKNOWN}
    ]
    phantoms = [
        f"touch {row.id} is sent and was never taken" for way, row in automatic.items() if _is_phantom(row, taken[way])
    ]
    return found + phantoms


def _is_phantom(row: Record, times: int) -> bool:
    return row.status == "sent" and not times


def _lost(rows: Snapshot, automatic: Mapping[Way, Record], taken: Counter[Way]) -> int:
    """Messages that have neither arrived, nor are still to come, nor is it said why not; and people without any."""
    reached = {row.enrollment_id for row in automatic.values()}
    forgotten = sum(row.id not in reached for row in rows.of("enrollment"))
    return forgotten + sum(_is_lost(row, taken[way]) for way, row in automatic.items())


def _is_lost(row: Record, times: int) -> bool:
    if row.status in {"failed", "skipped", "cancelled", "expired"}:
        return row.reason is None
    return row.status == "sending" or _is_phantom(row, times)


def _visible_doubts(ctx: Context) -> set[int]:
    found: set[int] = set()
    page = stuck.doubts(ctx, limit=200)
    found |= {one.id for one in page.items}
    while page.next_cursor is not None:
        page = stuck.doubts(ctx, limit=200, cursor=page.next_cursor)
        found |= {one.id for one in page.items}
    return found
