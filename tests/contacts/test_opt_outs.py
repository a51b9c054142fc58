"""Import never loses an opt-out: in whatever column, spelling or broken row it comes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.contacts.addresses import suppression_keys
from engine.contacts.rows import ContactFile, ImportDefaults
from tests.support.contact_files import CN, codes, read_one, read_text


@pytest.mark.parametrize("word", ["true", "TRUE", "yes", "1", "x", "是", "已退订", "✓", "Unsubscribed"])
def test_a_yes_in_an_opt_out_column_is_one(word: str) -> None:
    row = read_one(Name="A", Email="a@x.example", Unsubscribed_from_all_email=word)
    assert row.no_contact_by == {"email"}
    assert codes(row) == []


@pytest.mark.parametrize("word", ["false", "FALSE", "no", "0", "", "n/a", "否", "未退订"])
def test_a_no_in_an_opt_out_column_is_none(word: str) -> None:
    row = read_one(Name="A", Email="a@x.example", Email_Opt_Out=word)
    assert (row.do_not_contact, row.suppressions) == (None, ())


def test_an_unclear_word_in_an_opt_out_column_counts_and_is_told() -> None:
    row = read_one(Name="A", Email="a@x.example", Unsubscribed="2026-03-01")
    assert (row.do_not_contact, codes(row)) == ("Unsubscribed: 2026-03-01", ["opt_out_unclear"])


@pytest.mark.parametrize(
    "stage",
    [
        "Do Not Contact",
        "DO_NOT_CONTACT",
        "do-not-contact",
        "DNC",
        "Opted Out",
        "Unsubscribed",
        "勿扰",
        "请勿联系",
        "黑名单",
    ],
)
def test_a_stage_that_says_so_is_an_opt_out_even_if_the_workspace_does_not_know_it(stage: str) -> None:
    row = read_one(Name="A", Email="a@x.example", Phone="+15185550143", Stage=stage)
    assert row.no_contact_by == {"any"}
    assert row.suppressions == (("email", "a@x.example"), ("phone", "+15185550143"))


@pytest.mark.parametrize(
    "remark", ["Please do not contact again", "don’t email her", "请不要再联系", "客户要求退订", "别联系了"]
)
def test_a_remark_that_says_so_is_an_opt_out(remark: str) -> None:
    assert read_one(Name="A", Email="a@x.example", Notes=remark).no_contact_by == {"any"}


def test_a_remark_about_calls_covers_the_phone() -> None:
    assert read_one(Name="A", Email="a@x.example", Notes="Do not call!").no_contact_by == {"phone"}


@pytest.mark.parametrize(
    "remark", ["asked how they unsubscribe their users", "do not call before 9:00", "想了解价格,下周回电", ""]
)
def test_a_remark_that_only_mentions_the_words_is_none(remark: str) -> None:
    assert read_one(Name="A", Email="a@x.example", Notes=remark).do_not_contact is None


def test_a_refusal_in_a_remark_is_told_and_left_to_a_person() -> None:
    row = read_one(CN, 姓名="王伟", 手机="13800138000", 备注="拒绝")
    assert (row.do_not_contact, codes(row), row.is_taken) == (None, ["refused_in_remark"], True)


def test_an_address_too_broken_to_write_to_is_still_suppressed() -> None:
    row = read_one(Name="A", Email="Anna Berg anna@x.example", Stage="Do Not Contact")
    assert row.emails == ()
    assert row.suppressions == (("email", "anna@x.example"),)
    assert not row.is_taken


def test_a_nameless_opt_out_is_not_taken_and_still_suppressed() -> None:
    row = read_one(Name="", Email="", Mobile="518-555-0143", Do_Not_Contact="yes")
    assert (row.is_taken, row.suppressions) == (False, (("phone", "+15185550143"),))


def test_wechat_and_linkedin_are_covered_too() -> None:
    row = read_one(Name="A", WeChat="wx_anna", LinkedIn="linkedin.com/in/anna", Stage="DNC")
    assert row.suppressions == (("wechat", "wx_anna"), ("linkedin", "https://www.linkedin.com/in/anna"))


def test_a_row_whose_cells_do_not_fit_keeps_its_opt_out() -> None:
    text = "Name;Email;Mobile;Company;Stage\nAnna;ANNA@x.example;(518) 555-0143;Berg; Sons;Do Not Contact\n"
    (row,) = read_text(text).rows
    assert (row.is_taken, codes(row)) == (False, ["cells_do_not_fit"])
    assert row.suppressions == (("email", "anna@x.example"), ("phone", "+15185550143"))


def test_a_row_whose_cells_do_not_fit_and_that_says_nothing_suppresses_nobody() -> None:
    (row,) = read_text("Name;Email;Unsubscribed\nAnna;a@x.example;x;false\n").rows
    assert row.suppressions == ()


SPELLINGS = st.sampled_from(
    [
        "anna.berg@gmail.com", "ANNA.BERG@GMAIL.COM", "annaberg+news@googlemail.com", " AnnaBerg@Gmail.com ",
        "anna.berg at gmail.com", "mailto:annaberg@gmail.com", "Anna Berg <anna.berg@gmail.com>",
        "ａｎｎａ.berg@gmail.com", "anna.berg@gmail.com;other@x.example", "a.n.n.a.berg+1@gmail.com",
    ]
)  # fmt: skip
MARKS = st.sampled_from(
    [("true", "Cold", ""), ("false", "Do Not Contact", ""), ("YES", "", ""), ("", "", "do not contact"), ("?!", "", "")]
)
NOISE = st.text("abc ,;'\"\n王0", max_size=12)


def _one_row_file(email: str, mark: tuple[str, str, str], noise: str) -> ContactFile:
    unsubscribed, stage, remark = mark
    cells = [noise, email, stage, f"{noise} {remark}", unsubscribed]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    return read_text("Name,Email,Stage,Notes,Unsubscribed\n" + quoted + "\n", ImportDefaults(None, "UTC", "en"))


@settings(max_examples=400, deadline=None)
@given(SPELLINGS, MARKS, NOISE)
def test_however_the_address_and_the_wish_are_written_the_mailbox_is_suppressed(
    email: str, mark: tuple[str, str, str], noise: str
) -> None:
    (row,) = _one_row_file(email, mark, noise).rows
    kept = {key for kind, value in row.suppressions if kind == "email" for key in suppression_keys(value)}
    assert kept & set(suppression_keys("annaberg@gmail.com"))


@pytest.mark.parametrize("stage", ["勿扰", "请勿联系", "Do Not Contact"])
@pytest.mark.parametrize(
    "number", ["138 0013 8000", "+86-13800138000", "0086 138 0013 8000", "１３８００１３８０００", "'13800138000"]
)
def test_however_the_number_is_written_it_is_suppressed(number: str, stage: str) -> None:
    row = read_one(CN, 姓名="王伟", 手机=number, 状态=stage)
    assert ("phone", "+8613800138000") in row.suppressions
