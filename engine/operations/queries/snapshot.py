"""What is under way in the database, as the beginning of a play. It is only read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.core.admission import Share, WaitsFor
from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import Refusal, SendFacts, engagement_refusal
from engine.core.schedule import PlannedTouch
from engine.core.sequence import Sequence as Plan
from engine.core.sequence import Verb
from engine.core.task import TaskKind, TaskStatus
from engine.core.touch import Reason, TouchStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.admission.lines import Line
from engine.operations.admission.shares import Shares
from engine.operations.context import Context
from engine.operations.days.queue_days import came_today
from engine.operations.enroll import engagement_of
from engine.operations.queries.queue import ranked
from engine.operations.reaching import reach
from engine.operations.reaching.companies import company_of
from engine.operations.texts import cast_of
from engine.operations.workers import worker_of
from engine.simulation.rates import UNANSWERED
from engine.simulation.script import Lead, Reach, Script, Sender, Standing, StandingTask, StandingTouch, Worker
from engine.store import enrollments, hand_offs, plans, standing, touches
from engine.store.connection import Record


def snapshot(ctx: Context, length: timedelta) -> Script:
    """Everything active as it stands now, played on for so long: nobody answers, reps do what they get to."""
    with ctx.database.read() as connection:
        return everybody(Act(ctx, connection, ctx.now()), length)


def everybody(act: Act, length: timedelta) -> Script:
    pending = _pending(act)
    return Script(
        workspace=act.workspace,
        sequences=_sequences(act),
        workers=tuple(_workers(act)),
        leads=tuple(lead for lead, is_in_line in pending if not is_in_line),
        waiting=tuple(lead for lead, is_in_line in pending if is_in_line),
        begun=_begun(act),
        came={rep.key: came_today(act, rep.id, rep.key) for rep in plans.reps(act.connection)},
        start=act.now,
        end=act.now + length,
        standing=_standing(act),
        senders=_senders(act),
        used=hand_offs.everything(act.connection, act.now),
        rates=UNANSWERED,
    )


def snapshot_of(act: Act, row: Record, length: timedelta) -> Script:
    """One enrollment alone, in its own version, as if there were no others; `row` is read with its people. Whoever has
    not begun does so when that is planned.
    """
    known, is_pending = _Known(act, [row]), row.status == EnrollmentStatus.PENDING.value
    begins = max(facts.begun_at(row), act.now)
    return Script(
        workspace=act.workspace,
        sequences={**_sequences(act), row.sequence_key: act.plan(row.version_id).sequence},
        workers=tuple(_workers(act)),
        leads=(replace(known.lead(row), at=begins),) if is_pending else (),
        start=act.now,
        end=act.now + length,
        standing=() if is_pending else (known.standing(row),),
        senders=_senders(act),
        used=hand_offs.everything(act.connection, act.now),
        rates=UNANSWERED,
    )


def _sequences(act: Act) -> dict[str, Plan]:
    keys = [row.key for row in plans.sequences(act.connection)]
    return {key: act.ctx.shelf.live_plan(act.connection, key).sequence for key in keys}


def _workers(act: Act) -> list[Worker]:
    mailboxes: dict[int, str] = {}
    for row in plans.mailboxes(act.connection):
        mailboxes.setdefault(row.rep_id, row.address)
    today = act.now.date()
    return [worker_of(act.workspace, rep.key, today, mailboxes.get(rep.id)) for rep in plans.reps(act.connection)]


def _senders(act: Act) -> dict[str, Sender]:
    provider_of = act.ctx.channels.provider_of
    return {address: Sender(one, provider_of(address)) for one, address in _addresses(act).items()}


def _addresses(act: Act) -> dict[int, str]:
    return plans.mailbox_addresses(act.connection)


def _pending(act: Act) -> list[tuple[Lead, bool]]:
    """Who has not begun, and whether they stand in line: others have a date of their own, or are paused without one."""
    rows = enrollments.with_people(act.connection, standing.pending_enrollments(act.connection))
    known = _Known(act, rows)
    found = []
    for row in rows:
        at = known.resumed.get(row.id, row.admit_at)
        if at is not None:
            is_in_line = row.id not in known.resumed and WaitsFor(row.waits_for) in (WaitsFor.TURN, WaitsFor.REP_AWAY)
            found.append((replace(known.lead(row), at=max(at, act.now)), is_in_line))
    return found


def _begun(act: Act) -> dict[str, Share]:
    shares = Shares(act.connection, act.ctx.shelf)
    return {rep.key: Line(act, rep.id, rep.key, shares).begun for rep in plans.reps(act.connection)}


def _standing(act: Act) -> tuple[Standing, ...]:
    rows = enrollments.with_people(act.connection, standing.begun_enrollments(act.connection))
    known = _Known(act, rows)
    return tuple(known.standing(row) for row in rows)


class _Known:
    """What belongs to these enrollments, read with a few queries."""

    def __init__(self, act: Act, rows: Sequence[Record]) -> None:
        self.act = act
        self.past = touches.of_enrollments(act.connection, [row.id for row in rows])
        self.tasks = _Tasks.of(standing.open_tasks(act.connection))
        self.reach = _Reaching(act, rows)
        self.resumed = standing.resumptions(act.connection)
        self.addresses = _addresses(act)
        self.used = hand_offs.used_by_people(act.connection, act.now)

    def standing(self, row: Record) -> Standing:
        return Standing(
            lead=self.lead(row),
            sequence=self.act.plan(row.version_id).sequence,
            day_one=row.day_one,
            mailbox=self.addresses.get(row.mailbox_id),
            touches=tuple(map(self._touch, self.past[row.id])),
            tasks=tuple(map(_task, self.tasks.others.get(row.id, ()))),
            is_paused=row.status == EnrollmentStatus.PAUSED.value,
            resumes_at=self.resumed.get(row.id),
            ended_as=EnrollmentStatus(row.status) if row.ended_at is not None else None,
            end_reason=row.end_reason,
        )

    def lead(self, row: Record) -> Lead:
        return Lead(
            id=row.prospect_id,
            at=facts.begun_at(row),
            sequence=row.sequence_key,
            worker=row.rep_key,
            setting=facts.setting_of(self.act.workspace, row, self.act.now),
            reach=self.reach.of(row),
            account=company_of(row),
            tier=row.account_tier,
            is_guessed=self.reach.is_guessed(row),
        )

    def _touch(self, row: Record) -> StandingTouch:
        planned = PlannedTouch(
            row.step, row.repeat, row.lane, Verb(row.verb), row.nominal_date, row.due_date, row.due_at,
            row.callable_from, row.callable_until, row.late_at, row.respond_by,
        )  # fmt: skip
        task = self.tasks.of_touch.get(row.id)
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
            used_at=self.used.get(row.id),
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


def _task(row: Record) -> StandingTask:
    is_asleep = row.status == TaskStatus.SNOOZED.value
    return StandingTask(
        TaskKind(row.kind),
        ranked(row),
        row.rep_key,
        max(row.created_at, row.due_at),
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


class _Reaching:
    """For each verb of a plan what the guard would be told now."""

    def __init__(self, act: Act, rows: Sequence[Record]) -> None:
        self._act = act
        self._asked = {row.id: [_asked(row, verb) for verb in Verb] for row in rows}
        every = [one for of_row in self._asked.values() for one in of_row]
        self._cast = cast_of(act.connection, act.workspace, every)
        self._ways = reach.ways_to(act, every, self._cast)
        self._blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}

    def of(self, row: Record) -> Reach:
        engagement = engagement_of(self._cast.people[row.prospect_id], row.rep_id, self._blocked)
        refusal = engagement_refusal(engagement, self._act.plan(row.version_id).sequence, self._act.now)
        return {Verb(one.verb): self._facts(one, refusal) for one in self._asked[row.id]}

    def is_guessed(self, row: Record) -> bool:
        best = self._cast.address(row.prospect_id, "email")
        return best is not None and bool(best.quality == "guessed")

    def _facts(self, one: _Asked, refusal: Refusal | None) -> SendFacts:
        found = reach.facts_of(self._act, one, self._cast, self._ways.to(one))
        return replace(found, refusal=refusal if Verb(one.verb).is_automatic else None)


def _asked(row: Record, verb: Verb) -> _Asked:
    return _Asked(verb.value, row.id, row.prospect_id, row.version_id, row.status)
