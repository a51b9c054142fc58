import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.contacts.cells import csv_cell
from engine.contacts.identity import identity_keys, linkedin_url
from engine.contacts.reading import read_contact_file
from engine.contacts.rows import ContactRow, ImportDefaults
from engine.core.errors import BadInput
from tests.support.contact_files import CN, US, codes, read_one, read_text


def test_a_person_nobody_can_reach_is_not_taken() -> None:
    row = read_one(Name="Anna", Email="", Phone="n/a")
    assert (row.is_taken, codes(row)) == (False, ["unreachable"])


@pytest.mark.parametrize(
    ("column", "value"),
    [("Email", "a@x.example"), ("Phone", "518-555-0143"), ("WeChat", "wx_anna"), ("LinkedIn", "linkedin.com/in/anna")],
)
def test_one_way_to_reach_a_named_person_is_enough(column: str, value: str) -> None:
    assert read_one(US, **{"Name": "Anna", column: value}).is_taken


def test_an_email_address_makes_up_for_a_missing_name() -> None:
    assert read_one(Name="", Email="a@x.example").is_taken
    assert codes(read_one(Name="", Phone="518-555-0143")) == ["nameless"]


def test_a_bad_address_is_no_reason_to_lose_a_person_with_a_phone() -> None:
    row = read_one(Name="Anna", Email="anna at home", Phone="518-555-0143")
    assert (row.is_taken, codes(row)) == (True, ["email_unreadable"])


def test_an_unknown_stage_is_kept_as_it_was_and_told() -> None:
    row = read_one(Name="Anna", Email="a@x.example", Stage="Ghosted")
    assert (row.stage, row.stage_raw, codes(row)) == (None, "Ghosted", ["stage_unknown"])


@pytest.mark.parametrize("stage", ["replied", "REPLIED", "Replied "])
def test_a_stage_is_known_in_any_case_and_by_its_key(stage: str) -> None:
    assert read_one(Name="Anna", Email="a@x.example", Stage=stage).stage == "replied"


def test_a_problem_names_its_column_value_and_what_to_do() -> None:
    (problem,) = read_one(Name="Anna", Email="a@x.example", WeChat="?!").problems
    assert (problem.column, problem.value, problem.fatal) == ("WeChat", "?!", False)
    assert "WeChat id" in problem.message
    assert "correct the id" in problem.advice


@pytest.mark.parametrize(
    ("website", "email", "domain"),
    [
        ("https://www.Acme.example/about", "a@other.example", "acme.example"),
        ("", "a@Acme.example", "acme.example"),
        ("", "a@gmail.com", ""),
        ("", "a@example.com", ""),
        ("not a site", "a@163.com", ""),
    ],
)
def test_the_companys_domain_is_never_a_mail_providers(website: str, email: str, domain: str) -> None:
    assert read_one(Name="Anna", Email=email, Website=website).domain == domain


@pytest.mark.parametrize(
    ("written", "count"),
    [("10000+", 10000), ("1,200", 1200), ("51-200", 51), ("11", 11), ("1.200", 1200), ("many", None)],
)
def test_a_head_count_is_the_least_its_text_allows(written: str, count: int | None) -> None:
    assert read_one(Name="Anna", Email="a@x.example", Employees=written).employees == count


def test_lists_are_parted() -> None:
    assert read_one(Name="Anna", Email="a@x.example", Tags="Q4; Berlin，展会; Q4").lists == ("Q4", "Berlin", "展会")


def test_the_keys_of_a_person_come_surest_first() -> None:
    row = read_one(
        Record_ID="77",
        Name="Anna Berg",
        Email="Anna@X.example; a@home.example",
        Mobile="518-555-0143x9",
        Company_Phone="518-555-0100",
        WeChat="WX_Anna",
        LinkedIn="http://de.linkedin.com/in/Anna/?trk=1",
    )
    assert identity_keys(row, "hubspot") == (
        ("source", "hubspot:77"),
        ("email", "anna@x.example"),
        ("linkedin", "linkedin.com/in/anna"),
        ("wechat", "wx_anna"),
        ("email+name", "a@home.example|annaberg"),
        ("phone", "+15185550143x9|annaberg"),
    )


def test_a_number_in_a_list_means_something_only_with_the_name() -> None:
    anna, bert = read_text("ID,Name,Email\n1,Anna,a@x.example\n1,Bert,b@x.example\n").rows
    assert identity_keys(anna, "generic")[0] == ("source", "list:1|anna")
    assert not set(identity_keys(anna, "generic")) & set(identity_keys(bert, "generic"))


def test_a_switchboard_tells_who_somebody_is_only_where_nothing_else_does() -> None:
    alone = read_one(Name="Anna", Company_Phone="518-555-0100")
    with_mail = read_one(Name="Anna", Company_Phone="518-555-0100", Email="a@x.example")
    assert identity_keys(alone) == (("phone", "+15185550100|anna"),)
    assert identity_keys(with_mail) == (("email", "a@x.example"),)


def test_a_shared_number_does_not_make_two_people_one() -> None:
    anna, bert = read_text("Name,Mobile\nAnna,518-555-0143\nBert,518-555-0143\n").rows
    assert not set(identity_keys(anna)) & set(identity_keys(bert))


@pytest.mark.parametrize(
    "value",
    [
        "https://evil.example/in/x",
        "javascript:alert(1)",
        "https://linkedin.com.evil.example/in/x",
        "http://[::1",
        "linkedin.com/company/x",
    ],
)
def test_what_is_no_profile_is_refused(value: str) -> None:
    assert linkedin_url(value) is None


def test_a_profile_has_one_form() -> None:
    forms = {
        linkedin_url(f"{start}/in/hans jörg645{end}")
        for start in ("http://www.linkedin.com", "linkedin.com")
        for end in ("", "/", "?x=1")
    }
    assert forms == {"https://www.linkedin.com/in/hans%20j%C3%B6rg645"}


SHAPED = st.builds(
    lambda header, body, encoding: (header + "\n" + body).encode(encoding, "replace"),
    st.sampled_from(
        [
            "Name,Email,Phone",
            "姓名;邮箱;手机;备注",
            "Name\tEmail\tStage\tUnsubscribed\tCreate Date",
            "Email|Time Zone|WeChat",
        ]
    ),
    st.text(st.sampled_from(list("ab1+@.,;|\t\n\r\"'=() \0王\ufffd/x:２")), max_size=80),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "gb18030", "cp1252"]),
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | SHAPED, st.sampled_from([US, CN]))
@example(b'Name,Email\n"', US)
@example(b"Email\n\xff", US)
@example(b"Website,Email\nhttp://[,a@x.example\n", US)
def test_any_bytes_give_rows_or_bad_input(data: bytes, defaults: ImportDefaults) -> None:
    rows: tuple[ContactRow, ...] = ()
    with contextlib.suppress(BadInput):
        rows = read_contact_file(data, name="any", defaults=defaults).rows
    assert all(row.raw and row.line > 1 for row in rows)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.sampled_from(list("ab1@.\"'\n王= ")), max_size=10), min_size=1, max_size=6))
def test_every_quoted_row_of_data_becomes_one_row(remarks: list[str]) -> None:
    quoted = [csv_cell(remark).replace('"', '""') for remark in remarks]
    text = "Name,Email,Notes\n" + "".join(f'A,a@x.example,"{remark}"\n' for remark in quoted)
    assert [row.raw[2] for row in read_text(text).rows] == remarks
