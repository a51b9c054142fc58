"""How a touch came to its day: told after the fact, it is the day that was planned."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings

from engine.core.clock import day_start, local_date
from engine.core.retracing import passed_before_day_one, retrace, waiting_steps
from engine.core.schedule import Progress, next_touches
from engine.core.sequence import After, Gap, Unit, Verb
from engine.core.slots import PassedDay, Shut
from tests.core.test_schedule_simulation import Life, live, lives
from tests.support.factories import at, calendar, ended, enrolled, having, sequence, setting, step

NEW_YORK = ZoneInfo("America/New_York")


@settings(max_examples=60, deadline=None)
@given(lives())
def test_asked_again_the_planner_gives_every_touch_the_day_that_it_had(life: Life) -> None:
    for touch in life.touches:
        found = retrace(life.plan, touch.planned.step, life.progress)
        assert found is not None
        assert (found.planned, found.planned_at) == (touch.planned, touch.inserted_at)


@settings(max_examples=60, deadline=None)
@given(lives())
def test_every_day_before_the_one_that_was_found_has_a_reason(life: Life) -> None:
    for touch in life.touches:
        found = retrace(life.plan, touch.planned.step, life.progress)
        assert found is not None
        assert found.reckoning.ready is not None
        zone = life.setting.zone
        first = local_date(max(found.reckoning.ready, day_start(found.reckoning.day, zone)), zone)
        days = (touch.planned.due_date - first).days
        assert [one.day for one in found.passed] == [first + timedelta(days=n) for n in range(days)]


def test_days_are_passed_over_for_what_they_are() -> None:
    plan = sequence(step("call", 1, Verb.CALL))
    where = setting(NEW_YORK, calendar("2026-03-09"), NEW_YORK, rep_days=calendar("2026-03-10"))
    friday_evening = at("2026-03-06T20:00-05:00")
    progress = Progress(date(2026, 3, 6), friday_evening, where)
    found = retrace(plan, "call", progress)
    assert found is not None
    assert [(one.day.day, one.why) for one in found.passed] == [
        (6, Shut.OVER),
        (7, Shut.NO_HOURS),
        (8, Shut.NO_HOURS),
        (9, Shut.CLOSED),
        (10, Shut.REP_OFF),
    ]
    assert found.planned.due_date == date(2026, 3, 11)


def test_lateness_and_what_it_moved_are_told_by_the_touch_that_was_late() -> None:
    plan = sequence(step("one", 1, Verb.CALL), step("two", 3, Verb.CALL))
    where, monday = setting(NEW_YORK), at("2026-03-02T09:00-05:00")
    life = live(plan, where, monday, lambda _: timedelta(days=2))
    found = retrace(plan, "two", life.progress)
    assert found is not None
    assert (found.late, found.reckoning.nominal) == (2, date(2026, 3, 6))
    assert found.reckoning.last is not None
    assert found.reckoning.last.step == "one"


def test_a_step_that_waits_for_another_lane_says_for_which() -> None:
    plan = sequence(step("mail", 1), step("call", 1, Verb.CALL, after=After(Gap(1, Unit.BUSINESS_DAY), "mail")))
    where, monday = setting(NEW_YORK), at("2026-03-02T09:00-05:00")
    progress = enrolled(plan, where, monday)
    (mail,) = next_touches(plan, progress, monday)
    (waiting,) = waiting_steps(plan, progress, monday)
    assert (waiting.step.key, waiting.barrier.step, waiting.barrier.until) == ("call", "mail", None)
    over = having(progress, ended(mail, monday))
    assert waiting_steps(plan, over, monday) == ()
    found = retrace(plan, "call", over)
    assert found is not None
    assert [(one.step, one.until) for one in found.barriers] == [("mail", datetime(2026, 3, 3, 5, tzinfo=UTC))]


def test_the_days_before_day_one_are_told_too() -> None:
    plan, where = sequence(step("mail", 1)), setting(NEW_YORK)
    saturday = at("2026-03-07T10:00-05:00")
    progress = enrolled(plan, where, saturday)
    assert progress.day_one == date(2026, 3, 9)
    saturday_and_sunday = [date(2026, 3, 7), date(2026, 3, 8)]
    assert passed_before_day_one(plan, progress) == tuple(
        PassedDay(day, Shut.NO_HOURS, day) for day in saturday_and_sunday
    )


def test_what_the_plan_did_not_put_there_is_not_retraced() -> None:
    """As where a person or an older version of the file has left out the step before."""
    plan = sequence(step("one", 1, Verb.CALL), step("two", 3, Verb.CALL))
    progress = enrolled(plan, setting(NEW_YORK), at("2026-03-02T09:00-05:00"))
    assert retrace(plan, "two", progress) is None
