"""Work that events and outcomes open: triage, hand-overs, meetings to confirm, people to look for, another sequence."""

from dataclasses import dataclass
from datetime import datetime

from engine.core.enrollment import EnrollmentStatus
from engine.core.ranking import base_level
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind, TaskStatus, response_time
from engine.operations import enroll, wording
from engine.operations.act import Act
from engine.operations.covering import Cover, Piece
from engine.operations.days.open_days import working_time
from engine.store import enrollments, people, plans, tasks
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class About:
    """Whom the work is about, and whose it is. Somebody may answer who is in no sequence."""

    prospect_id: int
    rep_id: int
    locale: str
    enrollment: Record | None = None


def about(enrollment: Record) -> About:
    return About(enrollment.prospect_id, enrollment.rep_id, enrollment.locale, enrollment)


def about_person(act: Act, prospect_id: int) -> About | None:
    """For their owner, their account's, or whoever comes first; None while there is no rep at all."""
    person = people.prospect_row(act.connection, prospect_id)
    active = [rep.id for rep in plans.reps(act.connection)]
    owners = [rep for rep in (person.owner_id, person.account_owner_id) if rep in active]
    return next((About(prospect_id, rep, person.locale) for rep in [*owners, *active]), None)


def about_whom(act: Act, prospect_id: int, enrollment_id: int | None = None) -> About | None:
    """The enrollment that is named, else the live one, else the latest; else the person alone."""
    rows = enrollments.of_prospect(act.connection, prospect_id)
    named = [row for row in rows if row.id == enrollment_id]
    live = [row for row in rows if EnrollmentStatus(row.status).is_live]
    for row in (*named, *live, *rows):
        return about(row)
    return about_person(act, prospect_id)


def open_task(
    act: Act,
    about: About,
    kind: TaskKind,
    *,
    title: str = "",
    script: str = "",
    event_id: int | None = None,
    sleeps_until: datetime | None = None,
    rather_not: int | None = None,
) -> int:
    """Opens a task for the rep (the account's owner hears of a customer), due now or when it wakes. Returns its id.

    Of a rep who is away it waits, or is somebody else's, who has as long for it as the rep would; the rep
    `rather_not`'s only where nobody else is there.
    """
    person = people.prospect_row(act.connection, about.prospect_id)
    owner = person.account_owner_id if kind is TaskKind.TELL_OWNER else None
    enrolled = about.enrollment
    level = base_level(kind, has_clock=False, is_promised=False, is_day_one=False)
    asked_us = enrolled is not None and is_inbound(act, enrolled)
    doer = Cover(act).assign(Piece(owner or about.rep_id, kind, level, asked_us), rather_not=rather_not)
    sleeps_until = max(filter(None, (sleeps_until, doer.waits_until)), default=None)
    due = sleeps_until or act.now
    row = {
        "kind": kind.value,
        "status": (TaskStatus.SNOOZED if sleeps_until else TaskStatus.OPEN).value,
        "snoozed_until": sleeps_until,
        "level": level,
        "rep_id": doer.rep_id,
        "leave_id": doer.leave_id,
        "prospect_id": person.id,
        "enrollment_id": enrolled.id if enrolled is not None else None,
        "event_id": event_id,
        "title": title or wording.task_title(kind, about.locale),
        "script": script,
        "due_at": due,
        "respond_by": respond_by(act, doer.rep_id, kind, since=due, is_inbound=asked_us),
        "tier": person.account_tier or 3,
        "lead_at": person.received_at or (enrolled.enrolled_at if enrolled is not None else person.created_at),
        "created_at": act.now,
    }
    return tasks.add(act.connection, row)


def respond_by(act: Act, rep_id: int, kind: TaskKind, *, since: datetime, is_inbound: bool) -> datetime:
    """In the working hours of whoever must act."""
    key = next(rep.key for rep in plans.reps(act.connection, only_active=False) if rep.id == rep_id)
    return working_time(act.workspace, key, since.date()).after(since, response_time(kind, is_inbound=is_inbound))


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
