"""Why a step has its day and its hour: the chain from day 1 to the window, each link by the rule that made it."""

from collections.abc import Iterator
from itertools import groupby

from engine.core.clock import local_date
from engine.core.enrollment import EnrollmentStatus
from engine.core.retracing import Retraced, passed_before_day_one, retrace
from engine.core.schedule import Barrier, PlannedTouch
from engine.core.sequence import Anchor, Step
from engine.core.slots import PassedDay, Shut
from engine.core.touch import TouchStatus
from engine.operations import facts
from engine.operations.admission.beginnings import ACKNOWLEDGEMENT
from engine.operations.days import named_days
from engine.operations.queries import reasons
from engine.operations.queries.explaining import clocks
from engine.operations.queries.explaining.case import Case
from engine.operations.queries.explaining.repeats import asked_for
from engine.operations.queries.explaining.values import Link
from engine.store.connection import Record


def day_one(case: Case) -> Iterator[Link]:
    """Where all counting begins."""
    first, began = case.row.day_one, case.progress.enrolled_at
    rule = "day_one" if local_date(began, case.zone) == first else "day_one_later"
    if case.row.status == EnrollmentStatus.PENDING.value:
        rule = "day_one_ahead"
    yield case.voice.link(rule, first.isoformat(), day=case.voice.day(first), began=case.voice.at(began))
    yield from _passed(case, passed_before_day_one(case.plan, case.progress))


def of_touch(case: Case, row: Record) -> Iterator[Link]:
    """The plan of a stored touch. What stands outside the plan, and a repeat, has a short one."""
    if not facts.is_planned(row):
        yield _outside_the_plan(case, row)
        return
    if row.repeat:
        yield from _repeat(case, row)
        return
    found = retrace(case.plan, row.step, case.progress)
    if found is None:
        yield _older(case, row)
        yield from clocks.window(case, row.step, row.due_date)
        return
    yield from of_plan(case, found)
    yield from _moved(case, found.planned, row)


def of_plan(case: Case, found: Retraced) -> Iterator[Link]:
    yield _day(case, found)
    yield from _lateness(case, found)
    yield from _not_twice(case, found)
    yield from (of_barrier(case, barrier) for barrier in found.barriers)
    yield from _passed(case, found.passed)
    step, planned = found.reckoning.step, found.planned
    yield from clocks.window(case, step.key, planned.due_date)
    if not step.do.is_automatic:
        yield from _for_people(case, step, planned)


def _day(case: Case, found: Retraced) -> Link:
    """The `day:` of the file alone, before anything moves it."""
    step, last, kind = found.reckoning.step, found.reckoning.last, case.plan.schedule.days
    add_days, voice = case.setting.calendar.add_days, case.voice
    if last is None or case.plan.schedule.anchor is Anchor.ENROLLED:
        if step.day == 1:
            return voice.link("day_first", case.row.day_one.isoformat())
        day, away = add_days(case.row.day_one, step.day - 1, kind), voice.days(step.day - 1, kind)
        return voice.link("day_from_day_one", day.isoformat(), number=step.day, day=voice.day(day), away=away)
    gap = step.day - case.plan.step(last.step).day
    day = add_days(last.nominal_date, gap, kind)
    told = {"last": case.step_named(last.step), "planned": voice.day(last.nominal_date)}
    return voice.link(
        "day_from_last", day.isoformat(), number=step.day, day=voice.day(day), away=voice.days(gap, kind), **told
    )


def _lateness(case: Case, found: Retraced) -> Iterator[Link]:
    last, voice = found.reckoning.last, case.voice
    if last is None or last.ended_at is None or not found.late or case.plan.schedule.anchor is Anchor.ENROLLED:
        return
    yield voice.link(
        "lateness",
        str(found.late),
        last=case.step_named(last.step),
        due=voice.day(last.due_date),
        ended=voice.at(last.ended_at),
        late=voice.days(found.late, case.plan.schedule.days),
        day=voice.day(found.reckoning.nominal),
    )


def _not_twice(case: Case, found: Retraced) -> Iterator[Link]:
    reckoning = found.reckoning
    if reckoning.last is not None and reckoning.day > reckoning.nominal:
        told = {"last": case.step_named(reckoning.last.step), "day": case.voice.day(reckoning.day)}
        yield case.voice.link("not_twice_a_day", reckoning.day.isoformat(), **told)


def of_barrier(case: Case, barrier: Barrier) -> Link:
    voice = case.voice
    told = {
        "step": case.step_named(barrier.step) if barrier.step else voice.part("the_beginning"),
        "gap": voice.gap(barrier.gap),
    }
    if barrier.until is None:
        return voice.link("join", barrier.step, **told)
    rule = "outcome_wait" if barrier.is_outcome else "after"
    return voice.link(rule, barrier.until.isoformat(), until=voice.at(barrier.until), **told)


def _passed(case: Case, passed: tuple[PassedDay, ...]) -> Iterator[Link]:
    """Days in a row that are closed for the same reason are told together."""
    told = [(one.day, _why_passed(case, one)) for one in passed]
    for why, group in groupby(told, key=lambda one: one[1]):
        days = [day for day, _ in group]
        ends = [case.voice.day(day) for day in dict.fromkeys((days[0], days[-1]))]
        yield case.voice.link("day_passed_over", days[0].isoformat(), days=" – ".join(ends), why=why)


def _why_passed(case: Case, one: PassedDay) -> str:
    workspace, voice = case.act.workspace, case.voice
    match one.why:
        case Shut.CLOSED:
            return named_days.closed_day(workspace, case.place, one.day, voice.locale)
        case Shut.REP_OFF:
            return named_days.rep_day_off(workspace, case.row.rep_key, one.rep_day, voice.locale)
        case Shut.NO_HOURS:
            return voice.part("no_hours")
        case Shut.LAW:
            return voice.part("law_day")
        case Shut.OVER:
            return voice.part("hours_over")


def _for_people(case: Case, step: Step, planned: PlannedTouch) -> Iterator[Link]:
    """When it enters the rep's queue, and what its deadlines are."""
    voice, zone = case.voice, case.setting.rep.zone.key
    at = voice.at(planned.due_at, zone)
    rule = "in_queue_with_window" if planned.due_at == planned.callable_from else "rep_day"
    yield voice.link(rule, planned.due_at.isoformat(), rep=case.rep_name, at=at, zone=zone)
    if planned.respond_by is not None:
        by = voice.at(planned.respond_by, zone)
        yield voice.link("respond_by", planned.respond_by.isoformat(), at=by, zone=zone)
    if planned.late_at is not None:
        then = voice.part(f"late_{step.if_late.policy.value}")
        yield voice.link("if_late", planned.late_at.isoformat(), at=voice.at(planned.late_at), then=then)


def _moved(case: Case, planned: PlannedTouch, row: Record) -> Iterator[Link]:
    """Where it does not stand where the plan alone would put it today."""
    if (row.due_date, row.due_at) != (planned.due_date, planned.due_at):
        is_waiting = row.reason is not None and row.status == TouchStatus.SCHEDULED.value
        why = reasons.of_touch(row.reason, case.voice.locale) if is_waiting else ""
        rule = "moved_because" if why else "moved"
        yield case.voice.link(rule, row.due_at.isoformat(), at=case.voice.at(row.due_at), why=why)


def _older(case: Case, row: Record) -> Link:
    return case.voice.link("older_version", row.nominal_date.isoformat(), day=case.voice.day(row.nominal_date))


def _repeat(case: Case, row: Record) -> Iterator[Link]:
    """When it was asked for, and where it stands since."""
    planned = asked_for(case, row)
    shown = planned or row
    at, rule = case.voice.at(shown.callable_from or shown.due_at), "promised" if row.is_promised else "repeat"
    yield case.voice.link(rule, shown.due_at.isoformat(), step=case.step_named(row.step), at=at)
    yield from clocks.window(case, row.step, shown.due_date)
    if planned is not None:
        yield from _moved(case, planned, row)


def _outside_the_plan(case: Case, row: Record) -> Link:
    if row.step == ACKNOWLEDGEMENT:
        return case.voice.link("acknowledgement", None)
    outcome = row.step.removeprefix("@")
    return case.voice.link("added", outcome, outcome=outcome)
