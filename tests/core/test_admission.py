"""Who begins when: a day's work is shared out before it is taken on."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.core.admission import Limit, Share, days_for, has_room, pile_up, share_of
from engine.core.capacity import Capacity
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


def test_at_once_piles_up_what_in_turn_does_not() -> None:
    outbound = shipped_sequences()["outbound-7x3x21"]
    at_once, in_turn = pile_up([200], outbound, Capacity()), pile_up([16] * 13, outbound, Capacity())
    assert at_once.peak > 100
    assert at_once.clear_after > 0
    assert in_turn.peak == 0


def test_work_that_fits_into_a_day_piles_up_nowhere() -> None:
    assert pile_up([8] * 30, shipped_sequences()["call-in-15"], Capacity()).peak <= 8
    assert pile_up([500], shipped_sequences()["nurture"], Capacity()).peak == 0
