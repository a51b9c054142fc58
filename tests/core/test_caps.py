"""Caps: no rolling window holds more than it may, and nobody waits longer than they must."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.core.caps import DAY, HOUR, Counter, HandOff, Scope, Unit, Usage, delay_of, gap_of, limits_on, yields_until
from engine.core.touch import Reason
from engine.core.workspace import Caps, ProviderCaps

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)

_numbers = count()


def mail(**changes: Any) -> HandOff:
    """To somebody else each time."""
    number = next(_numbers)
    plain = {"draw": (number, "outbound", "intro", 0), "person": number, "mailbox": 1, "domain": "acme.example"}
    return HandOff(**{**plain, "provider": "smtp.acme.example", **changes})


def having(*ago: timedelta, first_use: datetime | None = None, **sent: Any) -> Usage:
    """The hand-offs of so long ago; the mailbox is old unless said otherwise."""
    usage = Usage(first_uses={1: first_use or NOW - 365 * DAY})
    for one in ago:
        sent_one = mail(**sent)
        usage.take(sent_one, NOW - one, sent_one.counters)
    return usage


def waits(one: HandOff, caps: Caps, usage: Usage, now: datetime = NOW) -> tuple[timedelta, Reason] | None:
    delay = delay_of(one, caps, usage, now)
    return (delay.until - now, delay.reason) if delay is not None else None


def test_a_mailbox_that_sent_nothing_waits_for_nothing() -> None:
    assert waits(mail(), Caps(), Usage()) is None


def test_after_a_mail_the_gap_decides_and_varies_by_the_touch_alone() -> None:
    caps = Caps(gap_spread=0.25)
    gaps = {gap_of(mail(draw=(one, "outbound", "intro", 0)), caps) for one in range(200)}
    assert len(gaps) == 200
    assert timedelta(seconds=180) <= min(gaps) < timedelta(seconds=190)
    assert timedelta(seconds=290) < max(gaps) <= timedelta(seconds=300)
    one = mail(draw=(7, "outbound", "intro", 0))
    assert waits(one, caps, having(0 * HOUR)) == (
        gap_of(mail(draw=(7, "outbound", "intro", 0)), caps),
        Reason.MAILBOX_GAP,
    )
    assert gap_of(one, caps) != gap_of(mail(draw=(7, "outbound", "intro", 1)), caps)


def test_each_cap_delays_until_its_oldest_unit_is_over_and_says_which_it_is() -> None:
    sent = having(20 * HOUR, 10 * HOUR, HOUR / 2)
    assert waits(mail(), Caps(mailbox_per_day=3), sent) == (4 * HOUR, Reason.MAILBOX_CAP)
    assert waits(mail(), Caps(mailbox_per_hour=1), sent) == (HOUR / 2, Reason.MAILBOX_HOUR)
    assert waits(mail(), Caps(workspace_per_day=2), sent) == (14 * HOUR, Reason.WORKSPACE_CAP)
    by_provider = Caps(providers={"smtp.acme.example": ProviderCaps(per_day=3, per_hour=1)})
    assert waits(mail(), by_provider, sent) == (4 * HOUR, Reason.PROVIDER_CAP)
    assert waits(mail(provider="sendgrid"), by_provider, sent) is None
    twice = having(20 * HOUR, 10 * HOUR, person=5)
    assert waits(mail(person=5), Caps(), twice) == (4 * HOUR, Reason.PERSON_CAP)
    assert waits(mail(person=6), Caps(), twice) is None


def test_the_smallest_cap_wins() -> None:
    caps = Caps(mailbox_per_day=3, mailbox_per_hour=1, workspace_per_day=2)
    assert waits(mail(), caps, having(20 * HOUR, 10 * HOUR, HOUR / 2)) == (14 * HOUR, Reason.WORKSPACE_CAP)


def test_a_company_hears_of_two_people_a_day_and_the_same_one_counts_once() -> None:
    two = having(3 * HOUR, 2 * HOUR, person=1, account=9)
    assert waits(mail(account=9), Caps(), two) is None
    other = mail(person=2, account=9)
    two.take(other, NOW - HOUR, other.counters)
    assert waits(mail(person=3, account=9), Caps(), two) == (22 * HOUR, Reason.ACCOUNT_CAP)
    assert waits(mail(person=2, account=9), Caps(), two) is None
    assert waits(mail(person=3, account=9, mailbox=None, domain=None, provider=None), Caps(), two) is not None
    assert waits(mail(person=3, account=None), Caps(), two) is None


def test_a_mailbox_begins_with_twenty_and_grows_by_five_a_day_from_its_first_use() -> None:
    def allowed(days: float) -> int:
        usage = Usage(first_uses={1: NOW - days * DAY})
        (day,) = [limit for limit in limits_on(mail(), Caps(), usage, NOW) if limit.reason is Reason.MAILBOX_CAP]
        return day.ceiling.at(NOW)

    assert [allowed(days) for days in (0, 0.9, 1, 2, 5.5, 6, 400)] == [20, 20, 25, 30, 45, 50, 50]
    assert allowed(-3) == 20  # a clock that was set back


def test_growth_opens_a_slot_before_the_oldest_unit_is_over() -> None:
    caps = Caps(mailbox_start=3, mailbox_step=1, mailbox_per_day=10, mailbox_gap=0)
    young = having(3 * HOUR, 2 * HOUR, HOUR, first_use=NOW - 20 * HOUR)
    assert waits(mail(), caps, young) == (4 * HOUR, Reason.MAILBOX_CAP)


def test_only_a_domain_that_was_declared_new_warms_up_from_that_date() -> None:
    caps = Caps(new_domains={"acme.example": date(2026, 2, 24)}, mailbox_gap=0, mailbox_per_hour=None)
    sent = having(*[n * HOUR for n in range(1, 10)], domain="acme.example", mailbox=2)
    assert waits(mail(), caps, sent) is None  # in its second week ten
    assert waits(mail(), Caps(new_domains={"acme.example": NOW.date()}), sent) == (19 * HOUR, Reason.DOMAIN_CAP)
    assert waits(mail(), Caps(new_domains={"other.example": NOW.date()}), sent) is None


def test_guessed_addresses_take_a_tenth_of_the_day_and_never_less_than_one() -> None:
    caps = Caps(mailbox_gap=0)
    five = having(*[n * HOUR for n in range(1, 6)], is_guessed=True)
    assert waits(mail(is_guessed=True), caps, five) == (19 * HOUR, Reason.GUESSED_CAP)
    assert waits(mail(), caps, five) is None
    few = Caps(mailbox_per_day=4, mailbox_gap=0)
    assert waits(mail(is_guessed=True), few, Usage()) is None
    assert waits(mail(is_guessed=True), few, having(HOUR, is_guessed=True)) == (23 * HOUR, Reason.GUESSED_CAP)


def test_an_answer_to_somebody_who_came_to_us_waits_for_the_provider_alone() -> None:
    caps = Caps(mailbox_per_day=1, person_per_day=1, providers={"twilio": ProviderCaps(per_hour=1)})
    assert waits(mail(person=1, passes=True), caps, having(HOUR, person=1)) is None
    text: dict[str, Any] = {"person": 1, "mailbox": None, "domain": None, "provider": "twilio"}
    assert waits(mail(**text, passes=True), caps, having(HOUR / 2, **text)) == (HOUR / 2, Reason.PROVIDER_CAP)


def test_units_from_the_future_count_after_a_clock_was_set_back() -> None:
    ahead = having(-5 * HOUR, -4 * HOUR)
    assert waits(mail(), Caps(mailbox_per_day=2), ahead) == (28 * HOUR, Reason.MAILBOX_CAP)


def test_somebody_new_takes_no_unit_that_a_follow_up_of_the_same_day_needs() -> None:
    caps, new = Caps(mailbox_per_day=5), mail(is_new=True)

    def yields(*needed: timedelta, sent: Sequence[timedelta] = (HOUR, 2 * HOUR), who: HandOff = new) -> bool:
        return yields_until(who, caps, having(*sent), needed=[NOW + one for one in needed], now=NOW) is not None

    assert not yields(3 * HOUR, 4 * HOUR)
    assert yields(3 * HOUR, 4 * HOUR, 5 * HOUR)
    assert not yields(3 * HOUR, 4 * HOUR, 23 * HOUR)  # until then the two of before are over
    assert not yields(3 * HOUR, 4 * HOUR, 5 * HOUR, who=mail())
    overdue = [NOW - HOUR] * 3
    assert yields_until(new, caps, having(HOUR, 2 * HOUR), needed=overdue, now=NOW) == NOW + HOUR


def _instants(most: int) -> st.SearchStrategy[list[int]]:
    """Seconds around a day and a half, in both directions: clocks are set back."""
    return st.lists(st.integers(-40_000, 130_000), max_size=most)


_people = st.integers(1, 4)
_some = st.none() | st.integers(1, 4)
_caps = st.builds(
    Caps,
    mailbox_per_day=st.integers(1, 6),
    mailbox_gap=st.integers(0, 30_000),
    gap_spread=st.floats(0, 1),
    mailbox_start=st.integers(1, 4),
    mailbox_step=st.integers(1, 2),
    mailbox_per_hour=_some,
    new_domains=st.just({}) | st.dictionaries(st.just("acme.example"), st.dates(date(2026, 2, 20), date(2026, 3, 7))),
    domain_start=st.integers(1, 3),
    domain_step=st.integers(1, 2),
    domain_per_day=st.integers(1, 5),
    guessed_share=st.floats(0, 1),
    person_per_day=_some,
    account_people_per_day=_some,
    workspace_per_day=_some,
    providers=st.just({}) | st.builds(lambda day, hour: {"smtp": ProviderCaps(day, hour)}, _some, _some),
)
_sends = st.builds(
    HandOff,
    draw=st.tuples(st.integers(1, 50), st.just("outbound"), st.just("intro"), st.just(0)),
    person=_people,
    account=_some,
    mailbox=st.just(1),
    domain=st.just("acme.example"),
    provider=st.just("smtp"),
    is_guessed=st.booleans(),
)
_history = st.lists(st.tuples(st.integers(-40_000, 130_000), _sends), max_size=12)
_first_uses = st.builds(lambda hours: {1: NOW - hours * HOUR}, st.integers(-10, 200))


def _used(history: Sequence[tuple[int, HandOff]], first_uses: dict[int, datetime]) -> Usage:
    usage = Usage(first_uses=first_uses)
    for ago, one in history:
        usage.take(one, NOW - ago * SECOND, one.counters)
    return usage


def _may_leave(one: HandOff, caps: Caps, usage: Usage, at: datetime) -> bool:
    """Counted by hand: whether each window that ends with this hand-off holds no more than it may."""

    def units(scope: Scope, key: str = "", window: timedelta = DAY) -> list[Unit]:
        return [unit for unit in usage.of(Counter(scope, key)) if unit.at > at - window]

    days = max(0, int((at - usage.first_uses[1]) / DAY))
    day = min(caps.mailbox_per_day, caps.mailbox_start + caps.mailbox_step * days)
    checks = [
        len(units(Scope.MAILBOX, "1")) < day,
        not units(Scope.MAILBOX, "1", gap_of(one, caps)),
        caps.mailbox_per_hour is None or len(units(Scope.MAILBOX, "1", HOUR)) < caps.mailbox_per_hour,
        not one.is_guessed or len(units(Scope.GUESSED, "1")) < max(1, int(day * caps.guessed_share + 1e-9)),
        caps.person_per_day is None or len(units(Scope.PERSON, str(one.person))) < caps.person_per_day,
        caps.workspace_per_day is None or len(units(Scope.WORKSPACE)) < caps.workspace_per_day,
    ]
    if "acme.example" in caps.new_domains:
        since = datetime.combine(caps.new_domains["acme.example"], datetime.min.time(), UTC)
        weeks = max(0, int((at - since) / (7 * DAY)))
        most = min(caps.domain_per_day, caps.domain_start + caps.domain_step * weeks)
        checks.append(len(units(Scope.DOMAIN, "acme.example")) < most)
    if one.account is not None and caps.account_people_per_day is not None:
        others = {unit.person for unit in units(Scope.ACCOUNT, str(one.account))} - {one.person}
        checks.append(len(others) < caps.account_people_per_day)
    for provider in caps.providers.values():
        checks.append(provider.per_day is None or len(units(Scope.PROVIDER, "smtp")) < provider.per_day)
        checks.append(provider.per_hour is None or len(units(Scope.PROVIDER, "smtp", HOUR)) < provider.per_hour)
    return all(checks)


@given(_caps, _history, _first_uses, _sends)
def test_the_instant_is_the_earliest_at_which_every_limit_holds(
    caps: Caps, history: list[tuple[int, HandOff]], first_uses: dict[int, datetime], one: HandOff
) -> None:
    usage = _used(history, first_uses)
    delay = delay_of(one, caps, usage, NOW)
    at = delay.until if delay is not None else NOW
    assert _may_leave(one, caps, usage, at)
    if delay is not None:
        assert not _may_leave(one, caps, usage, at - timedelta.resolution)
        assert delay_of(one, caps, usage, at) is None


@given(_caps, _first_uses, st.lists(st.tuples(_sends, st.integers(-30_000, 90_000)), max_size=25))
def test_whatever_leaves_no_rolling_window_ever_holds_too_much(
    caps: Caps, first_uses: dict[int, datetime], story: list[tuple[HandOff, int]]
) -> None:
    """The clock goes on, jumps and is set back; whoever may leave does."""
    usage, now = Usage(first_uses=first_uses), NOW
    for one, seconds in story:
        now += seconds * SECOND
        if delay_of(one, caps, usage, now) is None:
            usage.take(one, now, one.counters)
    sent = [unit.at for unit in usage.of(Counter(Scope.MAILBOX, "1"))]
    least = timedelta(seconds=caps.mailbox_gap * (1 - caps.gap_spread))
    for at in sent:
        assert sum(at - DAY < other <= at for other in sent) <= caps.mailbox_per_day
        assert all(abs(at - other) >= least - timedelta.resolution for other in sent if other is not at)
        if caps.mailbox_per_hour is not None:
            assert sum(at - HOUR < other <= at for other in sent) <= caps.mailbox_per_hour


@given(_caps, _history, _first_uses, st.integers(2, 6))
def test_slots_given_out_in_a_line_are_slots_at_which_each_really_leaves(
    caps: Caps, history: list[tuple[int, HandOff]], first_uses: dict[int, datetime], people: int
) -> None:
    """Of one mailbox, to strangers: each waits in the counter that holds it up, behind those before it."""
    caps = replace(caps, new_domains={}, workspace_per_day=None, providers={})
    planned, really, last = _used(history, first_uses), _used(history, first_uses), NOW
    for one in [mail() for _ in range(people)]:
        delay = delay_of(one, caps, planned, NOW)
        slot = delay.until if delay is not None else NOW
        planned.take(one, slot, [delay.counter] if delay is not None else one.counters)
        assert slot >= last
        assert delay_of(one, caps, really, slot) is None
        really.take(one, slot, one.counters)
        last = slot
