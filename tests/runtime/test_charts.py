"""What is written on the drawings of a simulation's page."""

from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.simulate.charts import Days, Series, Told, curves

AMOUNTS = st.lists(st.integers(0, 1500), min_size=30, max_size=30)


def names_of(*series: Series) -> list[Element]:
    days = Days([str(number) for number in range(30)], [0])
    svg = curves(Told("c1", "Overdue", "Two curves"), days, series)
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


def overlap(one: Element, other: Element) -> bool:
    """By letters of seven units, which is what they are."""
    (left, right), (others_left, others_right) = map(span, (one, other))
    return left < others_right and others_left < right


def span(text: Element) -> tuple[float, float]:
    x, wide = float(str(text.get("x"))), 7.0 * len(str(text.text))
    return (x, x + wide) if text.get("text-anchor") == "start" else (x - wide, x)
