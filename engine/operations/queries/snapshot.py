"""What is under way in the database, as the beginning of a play. It is only read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import engagement_refusal
from engine.core.schedule import PlannedTouch
from engine.core.sequence import Sequence as Plan
from engine.core.sequence import Verb
from engine.core.task import TaskKind, TaskStatus
from engine.core.touch import Reason, TouchStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.enroll import engagement_of
from engine.operations.queries.queue import ranked
from engine.operations.reaching import reach
from engine.operations.texts import cast_of
from engine.operations.workers import worker_of
from engine.simulation.rates import UNANSWERED
from engine.simulation.script import Lead, Reach, Script, Standing, StandingTask, StandingTouch, Worker
from engine.store import enrollments, plans, standing, touches
from engine.store.connection import Record


def snapshot(ctx: Context, length: timedelta) -> Script:
    """Everything active as it stands now, played on for so long: nobody answers, reps do what they get to."""
    with ctx.database.read() as connection:
        act = Act(ctx, connection, ctx.now())
        return Script(
            workspace=act.workspace,
            sequences=_sequences(act),
            workers=tuple(_workers(act)),
            leads=(),
            start=act.now,
            end=act.now + length,
            standing=_standing(act),
            rates=UNANSWERED,
        )


def _sequences(act: Act) -> dict[str, Plan]:
    keys = [row.key for row in plans.sequences(act.connection)]
    return {key: act.ctx.shelf.live_plan(act.connection, key).sequence for key in keys}


def _workers(act: Act) -> list[Worker]:
    mailboxes: dict[int, str] = {}
    for row in plans.mailboxes(act.connection):
        mailboxes.setdefault(row.rep_id, str(row.id))
    today = act.now.date()
    return [worker_of(act.workspace, rep.key, today, mailboxes.get(rep.id)) for rep in plans.reps(act.connection)]


def _standing(act: Act) -> tuple[Standing, ...]:
    rows = enrollments.with_people(act.connection, standing.begun_enrollments(act.connection))
    past = touches.of_enrollments(act.connection, [row.id for row in rows])
    tasks = _Tasks.of(standing.open_tasks(act.connection))
    reached, resumed = _reach(act, rows), standing.resumptions(act.connection)
    made = (_one(act, row, past[row.id], tasks, reached[row.id]) for row in rows)
    return tuple(
        replace(one, is_paused=row.status == EnrollmentStatus.PAUSED.value, resumes_at=resumed.get(row.id))
        for one, row in zip(made, rows, strict=True)
    )


def _one(act: Act, row: Record, past: Sequence[Record], tasks: "_Tasks", reached: Reach) -> Standing:  # noqa: PLR0917 - what was read for one row
    lead = Lead(
        id=row.prospect_id,
        at=facts.begun_at(row),
        sequence=row.sequence_key,
        worker=row.rep_key,
        setting=facts.setting_of(act.workspace, row, act.now),
        reach=reached,
        account=row.account_id,
        tier=row.account_tier,
    )
    return Standing(
        lead,
        act.plan(row.version_id).sequence,
        row.day_one,
        str(row.mailbox_id) if row.mailbox_id is not None else None,
        tuple(_touch(touch, tasks.of_touch.get(touch.id)) for touch in past),
        tuple(map(_task, tasks.others.get(row.id, ()))),
    )


@dataclass(frozen=True, slots=True)
class _Tasks:
    """Those of a step by its touch, the others by enrollment."""

    of_touch: Mapping[int, Record]
    others: Mapping[int, Sequence[Record]]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> "_Tasks":
        others: dict[int, list[Record]] = defaultdict(list)
        for row in rows:
            if row.touch_id is None:
                others[row.enrollment_id].append(row)
        return cls({row.touch_id: row for row in rows if row.touch_id is not None}, others)


def _touch(row: Record, task: Record | None) -> StandingTouch:
    planned = PlannedTouch(
        row.step, row.repeat, row.lane, Verb(row.verb), row.nominal_date, row.due_date, row.due_at,
        row.callable_from, row.callable_until, row.late_at, row.respond_by,
    )  # fmt: skip
    return StandingTouch(
        number=row.id,
        plan=planned,
        due_at=row.due_at,
        status=TouchStatus(row.status),
        reason=Reason(row.reason) if row.reason else None,
        outcome=row.outcome,
        ended_at=row.ended_at,
        is_promised=row.is_promised,
        task=_task(task) if task is not None else None,
    )


def _task(row: Record) -> StandingTask:
    is_asleep = row.status == TaskStatus.SNOOZED.value
    return StandingTask(
        TaskKind(row.kind),
        ranked(row),
        row.rep_key,
        rests_until=row.snoozed_until if is_asleep else None,
        lent_by=row.lent_by,
        is_aside=is_asleep and (row.snoozed_until is None or row.lent_by == row.rep_key),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A touch that might be: what the guard reads of one."""

    verb: str
    enrollment_id: int
    prospect_id: int
    version_id: int
    enrollment_status: str
    address_id: None = None


def _reach(act: Act, rows: Sequence[Record]) -> dict[int, Reach]:
    """By enrollment, for each verb of its plan what the guard would be told now."""
    asked = {row.id: [_asked(row, verb) for verb in Verb] for row in rows}
    every = [one for of_row in asked.values() for one in of_row]
    cast = cast_of(act.connection, act.workspace, every)
    ways = reach.ways_to(act, every, cast)
    blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}
    found: dict[int, Reach] = {}
    for row in rows:
        engagement = engagement_of(cast.people[row.prospect_id], row.rep_id, blocked)
        refusal = engagement_refusal(engagement, act.plan(row.version_id).sequence, act.now)
        found[row.id] = {
            Verb(one.verb): replace(
                reach.facts_of(act, one, cast, ways.to(one)), refusal=refusal if Verb(one.verb).is_automatic else None
            )
            for one in asked[row.id]
        }
    return found


def _asked(row: Record, verb: Verb) -> _Asked:
    return _Asked(verb.value, row.id, row.prospect_id, row.version_id, row.status)
