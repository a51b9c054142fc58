"""The three exports that users really bring, counted to the last row."""

import csv
import io
import time
from collections import Counter

import pytest

from engine.contacts.addresses import email_key
from engine.contacts.identity import identity_keys
from engine.contacts.rows import ContactFile
from tests.support.contact_files import CN, SAMPLES, US, codes, read_sample

pytestmark = pytest.mark.xdist_group("samples")  # each file is read once


@pytest.fixture(scope="module")
def apollo() -> ContactFile:
    return read_sample("apollo_export.csv", US)


@pytest.fixture(scope="module")
def hubspot() -> ContactFile:
    return read_sample("hubspot_export.csv", US)


@pytest.fixture(scope="module")
def call_in() -> ContactFile:
    return read_sample("call_in_cn.csv", CN)


def summary(file: ContactFile) -> dict[str, int]:
    return dict(Counter(code for row in file.rows for code in codes(row)))


def counted(file: ContactFile, attribute: str) -> dict[object, int]:
    return dict(Counter(getattr(row, attribute) for row in file.rows))


def test_the_shape_of_each_export_is_recognised(
    apollo: ContactFile, hubspot: ContactFile, call_in: ContactFile
) -> None:
    shapes = [(file.format, file.encoding, file.delimiter) for file in (apollo, hubspot, call_in)]
    assert shapes == [
        ("apollo", "utf-8-sig", ","),
        ("hubspot", "utf-8", ";"),
        ("chinese", "gb18030", ","),
    ]


def test_only_the_short_company_name_is_not_read(
    apollo: ContactFile, hubspot: ContactFile, call_in: ContactFile
) -> None:
    unknown = [file.unknown_headers for file in (apollo, hubspot, call_in)]
    assert unknown == [("Company Name for Emails",), (), ()]


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "expected"),
    [
        ("apollo_export.csv", "utf-8-sig", ",", 2100),
        ("hubspot_export.csv", "utf-8", ";", 1000),
        ("call_in_cn.csv", "gb18030", ",", 1000),
    ],
)
def test_there_is_one_row_for_each_row_of_data(name: str, encoding: str, delimiter: str, expected: int) -> None:
    text = (SAMPLES / name).read_bytes().decode(encoding)
    raw = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    rows = read_sample(name, CN if "cn" in name else US).rows
    assert len(rows) == len(raw) == expected
    assert [len(row.raw) for row in rows] == [len(cells) for cells in raw]


def test_apollo_is_taken_whole_and_its_flaws_are_told(apollo: ContactFile) -> None:
    assert sum(row.is_taken for row in apollo.rows) == 2100
    assert summary(apollo) == {
        "phone_country_differs": 258,
        "phone_two_extensions": 83,
        "email_mended": 63,
        "phone_impossible": 29,
        "email_several": 25,
        "formula_text": 13,
    }


def test_hubspot_is_taken_whole_and_its_flaws_are_told(hubspot: ContactFile) -> None:
    assert sum(row.is_taken for row in hubspot.rows) == 1000
    assert summary(hubspot) == {"phone_two_extensions": 31}


def test_of_the_chinese_list_only_the_unreachable_are_not_taken(call_in: ContactFile) -> None:
    assert sum(row.is_taken for row in call_in.rows) == 985
    assert summary(call_in) == {"refused_in_remark": 208, "unreachable": 15}


def test_everybody_marked_do_not_contact_or_unsubscribed_is_offered_for_suppression(
    apollo: ContactFile, hubspot: ContactFile
) -> None:
    for file, column, words, expected in (
        (apollo, "Stage", {"Do Not Contact"}, 411),
        (hubspot, "Unsubscribed from all email", {"true"}, 238),
    ):
        at = file.header.index(column)
        marked = [row for row in file.rows if row.raw[at] in words]
        assert len(marked) == expected
        assert all(row.do_not_contact and row.suppressions for row in marked)
        assert sum(row.do_not_contact is not None for row in file.rows) == expected


def test_an_unsubscribe_from_email_covers_email_and_leaves_the_phone(hubspot: ContactFile) -> None:
    kinds = {kind for row in hubspot.rows for kind, _ in row.suppressions}
    assert kinds == {"email"}


def test_country_names_of_every_spelling_become_two_codes(apollo: ContactFile) -> None:
    assert counted(apollo, "country") == {"US": 1672, "DE": 428}
    assert counted(apollo, "country_origin") == {"own column": 2100}


def test_zones_come_with_their_origin(apollo: ContactFile, hubspot: ContactFile, call_in: ContactFile) -> None:
    assert counted(apollo, "zone_origin") == {"phone": 1443, "region": 602, "country": 55}
    assert counted(hubspot, "zone_origin") == {"own column": 797, "default": 114, "phone": 89}
    assert counted(call_in, "zone_origin") == {"phone": 877, "country": 123}
    assert {row.zone for row in apollo.rows if row.country == "DE"} == {"Europe/Berlin"}


def test_stages_are_those_of_the_workspace(apollo: ContactFile, hubspot: ContactFile) -> None:
    assert counted(apollo, "stage") == {
        "cold": 436,
        "replied": 435,
        None: 414,
        "do_not_contact": 411,
        "approaching": 404,
    }
    assert counted(hubspot, "stage") == {
        "open": 207,
        "attempted": 205,
        "new": 201,
        "in_progress": 195,
        "unqualified": 192,
    }


def test_address_quality_is_kept_and_second_addresses_have_none(apollo: ContactFile) -> None:
    qualities = Counter(email.quality for row in apollo.rows for email in row.emails)
    assert qualities == {"verified": 1042, "guessed": 513, "unavailable": 499, "unknown": 25}


def test_head_counts_are_the_least_a_range_allows(apollo: ContactFile) -> None:
    assert counted(apollo, "employees") == {10000: 429, None: 426, 1200: 416, 11: 415, 51: 414}


def test_every_date_of_both_formats_is_read(hubspot: ContactFile, call_in: ContactFile) -> None:
    assert all(row.received_at for row in hubspot.rows)
    assert [row.received_at.isoformat() for row in hubspot.rows[:2] if row.received_at] == [
        "2026-09-23T00:00:00-04:00",
        "2026-10-15T15:10:00-04:00",
    ]
    assert {row.received_at.utcoffset() for row in call_in.rows if row.received_at} == {
        call_in.rows[0].received_at.utcoffset() if call_in.rows[0].received_at else None
    }


def test_full_width_mobiles_are_mobiles(call_in: ContactFile) -> None:
    phones = [phone for row in call_in.rows for phone in row.phones]
    assert len(phones) == 954
    assert all(phone.kind == "mobile" and phone.is_valid and phone.e164.startswith("+861") for phone in phones)


def test_a_wechat_id_that_is_a_mobile_is_written_one_way(call_in: ContactFile) -> None:
    ids = [row.wechat_id for row in call_in.rows if row.wechat_id]
    assert len(ids) == 641
    assert all(name.startswith("wx_") or (name.isascii() and name.isdigit() and len(name) == 11) for name in ids)


def test_a_remark_with_a_line_break_is_one_row_and_the_line_after_it_is_counted_right(call_in: ContactFile) -> None:
    lines = (SAMPLES / "call_in_cn.csv").read_bytes().decode("gb18030").split("\n")
    assert all(lines[row.line - 1].startswith(row.raw[0] + ",") for row in call_in.rows)
    assert sum("\n" in row.message for row in call_in.rows) == 190


def test_the_duplicates_of_the_apollo_export_share_an_email_key(apollo: ContactFile) -> None:
    keys = Counter(email_key(row.emails[0].value) for row in apollo.rows if row.emails)
    assert sum(times > 1 for times in keys.values()) == 97


def test_two_namesakes_with_one_private_address_are_not_one_person(apollo: ContactFile) -> None:
    sarahs = [row for row in apollo.rows if any(email.value == "sarah@gmail.example" for email in row.emails)]
    assert {row.full_name for row in sarahs} == {"Sarah Shaffer", "Sarah Brown"}
    shaffer = {key for row in sarahs if row.last_name == "Shaffer" for key in identity_keys(row)}
    brown = {key for row in sarahs if row.last_name == "Brown" for key in identity_keys(row)}
    assert not shaffer & brown


def test_the_largest_export_takes_less_than_three_seconds() -> None:
    start = time.process_time()
    read_sample("apollo_export.csv", US)
    assert time.process_time() - start < 3
