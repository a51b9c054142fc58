"""Mail as it reaches us: read whatever is broken in it, and without being held up by what is meant to."""

from datetime import UTC, date, datetime
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.channels.mail_in.absence import away_until
from engine.channels.mail_in.charsets import decoded, header_text
from engine.channels.mail_in.parsing import parse
from engine.channels.mail_in.quoting import new_words
from engine.channels.mail_in.reading import read_mail
from engine.channels.mail_in.verdicts import Verdict, verdict_on

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)  # a Sunday
HEAD = b"From: Ada <ada@fieldworks.example>\r\nTo: tom@northwind.example\r\nSubject: Re: Hello\r\n"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out until March 5", "2026-03-05"),
        ("back on 5 March 2026", "2026-03-05"),
        ("back on 10-Mar-2026", "2026-03-10"),
        ("I will be out of the office from 1 to 7 March", "2026-03-07"),
        ("Away March 1-7", "2026-03-07"),
        ("from March 1 to March 7, returning Monday, March 9th.", "2026-03-09"),
        ("until the 5th", "2026-03-05"),
        ("out until end of March", "2026-03-31"),
        ("I am back next Wednesday", "2026-03-04"),
        ("not in until 12/03", "2026-03-12"),
        ("I will not return until 03/11/2026", "2026-03-11"),
        ("until 2026-03-20", "2026-03-20"),
        ("bis einschließlich 12.03. nicht im Büro", "2026-03-12"),
        ("vom 1. bis 7. März", "2026-03-07"),
        ("Ab dem 16.03. bin ich wieder erreichbar", "2026-03-16"),
        ("bis Freitag, den 13.03.2026 abwesend", "2026-03-13"),
        ("absent jusqu'au 3 avril", "2026-04-03"),
        ("du 1er au 7 avril inclus", "2026-04-07"),
        ("de retour le lundi 9 mars", "2026-03-09"),
        ("hasta el 7 de abril", "2026-04-07"),
        ("volveré el 16 de marzo", "2026-03-16"),
        ("3月5日まで不在", "2026-03-05"),
        ("不在期間：3月2日（月）〜3月6日（金）", "2026-03-06"),
        ("3月9日（月）より通常通り出社いたします", "2026-03-09"),
        ("令和8年3月10日まで", "2026-03-10"),
        ("将于3月8日返回", "2026-03-08"),
        ("3月1日至3月7日休假", "2026-03-07"),
        ("下周三返回", "2026-03-04"),
        ("I am out of the office.", None),
        ("I have been on leave since 12 January", None),
        ("I was away until 20 February", None),  # it lies behind us
        ("Ich bin ab dem 5. März im Urlaub", None),  # says when it begins
        ("until 31 February", None),
    ],
)
def test_the_last_day_of_an_absence(text: str, day: str | None) -> None:
    assert away_until(text, NOW.date()) == (date.fromisoformat(day) if day else None)


def test_a_notice_of_december_that_names_january_means_the_next() -> None:
    assert away_until("I will be back on January 5", date(2026, 12, 28)) == date(2027, 1, 5)


@settings(max_examples=60)
@given(day=st.dates(date(2026, 3, 1), date(2026, 11, 30)))
def test_a_day_is_found_however_it_is_written(day: date) -> None:
    written = [
        f"until {day:%B} {day.day}",
        f"back on {day.day} {day:%b} {day.year}",
        f"until {day.isoformat()}",
        f"bis {day.day}.{day.month}.{day.year}",
        f"{day.month}月{day.day}日まで不在",
        f"休假至{day.year}年{day.month}月{day.day}日",
    ]
    assert {text: away_until(text, NOW.date()) for text in written} == dict.fromkeys(written, day)


@pytest.mark.parametrize(
    ("status", "words", "verdict"),
    [
        ("5.1.1", "", Verdict.HARD),
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound", Verdict.HARD),
        ("5.2.1", "mailbox disabled", Verdict.HARD),
        ("5.2.2", "550 5.1.1 user unknown", Verdict.SOFT),
        ("4.4.7", "expired", Verdict.SOFT),
        ("5.7.1", "550 5.7.1 no such user, or spam", Verdict.OURS),
        ("5.1.8", "sender address rejected", Verdict.OURS),
        ("5.0.0", "550 5.1.1 user unknown", Verdict.HARD),
        ("5.0.0", "550 5.7.26 unauthenticated", Verdict.OURS),
        ("5.5.0", "mailbox unavailable", Verdict.HARD),
        ("5.4.1", "Recipient address rejected: Access denied", Verdict.HARD),
        ("", "552 mailbox is full", Verdict.SOFT),
        ("", "450 user unknown", Verdict.SOFT),
        ("", "收件人不存在", Verdict.HARD),
        ("", "垃圾邮件", Verdict.OURS),
        ("", "something happened", Verdict.SOFT),
        ("5.0.0", "", Verdict.SOFT),
    ],
)
def test_whose_fault_it_is(status: str, words: str, verdict: Verdict) -> None:
    assert verdict_on(status, words) is verdict


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("您好，请发资料。", "gbk", "gb2312"),
        ("朱镕基您好", "gb18030", "gb2312"),  # the second character is not in GB2312
        ("您好，请发资料，谢谢，下周联系。", "gb18030", "utf-8"),
        ("報價單請寄到這個信箱", "big5", "big5"),
        ("資料をお送りください。", "iso-2022-jp", "iso-2022-jp"),
        ("資料をお送りください。", "iso-2022-jp", None),
        ("資料をお送りください。", "shift_jis", "x-sjis"),
        ("Grüße aus Köln", "utf-8", "iso-8859-1"),
        ("Grüße aus Köln", "utf-8", "us-ascii"),
        ("Grüße aus Köln, 5 €", "cp1252", "iso-8859-1"),
        ("naïve café", "utf-8", "x-nobody-knows-it"),
        ("plain", "ascii", "cp-850"),
    ],
)
def test_a_text_is_read_in_the_charset_that_it_is_really_in(text: str, codec: str, declared: str | None) -> None:
    assert decoded(text.encode(codec), declared) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?gb2312?B?1cXI/Q==?=", "张三"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?5L2g?= =?utf-8?B?5aW9?=", "你好"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
        ("Gr\udcc3\udcbc\udcc3\udc9fe", "Grüße"),
        ("a\r\n b\x00c", "a bc"),
    ],
)
def test_a_header_is_read_as_people_see_it(value: str, text: str) -> None:
    assert header_text(value) == text


@pytest.mark.parametrize(
    "quote",
    [
        "On Wed, Mar 4, 2026 at 9:13 AM Tom Lee <tom@northwind.example>\nwrote:\n\n> hi",
        "________________________________\nFrom: Tom Lee\nSent: Monday, March 2, 2026\nTo: Ada\nSubject: Hello\n\nhi",
        "-----Original Message-----\nFrom: Tom\nhi",
        "Am 02.03.26 um 09:00 schrieb Tom Lee:\n> hi",
        "Le 2 mars 2026 à 09:00, Tom Lee <tom@northwind.example> a écrit :\n> hi",
        "El 02/03/2026 a las 09:00, Tom Lee escribió:\n> hi",
        '------------------ 原始邮件 ------------------\n发件人: "Tom" <tom@northwind.example>;\nhi',
        '在 2026-03-02 09:00:00，"Tom" <tom@northwind.example> 写道：\n\nhi',
        "发件人： Tom\n发送时间： 2026-03-02 09:00\n收件人： Ada\n主题： Hello\nhi",
        "2026年3月2日(月) 9:00 Tom Lee <tom@northwind.example>:\n> hi",
        "Il giorno lun 2 mar 2026 alle ore 09:00 Tom ha scritto:\n> hi",
    ],
)
def test_the_new_words_end_where_the_quote_begins(quote: str) -> None:
    assert new_words(f"Yes, call me.\n\n{quote}") == "Yes, call me."


def test_words_below_and_between_the_quoted_lines_are_new_too() -> None:
    below = "On 2/3/2026 09:00, Tom Lee wrote:\n> how many?\n> and when?\n\nfive\n"
    between = "On 2/3/2026 09:00, Tom Lee wrote:\n> how many?\nfive\n> and when?\nnever\n"

    assert (new_words(below), new_words(between)) == ("five", "five\nnever")


def test_a_list_in_an_answer_is_no_signature() -> None:
    assert new_words("We need\n- a price\n- a date\n\n-- \nAda") == "We need\n- a price\n- a date\n\n--\nAda"


def test_html_alone_becomes_text_without_its_scripts() -> None:
    html = b"<html><head><style>p{}</style></head><body><p>Yes<br>please</p><script>alert(1)</script></body></html>"
    letter = parse(HEAD + b"Content-Type: text/html\r\n\r\n" + html)

    assert letter.text.split() == ["Yes", "please"]


def test_words_of_attached_mails_and_files_are_not_the_writers() -> None:
    mail = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee below.\r\n'
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: Undeliverable\r\n\r\nunsubscribe\r\n"
        b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nstop\r\n--b--\r\n'
    )
    reading = read_mail(HEAD + mail, NOW)

    assert reading.heard is not None
    assert (reading.heard.kind, reading.letter.text, reading.letter.attachments) == (
        "replied",
        "See below.",
        ("a.txt",),
    )


def test_an_address_in_the_name_is_not_the_sender() -> None:
    letter = parse(b'From: "ada@fieldworks.example" <mallory@elsewhere.example>\r\n\r\nhi')

    assert (letter.sender, letter.sender_name) == ("mallory@elsewhere.example", "ada@fieldworks.example")


def test_the_same_mail_in_two_mailboxes_is_one_fact() -> None:
    mail = HEAD + b"Message-ID: <a@b>\r\n\r\nyes"
    one, other = (read_mail(b"Delivered-To: %b\r\n" % to + mail, NOW).heard for to in (b"tom@x", b"mia@x"))

    assert one is not None
    assert other is not None
    assert one.dedupe_key == other.dedupe_key


def test_only_exchanges_own_suppress_header_makes_no_machine() -> None:
    reading = read_mail(HEAD + b"X-Auto-Response-Suppress: All\r\n\r\nsure", NOW)

    assert reading.heard is not None
    assert reading.heard.kind == "replied"


@settings(max_examples=150)
@given(
    raw=st.binary(max_size=400),
    head=st.sampled_from([b"", HEAD, b"From: mailer-daemon@x.example\r\nSubject: failure notice\r\n"]),
)
@example(raw=b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n", head=HEAD)
@example(raw=b"Content-Type: message/delivery-status\r\n\r\n", head=HEAD)
@example(raw=b"Content-Type: text/html\r\n\r\n<?xml version='1.0' encoding='utf-8'?>", head=HEAD)
def test_whatever_comes_is_read(raw: bytes, head: bytes) -> None:
    reading = read_mail(head + raw, NOW)

    assert "\x00" not in reading.letter.text + reading.letter.subject
    reading.letter.text.encode()


def nested(depth: int) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (one, one) for one in range(depth)
    )
    return HEAD + opened + b"\r\nhello\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        nested(21),
        nested(5_000),
        nested(100) + (b"x" * 70 + b"\r\n") * 50_000,
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 100_000,
        HEAD + b"\r\n" + b"\r\n" * 2_000_000,
        b"X: y\r\n" * 1_500_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nhi",
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        HEAD + b"\r\n" + b"> " * 100_000,
        HEAD + b"\r\n" + b"On 1 " * 50_000,
        HEAD + b"\r\n" + b"a" * 200_000,
        HEAD + b"Auto-Submitted: auto-replied\r\n\r\n" + b"until 1 " * 50_000,
        b"From: mailer-daemon@x.example\r\nSubject: failure notice\r\n\r\n" + b"a" * 200_000,
        b"From: mailer-daemon@x.example\r\nSubject: failure notice\r\n\r\n" + b"recipient user to " * 20_000,
    ],
    ids=range(14),
)
def test_a_bomb_is_read_in_a_moment(raw: bytes) -> None:
    began = perf_counter()
    read_mail(raw, NOW)

    assert perf_counter() - began < 5
