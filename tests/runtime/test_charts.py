"""What is written on the drawings of a simulation's page."""

from itertools import pairwise
from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.simulate.charts import Days, Series, Told, Width, curves
from engine.runtime.simulate.lettering import spread, wide

AMOUNTS = st.lists(st.integers(0, 1500), min_size=30, max_size=30)


def names_of(*series: Series, width: Width = Width.WHOLE) -> list[Element]:
    days = Days([str(number) for number in range(30)], [0])
    svg = curves(Told("c1", "Overdue", "Two curves", width), days, series)
    return [text for text in svg.iter("text") if "name" in str(text.get("class")).split()]


@given(AMOUNTS, AMOUNTS)
def test_the_names_of_two_peaks_never_overprint_each_other(first: list[int], second: list[int]) -> None:
    one, *others = names_of(Series("fixed dates", "is-bad", first), Series("the engine's own", "is-accent", second))
    for other in others:
        apart = abs(float(str(one.get("y"))) - float(str(other.get("y"))))
        assert apart >= 15 or not overlap(one, other)


def test_two_peaks_on_one_day_have_both_their_names_also_on_the_axis() -> None:
    for peak in (126, 0):
        flat = [0.0] * 29
        found = names_of(Series("fixed dates", "is-bad", [peak, *flat]), Series("own", "is-accent", [peak, *flat]))
        assert {text.text for text in found} == {f"fixed dates: {peak}", f"own: {peak}"}


@given(st.integers(0, 29), st.sampled_from(Width))
def test_the_name_of_a_peak_stays_on_the_drawing_wherever_the_peak_is(day: int, width: Width) -> None:
    amounts = [float(number == day) * 1240 for number in range(30)]
    (name,) = names_of(Series("引擎计划", "is-accent", amounts), width=width)
    left, right = span(name)
    assert left >= 0
    assert right <= width.value


@given(st.integers(1, 366), st.integers(0, 6), st.sampled_from(Width))
def test_the_days_below_a_chart_neither_touch_nor_run_over_its_edge(days: int, first: int, width: Width) -> None:
    a_day = (width.value - 56) / days
    mondays = [(44 + number * a_day, "12月21日") for number in range(first, days, 7)]
    found = spread(mondays, width.value)
    assert bool(found) == bool(mondays)
    for (at, name), (after, _) in pairwise(found):
        assert at + wide(name) < after
    assert all(at + wide(name) <= width.value for at, name in found)


def overlap(one: Element, other: Element) -> bool:
    """By letters of seven units, which is what they are."""
    (left, right), (others_left, others_right) = map(span, (one, other))
    return left < others_right and others_left < right


def span(text: Element) -> tuple[float, float]:
    x, wide = float(str(text.get("x"))), 7.0 * len(str(text.text))
    return (x, x + wide) if text.get("text-anchor") == "start" else (x - wide, x)
