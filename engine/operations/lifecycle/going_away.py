"""A leave begins: what can wait is put aside until the return, the rest goes to whoever stands in."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from engine.core.leave import LeavePolicy
from engine.core.ranking import base_level
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind, TaskStatus
from engine.operations.act import Act
from engine.operations.covering import Cover, Piece, back_at, piece_of
from engine.operations.lifecycle import new_owners
from engine.store import leaves, locks, rep_work
from engine.store.connection import Record

_UNCLAIMED: dict[str, None] = {"claimed_by": None, "claimed_until": None}


def go_away(act: Act, leave: Record) -> None:
    """People who are held just now are left to the next time: the leave has begun when all of it is done.

    What comes to the rep later is decided when it comes, by the same rules.
    """
    is_through = True
    if leave.policy == LeavePolicy.REASSIGN.value:
        is_through = new_owners.hand_on(act, leave.rep_id, leave.to_id)
    cover, back = Cover(act, leave), back_at(act, leave)
    is_through &= _put_tasks_aside(act, leave, cover, back)
    is_through &= _put_touches_off(act, leave, cover, back)
    if is_through:
        leaves.change(act.connection, leave.id, begun_at=act.now, is_covered=cover.is_covered(leave))
        act.record("begin_leave", "rep", leave.rep_key, leave=leave.id, policy=leave.policy, to=leave.to_key)


def _put_tasks_aside(act: Act, leave: Record, cover: Cover, back: datetime) -> bool:
    rows = rep_work.open_tasks(act.connection, leave.rep_id, at=back)
    free = locks.hold_free(act.connection, {row.prospect_id for row in rows}, act.now)
    waiting: list[Record] = []
    taken: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in (row for row in rows if row.prospect_id in free):
        if row.leave_id in (None, leave.id) and cover.waits_until(piece_of(row)) is not None:
            waiting.append(row)
        elif act.now < leave.ends_at:  # what was left over from days that have passed is in the right hands
            other = cover.stand_in(leave)
            if other is None:
                continue
            taken[other, row.leave_id or leave.id].append(row.id)
            act.record("stand_in", "task", row.id, rep=other, leave=leave.id)
    asleep = {"status": TaskStatus.SNOOZED.value, "snoozed_until": back, "leave_id": leave.id}
    rep_work.change_tasks(act.connection, [row.id for row in waiting], **asleep, **_UNCLAIMED)
    rep_work.take_deadlines_off(act.connection, [row.touch_id for row in waiting if row.touch_id is not None])
    for (other, whose), ids in taken.items():
        rep_work.change_tasks(act.connection, ids, rep_id=other, leave_id=whose, **_UNCLAIMED)
    return all(row.prospect_id in free for row in rows)


def _put_touches_off(act: Act, leave: Record, cover: Cover, back: datetime) -> bool:
    due = rep_work.touches_due(act.connection, leave.rep_id, before=back)
    rows = [row for row in due if cover.waits_until(_piece(row, leave.rep_id)) is not None]
    free = _held(act, rows)
    later = [row.id for row in rows if row.prospect_id in free]
    rep_work.put_off(act.connection, later, back)
    return len(later) == len(rows)


def _held(act: Act, rows: Sequence[Record]) -> frozenset[int]:
    return locks.hold_free(act.connection, {row.prospect_id for row in rows}, act.now)


def _piece(touch: Record, rep_id: int) -> Piece:
    """As it would be queued."""
    kind, is_inbound = TaskKind(touch.verb), touch.audience == AudienceKind.INBOUND.value
    level = base_level(kind, has_clock=touch.respond_by is not None, is_promised=touch.is_promised, is_day_one=False)
    return Piece(rep_id, kind, level, is_inbound)
