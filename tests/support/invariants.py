"""The invariants of the semantics (section 2) that can be seen in the rows, and between two readings of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.channels.envelope import Envelope
from engine.core import enrollment as enrollments
from engine.core import task as tasks
from engine.core import touch as touches
from engine.core.sequence import Sequence, Verb
from engine.operations.context import Context
from engine.store import tables
from engine.store.connection import Record

_READ = ("touch", "enrollment", "task", "pause", "suppression", "message", "sequence_version", "event", "doubt")
_FACTS = {"delivered_at", "bounced_at", "clicked_at", "complained_at", "replied_at"}
_TABLES: Mapping[str, Mapping[tuple[Any, Any], Any]] = {
    "touch": touches.TABLE,
    "enrollment": enrollments.TABLE,
    "task": tasks.TABLE,
}
_UNDER_WAY = {"sending", "in_doubt", "quarantined"}


@dataclass(frozen=True)
class Snapshot:
    """Every row of the tables that matter, by table and primary key."""

    rows: Mapping[str, Mapping[Any, Record]]

    def of(self, table: str) -> Iterable[Record]:
        return self.rows[table].values()


def read(ctx: Context) -> Snapshot:
    with ctx.database.read() as connection:
        return Snapshot({name: {row[0]: row for row in connection.execute(_ordered(name))} for name in _READ})


def _ordered(name: str) -> Any:
    table = tables.metadata.tables[name]
    return select(table).order_by(*table.primary_key.columns)


def problems(ctx: Context, now: Snapshot) -> Iterator[str]:
    """What is wrong in one reading."""
    yield from _one_send_a_person(now)
    yield from _nothing_lost(now)
    yield from _nothing_left_over(now)
    yield from _doubts_are_looked_into(now)
    mine = _by_enrollment(now)
    with ctx.database.read() as connection:
        plans = {row.version_id: ctx.shelf.plan(connection, row.version_id) for row in now.of("enrollment")}
    for row in now.of("enrollment"):
        yield from _lanes_in_order(plans[row.version_id].sequence, row, mine[row.id])


def changes(before: Snapshot, now: Snapshot, *, is_undo: bool) -> Iterator[str]:
    """What is wrong between two readings. Only an undo may go back, take away and lift."""
    for name in _TABLES:
        yield from _only_legal_moves(name, before, now, is_undo=is_undo)
    yield from _attempts_grow(before, now)
    yield from _suppressions_stay(before, now, is_undo=is_undo)
    yield from _what_was_written_stays(before, now, is_undo=is_undo)


def _by_enrollment(now: Snapshot) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    for row in now.of("touch"):
        found[row.enrollment_id].append(row)
    return found


def _one_send_a_person(now: Snapshot) -> Iterator[str]:
    sending = Counter(row.prospect_id for row in now.of("touch") if row.status == "sending")
    yield from (f"I13: two sends to person {one}" for one, count in sending.items() if count > 1)


def _nothing_lost(now: Snapshot) -> Iterator[str]:
    """I6: who is in a sequence has something ahead of them, or a name for why not."""
    paused = {row.enrollment_id for row in now.of("pause")}
    worked = {row.touch_id for row in now.of("task") if tasks.TaskStatus(row.status).is_open}
    mine = _by_enrollment(now)
    for row in now.of("enrollment"):
        ahead = [one for one in mine[row.id] if one.status in touches.OPEN]
        if row.status == "active" and not ahead:
            yield f"I6: enrollment {row.id} is active and nothing is ahead of it"
        if row.status == "paused" and row.id not in paused:
            yield f"I6: enrollment {row.id} is paused without a cause"
        if row.status not in ("paused", "pending") and row.id in paused:
            yield f"I6: enrollment {row.id} is {row.status} with a cause of a pause"
        yield from (
            f"I6: touch {one.id} is queued without a task"
            for one in ahead
            if one.status == "queued" and one.id not in worked
        )


def _nothing_left_over(now: Snapshot) -> Iterator[str]:
    """What has ended asks nobody for anything but to settle a doubt."""
    status = {row.id: row.status for row in now.of("enrollment")}
    touch = {row.id: row for row in now.of("touch")}
    for one in now.of("touch"):
        is_over = status[one.enrollment_id] in ("stopped", "finished")
        if is_over and one.status in touches.OPEN and one.status not in _UNDER_WAY:
            yield f"I6: touch {one.id} is {one.status} in an enrollment that is {status[one.enrollment_id]}"
    for row in now.of("task"):
        if row.touch_id is not None and tasks.TaskStatus(row.status).is_open and touch[row.touch_id].status != "queued":
            yield f"I6: task {row.id} is {row.status} for a touch that is {touch[row.touch_id].status}"


def _doubts_are_looked_into(now: Snapshot) -> Iterator[str]:
    """I16: each doubt is in front of a person, and its evidence is looked for; none is left of what is settled."""
    doubtful = {row.id: row.attempt for row in now.of("touch") if row.status == "in_doubt"}
    asked = {row.touch_id: row.attempt for row in now.of("doubt")}
    if doubtful != asked:
        yield f"I16: in doubt are {doubtful}, and looked for are {asked}"


def _lanes_in_order(plan: Sequence, enrollment: Record, mine: list[Record]) -> Iterator[str]:
    """I7: a step comes after the lane's earlier steps, on a later day if the plan says so, and after its gap."""
    ended = {row.step: row for row in mine if row.ended_at is not None and row.verb != "voicemail" and row.repeat == 0}
    reached = {key: row for key, row in ended.items() if row.status in ("sent", "done")}
    there, where = {row.step for row in mine}, f"of enrollment {enrollment.id}"
    for earlier, later in chain.from_iterable(pairwise(plan.lane_steps(lane)) for lane in plan.lanes):
        if later.key in there and earlier.key not in ended:
            yield f"I7: {later.key} {where} was planned before {earlier.key} had ended"
        is_next_day = later.day > earlier.day and {earlier.key, later.key} <= set(reached)
        if is_next_day and _day(enrollment, reached[later.key]) <= _day(enrollment, reached[earlier.key]):
            yield f"I7: {later.key} {where} on the day of {earlier.key}"
    for step in plan.steps:
        if step.key in reached and step.after is not None and step.after.step in ended and step.after.gap.is_wall_time:
            ready = ended[step.after.step].ended_at + step.after.gap.as_timedelta()
            if reached[step.key].ended_at < ready:
                yield f"I7: {step.key} {where} came before {step.after.step} was {step.after.gap} over"


def _day(enrollment: Record, touch: Record) -> Any:
    """A rep half a world away may call on the evening before the day that the touch belongs to; what is automatic may
    not be early.
    """
    ended = touch.ended_at.astimezone(ZoneInfo(enrollment.zone)).date()
    return ended if Verb(touch.verb).is_automatic else max(touch.due_date, ended)


def _only_legal_moves(name: str, before: Snapshot, now: Snapshot, *, is_undo: bool) -> Iterator[str]:
    for key, old in before.rows[name].items():
        new = now.rows[name].get(key)
        if new is None:
            if not is_undo:
                yield f"I4: {name} {key} is gone"
        elif new.status not in _reachable(name, old.status) and not is_undo:
            yield f"I4: {name} {key} went from {old.status} to {new.status}"


@cache
def _reachable(name: str, status: str) -> frozenset[str]:
    """The states that legal moves lead to, without an undo, in one rule of the machine."""
    found = {status}
    while True:
        further = {str(new) for (old, event), new in _TABLES[name].items() if old in found and event != "undo"}
        if further <= found:
            return frozenset(found)
        found |= further


def _attempts_grow(before: Snapshot, now: Snapshot) -> Iterator[str]:
    for key, old in before.rows["touch"].items():
        new = now.rows["touch"].get(key)
        if new is not None and (new.attempt < old.attempt or new.tries < old.tries):
            yield f"I5: touch {key} went back from attempt {old.attempt} to {new.attempt}"


def _suppressions_stay(before: Snapshot, now: Snapshot, *, is_undo: bool) -> Iterator[str]:
    for key, old in before.rows["suppression"].items():
        new = now.rows["suppression"].get(key)
        if new is None:
            yield f"I11: suppression {key} is gone"
        elif old.lifted_at is None and new.lifted_at is not None and not (is_undo or _was_over(new)):
            yield f"I11: suppression {key} was lifted"


def _was_over(suppression: Record) -> bool:
    """It was made for a time, and the time is over."""
    return bool(suppression.ends_at is not None and suppression.ends_at <= suppression.lifted_at)


def _what_was_written_stays(before: Snapshot, now: Snapshot, *, is_undo: bool) -> Iterator[str]:
    """I14, I15: versions, events, messages and ended touches are history."""
    for name, may_change in (("sequence_version", set()), ("event", {"applied_at"}), ("message", set())):
        for key, old in before.rows[name].items():
            yield from _same(f"I14/I15: {name} {key}", old, now.rows[name].get(key), may_change)
    for key, old in before.rows["touch"].items():
        if old.ended_at is not None and not is_undo:
            yield from _same(f"I14: touch {key}", old, now.rows["touch"].get(key), _FACTS)
    for key, old in before.rows["enrollment"].items():
        new = now.rows["enrollment"].get(key)
        if new is not None and new.version_id != old.version_id:
            yield f"I14: enrollment {key} moved to another version"


def _same(what: str, old: Record, new: Record | None, may_change: set[str]) -> Iterator[str]:
    if new is None:
        yield f"{what} is gone"
        return
    for name, value in old._asdict().items():
        if name not in may_change and getattr(new, name) != value:
            yield f"{what} changed {name} from {value!r} to {getattr(new, name)!r}"


def of_calls(now: Snapshot, calls: Iterable[Envelope], accepted: Iterable[Envelope]) -> Iterator[str]:
    """I1, I2, I15 at the transport: at most one acceptance a touch, of a touch that knows; the same bytes each time."""
    taken = Counter(one.touch_id for one in accepted)
    yield from (f"I1: touch {one} was accepted {count} times" for one, count in taken.items() if count > 1)
    for one in taken:
        row = now.rows["touch"].get(one)
        if row is None or row.status not in ("sending", "in_doubt", "sent"):
            yield f"I2: touch {one} was accepted and is {row.status if row else 'gone'}"
    for call in calls:
        stored = now.rows["message"][call.touch_id]
        told = (call.payload, call.message_id, call.recipient, call.at)
        if told != (stored.payload, stored.message_id, stored.recipient, stored.intent_at):
            yield f"I15: touch {call.touch_id} was sent as something else than was stored with its intent"
