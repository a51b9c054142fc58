"""Whoever waits begins when the turn has come: judged by the day as it is now, each once, in the order of the line."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from engine.core.admission import WaitsFor
from engine.core.enrollment import StopReason
from engine.core.guards import Refusal, engagement_refusal
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.admission.beginnings import Beginnings, Whereabouts
from engine.operations.admission.lines import Line, Turn
from engine.operations.admission.shares import Shares
from engine.operations.context import Context
from engine.operations.days.open_days import place_of
from engine.operations.enroll import engagement_of
from engine.operations.lifecycle import stopping
from engine.operations.reaching.absences import at_rest
from engine.store import enrollments, locks, newcomers, people, touches, trail
from engine.store.connection import Record


def admit_due(ctx: Context) -> int:
    """Rep by rep; whose days somebody else shares out just now is left to the next time. How many have begun."""
    with ctx.database.read() as connection:
        reps = newcomers.reps_to_plan(connection, ctx.now())
    return sum(_admit_of(ctx, rep) for rep in reps)


def _admit_of(ctx: Context, rep: Record) -> int:
    with begin(ctx) as act:
        if not newcomers.hold_rep_if_free(act.connection, rep.id):
            return 0
        newcomers.has_been_planned(act.connection, rep.id)
        shares = Shares(act.connection, act.ctx.shelf)
        wanted = _people_to_judge(Line(act, rep.id, rep.key, shares), act.now)
        free = locks.hold_free(act.connection, wanted, act.now)
        line = Line(act, rep.id, rep.key, shares)  # read again when they are held
        held = [row.id for row in line.waiting if row.prospect_id in free]
        begun, gone = _judge(act, line, enrollments.with_people(act.connection, held, lock=True))
        if len(line.waiting) > len(begun) + len(gone):
            newcomers.plan_next(act.connection, rep.id, line.next_morning)
        return len(begun)


def _people_to_judge(line: Line, now: datetime) -> list[int]:
    """Whose turn has come, by the date that was given or as the line stands now; and who has a date of their own."""
    turns = _in_line(line)
    return [
        row.prospect_id for row in line.waiting if row.id not in turns or min(row.admit_at, turns[row.id].at) <= now
    ]


def _judge(act: Act, line: Line, ready: Sequence[Record]) -> tuple[set[int], set[int]]:
    """The line is planned anew, by what is known now of those who are `ready`. Who of them has begun, and who was
    stopped.

    Nobody begins past somebody who is held just now: then all behind wait for the next tick.
    """
    gone = _stop_forbidden(act, ready)
    own = _own_dates(act, line, [row for row in ready if row.id not in gone])
    known = {row.id for row in ready}
    turns = _in_line(line, aside=own.keys() | gone, known=known)
    come = (row.id for row in line.waiting if row.id in turns and turns[row.id].at <= act.now)
    begun = set(takewhile(known.__contains__, come))
    begin_with(act, [row for row in ready if row.id in begun])
    newcomers.put(act.connection, _moved(line, {**turns, **own}, begun))
    return begun, gone


def _stop_forbidden(act: Act, rows: Sequence[Record]) -> set[int]:
    """What has become of them since they were enrolled may forbid it: customers by now, or somebody else's."""
    known = {row.id: row for row in people.with_accounts(act.connection, [row.prospect_id for row in rows])}
    refusals = {row.id: _refusal(act, row, known[row.prospect_id]) for row in rows}
    for row in rows:
        refusal = refusals[row.id]
        if refusal is not None:
            stopping.stop_enrollment(act, row, StopReason.STAGE_CHANGED, refusal.value)
    return {one for one, refusal in refusals.items() if refusal is not None}


def _refusal(act: Act, row: Record, person: Record) -> Refusal | None:
    blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}
    return engagement_refusal(engagement_of(person, row.rep_id, blocked), act.plan(row.version_id).sequence, act.now)


def _own_dates(act: Act, line: Line, rows: Sequence[Record]) -> dict[int, Turn]:
    """Of whoever is away, or has just heard from the rep."""
    return {one: line.on_own_date(rest.until, rest.why) for one, rest in at_rest(act, rows).items()}


def _in_line(line: Line, *, aside: Collection[int] = (), known: Collection[int] = ()) -> dict[int, Turn]:
    """Whether those who are `known` have a date of their own is known better than by the date that was given."""
    rows = [row for row in line.waiting if row.id not in aside and (row.id in known or not line.has_own_date(row))]
    return {row.id: turn for row, turn in zip(rows, line.in_line(rows), strict=True)}


def _moved(line: Line, turns: Mapping[int, Turn], begun: Collection[int]) -> list[tuple[int, datetime, WaitsFor]]:
    waits_for = {row.id: (row.admit_at, row.waits_for) for row in line.waiting}
    return [
        (one, turn.at, turn.waits_for)
        for one, turn in turns.items()
        if one not in begun and turn.waits_for is not None and waits_for[one] != (turn.at, turn.waits_for.value)
    ]


def begin_with(act: Act, rows: Sequence[Record]) -> None:
    """`rows` are pending, held with their people, and read with what planning needs of them."""
    by_version: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        by_version[row.version_id].append(row)
    new: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    for version, some in by_version.items():
        beginnings = Beginnings(act.workspace, act.plan(version).sequence)
        for row in some:
            where = _where(act, row)
            days.append({"one": row.id, "day": beginnings.at(act.now, where).day_one})
            new += beginnings.touch_rows(act.now, where, enrollment_id=row.id, person=row.prospect_id)
    newcomers.begin(act.connection, days, act.now)
    touches.add_many(act.connection, new)
    moved = [("enrollment", row.id) for row in rows]
    trail.record_many(act.connection, moved, actor=act.actor, action="admit", now=act.now)


def _where(act: Act, row: Record) -> Whereabouts:
    place = place_of(row)
    law = facts.law_for(act.workspace.policy_for(place.country), place.region)
    return Whereabouts(row.zone, place, row.rep_key, law)
