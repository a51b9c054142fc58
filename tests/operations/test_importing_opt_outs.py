"""No import loses an opt-out, and none lifts one: in whatever order, spelling or broken row it comes."""

from collections.abc import Callable
from functools import reduce

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.core.consent import closes, forbids_all
from engine.core.sequence import Family
from engine.operations.incoming.ingest import Inbound, ingest
from engine.store import suppressions
from tests.support.importing import (
    bring,
    codes,
    forget_everybody,
    outcomes,
    table_of,
)
from tests.support.world import World

ANNA = {"Name": "Anna Berg", "Email": "anna@berg.example"}
NEVER = {"Stage": "Do Not Contact"}
FAMILIES = (Family.EMAIL, Family.PHONE, Family.SMS, Family.WECHAT, Family.SOCIAL)
UNSEEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def closed(world: World, person: int) -> list[Family]:
    with world.ctx.database.read() as connection:
        covers = suppressions.covering(connection, [person]).get(person, [])
    return [family for family in FAMILIES if closes(covers, family)]


def is_closed(world: World, person: int | None) -> bool:
    assert person is not None
    with world.ctx.database.read() as connection:
        return forbids_all(suppressions.covering(connection, [person]).get(person, []))


def only(world: World) -> int:
    (person,) = world.rows("prospect")
    return int(person.id)


def test_do_not_contact_closes_the_person_and_every_address(nobody: World) -> None:
    row = {**ANNA, **NEVER, "Mobile": "518-555-0143", "WeChat": "wx_anna", "LinkedIn": "linkedin.com/in/anna"}
    report = bring(nobody, table_of(row))
    assert closed(nobody, only(nobody)) == list(FAMILIES)
    rows = [(one.scope, one.key, one.channel, one.reason, one.proof) for one in nobody.rows("suppression")]
    why = ("all", "imported", "people.csv, line 2: Stage: Do Not Contact")
    assert sorted(rows) == sorted(
        [
            ("person", str(only(nobody)), *why),
            ("address", "anna@berg.example", *why),
            ("address", "+15185550143", *why),
            ("address", "wx_anna", *why),
            ("address", "linkedin.com/in/anna", *why),
        ]
    )
    assert (report.counts["new"], report.counts["suppressed"]) == (1, 1)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ({"Unsubscribed": "true"}, [Family.EMAIL]),
        ({"Do Not Call": "yes"}, [Family.PHONE, Family.SMS]),
        ({"Unsubscribed": "true", "Do Not Call": "yes"}, [Family.EMAIL, Family.PHONE, Family.SMS]),
        ({"Notes": "Please do not contact him again"}, list(FAMILIES)),
        ({"Lists": "DNC"}, list(FAMILIES)),
        ({"Unsubscribed": "false"}, []),
    ],
)
def test_a_mark_closes_as_far_as_it_says(nobody: World, mark: dict[str, str], expected: list[Family]) -> None:
    bring(nobody, table_of({**ANNA, "Mobile": "518-555-0143", **mark}))
    assert closed(nobody, only(nobody)) == expected


def test_whoever_has_unsubscribed_without_an_address_is_closed_for_mail(nobody: World) -> None:
    bring(nobody, table_of({"Name": "Anna", "Mobile": "518-555-0143", "Unsubscribed": "true"}))
    bring(nobody, table_of({"Name": "Anna", "Mobile": "518-555-0143", "Email": "new@berg.example"}))
    assert closed(nobody, only(nobody)) == [Family.EMAIL]


def test_an_address_that_comes_later_is_closed_too(nobody: World) -> None:
    bring(nobody, table_of({**ANNA, **NEVER}))
    bring(nobody, table_of({**ANNA, "Mobile": "518-555-0143"}))
    report = bring(nobody, table_of({"Name": "Bert", "Mobile": "+1 518 555 0143"}))
    assert is_closed(nobody, report.rows[0].prospect_id)
    assert codes(report) == [["suppressed_before"]]


def test_a_switchboard_is_left_to_the_colleagues(nobody: World) -> None:
    phone = {"Company Phone": "518-555-0100"}
    report = bring(
        nobody, table_of({**ANNA, **phone, **NEVER}, {"Name": "Bert", "Email": "bert@berg.example", **phone})
    )
    anna, bert = (row.prospect_id for row in report.rows)
    assert is_closed(nobody, anna)
    assert not is_closed(nobody, bert)


def test_a_switchboard_is_closed_where_it_is_all_we_know(nobody: World) -> None:
    bring(nobody, table_of({"Name": "Anna", "Company Phone": "518-555-0100", **NEVER}))
    assert [row.key for row in nobody.rows("suppression", scope="address")] == ["+15185550100"]


def test_a_wechat_account_named_by_a_mobile_is_closed_with_it(nobody: World) -> None:
    bring(nobody, table_of({"Name": "王伟", "Mobile": "13812345678", **NEVER}), "CN")
    report = bring(nobody, table_of({"Name": "W", "WeChat": "138 1234 5678"}), "CN")
    assert is_closed(nobody, report.rows[0].prospect_id)


@pytest.mark.parametrize("spelling", ["ANNA@BERG.EXAMPLE", "anna+fair@berg.example", "<anna@berg.example>"])
def test_who_comes_back_under_another_spelling_is_covered(nobody: World, spelling: str) -> None:
    bring(nobody, table_of({**ANNA, **NEVER}))
    report = bring(nobody, table_of({"Name": "Somebody Else", "Email": spelling}))
    assert is_closed(nobody, report.rows[0].prospect_id)


def test_an_opt_out_by_reply_survives_any_import(world: World) -> None:
    anna = bring(world, table_of(ANNA)).rows[0].prospect_id
    assert anna is not None
    ingest(world.ctx, Inbound("opted_out", anna, world.clock(), "1"))
    bring(world, table_of({**ANNA, "Stage": "New", "Unsubscribed": "false"}))
    again = bring(world, table_of({"Name": "A", "Email": "Anna+x@berg.example"})).rows[0].prospect_id
    assert again != anna
    assert [is_closed(world, one) for one in (anna, again)] == [True, True]


def test_a_bounce_on_record_does_not_hide_an_opt_out(world: World) -> None:
    anna = bring(world, table_of(ANNA)).rows[0].prospect_id
    assert anna is not None
    ingest(world.ctx, Inbound("bounced", anna, world.clock(), "1", body={"address": "anna@berg.example"}))
    bring(world, table_of({**ANNA, "Unsubscribed": "true"}))
    again = bring(world, table_of({"Name": "A", "Email": "anna+x@berg.example"})).rows[0].prospect_id
    assert again is not None
    assert closed(world, again) == [Family.EMAIL]


def test_a_marked_row_that_is_not_taken_closes_what_it_names(nobody: World) -> None:
    data = "Name,Email,Stage\nAnna,anna@berg.example,Do Not Contact,too,many,cells\n"
    report = bring(nobody, data)
    assert (outcomes(report), report.counts["suppressed"]) == (["not_taken"], 1)
    later = bring(nobody, table_of({"Name": "Anna", "Email": "anna@berg.example"}))
    assert is_closed(nobody, later.rows[0].prospect_id)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_marked_row_without_an_address_closes_whom_its_id_names(nobody: World, order: tuple[int, int]) -> None:
    lines = ["7,Berg AG,Anna,anna@berg.example,NEW", "7,Berg AG,Anna,,DNC"]
    header = "Record ID,Associated Company,Name,Email,Lead Status"
    report = bring(nobody, "\n".join([header, *(lines[at] for at in order)]))
    assert sorted(outcomes(report)) == ["new", "not_taken"]
    assert is_closed(nobody, only(nobody))


def test_a_mark_that_cannot_be_kept_is_told(nobody: World) -> None:
    report = bring(nobody, table_of({"Name": "Anna", "Email": "", **NEVER}))
    assert codes(report) == [["unreachable", "opt_out_without_address"]]
    assert (report.counts["not_taken"], report.counts["suppressed"]) == (1, 0)
    assert b"nothing to recognise the person by" in report.leftover


@pytest.mark.parametrize(
    ("mark", "reason", "sequence"),
    [
        (NEVER, "opted_out", "outbound-7x3x21"),
        (NEVER, "opted_out", "call-in-15"),
        ({"Stage": "Replied"}, "stage_changed", "outbound-7x3x21"),
        ({"Stage": "Replied"}, None, "call-in-15"),
        ({"Unsubscribed": "true"}, None, "outbound-7x3x21"),
        ({"Stage": "Attempted to Contact"}, None, "outbound-7x3x21"),
    ],
)
def test_who_is_in_a_sequence_is_stopped_by_what_the_file_says(
    world: World, mark: dict[str, str], reason: str | None, sequence: str
) -> None:
    row = {**ANNA, "Mobile": "518-555-0143", "Country": "US"}
    anna = bring(world, table_of(row)).rows[0].prospect_id
    assert anna is not None
    assert not world.enroll(sequence, anna).refused
    bring(world, table_of({**row, **mark}))
    (enrollment,) = world.rows("enrollment")
    assert enrollment.end_reason == reason
    assert (enrollment.status == "stopped") == (reason is not None)


def test_a_namesake_in_a_sequence_under_a_closed_address_is_stopped(world: World) -> None:
    anna = bring(world, table_of({**ANNA, "Mobile": "518-555-0143", "Country": "US"})).rows[0].prospect_id
    assert anna is not None
    world.enroll("outbound-7x3x21", anna)
    bring(world, table_of({"Name": "Bert", "Mobile": "518-555-0143", **NEVER}))
    (enrollment,) = world.rows("enrollment")
    assert (enrollment.status, enrollment.end_reason) == ("stopped", "opted_out")


SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.title,
    lambda address: address.replace("@", "+fair@"),
    lambda address: address.replace("ü", "Ü"),
    lambda address: address.replace("müller", "xn--mller-kva"),
    lambda address: address.replace("straße", "STRASSE"),
    lambda address: address.replace("a.b@gmail.com", "ab@googlemail.com"),
    lambda address: f" <{address}> ",
]
NUMBERS = ["+1 518 555 0143", "(518) 555-0143", "001-518-555-0143", "518.555.0143", "'+15185550143", "5185550143 x12"]


@st.composite
def three_files(draw: st.DrawFn) -> list[str]:
    """One marks somebody, the others bring the address and the number again, spelled otherwise; in any order."""
    address = draw(st.sampled_from(["anna@berg.example", "a.b@gmail.com", "jürgen@müller.example", "x@straße.example"]))
    mark = draw(
        st.sampled_from([NEVER, {"Stage": "勿扰"}, {"Lists": "opted out"}, {"DNC": "x"}, {"Notes": "请勿联系"}])
    )
    marked, again = (reduce(lambda text, spell: spell(text), draw(_spellings), address) for _ in range(2))
    files = [
        table_of({"Name": "Anna", "Email": marked, "Mobile": draw(_numbers), **mark}),
        table_of({"Name": "A. Other", "Email": again, "Stage": "New"}),
        table_of({"Name": "A. Third", "Mobile": draw(_numbers), "Email Status": "Verified"}),
    ]
    return draw(st.permutations(files))


_spellings = st.lists(st.sampled_from(SPELLINGS), max_size=3)
_numbers = st.sampled_from(NUMBERS)


@UNSEEN
@given(files=three_files())
def test_an_opt_out_survives_any_order_and_any_spelling(nobody: World, files: list[str]) -> None:
    forget_everybody(nobody)
    for file in files:
        report = bring(nobody, file)
        assert report.counts["not_taken"] == 0, (file, codes(report))
    assert all(is_closed(nobody, row.id) for row in nobody.rows("prospect"))
    before = nobody.rows("suppression")
    for file in files:
        bring(nobody, file)
    assert nobody.rows("suppression") == before
