"""Who begins when: a day's work is shared out before it is taken on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from engine.core.admission import Limit, Pile, Share, days_for, has_room, pile_up, share_of
from engine.core.capacity import Capacity
from engine.core.hours import Hours, Window
from engine.core.sequence import DayKind, Verb
from engine.core.sequence import Sequence as Plan
from tests.support.world import shipped_sequences

SHARES = st.builds(
    Share,
    tasks=st.floats(0, 1.5),
    minutes=st.floats(0, 1),
    mails=st.floats(0, 1),
    newcomers=st.sampled_from([0, 0.1, 0.25]),
)


def test_a_day_holds_as_many_leads_as_a_rep_sustains() -> None:
    shipped = shipped_sequences()
    sustained = {"call-in-15": 8, "outbound-7x3x21": 16, "call-in-cn": 16}
    for key, leads in sustained.items():
        assert share_of(shipped[key], Capacity(), mails_per_day=None).leads_per_day == leads
    assert share_of(shipped["nurture"], Capacity(), mails_per_day=None).leads_per_day is None


def test_a_mailbox_limits_a_sequence_that_people_would_not() -> None:
    nurture = shipped_sequences()["nurture"]
    assert share_of(nurture, Capacity(), mails_per_day=50).leads_per_day == 12  # four mails each


def test_a_number_of_newcomers_that_is_set_goes_before_the_rest() -> None:
    outbound = shipped_sequences()["outbound-7x3x21"]
    assert share_of(outbound, replace(Capacity(), new_leads_per_day=5), mails_per_day=50).leads_per_day == 5


def test_what_is_used_up_first_has_a_name() -> None:
    shipped = shipped_sequences()
    assert share_of(shipped["call-in-15"], Capacity(), mails_per_day=50).limit is Limit.TASKS
    assert (
        share_of(shipped["call-in-15"], replace(Capacity(), minutes_per_day=60), mails_per_day=50).limit
        is Limit.MINUTES
    )
    assert share_of(shipped["two-wave"], Capacity(), mails_per_day=50).limit is Limit.MAILS
    set_by_hand = replace(Capacity(), new_leads_per_day=5)
    assert share_of(shipped["two-wave"], set_by_hand, mails_per_day=50).limit is Limit.NEWCOMERS
    assert share_of(shipped["nurture"], Capacity(), mails_per_day=None).limit is None


def test_a_hundred_leads_for_one_rep_begin_sixteen_a_day() -> None:
    one = share_of(shipped_sequences()["outbound-7x3x21"], Capacity(), mails_per_day=50)
    days = days_for([one] * 100, {})
    assert [days.count(day) for day in range(7)] == [16] * 6 + [4]


def test_what_came_in_today_leaves_less_room_for_what_we_go_out_for() -> None:
    shipped = shipped_sequences()
    asked = share_of(shipped["call-in-15"], Capacity(), mails_per_day=None)
    cold = share_of(shipped["outbound-7x3x21"], Capacity(), mails_per_day=None)
    assert days_for([cold] * 9, {0: asked + asked + asked + asked}) == [0] * 8 + [1]


@given(st.lists(SHARES, max_size=40), st.dictionaries(st.integers(0, 5), SHARES, max_size=4))
def test_no_day_is_overfull_nobody_overtakes_and_everybody_begins_as_early_as_that_allows(
    shares: list[Share], taken: dict[int, Share]
) -> None:
    days = days_for(shares, taken)
    assert days == sorted(days)
    held, before = dict(taken), 0
    for share, day in zip(shares, days, strict=True):
        assert has_room(held.get(day, Share()), share)
        assert all(not has_room(held.get(earlier, Share()), share) for earlier in range(before, day))
        held[day], before = held.get(day, Share()) + share, day


MONDAY = date(2026, 3, 2)


def workdays(first: date = MONDAY) -> Iterator[date]:
    """Monday to Friday."""
    return (day for day in (first + timedelta(days=n) for n in count()) if day.weekday() < 5)


def pile(starts: Sequence[int], sequence: Plan, capacity: Capacity | None = None) -> Pile:
    capacity = capacity or Capacity()
    return pile_up(dict(zip(workdays(), starts, strict=False)), sequence, capacity, workdays())


def test_at_once_piles_up_what_in_turn_does_not() -> None:
    outbound = shipped_sequences()["outbound-7x3x21"]
    at_once, in_turn = pile([200], outbound), pile([16] * 13, outbound)
    assert at_once.peak > 100
    assert at_once.clear_after > 0
    assert in_turn.peak < 80  # less than a day's work, on Mondays


def test_work_that_fits_into_a_day_piles_up_nowhere() -> None:
    assert pile([8] * 30, shipped_sequences()["call-in-2x2x1"]).peak == 0
    assert pile([500], shipped_sequences()["nurture"]).peak == 0


def test_what_falls_on_days_off_piles_up_on_the_next_day_of_work() -> None:
    """The control of rule 30, twelve calls in twelve days of the calendar, as it is simulated."""
    outbound = shipped_sequences()["outbound-7x3x21"]
    calls = tuple(replace(outbound.steps[0], key=f"call-{day}", day=day, do=Verb.CALL) for day in range(1, 13))
    schedule = replace(outbound.schedule, days=DayKind.CALENDAR)
    every_day = replace(outbound, steps=calls, schedule=schedule)
    by_tasks = replace(Capacity(), minutes_per_day=None)
    assert pile([100], every_day, by_tasks) == Pile(400, 10, 15)
    assert pile([200], every_day, by_tasks) == Pile(1600, 10, 30)
    assert pile([10], every_day, by_tasks).peak == 0


def test_what_begins_on_a_day_off_begins_on_the_next_day_of_work() -> None:
    outbound = shipped_sequences()["outbound-7x3x21"]
    monday = next(iter(workdays()))
    sunday = monday - timedelta(days=1)
    on_both = [pile_up({first: 126}, outbound, Capacity(), workdays()) for first in (sunday, monday)]
    assert on_both[0] == on_both[1]
    assert (on_both[0].peak, on_both[0].on_day) == (79, 11)  # of the mails by hand, 47 fit into a day


def test_long_work_piles_up_higher_than_short_work() -> None:
    """A hundred mails of seven minutes are more than two days of 330 minutes, a hundred calls of three are one."""
    outbound = shipped_sequences()["outbound-7x3x21"]
    of_one = {verb: replace(outbound, steps=(replace(outbound.steps[0], key="one", day=1, do=verb),)) for verb in Verb}
    by_minutes = replace(Capacity(), tasks_per_day=None)
    assert pile([100], of_one[Verb.PERSONAL_EMAIL], by_minutes) == Pile(100 - 47, 1, 3)
    assert pile([100], of_one[Verb.CALL], by_minutes) == Pile(0, 0, 1)
    never = replace(Capacity(), tasks_per_day=None, minutes_per_day=5)
    assert pile([2], of_one[Verb.PERSONAL_EMAIL], never) == Pile(1, 1, 2)


def test_nobody_does_more_minutes_than_the_longest_day_has() -> None:
    two_hours = Hours(((Window(time(9), time(10)), Window(time(14), time(15))),) * 2 + ((),) * 5)
    assert Capacity().within(two_hours).minutes_per_day == 120
    assert Capacity(minutes_per_day=90).within(two_hours).minutes_per_day == 90
    assert Capacity(minutes_per_day=None).within(two_hours).minutes_per_day is None


def test_a_day_is_used_up_by_the_larger_of_two_sums() -> None:
    """Not by the sum of what each task takes most of."""
    capacity = Capacity(tasks_per_day=80, minutes_per_day=330)
    assert capacity.part_used(40, 100) == 0.5
    assert capacity.part_used(40, 330) == 1
