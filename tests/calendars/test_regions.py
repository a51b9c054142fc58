"""States and provinces, as lists write them."""

import holidays
import pytest

from engine.calendars.regions import region_code, region_codes


@pytest.mark.parametrize(
    ("country", "names", "code"),
    [
        ("DE", ("Bavaria", "Bayern", "BY", "by", "DE-BY", " bayern "), "BY"),
        ("DE", ("Baden-Württemberg", "Baden-Wuerttemberg", "Baden Wurttemberg"), "BW"),
        ("US", ("TX", "Texas", "US-TX"), "TX"),
        ("US", ("DC", "D.C.", "Washington, D.C."), "DC"),
        ("CA", ("Québec", "Quebec", "QC"), "QC"),
        ("CH", ("Zürich", "Zuerich", "Zurich", "ZH"), "ZH"),
        ("AT", ("Wien", "Vienna"), "9"),
        ("GB", ("Scotland",), "SCT"),
        ("US", ("DE",), "DE"),  # Delaware
        ("US", ("Bayern", "Greater Boston", "", "广东"), None),
        ("CN", ("广东", "Guangdong"), None),
        ("XX", ("Bayern",), None),
    ],
)
def test_a_region_is_known_by_its_code_and_its_names(country: str, names: tuple[str, ...], code: str | None) -> None:
    assert {region_code(country, name) for name in names} == {code}


def test_every_code_and_every_name_of_the_data_is_read() -> None:
    for country in ("US", "DE", "AT", "CH", "ES", "GB", "CA", "AU", "IN", "BR", "IT", "FR"):
        names = holidays.country_holidays(country).get_subdivision_aliases()
        assert set(names) == set(region_codes(country))
        assert all(region_code(country, code) == code for code in names)
        assert all(region_code(country, one) in names for own in names.values() for one in own)
