"""What an outcome leads to: the rows of the total tables (rule 18), carried out in the act that completes the task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.core.clock import add_gap, local_date, local_instant
from engine.core.consent import ADDRESS_ONLY, channel_of
from engine.core.enrollment import StopReason
from engine.core.errors import BadInput
from engine.core.outcome import Answer, Consequence, FollowUp, Need, OutcomeTable, OutcomeTables, Suppress
from engine.core.schedule import PlannedTouch
from engine.core.sequence import Family, Gap, Verb
from engine.core.task import TaskKind
from engine.operations.act import Act
from engine.operations.days.open_days import calendar_for, place_of
from engine.operations.lifecycle import dead_addresses, follow_ups, stopping
from engine.operations.lifecycle.stopping import Stopped
from engine.operations.reaching import reach
from engine.operations.tasks import redialling
from engine.store import enrollments, people, suppressions, touches
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Done:
    """The task that was completed, with its enrollment and, for a step, its touch as they were before.

    A reply of somebody in no sequence has neither.
    """

    task: Record
    enrollment: Record | None
    touch: Record | None
    answer: Answer
    row: Consequence

    @property
    def source(self) -> str:
        return source_of(self.task.id)


def source_of(task_id: int) -> str:
    """What the suppressions that come of a task name as their source."""
    return f"task {task_id}"


def consequence(table: OutcomeTable, kind: TaskKind, answer: Answer, now: datetime) -> Consequence:
    """Raises BadInput for a word that the table does not know, for too little said, or for a time that has passed."""
    row = table.get(answer.outcome)
    if row is None:
        message = f"{answer.outcome!r} is no outcome of a {kind.value} task; one of {', '.join(table)} is expected"
        raise BadInput(message, field="outcome")
    missing = answer.missing(row.needs)
    if missing:
        message = f"{answer.outcome} needs {' and '.join(missing)}; give {' and '.join(missing)} with the outcome"
        raise BadInput(message, fields=[need.value for need in missing])
    if Need.AT in row.needs and answer.at is not None and answer.at <= now:
        raise BadInput(f"{answer.at.isoformat()} has passed; give a later instant", field="at")
    return row


def table_for(act: Act, enrollment: Record | None, kind: TaskKind) -> OutcomeTable:
    """The sequence's own rows over the workspace's."""
    tables: OutcomeTables = act.workspace.outcomes
    if enrollment is not None:
        tables = {**tables, **act.plan(enrollment.version_id).sequence.outcomes}
    return tables[kind.outcome_verb]


def carry_out(act: Act, done: Done) -> list[Stopped]:
    """Everything but the plan's next steps. Returns what was stopped, for an undo."""
    person = people.prospect_row(act.connection, done.task.prospect_id)
    again = _again(act, done, person)
    _relate(act, done)
    _suppress(act, done, person, again)
    _remember(act, done, person, again)
    stopped = _stop(act, done, person)
    if done.row.follow_up is not None:
        _follow_up(act, done, person, done.row.follow_up)
    if done.touch is not None and not stopped:
        if done.row.add is not None:
            _add_touch(act, done.touch, done.answer.outcome, Verb(done.row.add))
        redialling.repeat(act, done.touch, done.answer, done.row)
    return stopped


def _relate(act: Act, done: Done) -> None:
    """A request to somebody who accepted long ago does not make them less of a friend."""
    if done.row.relation is None:
        return
    person, mine = done.task.prospect_id, {"kind": relation_kind(done.task.kind), "our_account": str(done.task.rep_id)}
    known = people.relation_with(act.connection, person, **mine)
    if done.row.relation == "requested" and known is not None and known.state == "accepted":
        return
    people.set_relation(act.connection, person, **mine, state=done.row.relation, now=act.now)


def relation_kind(task_kind: str) -> str:
    return "wechat" if task_kind.startswith("wechat") else task_kind


def _suppress(act: Act, done: Done, person: Record, again: datetime | None) -> None:
    """Where the table says when the person may be approached again, the suppression is for that long."""
    match done.row.suppress:
        case Suppress.PERSON:
            _add_suppression(act, done, ("person", str(person.id), "all"), again)
        case Suppress.CHANNEL:
            channel = channel_of(_family(done))
            _add_suppression(act, done, ("person", str(person.id), channel), again)
        case Suppress.ACCOUNT if person.account_id is not None:
            _add_suppression(act, done, ("account", str(person.account_id), "all"), again)
        case Suppress.ADDRESS:
            _bury_address(act, done)


def _add_suppression(act: Act, done: Done, covers: tuple[str, str, str], ends_at: datetime | None) -> None:
    scope, key, channel = covers
    reason = done.answer.outcome
    said = {"reason": reason, "proof": _proof(done), "source": done.source, "ends_at": ends_at}
    suppressions.add(act.connection, scope=scope, key=key, channel=channel, now=act.now, **said)
    act.record("suppress", scope, key, channel=channel, reason=reason, task=done.task.id, ends_at=ends_at)


def _family(done: Done) -> Family:
    """A reply that was triaged closes more than one channel."""
    return Verb(done.touch.verb).family if done.touch is not None else Family.OTHER


def _proof(done: Done) -> str:
    words = done.answer.note or done.answer.reason or ""
    return f"{done.source}: {done.answer.outcome}. {words}".strip()


def _bury_address(act: Act, done: Done) -> None:
    """The number that was dialled is dead; the next one is tried, else the steps of its family are skipped."""
    family = _family(done)
    kinds = reach.ADDRESS_KINDS.get(family, ())
    rows = people.addresses_of(act.connection, [done.task.prospect_id])[done.task.prospect_id]
    usable = [row for row in rows if row.kind in kinds and row.dead_reason is None and row.quality != "unavailable"]
    used = done.touch.address_id if done.touch is not None else None
    dialled = next((row for row in usable if row.id == used), usable[0] if usable else None)
    if dialled is not None:
        reason = done.answer.outcome if done.answer.outcome in ADDRESS_ONLY else "unreachable"
        dead_addresses.bury(act, dialled, family, reason=reason, proof=_proof(done), source=done.source)


def _remember(act: Act, done: Done, person: Record, again: datetime | None) -> None:
    """When the person may be approached again, and in which stage they stand now."""
    if again is not None:
        people.set_prospect(act.connection, person.id, quiet_until=again)
    if done.answer.outcome == "replied":
        people.note_reply(act.connection, person.id, act.now)
    if done.row.stage is not None:
        people.change_stage(
            act.connection, person, done.row.stage, reason=done.answer.outcome, actor=act.actor, now=act.now
        )


def _again(act: Act, done: Done, person: Record) -> datetime | None:
    """A date that was said beats the table's gap."""
    zone = ZoneInfo(person.zone or act.workspace.zone)
    if done.answer.date is not None and (done.row.again or Need.DATE in done.row.needs):
        return local_instant(_later_day(done.answer.date, local_date(act.now, zone)), time(0), zone)
    if done.row.again is None:
        return None
    calendar = calendar_for(act.workspace, place_of(person), act.now.date())
    return add_gap(act.now, Gap.parse(done.row.again), calendar, zone)


def _later_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no date; write it as 2026-03-31", field="date") from None
    if day <= today:
        raise BadInput(f"{day} is not ahead of us; give a later date", field="date")
    return day


def _stop(act: Act, done: Done, person: Record) -> list[Stopped]:
    """As the row says; and whoever must not be contacted any more is in no sequence."""
    note = done.answer.reason or done.answer.note or ""
    stopped = stopping.stop_person(act, person.id, StopReason(done.row.stop), note) if done.row.stop else []
    match done.row.suppress:
        case Suppress.PERSON:
            stopped += stopping.stop_person(act, person.id, StopReason.OPTED_OUT, note)
        case Suppress.ACCOUNT:
            for one in covered_people(act, done.row, person.id):
                stopped += stopping.stop_person(act, one, StopReason.ACCOUNT_REPLY, note)
        case Suppress.ADDRESS if done.touch is not None and done.enrollment is not None and not stopped:
            end = dead_addresses.stop_if_unreachable(act, done.enrollment, StopReason.UNREACHABLE)
            stopped += [end] if end is not None else []
    return stopped


def covered_people(act: Act, row: Consequence, prospect_id: int) -> Sequence[int]:
    """Everybody in a sequence whom the outcome concerns: an act that carries it out must hold them all."""
    if row.suppress is not Suppress.ACCOUNT:
        return [prospect_id]
    account = people.prospect_row(act.connection, prospect_id).account_id
    return enrollments.live_at_account(act.connection, account) if account is not None else [prospect_id]


def _follow_up(act: Act, done: Done, person: Record, follow_up: FollowUp) -> None:
    if follow_up is FollowUp.TELL_OWNER and person.account_owner_id in (None, done.task.rep_id):
        return
    said = (done.answer.name, done.answer.at.isoformat() if done.answer.at else None, done.answer.note)
    script = "\n".join(line for line in said if line)
    about = follow_ups.about(done.enrollment) if done.enrollment is not None else None
    alone = follow_ups.About(person.id, done.task.rep_id, person.locale)
    follow_ups.open_task(act, about or alone, TaskKind(follow_up.value), script=script)


def _add_touch(act: Act, touch: Record, outcome: str, verb: Verb) -> None:
    """Outside the plan: its own lane `extra:<n>` and the step key `@<outcome>`, due now."""
    past = touches.of_enrollments(act.connection, [touch.enrollment_id])[touch.enrollment_id]
    lanes = {one.lane for one in past if one.lane.startswith("extra:")}
    step = f"@{outcome}"
    repeat = sum(one.step == step for one in past)
    today = local_date(act.now, ZoneInfo(touch.zone))
    planned = PlannedTouch(step, repeat, f"extra:{len(lanes) + 1}", verb, today, today, act.now)
    touches.add(act.connection, touches.planned_row(planned, touch.enrollment_id, touch.prospect_id))
