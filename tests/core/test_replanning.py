"""What was planned is looked at again by the calendars as they are known by now."""

from dataclasses import replace
from datetime import date

from engine.core.replanning import deadline, moved_off
from engine.core.schedule import PastTouch, Progress
from engine.core.sequence import Gap, IfLate, Late, Verb
from tests.support.factories import at, calendar, enrolled, hours, sequence, setting, step

CALLS = sequence(step("call", 1, Verb.CALL, if_late=IfLate(Late.SKIP_AFTER, Gap.parse("3bd"))))
WEDNESDAY, MORNING = date(2026, 3, 4), at("2026-03-04T09:00-05:00")
CALL = PastTouch("call", 0, "phone", is_terminal=False, nominal_date=WEDNESDAY, due_date=WEDNESDAY)


def known(*closed: str, off: tuple[str, ...] = ()) -> Progress:
    return enrolled(CALLS, setting(open_days=calendar(*closed), rep_days=calendar(*off)), MORNING)


def test_work_stays_on_a_day_that_is_one() -> None:
    assert moved_off(CALLS, CALL, known("2026-03-05"), MORNING) is None


def test_work_of_a_day_that_was_closed_or_that_the_rep_has_off_by_now_goes_to_the_next() -> None:
    for progress in (known("2026-03-04"), known(off=("2026-03-04",))):
        planned = moved_off(CALLS, CALL, progress, MORNING)
        assert planned is not None
        assert (planned.nominal_date, planned.due_date) == (WEDNESDAY, date(2026, 3, 5))


def test_what_is_behind_its_day_stays_as_late_as_it_is() -> None:
    assert moved_off(CALLS, CALL, known("2026-03-04"), at("2026-03-05T09:00-05:00")) is None


def test_a_rep_who_never_works_on_their_days_keeps_it() -> None:
    idle = replace(known(), setting=setting(rep_hours=hours("09:00-17:00", days=[6])))
    assert moved_off(CALLS, CALL, idle, MORNING) is None


def test_a_deadline_is_counted_without_the_days_that_were_closed_since() -> None:
    assert deadline(CALLS, CALL, known()) == at("2026-03-10T00:00-04:00")
    assert deadline(CALLS, CALL, known("2026-03-05", "2026-03-06")) == at("2026-03-12T00:00-04:00")
