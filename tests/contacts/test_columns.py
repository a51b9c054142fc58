import pytest

from engine.contacts.reading import read_contact_file
from engine.core.errors import BadInput
from tests.support.contact_files import US, read_text

SALESFORCE = (
    "Lead ID,First Name,Last Name,Title,Account Name,Email,Phone,Mobile,Mailing State/Province,Mailing Country,"
    "Lead Source,Lead Status,Lead Owner,Email Opt Out,Do Not Call,Created Date\n"
    "00Q1,Anna,Berg,CFO,Acme,a@acme.example,(518) 555-0143,,New York,United States,Web,Open,Tom Lee,0,1,1/31/2026\n"
)


def test_a_salesforce_report_is_recognised() -> None:
    file = read_text(SALESFORCE)
    (row,) = file.rows
    assert file.format == "salesforce"
    assert file.unknown_headers == ()
    assert (row.source_id, row.company, row.region, row.country, row.owner) == (
        "00Q1",
        "Acme",
        "New York",
        "US",
        "Tom Lee",
    )


def test_do_not_call_covers_the_phone_and_leaves_email() -> None:
    (row,) = read_text(SALESFORCE).rows
    assert row.no_contact_by == {"phone"}
    assert row.suppressions == (("phone", "+15185550143"),)


def test_headers_are_known_in_any_case_with_any_punctuation() -> None:
    file = read_text("FIRST_NAME,last-name,E-Mail *,# Employees,Job Title:,电话1,Telefon 2\nA,B,a@x.example,5,CEO,,\n")
    assert list(file.columns.values()) == ["first_name", "last_name", "email", "employees", "title", "phone", "phone"]


def test_a_mapping_goes_before_what_is_recognised() -> None:
    data = b"Kontakt,Name,Post\nAnna Berg,Acme,a@acme.example\n"
    mapping = {"kontakt": "full_name", "Name": "company", "Post": "email"}
    file = read_contact_file(data, name="f", defaults=US, mapping=mapping)
    assert file.format == "mapped"
    assert (file.rows[0].full_name, file.rows[0].company) == ("Anna Berg", "Acme")


def test_a_mapped_column_can_be_left_out() -> None:
    data = b"Name,Email,Stage\nAnna,a@x.example,whatever\n"
    file = read_contact_file(data, name="f", defaults=US, mapping={"Stage": "ignore"})
    assert file.rows[0].stage_raw == ""


def test_a_mapping_to_an_unknown_field_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"`Name` to `fullname`.*Did you mean `full_name`"):
        read_contact_file(b"Name\nAnna\n", name="f", defaults=US, mapping={"Name": "fullname"})


def test_a_mapping_that_names_a_missing_column_is_refused() -> None:
    with pytest.raises(BadInput, match=r"names `Opt`.*columns are `Name`, `Email`"):
        read_contact_file(b"Name,Email\nA,a@x.example\n", name="f", defaults=US, mapping={"Opt": "no_email"})


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "Company,City\nAcme,Rome\n", "j@x.example\nk@x.example\n"])
def test_a_file_without_a_way_to_know_people_is_refused_with_its_headers(text: str) -> None:
    first = text.split("\n", maxsplit=1)[0].split(",", maxsplit=1)[0]
    with pytest.raises(BadInput, match=rf"people.csv: no column .*`{first}`.*mapping"):
        read_text(text)


def test_a_header_without_rows_is_an_empty_file_and_no_error() -> None:
    assert read_text("Name,Email\n").rows == ()
