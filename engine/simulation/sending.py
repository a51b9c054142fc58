"""What leaves by itself: its caps, the window, and what people do with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from engine.core.caps import HandOff
from engine.core.clock import local_date
from engine.core.enrollment import StopReason
from engine.core.guards import Allowed, Hold, SendFacts, SendHours, Skip, Wait, may_send
from engine.core.sequence import AudienceKind, Family, Verb
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.simulation import capping, course, covering
from engine.simulation.agenda import Moment
from engine.simulation.lives import Life, Touch
from engine.simulation.stage import Stage

_BOUNCES_AFTER = timedelta(minutes=2)
_ANSWERS_WITHIN = (1, 48)  # hours


def send(stage: Stage, touch: Touch) -> None:
    life, verb, setting = touch.life, touch.plan.verb, touch.life.setting
    leaving = capping.hand_off_of(stage, touch)
    slot = stage.mailroom.slot(leaving, touch.number, stage.now, Moment.SEND)
    if slot is not None:
        course.put_off(stage, touch, capping.inside(touch, slot[0]), slot[1])
        return
    when = SendHours(
        life.sequence.schedule.hours_for(verb), setting.calendar, setting.zone, setting.law.get(verb.family),
        at_any_hour=touch.plan.step == course.ACKNOWLEDGEMENT,
    )  # fmt: skip
    match may_send(verb, facts_of(life, verb), stage.now, when):
        case Allowed() if (until := _unread_until(stage, life)) is not None:
            course.put_off(stage, touch, until, Reason.REP_AWAY)
        case Allowed():
            _leave(stage, touch, leaving)
        case Wait(until, reason):
            course.put_off(stage, touch, until, reason)
        case Skip(reason):
            course.skip(stage, touch, reason)
        case Hold(reason):
            capping.forget(stage, touch)
            touch.status, touch.reason = TouchStatus.HELD, reason


def _unread_until(stage: Stage, life: Life) -> datetime | None:
    """Nothing leaves that asks for an answer while nobody of ours would read it; whoever asked us gets theirs."""
    worker = stage.worker(life)
    leave = covering.leave_of(worker, stage.now)
    if leave is None or life.sequence.audience.kind is AudienceKind.INBOUND:
        return None
    return None if covering.is_read(stage, worker, leave) else covering.bounds(worker, leave)[1]


def facts_of(life: Life, verb: Verb) -> SendFacts:
    """What was known of the person at first, and what has come to light since."""
    known, is_dead = life.lead.reach[verb], verb.family in life.person.dead
    if known.status is life.status and not (is_dead or life.closed or life.is_friend):
        return known
    return replace(
        known,
        status=life.status,
        address=None if is_dead else known.address,
        is_address_dead=known.is_address_dead or is_dead,
        is_channel_ended=known.is_channel_ended or verb.family in life.closed,
        is_friend=known.is_friend or life.is_friend,
    )


def _leave(stage: Stage, touch: Touch, leaving: HandOff) -> None:
    stage.mailroom.use(leaving, stage.now)
    mailbox = touch.life.mailbox
    if leaving.mailbox is not None and mailbox is not None:
        day = local_date(stage.now, stage.worker(touch.life).time.zone)
        stage.tally.mails[mailbox, day] += 1
    course.end_touch(stage, touch, TouchStatus.SENT)
    _react(stage, touch)
    course.go_on(stage, touch.life)


def _react(stage: Stage, touch: Touch) -> None:
    """The first mail shows whether the address exists; any may be answered."""
    life, rates, dice = touch.life, stage.rates(touch.life), stage.dice
    about = (life.lead.id, life.sequence.key, touch.plan.step, touch.plan.repeat)
    is_first = touch.plan.verb is Verb.EMAIL and not life.person.was_mailed
    life.person.was_mailed |= is_first
    if is_first and dice.roll("bounces", life.lead.id) < rates.bounce:
        stage.agenda.add(stage.now + _BOUNCES_AFTER, Moment.ANSWER, touch.number, partial(_bounce, stage, life))
    elif dice.roll("replies", *about) < rates.reply:
        hours = timedelta(hours=dice.between(*_ANSWERS_WITHIN, "replies after", *about))
        stage.agenda.add(stage.now + hours, Moment.ANSWER, touch.number, partial(_reply, stage, life))


def _bounce(stage: Stage, life: Life) -> None:
    """No mail reaches them any more: other channels go on, and somebody finds out whether they have left."""
    stage.tally.bounces += 1
    life.person.dead.add(Family.EMAIL)
    if not life.status.is_live:
        return
    if _is_anything_left(life):
        stage.on_task(life, TaskKind.HAS_LEFT)
    else:
        course.stop(stage, life, StopReason.BOUNCED)


def _is_anything_left(life: Life) -> bool:
    ended = {touch.plan.step for touch in life.touches if touch.ended_at is not None}
    left = life.families
    return any(step.do.family in left for step in life.sequence.steps if step.key not in ended and step.do.is_counted)


def _reply(stage: Stage, life: Life) -> None:
    """Whatever the person is in by now ends, and the reply is read by their rep."""
    stage.tally.replies += 1
    live = life.person.live
    if live is not None:
        course.stop(stage, live, StopReason.REPLIED)
    stage.on_task(live or life, TaskKind.TRIAGE)
