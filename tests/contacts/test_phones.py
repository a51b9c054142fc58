import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.contacts.cells import Cell
from engine.contacts.phones import country_written_in, read_phones
from tests.support.contact_files import US, codes, read_one


def read(value: str, *countries: str) -> list[tuple[str, str | None]]:
    phones, _ = read_phones(Cell("Phone", value), "other", countries, None)
    return [(phone.e164, phone.extension) for phone in phones]


@pytest.mark.parametrize(
    ("written", "country", "number", "extension"),
    [
        ("'001-629-726-7670x7585", "US", "+16297267670", "7585"),
        ("001-415-555-2671", "CN", "+14155552671", None),
        ("(910)834-9905x4133", "US", "+19108349905", "4133"),
        ("330.909.1946", "US", "+13309091946", None),
        ("+1 415 555 2671 ext. 12", "DE", "+14155552671", "12"),
        ("4155552671 #12", "US", "+14155552671", "12"),
        ("+49(0)5517397133", "US", "+495517397133", None),
        ("+49 (0) 4599 568230", "US", "+494599568230", None),
        ("(0049) 30 1234567", "DE", "+49301234567", None),
        ("0049301234567", "US", "+49301234567", None),
        ("0221/1234567", "DE", "+492211234567", None),
        ("１５２３２３１９４８７", "CN", "+8615232319487", None),
        ("+86 151-4026-8599", "CN", "+8615140268599", None),
        ("0086 138 0013 8000", "US", "+8613800138000", None),
        ("8613800138000", "CN", "+8613800138000", None),
        ("010-62345678-8001", "CN", "+861062345678", "8001"),
        ("010-62345678转8001", "CN", "+861062345678", "8001"),
        ("1-800-FLOWERS", "US", "+18003569377", None),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, country: str, number: str, extension: str | None) -> None:
    assert read(written, country) == [(number, extension)]


@pytest.mark.parametrize("separator", [";", ",", " / ", "、", "；", "\n", "|", " or ", "或"])
def test_several_numbers_in_a_cell_are_several(separator: str) -> None:
    assert read(f"13800138000{separator}13900139000", "CN") == [("+8613800138000", None), ("+8613900139000", None)]


def test_only_a_space_between_them_is_enough_when_they_are_too_long_for_one() -> None:
    assert len(read("13800138000 13900139000", "CN")) == 2


@pytest.mark.parametrize("written", ["", "n/a", "N/A", "-", "无", "'"])
def test_nothing_is_nothing(written: str) -> None:
    assert read_phones(Cell("Phone", written), "other", ["US"], None) == ([], [])


@pytest.mark.parametrize(
    ("written", "country", "reason"),
    [
        ("12", "US", "too short"),
        ("555-2671", "US", "area code"),
        ("+1 415 555 2671 9999", "US", "too long"),
        ("call me", "US", "does not look like one"),
        ("00021 37945", "DE", "no such country code"),
        ("1.38001E+10", "CN", "rounded"),
    ],
)
def test_what_cannot_be_a_number_is_told_with_the_reason(written: str, country: str, reason: str) -> None:
    phones, (problem,) = read_phones(Cell("Phone", written), "other", [country], None)
    assert phones == []
    assert problem.reason_code == "phone_impossible"
    assert reason in problem.message


def test_without_any_country_only_international_numbers_are_read() -> None:
    assert read("+49 30 1234567") == [("+49301234567", None)]
    _, (problem,) = read_phones(Cell("Phone", "030 1234567"), "other", [], None)
    assert "country code" in problem.message


def test_a_possible_number_that_nobody_was_given_is_kept_and_marked() -> None:
    row = read_one(Name="Anna", Mobile="598-932-0576")
    assert [(phone.e164, phone.is_valid) for phone in row.phones] == [("+15989320576", False)]


def test_two_extensions_keep_the_first_and_say_so() -> None:
    row = read_one(Name="Anna", Mobile="(687)779-8087x1930 x59")
    assert (row.phones[0].extension, codes(row)) == ("1930", ["phone_two_extensions"])


def test_the_mobile_comes_first_and_the_switchboard_last() -> None:
    row = read_one(
        Name="Anna", Corporate_Phone="518-357-3971", Work_Direct_Phone="629-726-7670", Mobile_Phone="330-909-1946"
    )
    assert [phone.kind for phone in row.phones] == ["mobile", "direct", "corporate"]


def test_one_number_in_two_columns_is_one_phone() -> None:
    row = read_one(Name="Anna", Mobile="518-357-3971", Phone="+1 518 357 3971")
    assert [(phone.e164, phone.kind) for phone in row.phones] == [("+15183573971", "mobile")]


def test_a_mainland_mobile_in_hong_kong_is_no_hong_kong_number() -> None:
    assert read("15726018159", "HK", "CN") == [("+8615726018159", None)]


def test_a_number_from_another_country_is_told_and_places_nobody() -> None:
    row = read_one(Name="Anna", Phone="+1 518 357 3971", Country="Germany")
    assert (codes(row), row.zone, row.zone_origin) == (["phone_country_differs"], "Europe/Berlin", "country")


def test_a_number_with_its_country_code_tells_the_country_where_no_column_does() -> None:
    row = read_one(Name="Anna", Phone="+49 30 1234567")
    assert (row.country, row.country_origin) == ("DE", "phone")
    assert country_written_in(["030 1234567"], ["DE"]) is None


def test_the_default_country_is_named_as_such() -> None:
    row = read_one(US, Name="Anna", Phone="518-357-3971")
    assert (row.country, row.country_origin) == ("US", "default")


SPELLINGS = st.sampled_from(
    ["{0}{1}{2}", "+1{0}{1}{2}", "+1 ({0}) {1}-{2}", "001-{0}-{1}-{2}", "'({0}){1}-{2}", "{0}.{1}.{2}x12", "1{0}{1}{2}"]
)
PARTS = st.tuples(
    st.sampled_from(["518", "629", "212"]),
    st.integers(200, 999).map(str),
    st.integers(0, 9999).map("{:04}".format),
)
WIDTHS = st.sampled_from([0, 0xFEE0])


@settings(max_examples=200, deadline=None)
@given(PARTS, SPELLINGS, WIDTHS)
def test_every_spelling_of_a_number_has_one_e164(parts: tuple[str, str, str], spelling: str, width: int) -> None:
    written = "".join(chr(ord(c) + width) if c.isdigit() else c for c in spelling.format(*parts))
    assert [number for number, _ in read(written, "US")] == ["+1" + "".join(parts)]
