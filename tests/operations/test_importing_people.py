"""The merge rules of docs/import.md, one by one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput, NotFound
from engine.store import locks
from tests.support.importing import (
    bring,
    codes,
    everything,
    forget_everybody,
    outcomes,
    table_of,
    values_of,
)
from tests.support.world import World

ANNA = {"Name": "Anna Berg", "Email": "anna@berg.example"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Email": "Anna@Berg.example"}, {"Email": "anna@berg.EXAMPLE", "Title": "CFO"}),
        ({"Email": "a@müller.example"}, {"Email": "a@xn--mller-kva.example"}),
        (ANNA, {"Name": "A. Berg", "Email": "anna@berg.example"}),
        ({"Name": "Anna", "LinkedIn": "linkedin.com/in/anna"}, {"Name": "A", "LinkedIn": "http://de.linkedin.com/in/Anna/"}),
        ({"Name": "Anna", "WeChat": "wx_anna"}, {"Name": "A", "WeChat": "WX_Anna"}),
        ({"Name": "Anna", "Mobile": "518-555-0143"}, {"Name": "ANNA", "Mobile": "+1 (518) 555 0143"}),
        ({"Name": "Anna", "Company Phone": "518-555-0100"}, {"Name": "Anna", "Company Phone": "518-555-0100"}),
        (ANNA, {"Name": "Anna Berg", "Email": "new@berg.example; anna@berg.example"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_one_file", [True, False])
def test_two_rows_are_one_person(
    nobody: World, first: dict[str, str], second: dict[str, str], *, in_one_file: bool
) -> None:
    if in_one_file:
        assert outcomes(bring(nobody, table_of(first, second))) == ["new", "merged"]
    else:
        bring(nobody, table_of(first))
        bring(nobody, table_of(second))
    assert len(nobody.rows("prospect")) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Name": "Anna", "Mobile": "518-555-0143"}, {"Name": "Bert", "Mobile": "518-555-0143"}),
        (ANNA, {"Name": "Anna Berg", "Email": "anna@other.example"}),
        (
            {"Name": "Anna", "Email": "a@x.example", "Company Phone": "518-555-0100"},
            {"Name": "Anna", "Email": "b@x.example", "Company Phone": "518-555-0100"},
        ),
        ({"ID": "1", "Name": "Anna", "Email": "a@x.example"}, {"ID": "1", "Name": "Bert", "Email": "b@x.example"}),
    ],
)
def test_two_rows_are_two_people(nobody: World, first: dict[str, str], second: dict[str, str]) -> None:
    assert outcomes(bring(nobody, table_of(first, second))) == ["new", "new"]


def test_a_record_id_is_the_person_whatever_else_has_changed(nobody: World) -> None:
    bring(nobody, "Record ID,Associated Company,Name,Email\n7,Berg AG,Anna Berg,a@berg.example\n")
    report = bring(nobody, "Record ID,Associated Company,Name,Email\n7,Other AG,Anna Other,a@other.example\n")
    assert outcomes(report) == ["merged"]
    assert codes(report) == [["name_differs"]]
    assert values_of(nobody, "email") == ["a@berg.example", "a@other.example"]


def test_what_is_known_is_kept_and_what_is_empty_is_filled(nobody: World) -> None:
    bring(nobody, table_of({**ANNA, "Title": "CFO"}))
    bring(nobody, table_of({**ANNA, "Title": "CEO", "City": "Berlin"}))
    (person,) = nobody.rows("prospect")
    assert (person.title, person.city) == ("CFO", "Berlin")


def test_somebody_known_by_address_alone_gets_the_name_once_it_is_told(nobody: World) -> None:
    bring(nobody, table_of({"Email": "anna@berg.example"}))
    bring(nobody, table_of(ANNA))
    (person,) = nobody.rows("prospect")
    assert (person.name, person.first_name, person.last_name) == ("Anna Berg", "Anna", "Berg")


def test_the_quality_of_an_address_only_rises(nobody: World) -> None:
    seen = []
    for quality in ("", "Unavailable", "Guessed", "Verified", "Guessed", "Unavailable", ""):
        bring(nobody, table_of({**ANNA, "Email Status": quality}))
        seen.append(nobody.rows("address")[0].quality)
    assert seen == ["unknown", "unavailable", "guessed", *["verified"] * 4]


def test_a_zone_from_its_own_column_replaces_a_derived_one_and_is_kept(nobody: World) -> None:
    def zone_after(**cells: str) -> tuple[str, str]:
        bring(nobody, table_of({**ANNA, **cells}))
        (person,) = nobody.rows("prospect")
        return person.zone, person.zone_origin

    assert zone_after(Country="Germany") == ("Europe/Berlin", "country")
    assert zone_after(Zone="Europe/Vienna") == ("Europe/Vienna", "own column")
    assert zone_after(Country="Germany", Zone="Europe/Zurich") == ("Europe/Vienna", "own column")


def test_a_zone_that_only_the_workspace_tells_is_left_to_account_and_rep(nobody: World) -> None:
    bring(nobody, table_of(ANNA))
    (person,) = nobody.rows("prospect")
    assert (person.zone, person.country) == (None, None)


def test_town_and_region_are_taken_only_with_the_same_country(nobody: World) -> None:
    bring(nobody, table_of({**ANNA, "Country": "US"}))
    bring(nobody, table_of({**ANNA, "Country": "Germany", "City": "Berlin"}))
    (person,) = nobody.rows("prospect")
    assert (person.country, person.city) == ("US", None)


def test_new_addresses_come_after_the_known_ones(nobody: World) -> None:
    bring(nobody, table_of({**ANNA, "Mobile": "518-555-0143"}))
    bring(nobody, table_of({**ANNA, "Email": "anna@berg.example; second@berg.example", "Mobile": "518-555-0144"}))
    ranks = [(row.kind, row.value, row.rank) for row in nobody.rows("address")]
    assert sorted(ranks) == [
        ("email", "anna@berg.example", 0),
        ("email", "second@berg.example", 1),
        ("phone", "+15185550143", 0),
        ("phone", "+15185550144", 1),
    ]


def test_lists_and_remarks_add_up(nobody: World) -> None:
    bring(nobody, table_of({**ANNA, "Lists": "Q3; Fair", "Notes": "Met at the fair"}))
    bring(nobody, table_of({**ANNA, "Lists": "Fair; Q4", "Notes": "Wants a demo"}))
    (person,) = nobody.rows("prospect")
    assert person.lists == ["Q3", "Fair", "Q4"]
    assert person.message == "Met at the fair\nWants a demo"


@pytest.mark.parametrize("order", list(permutations(["New", "Replied", "Do Not Contact"])))
def test_a_stage_only_closes(nobody: World, order: tuple[str, ...]) -> None:
    for stage in order:
        bring(nobody, table_of({**ANNA, "Stage": stage}))
    (person,) = nobody.rows("prospect")
    assert person.stage == "do-not-contact"
    changes = [(row.old, row.new, row.reason, row.actor) for row in nobody.rows("stage_change")]
    assert changes[-1][1:] == ("do-not-contact", "imported", "test")
    assert [old for old, *_ in changes] == [None, *(new for _, new, *_ in changes[:-1])]


@pytest.mark.parametrize("stage", ["Replied", "IN_PROGRESS", "Unqualified"])
def test_no_import_takes_a_blocking_stage_back(nobody: World, stage: str) -> None:
    bring(nobody, table_of({**ANNA, "Stage": stage}))
    blocked = nobody.rows("prospect")[0].stage
    bring(nobody, table_of({**ANNA, "Stage": "New"}, {**ANNA, "Stage": ""}, {**ANNA, "Stage": "Attempted to Contact"}))
    assert nobody.rows("prospect")[0].stage == blocked


def test_an_address_of_one_and_a_number_of_another_is_told_and_goes_to_the_address(nobody: World) -> None:
    bring(nobody, table_of(ANNA, {"Name": "Anna Berg", "Email": "x@x.example", "Mobile": "518-555-0143"}))
    first, second = (row.id for row in nobody.rows("prospect"))
    report = bring(nobody, table_of({**ANNA, "Mobile": "518-555-0143"}))
    assert [row.prospect_id for row in report.rows] == [first]
    assert codes(report) == [["matches_another"]]
    assert f"prospect {second}" in report.rows[0].notes[0].message


def test_a_profile_of_somebody_else_stays_with_them(nobody: World) -> None:
    linkedin = {"LinkedIn": "linkedin.com/in/bert"}
    bring(nobody, table_of(ANNA, {"Name": "Bert", **linkedin}))
    report = bring(nobody, table_of({**ANNA, **linkedin}))
    assert codes(report) == [["address_of_another"]]
    assert len(nobody.rows("address", kind="linkedin")) == 1


def test_companies_are_known_by_domain_else_by_name(nobody: World) -> None:
    rows = [
        {"Email": "a@acme.example", "Company": "Acme, Inc."},
        {"Email": "b@acme.example", "Company": "ACME"},
        {"Email": "c@gmail.com", "Company": "Acme Inc"},
        {"Email": "d@acme-other.example", "Company": "Acme Inc"},
        {"Email": "e@gmail.com", "Company": ""},
        {"Email": "f@gmail.com", "Company": "凌云网络有限公司"},
        {"Email": "g@qq.com", "Company": "凌云网络"},
    ]
    bring(nobody, table_of(*rows))
    accounts = [(row.name, row.domain) for row in nobody.rows("account")]
    assert accounts == [("Acme, Inc.", "acme.example"), ("Acme Inc", "acme-other.example"), ("凌云网络有限公司", None)]
    first, other, cn = (row.id for row in nobody.rows("account"))
    assert [row.account_id for row in nobody.rows("prospect")] == [first, first, first, other, None, cn, cn]


def test_a_company_known_by_name_gets_its_domain_once_it_is_told(nobody: World) -> None:
    bring(nobody, table_of({"Email": "a@gmail.com", "Company": "Acme"}))
    bring(nobody, table_of({"Email": "b@acme.example", "Company": "Acme Ltd", "Industry": "Tools"}))
    (account,) = nobody.rows("account")
    assert (account.name, account.domain, account.industry) == ("Acme", "acme.example", "Tools")


@pytest.mark.parametrize("owner", ["wei-zhang", "张伟", "Wei Zhang", "WEI.ZHANG@northgate.example.com"])
def test_an_owner_is_found_however_written(nobody: World, owner: str) -> None:
    bring(nobody, table_of({**ANNA, "Owner": owner}))
    (wei,) = nobody.rows("rep", key="wei-zhang")
    assert nobody.rows("prospect")[0].owner_id == wei.id


def test_an_owner_nobody_knows_is_told_once_for_all_rows(nobody: World) -> None:
    report = bring(nobody, table_of({**ANNA, "Owner": "Jo Gone"}, {"Email": "b@x.example", "Owner": "Jo Gone"}))
    assert codes(report) == [["owner_unknown"], ["owner_unknown"]]
    assert ["Jo Gone" in warning and "2 rows" in warning for warning in report.warnings] == [True]


def test_the_rep_of_the_import_owns_whom_the_file_gives_to_nobody(nobody: World) -> None:
    bring(nobody, table_of({**ANNA, "Owner": "Ana Diaz"}, {"Email": "b@x.example"}), rep="tom-lee")
    keys = {row.id: row.key for row in nobody.rows("rep")}
    assert [keys[row.owner_id] for row in nobody.rows("prospect")] == ["ana-diaz", "tom-lee"]
    with pytest.raises(NotFound, match="there is no rep 'nobody'"):
        bring(nobody, table_of(ANNA), rep="nobody")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04rest", b"Farbe,Menge\nrot,3\n"])
def test_of_a_file_that_cannot_be_used_nothing_is_written(nobody: World, data: bytes) -> None:
    before = everything(nobody, besides=())
    with pytest.raises(BadInput, match=r"people\.csv"):
        bring(nobody, data)
    assert everything(nobody, besides=()) == before


def test_nothing_is_written_while_somebody_in_the_file_is_being_sent_something(
    nobody: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STOP_WAIT_SECONDS", 0.1)
    bring(nobody, table_of(ANNA))
    (anna,) = nobody.rows("prospect")
    before = everything(nobody, besides=("prospect",))
    with locks.sending(nobody.ctx.database, anna.id) as held:
        with held.guard() as connection:
            held.calling(connection, nobody.clock() + timedelta(seconds=120))
        with pytest.raises(locks.ProspectBusy, match="nothing was imported"):
            bring(nobody, table_of({"Email": "new@berg.example"}, {**ANNA, "Stage": "Do Not Contact"}))
    assert everything(nobody, besides=("prospect",)) == before


def test_two_imports_at_once_are_one_after_the_other(world: World) -> None:
    data = table_of(*({"Name": f"Person {at}", "Email": f"p{at}@x{at}.example"} for at in range(200)))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: bring(world, data), range(2)))
    assert sorted(report.counts["new"] for report in reports) == [0, 200]
    assert sorted(report.counts["unchanged"] for report in reports) == [0, 200]


def test_an_import_leaves_its_trace(nobody: World) -> None:
    report = bring(nobody, table_of(ANNA))
    (batch,), (audit,) = nobody.rows("import_batch"), nobody.rows("audit")
    assert (batch.name, batch.actor, batch.counts) == ("people.csv", "test", report.counts)
    assert (audit.action, audit.subject_id) == ("import", str(batch.id))


def test_progress_is_told_row_by_row(nobody: World) -> None:
    told: list[tuple[int, int]] = []
    bring(nobody, table_of(ANNA, {"Email": "b@x.example"}), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "Record ID": st.sampled_from(["1", "2"]),
        "Associated Company": st.sampled_from(["Acme", "Acme Ltd", "Berg AG"]),
        "Name": st.sampled_from(["Anna", "Bert", "anna@x.example", "b@x.example"]),
        "Email": st.sampled_from(["a@x.example", "A+t@x.example", "b@x.example;a@x.example", "a@y.io", "c@qq.com"]),
        "Email Status": st.sampled_from(["Verified", "Guessed", "Unavailable"]),
        "Mobile": st.sampled_from(["518-555-0143", "518-555-0144"]),
        "Company Phone": st.sampled_from(["518-555-0100", "518-555-0143"]),
        "WeChat": st.sampled_from(["wx_anna", "wx_bert"]),
        "LinkedIn": st.sampled_from(["linkedin.com/in/anna", "linkedin.com/in/bert"]),
        "Title": st.sampled_from(["CEO", "CFO"]),
        "Country": st.sampled_from(["US", "Germany"]),
        "City": st.sampled_from(["Berlin", "Albany"]),
        "Zone": st.sampled_from(["Europe/Berlin"]),
        "Stage": st.sampled_from(["New", "Replied", "In Progress", "Do Not Contact"]),
        "Unsubscribed": st.sampled_from(["true", "false"]),
        "Notes": st.sampled_from(["a", "ab", "b"]),
        "Owner": st.sampled_from(["Tom Lee", "Ana Diaz", "Nobody"]),
    },
)  # fmt: skip
UNSEEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


@UNSEEN
@given(rows=st.lists(PEOPLE, min_size=1, max_size=7))
@example(rows=[
    {"Email": "a@x.example", "Mobile": "518-555-0143"},
    {"Name": "Anna", "Mobile": "518-555-0143", "Title": "CEO"},
    {"Name": "Anna", "Email": "a@x.example"},
])  # fmt: skip
def test_any_file_imported_again_changes_nothing(nobody: World, rows: list[dict[str, str]]) -> None:
    forget_everybody(nobody)
    columns = dict.fromkeys(["Record ID", "Associated Company", "Name", "Email"], "")
    data = table_of(*({**columns, **row} for row in rows))
    first = bring(nobody, data)
    before = everything(nobody)
    again = bring(nobody, data)
    assert everything(nobody) == before
    assert set(outcomes(again)) <= {"unchanged", "not_taken"}
    assert [row.prospect_id for row in again.rows] == [row.prospect_id for row in first.rows]
