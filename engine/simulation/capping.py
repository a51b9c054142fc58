"""What a touch counts as when it leaves, or enters a queue, and when there is room for it."""

from datetime import datetime

from engine.core.caps import HandOff, is_answer
from engine.core.guards import first_send
from engine.core.providers import OUTBOX
from engine.core.sequence import AudienceKind, Verb
from engine.core.touch import TouchStatus
from engine.simulation.agenda import Moment
from engine.simulation.lives import Life, Touch
from engine.simulation.stage import Stage


def hand_off_of(stage: Stage, touch: Touch) -> HandOff:
    life, plan = touch.life, touch.plan
    mailbox = life.mailbox if plan.verb is Verb.EMAIL else None
    sender = stage.mailroom.sender(mailbox) if mailbox is not None else None
    provider = sender.provider if sender is not None else OUTBOX
    return HandOff(
        draw=(life.lead.id, life.sequence.key, plan.step, plan.repeat),
        person=life.lead.id,
        account=life.lead.account,
        mailbox=sender.id if sender is not None else None,
        domain=mailbox.rpartition("@")[2].casefold() if mailbox is not None else None,
        provider=provider if plan.verb.is_automatic else None,
        is_guessed=life.lead.is_guessed and mailbox is not None,
        passes=is_answer(
            life.sequence, plan.step, plan.verb, is_promised=touch.is_promised, is_on_day_one=touch.is_on_day_one
        ),
        is_new=touch.is_on_day_one and life.sequence.audience.kind is not AudienceKind.INBOUND,
    )


def counts(touch: Touch, one: HandOff) -> bool:
    """Of the work of people: whoever came to us is not approached; a call that was promised is."""
    return one.account is not None and (touch.is_promised or not one.passes)


def inside(touch: Touch, at: datetime) -> datetime:
    """The first instant from `at` on inside the sequence's window."""
    setting, hours = touch.life.setting, touch.life.sequence.schedule.hours_for(touch.plan.verb)
    return first_send(hours, setting.calendar, setting.zone, at)


def expect(stage: Stage, touch: Touch) -> None:
    """A mail to somebody under way needs its mailbox when it falls due."""
    if touch.plan.verb is Verb.EMAIL and touch.life.mailbox is not None and _is_follow_up(touch):
        stage.mailroom.expect(stage.mailroom.sender(touch.life.mailbox).id, touch.number, touch.due_at)


def forget(stage: Stage, touch: Touch) -> None:
    if touch.plan.verb is Verb.EMAIL and touch.life.mailbox is not None:
        stage.mailroom.forget(stage.mailroom.sender(touch.life.mailbox).id, touch.number)


def move(stage: Stage, life: Life, mailbox: str | None) -> None:
    """Its mails leave from there from now on."""
    coming = [touch for touch in life.open_touches if touch.status is TouchStatus.SCHEDULED]
    for touch in coming:
        forget(stage, touch)
    life.mailbox = mailbox
    for touch in coming:
        expect(stage, touch)


def _is_follow_up(touch: Touch) -> bool:
    return touch.plan.nominal_date > touch.life.day_one


def order(touch: Touch) -> int:
    """At the same instant people who are under way come before new ones, then as they were made."""
    is_new = touch.is_on_day_one and touch.life.sequence.audience.kind is not AudienceKind.INBOUND
    return touch.number + (_AFTER_ALL if is_new else 0)


_AFTER_ALL = 2**40
MOMENTS = {True: Moment.SEND, False: Moment.QUEUE}
