"""What validate says of the places that a workspace names."""

from datetime import date

import pytest

from engine.calendars.holidays_data import country_calendar
from engine.operations.validating import Finding, Project, validate
from tests.support.world import shipped_project


def findings(old: str, new: str, today: date = date(2026, 3, 4)) -> list[Finding]:
    shipped = shipped_project()
    text = shipped.sequences["workspace.yaml"]
    assert old in text
    files = {**shipped.sequences, "workspace.yaml": text.replace(old, new, 1)}
    return list(validate(Project(files, shipped.templates), today).findings)


@pytest.mark.parametrize(
    ("old", "new", "code", "expected"),
    [
        ("country: US ", "country: XX ", "unknown-country", "two capitals"),
        ("region: BE", "region: Berlinn", "unknown-region", "BB, BE, BW"),
        ("    country: CN ", "    region: 广东\n    country: CN ", "unknown-region", "leave the region out"),
    ],
)
def test_a_place_without_holidays_is_an_error_where_it_stands(old: str, new: str, code: str, expected: str) -> None:
    (found,) = findings(old, new)
    line = shipped_project().sequences["workspace.yaml"].split(old)[0].count("\n") + 1
    assert (found.severity, found.code, found.line) == ("error", code, line)
    assert expected in str(found)


def test_a_region_may_be_written_by_name() -> None:
    assert not findings("region: BE", "region: Berlin")


def test_a_sequence_that_reaches_beyond_the_known_holidays_is_warned_of_once_per_country() -> None:
    last = country_calendar("CN", None, 2026, 2040).known_until
    (found,) = findings("country: US ", "country: CN ", last)
    assert (found.severity, found.code) == ("warning", "holidays-unknown")
    assert f"the holidays of CN are known until {last}, and nurture reaches" in found.message


def test_what_only_a_simulation_or_a_draft_has_wrong_keeps_nothing_from_being_deployed() -> None:
    shipped = shipped_project()
    own = (
        shipped.sequences["two-wave.yaml"].replace("sequence: two-wave", "sequence: draft").replace("use: ", "use: no/")
    )
    simulation = "simulation: trial\nleads: [{sequence: two-wave, people: 1, reps: [nobody]}]\n"
    files = {**shipped.sequences, "simulations/trial.yaml": simulation, "simulations/draft.yaml": own}
    checked = validate(Project(files, shipped.templates), date(2026, 3, 4))
    assert {"unknown-rep", "no-template"} <= {one.code for one in checked.errors_aside}
    assert (checked.blocking, set(checked.errors)) == ((), set(checked.errors_aside))
    assert "two-wave" in {sequence.key for sequence, _ in checked.compiled}
    spoiled = {**files, "two-wave.yaml": shipped.sequences["two-wave.yaml"].replace("use: ", "use: no/")}
    also = validate(Project(spoiled, shipped.templates), date(2026, 3, 4))
    assert {one.file for one in also.blocking} == {"two-wave.yaml"}


def test_nothing_is_said_while_every_sequence_ends_in_time() -> None:
    assert not findings("country: US", "country: US", date(2026, 3, 4))
