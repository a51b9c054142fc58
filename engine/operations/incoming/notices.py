"""What the mail systems of others tell us of a person, or of ourselves."""

from datetime import datetime

from engine.core.enrollment import StopReason
from engine.core.task import TaskKind
from engine.operations import wording
from engine.operations.act import Act
from engine.operations.lifecycle import follow_ups, stopping
from engine.operations.safeguards import senders
from engine.store import cases, tasks
from engine.store.connection import Record


def left_company(act: Act, event: Record) -> None:
    """Whoever answers by a machine that they have gone is not asked again; somebody looks for the successor."""
    about = follow_ups.about_whom(act, event.prospect_id, event.enrollment_id)
    stopping.stop_person(act, event.prospect_id, StopReason.LEFT_COMPANY)
    if about is not None:
        script = _said(event, "successor")
        follow_ups.open_task(act, about, TaskKind.RESEARCH_SUCCESSOR, script=script, event_id=event.id)


def challenged(act: Act, event: Record) -> None:
    """A person of ours proves to be one, where the rep thinks it worth it; the machine never answers. Asked once."""
    about = follow_ups.about_whom(act, event.prospect_id, event.enrollment_id)
    waiting = {task.title for task in tasks.open_of_prospect(act.connection, event.prospect_id)}
    if about is not None and waiting.isdisjoint(wording.CONFIRM_SENDER):
        title = wording.CONFIRM_SENDER[wording.is_chinese(about.locale)]
        script = _said(event, "link")
        follow_ups.open_task(act, about, TaskKind.TASK, title=title, script=script, event_id=event.id)


def sender_refused(act: Act, event: Record) -> None:
    """Policy, reputation, authentication: it is ours to mend, and the person is not blamed."""
    sent = cases.one(act.connection, event.touch_id) if event.touch_id is not None else None
    if sent is not None and sent.mailbox_id is not None:
        senders.hold(act, sent, str(event.body.get("detail", "")))


def offer_delegate(act: Act, enrollment: Record, event: Record) -> None:
    """Somebody who is away for long has named who stands in for them."""
    if event.body.get("delegate"):
        about = follow_ups.about(enrollment)
        script = _said(event, "delegate")
        follow_ups.open_task(act, about, TaskKind.CONTACT_REFERRAL, script=script, event_id=event.id)


def offer_again(act: Act, enrollment: Record, event: Record, *, at: datetime) -> None:
    """Whether to go on with somebody who was away for long is asked when they are back."""
    about = follow_ups.about(enrollment)
    title = wording.BACK_AGAIN[wording.is_chinese(about.locale)]
    script = _said(event, "until")
    follow_ups.open_task(act, about, TaskKind.TASK, title=title, script=script, event_id=event.id, sleeps_until=at)


def _said(event: Record, name: str) -> str:
    return "\n\n".join(str(event.body[key]) for key in (name, "text") if event.body.get(key))
