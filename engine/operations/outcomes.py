"""What an outcome leads to: the rows of the total tables (rule 18), carried out in the act that completes the task."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.core.clock import add_gap, local_instant
from engine.core.consent import channel_of
from engine.core.enrollment import StopReason
from engine.core.errors import BadInput
from engine.core.outcome import Answer, Consequence, FollowUp, Next, OutcomeTable, OutcomeTables, Suppress
from engine.core.schedule import PastTouch, PlannedTouch, plan_repeat
from engine.core.sequence import Gap, Verb
from engine.core.task import TaskKind
from engine.operations import facts, follow_ups, reach, stopping
from engine.operations.act import Act
from engine.operations.ingest import after_lost_address
from engine.operations.plans import calendar_for
from engine.operations.stopping import Stopped
from engine.store import enrollments, people, suppressions, touches
from engine.store.connection import Record

_SHORT_REDIAL = Gap.parse("2h")


@dataclass(frozen=True, slots=True)
class Done:
    """The task that was completed, with its enrollment and, for a step, its touch as they were before."""

    task: Record
    enrollment: Record
    touch: Record | None
    answer: Answer
    row: Consequence


def consequence(table: OutcomeTable, kind: TaskKind, answer: Answer) -> Consequence:
    """Raises BadInput for a word that the table does not know, or when it asks for more than was said."""
    row = table.get(answer.outcome)
    if row is None:
        message = f"{answer.outcome!r} is no outcome of a {kind.value} task; one of {', '.join(table)} is expected"
        raise BadInput(message, field="outcome")
    missing = answer.missing(row.needs)
    if missing:
        message = f"{answer.outcome} needs {' and '.join(missing)}; give {' and '.join(missing)} with the outcome"
        raise BadInput(message, fields=[need.value for need in missing])
    return row


def table_for(act: Act, enrollment: Record | None, kind: TaskKind) -> OutcomeTable:
    """The sequence's own rows over the workspace's."""
    tables: OutcomeTables = act.workspace.outcomes
    if enrollment is not None:
        tables = {**tables, **act.plan(enrollment.version_id).sequence.outcomes}
    return tables[kind.outcome_verb]


def carry_out(act: Act, done: Done) -> list[Stopped]:
    """Everything but the plan's next steps. Returns what was stopped, for an undo."""
    _relate(act, done)
    _suppress(act, done)
    _remember(act, done)
    stopped = _stop(act, done)
    if done.row.follow_up is not None:
        _follow_up(act, done, done.row.follow_up)
    if done.row.add is not None and not stopped:
        _add_touch(act, done, Verb(done.row.add))
    if not stopped:
        _repeat(act, done)
    return stopped


def _relate(act: Act, done: Done) -> None:
    if done.row.relation is None:
        return
    kind = "wechat" if done.task.kind.startswith("wechat") else done.task.kind
    rep = str(done.task.rep_id)
    people.set_relation(
        act.connection, done.task.prospect_id, kind, our_account=rep, state=done.row.relation, now=act.now
    )


def _suppress(act: Act, done: Done) -> None:
    match done.row.suppress:
        case Suppress.PERSON:
            _add_suppression(act, done, "person", str(done.task.prospect_id), "all")
        case Suppress.CHANNEL:
            channel = channel_of(Verb(done.task.kind).family)
            _add_suppression(act, done, "person", str(done.task.prospect_id), channel)
        case Suppress.ADDRESS:
            _bury_address(act, done)
        case Suppress.ACCOUNT:
            person = people.prospect_row(act.connection, done.task.prospect_id)
            if person.account_id is not None:
                _add_suppression(act, done, "account", str(person.account_id), "all")
        case None:
            pass


def _add_suppression(act: Act, done: Done, scope: str, key: str, channel: str) -> None:  # noqa: PLR0917 - one row
    proof = f"task {done.task.id}: {done.answer.outcome}. {done.answer.note or done.answer.reason or ''}".strip()
    source, reason = f"task {done.task.id}", done.answer.outcome
    suppressions.add(
        act.connection, scope=scope, key=key, channel=channel, now=act.now, reason=reason, proof=proof, source=source
    )
    act.record("suppress", scope, key, channel=channel, reason=reason, task=done.task.id)


def _bury_address(act: Act, done: Done) -> None:
    """The number that was dialled is dead; the next one is tried, else the steps of its family are skipped."""
    kinds = reach.ADDRESS_KINDS.get(Verb(done.task.kind).family, ())
    used = done.touch.address_id if done.touch is not None else None
    rows = people.addresses_of(act.connection, [done.task.prospect_id])[done.task.prospect_id]
    usable = [row for row in rows if row.kind in kinds and row.dead_reason is None and row.quality != "unavailable"]
    dialled = next((row for row in usable if row.id == used), usable[0] if usable else None)
    if dialled is None:
        return
    people.mark_dead(act.connection, dialled.id, done.answer.outcome)
    _add_suppression(act, done, "address", dialled.match_key, channel_of(Verb(done.task.kind).family))
    after_lost_address(act, done.enrollment, StopReason.UNREACHABLE, ask=False)


def _remember(act: Act, done: Done) -> None:
    """When the person may be approached again, and in which stage they stand now."""
    person = people.prospect_row(act.connection, done.task.prospect_id)
    again = _again(act, done, person)
    if again is not None:
        people.set_prospect(act.connection, person.id, quiet_until=again)
    if done.answer.outcome == "replied" or done.task.kind == TaskKind.TRIAGE.value:
        people.set_prospect(act.connection, person.id, last_reply_at=act.now)
    if done.row.stage is not None:
        people.change_stage(
            act.connection, person, done.row.stage, reason=done.answer.outcome, actor=act.actor, now=act.now
        )


def _again(act: Act, done: Done, person: Record) -> datetime | None:
    """A date that was said beats the table's gap."""
    zone = ZoneInfo(person.zone or act.workspace.zone)
    if done.answer.date is not None:
        return local_instant(_day(done.answer.date), time(0), zone)
    if done.row.again is None:
        return None
    return add_gap(
        act.now, Gap.parse(done.row.again), calendar_for(act.workspace, person.country, act.now.date()), zone
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no date; write it as 2026-03-31", field="date") from None


def _stop(act: Act, done: Done) -> list[Stopped]:
    if done.row.stop is None:
        return []
    reason, note = StopReason(done.row.stop), done.answer.reason or done.answer.note or ""
    return stopping.stop_person(act, done.task.prospect_id, reason, note)


def _follow_up(act: Act, done: Done, follow_up: FollowUp) -> None:
    if follow_up is FollowUp.TELL_OWNER:
        owner = people.prospect_row(act.connection, done.task.prospect_id).account_owner_id
        if owner is None or owner == done.enrollment.rep_id:
            return
    said = (done.answer.name, done.answer.at.isoformat() if done.answer.at else None, done.answer.note)
    script = "\n".join(line for line in said if line)
    follow_ups.open_task(act, done.enrollment, TaskKind(follow_up.value), script=script)


def _add_touch(act: Act, done: Done, verb: Verb) -> None:
    """Outside the plan: its own lane `extra:<n>` and the step key `@<outcome>`, due now."""
    past = touches.of_enrollments(act.connection, [done.enrollment.id])[done.enrollment.id]
    lanes = {touch.lane for touch in past if touch.lane.startswith("extra:")}
    step = f"@{done.answer.outcome}"
    repeat = sum(touch.step == step for touch in past)
    today = act.now.astimezone(ZoneInfo(done.enrollment.zone)).date()
    planned = PlannedTouch(step, repeat, f"extra:{len(lanes) + 1}", verb, today, today, act.now)
    touches.add(act.connection, touches.planned_row(planned, done.enrollment.id, done.enrollment.prospect_id))


def _repeat(act: Act, done: Done) -> None:
    """The same step once more, before the lane's next one: promised, after a gap, or by another number."""
    if done.touch is None or not facts.is_planned(done.touch):
        return
    at = _repeat_at(act, done)
    if at is None:
        return
    row = enrollments.one(act.connection, done.enrollment.id)
    sequence = act.plan(row.version_id).sequence
    past = touches.of_enrollments(act.connection, [row.id])[row.id]
    progress = facts.progress_of(sequence, row, past, facts.setting_of(act.workspace, row, act.now))
    last = next(touch for touch in progress.touches if _is_same(touch, done.touch))
    planned = plan_repeat(sequence, last, at, progress=progress, now=act.now)
    is_promised = isinstance(at, datetime)
    touches.add(act.connection, touches.planned_row(planned, row.id, row.prospect_id) | {"is_promised": is_promised})


def _is_same(past: PastTouch, touch: Record) -> bool:
    return bool(past.step == touch.step and past.repeat == touch.repeat)


def _repeat_at(act: Act, done: Done) -> datetime | Gap | None:
    match done.row.next:
        case Next.REPEAT:
            return done.answer.at or Gap.parse(done.row.after or "1bd")
        case Next.NEXT_NUMBER if _has_another(act, done):
            return Gap.parse(done.row.after) if done.row.after else act.now
        case Next.GO_ON if done.answer.outcome in ("no_answer", "busy") and _may_redial(act, done):
            return act.now + _SHORT_REDIAL.as_timedelta()
        case _:
            return None


def _has_another(act: Act, done: Done) -> bool:
    person: int = done.task.prospect_id
    kinds: set[str] = people.usable_kinds(act.connection, [person]).get(person, set())
    return "phone" in kinds


def _may_redial(act: Act, done: Done) -> bool:
    """`redial: n` dials again two hours later, while that is still inside today's window."""
    assert done.touch is not None  # noqa: S101 - only called for a step's touch
    step = act.plan(done.enrollment.version_id).sequence.step(done.touch.step)
    closes: datetime | None = done.touch.callable_until
    later = act.now + _SHORT_REDIAL.as_timedelta()
    return bool(done.touch.repeat < step.redial and closes is not None and later < closes)
