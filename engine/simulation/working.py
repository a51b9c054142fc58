"""Work for people: it falls due, is put into a rep's queue, is reported, and leads to what its outcome says."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from engine.core.capacity import full_until
from engine.core.enrollment import StopReason
from engine.core.guards import Allowed, Cancel, Hold, Skip, may_reach
from engine.core.leave import LeavePolicy, waits
from engine.core.outcome import Answer, Consequence, FollowUp, Next, OutcomeTable, Suppress
from engine.core.ranking import Level, Ranked, Reachable, base_level
from engine.core.redialling import Tried, is_same_day, repeat_at
from engine.core.schedule import PlannedTouch, plan_later, plan_repeat
from engine.core.sequence import AudienceKind, Family, Step, Verb
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.simulation import capping, course, covering, lateness
from engine.simulation.agenda import Moment
from engine.simulation.answers import Asked, outcome_of, told
from engine.simulation.covering import Assigned
from engine.simulation.floor import Post
from engine.simulation.lives import Life, Task, Touch
from engine.simulation.script import Plan
from engine.simulation.sending import facts_of
from engine.simulation.stage import Stage

_WON = frozenset({"interested", "meeting_booked"})  # what makes somebody a candidate for sales (rule 18)


def queue(stage: Stage, touch: Touch) -> None:
    """What is due becomes a task; what cannot be done is skipped by name."""
    kind, level = TaskKind(touch.plan.verb.value), level_of(touch)
    doer = covering.assign(stage, touch.life, kind, level)
    if doer.waits_until is not None:
        course.put_off(stage, touch, doer.waits_until, Reason.REP_AWAY)
        return
    match may_reach(touch.plan.verb, facts_of(touch.life, touch.plan.verb)):
        case Allowed() if not _has_room(stage, touch, doer, level):
            pass
        case Allowed():
            touch.status, touch.reason = TouchStatus.QUEUED, None
            touch.task = _task_of(stage, touch, doer)
            stage.floor.give(touch.task)
            watch(stage, touch)
        case Skip(reason):
            course.skip(stage, touch, reason)
        case Hold(reason):
            touch.status, touch.reason = TouchStatus.HELD, reason
        case Cancel(reason):
            course.end_touch(stage, touch, TouchStatus.CANCELLED, reason=reason)


def _has_room(stage: Stage, touch: Touch, doer: Assigned, level: Level) -> bool:
    """Whether the rep and the company take it today; else it is planned for a later day, its nominal date stays."""
    full_until = _full_until(stage, touch, stage.floor.posts[doer.worker], level)
    if full_until is not None:
        _roll(stage, touch, full_until, Reason.DAY_FULL)
        return False
    if touch.life.lead.account is None:
        return True
    one = capping.hand_off_of(stage, touch)
    slot = stage.mailroom.slot(one, touch.number, stage.now, Moment.QUEUE)
    if slot is not None:
        _roll(stage, touch, *slot)
        return False
    if capping.counts(touch, one):
        stage.mailroom.use(one, stage.now)
        touch.used_at = stage.now
    return True


def _full_until(stage: Stage, touch: Touch, post: Post, level: Level) -> datetime | None:
    """When the rep's next working day begins, if today's queue has taken what a day holds."""
    kind, capacity, time = TaskKind(touch.plan.verb.value), post.worker.capacity, post.worker.time
    can_wait = waits(LeavePolicy.PAUSE, kind, level, is_inbound=is_inbound(touch.life))
    if not (can_wait and touch.is_planned) or stage.script.plan is Plan.FIXED or was_tried_today(touch):
        return None
    return full_until(capacity, post.came_today(stage.now), kind.value, time=time, now=stage.now)


def was_tried_today(touch: Touch) -> bool:
    tries = [
        one.ended_at for one in touch.life.touches if one.plan.step == touch.plan.step and one.ended_at is not None
    ]
    return touch.plan.repeat > 0 and is_same_day(touch.plan.due_date, tries, touch.life.setting.zone)


def _roll(stage: Stage, touch: Touch, earliest: datetime, why: Reason) -> None:
    progress, plan = touch.life.progress(), touch.plan
    past = progress.of(plan.step, plan.repeat)
    roll(stage, touch, plan_later(touch.life.sequence, past, earliest, progress), why)


def roll(stage: Stage, touch: Touch, planned: PlannedTouch, why: Reason) -> None:
    """To that day; where it cannot be planned firmly it is held."""
    touch.plan = replace(planned, respond_by=touch.plan.respond_by)
    if planned.hold is not None:
        touch.status, touch.reason = TouchStatus.HELD, planned.hold
    else:
        course.put_off(stage, touch, planned.due_at, why)


def watch(stage: Stage, touch: Touch) -> None:
    """Should it be late, its step says what then."""
    if touch.plan.late_at is not None:
        stage.agenda.add(touch.plan.late_at, Moment.LATE, touch.number, partial(lateness.act_on, stage, touch))


def is_inbound(life: Life) -> bool:
    return life.sequence.audience.kind is AudienceKind.INBOUND


def level_of(touch: Touch) -> Level:
    life, plan = touch.life, touch.plan
    is_new = life.sequence.audience.kind is AudienceKind.OUTBOUND and plan.due_date == life.day_one
    kind, has_clock = TaskKind(plan.verb.value), plan.respond_by is not None
    return base_level(kind, has_clock=has_clock, is_promised=touch.is_promised, is_day_one=is_new)


def _task_of(stage: Stage, touch: Touch, doer: Assigned) -> Task:
    life, plan = touch.life, touch.plan
    ranked = Ranked(
        id=next(stage.numbers),
        level=level_of(touch),
        due_at=touch.due_at,
        callable_from=plan.callable_from,
        closes_at=plan.callable_until,
        respond_by=plan.respond_by,
        tier=life.lead.tier,
        lead_at=life.started_at,
    )
    kind, hours = TaskKind(plan.verb.value), reachable(life, plan.verb)
    return Task(kind, ranked, life, doer.worker, touch, hours, lent_by=doer.lent_by)


def reachable(life: Life, verb: Verb) -> Reachable:
    setting = life.setting
    return Reachable(life.sequence.schedule.hours_for(verb), setting.calendar, setting.zone)


def report(stage: Stage, task: Task) -> Answer | None:
    """What the rep will say of it; None when the day goes by without it."""
    rates, about = stage.rates(task.life), _about(task)
    if stage.dice.roll("gets to it", *about, task.times_put_off) >= rates.complete:
        return None
    step = _step(task)
    asked = Asked(task.kind.value, about, leaves_voicemail=step is not None and step.voicemail)
    outcome = outcome_of(stage.dice, rates, asked)
    hours = task.reachable or reachable(task.life, Verb.CALL)
    return told(outcome, _table(stage, task)[outcome], hours, stage.now)


def complete(stage: Stage, task: Task, answer: Answer) -> None:
    """The outcome's row is carried out: what it ends, what it closes, what follows."""
    life, touch, row = task.life, task.touch, _table(stage, task)[answer.outcome]
    _count(stage, task, answer)
    if touch is not None:
        touch.outcome, touch.task = answer.outcome, None
        course.end_touch(stage, touch, TouchStatus.DONE)
        if answer.voicemail_left:
            _leave_voicemail(stage, touch)
    _close_channels(life, task, row)
    is_over = _stop(stage, life, row)
    if row.follow_up is not None and row.follow_up is not FollowUp.TELL_OWNER:
        stage.on_task(life, TaskKind(row.follow_up.value))
    if touch is not None and not is_over:
        if row.add is not None:
            course.add(stage, life, f"@{answer.outcome}", Verb(row.add))
        _repeat(stage, touch, answer, row)
        course.go_on(stage, life)


def _count(stage: Stage, task: Task, answer: Answer) -> None:
    stage.tally.outcomes[task.kind.value, answer.outcome] += 1
    stage.tally.replies += answer.outcome == "replied"
    stage.tally.meetings += answer.outcome == "meeting_booked"
    stage.tally.sqls += answer.outcome in _WON


def _leave_voicemail(stage: Stage, call: Touch) -> None:
    """Never scheduled: when left, it is a touch of its own, its call step's next repeat."""
    plan = replace(call.plan, repeat=_next_repeat(call), verb=Verb.VOICEMAIL)
    left = Touch(next(stage.numbers), call.life, plan, call.due_at, TouchStatus.DONE, outcome="voicemail")
    left.ended_at = stage.now
    call.life.touches.append(left)


def _next_repeat(touch: Touch) -> int:
    return 1 + max(one.plan.repeat for one in touch.life.touches if one.plan.step == touch.plan.step)


def _close_channels(life: Life, task: Task, row: Consequence) -> None:
    """By which channels the person is not reached any more, in this sequence or for good; and who is a friend now."""
    family = task.touch.plan.verb.family if task.touch is not None else Family.OTHER
    if row.suppress in (Suppress.CHANNEL, Suppress.ADDRESS):
        life.person.dead.add(family)
    if row.next is Next.SKIP_FAMILY:
        life.closed.add(family)
    if row.relation is not None and family is Family.WECHAT:
        life.is_friend = row.relation == "accepted" or (life.is_friend and row.relation == "requested")


def _stop(stage: Stage, life: Life, row: Consequence) -> bool:
    """Whether the enrollment has ended, by this or before."""
    why = StopReason(row.stop) if row.stop else None
    if row.suppress in (Suppress.PERSON, Suppress.ACCOUNT):
        why = why or StopReason.OPTED_OUT
    if why is not None and life.status.is_live:
        course.stop(stage, life, why)
    return not life.status.is_live


def _repeat(stage: Stage, touch: Touch, answer: Answer, row: Consequence) -> None:
    if not touch.is_planned:
        return
    life, step = touch.life, touch.life.sequence.step(touch.plan.step)
    tries = [one for one in life.touches if one.plan.step == step.key and one.plan.verb is not Verb.VOICEMAIL]
    tried = Tried(len(tries), step.redial, touch.plan.callable_until, has_another_number=False)
    at = repeat_at(row, answer, tried, stage.now)
    if at is None:
        return
    progress = life.progress()
    last = progress.of(touch.plan.step, touch.plan.repeat)
    planned = plan_repeat(life.sequence, last, at, progress=progress, now=stage.now)
    course.schedule(stage, life, planned, is_promised=row.next is Next.REPEAT and answer.at is not None)


def _table(stage: Stage, task: Task) -> OutcomeTable:
    """The sequence's own rows over the workspace's."""
    verb = task.kind.outcome_verb
    return task.life.sequence.outcomes.get(verb) or stage.script.workspace.outcomes[verb]


def _step(task: Task) -> Step | None:
    touch = task.touch
    return touch.life.sequence.step(touch.plan.step) if touch is not None and touch.is_planned else None


def _about(task: Task) -> tuple[object, ...]:
    """The same for the same work whatever else is played beside it."""
    step = (task.touch.plan.step, task.touch.plan.repeat) if task.touch is not None else (task.kind.value,)
    return (task.life.lead.id, task.life.sequence.key, *step)
