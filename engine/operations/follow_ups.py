"""Work that events and outcomes open: triage, hand-overs, meetings to confirm, people to look for, another sequence."""

from datetime import datetime, timedelta

from engine.core.clock import add_business_time
from engine.core.ranking import base_level
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind, TaskStatus
from engine.operations import enroll, facts, wording
from engine.operations.act import Act
from engine.store import enrollments, people, plans, tasks
from engine.store.connection import Record

# Business hours in which the task must be done; the rest waits for a day's work.
_HOURS = {TaskKind.TRIAGE: 4, TaskKind.HAND_OVER: 4, TaskKind.CONFIRM_MEETING: 4, TaskKind.TELL_OWNER: 4}
_INBOUND_TRIAGE_HOURS = 1
_OTHER_HOURS = 24


def open_task(
    act: Act, enrollment: Record, kind: TaskKind, *, title: str = "", script: str = "", event_id: int | None = None
) -> int:
    """Opens a task for the enrollment's rep (the account's owner hears of a customer), due now. Returns its id."""
    person = people.prospect_row(act.connection, enrollment.prospect_id)
    owner = person.account_owner_id if kind is TaskKind.TELL_OWNER else None
    row = {
        "kind": kind.value,
        "status": TaskStatus.OPEN.value,
        "level": base_level(kind, has_clock=False, is_promised=False, is_day_one=False),
        "rep_id": owner or enrollment.rep_id,
        "prospect_id": enrollment.prospect_id,
        "enrollment_id": enrollment.id,
        "event_id": event_id,
        "title": title or wording.task_title(kind, enrollment.locale),
        "script": script,
        "due_at": act.now,
        "respond_by": _respond_by(act, enrollment, kind),
        "tier": person.account_tier or 3,
        "lead_at": person.received_at or enrollment.enrolled_at,
        "created_at": act.now,
    }
    return tasks.add(act.connection, row)


def _respond_by(act: Act, enrollment: Record, kind: TaskKind) -> datetime:
    row = enrollments.with_people(act.connection, [enrollment.id])[0]
    setting = facts.setting_of(act.workspace, row, act.now)
    hours = _HOURS.get(kind, _OTHER_HOURS)
    if kind is TaskKind.TRIAGE and is_inbound(act, enrollment):
        hours = _INBOUND_TRIAGE_HOURS
    length = timedelta(hours=hours)
    return add_business_time(act.now, length, hours=setting.rep_hours, calendar=setting.calendar, zone=setting.rep_zone)


def is_inbound(act: Act, enrollment: Record) -> bool:
    return act.plan(enrollment.version_id).sequence.audience.kind is AudienceKind.INBOUND


def start_sequence(act: Act, enrollment: Record, key: str) -> None:
    """The person goes on in another sequence, with the same rep; its own rules may refuse them."""
    rep = next(row.key for row in plans.reps(act.connection, only_active=False) if row.id == enrollment.rep_id)
    order = enroll.Order(
        sequence=key,
        people=(enrollment.prospect_id,),
        actor=act.actor,
        reps=(rep,),
        batch=f"after {enrollment.sequence_key}",
        is_follow_on=True,
    )
    for refused in enroll.enroll_in(act, order).refused:
        act.record("refuse", "sequence", key, prospect=refused.prospect_id, reason=refused.reason)
