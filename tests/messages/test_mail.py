import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.core.errors import CannotRender, UnsafeHeader
from engine.messages.mail import TOUCH_HEADER, Mail, build_mail, mark_of, new_message_id
from tests.support.deep import IS_DEEP

ATTACK = "=?utf-8?q?a=0ABcc=3A_x=40y.z?="
MAIL = Mail(
    sender_name="Bo Chen",
    sender_address="bo@touchline.example",
    recipient_name="Ana García",
    recipient_address="ana@example.com",
    subject="A question",
    text="Hi Ana,\nhow are you?\n",
    html="<p>Hi Ana</p>",
    message_id="<7.abc@touchline.example>",
    date=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    touch_id=7,
    unsubscribe_url="https://touchline.example/u/abc",
    in_reply_to="<6.abc@touchline.example>",
    references=("<5.abc@touchline.example>", "<6.abc@touchline.example>"),
    reply_to="replies@touchline.example",
)
HEADERS = [
    "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe",
    "List-Unsubscribe-Post", TOUCH_HEADER, "MIME-Version", "Content-Type",
]  # fmt: skip


def modern(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, _class=EmailMessage, policy=policy.default)


def classic(data: bytes) -> Message:
    return email.message_from_bytes(data, policy=policy.compat32)


def body_of(data: bytes, kind: str) -> str:
    part = modern(data).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


def refused_header(**changes: object) -> object:
    with pytest.raises(UnsafeHeader) as caught:
        build_mail(replace(MAIL, **changes))  # type: ignore[arg-type]
    return caught.value.data["header"]


def test_a_mail_reads_back_as_it_was_meant() -> None:
    read = modern(build_mail(MAIL))
    assert read.keys() == HEADERS
    assert read["From"] == "Bo Chen <bo@touchline.example>"
    assert read["To"].addresses[0].display_name == "Ana García"
    assert read["To"].addresses[0].addr_spec == "ana@example.com"
    assert read["Subject"] == "A question"
    assert read["Date"].datetime == MAIL.date
    assert read["References"] == "<5.abc@touchline.example> <6.abc@touchline.example>"
    assert read["List-Unsubscribe"] == "<https://touchline.example/u/abc>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read[TOUCH_HEADER] == "7"
    assert read.get_content_type() == "multipart/alternative"
    assert body_of(build_mail(MAIL), "plain") == "Hi Ana,\nhow are you?"
    assert body_of(build_mail(MAIL), "html") == "<p>Hi Ana</p>"
    assert not read.defects


def test_a_mail_of_text_alone_has_one_part_and_no_unsubscribe_headers() -> None:
    data = build_mail(replace(MAIL, html=None, unsubscribe_url=None))
    assert modern(data).get_content_type() == "text/plain"
    assert "List-Unsubscribe" not in modern(data)
    assert body_of(data, "plain") == "Hi Ana,\nhow are you?"


def test_the_same_mail_is_the_same_bytes() -> None:
    assert build_mail(MAIL) == build_mail(replace(MAIL))


def _message_id(touch_id: int = 7, seed: str = "seed", domain: str = "touchline.example") -> str:
    return new_message_id(touch_id, seed, domain, mark="a1b2")


def test_a_message_id_follows_from_touch_and_seed_alone_and_tells_its_mark() -> None:
    first = _message_id()
    assert first == _message_id()
    assert len({first, _message_id(touch_id=8), _message_id(seed="other")}) == 3
    assert re.fullmatch(r"<7\.[0-9a-f]{24}\.a1b2@touchline\.example>", first)
    assert _message_id(domain="müller.de").endswith("@xn--mller-kva.de>")
    assert mark_of(first) == "a1b2"
    assert [mark_of(other) for other in ("<7.abc@touchline.example>", "sms-7", "")] == [""] * 3


def test_the_date_keeps_its_zone() -> None:
    date = datetime(2026, 3, 2, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    assert modern(build_mail(replace(MAIL, date=date)))["Date"] == "Mon, 02 Mar 2026 17:30:00 +0800"


def test_a_chinese_mail_reads_back() -> None:
    data = build_mail(
        replace(MAIL, recipient_name="王伟", subject="关于贵司采购流程的一个问题" * 6, text="您好，\n周二方便吗？")
    )
    assert modern(data)["To"].addresses[0].display_name == "王伟"
    assert modern(data)["Subject"] == "关于贵司采购流程的一个问题" * 6
    assert body_of(data, "plain") == "您好，\n周二方便吗？"


def test_a_domain_with_letters_outside_ascii_is_written_in_punycode() -> None:
    assert modern(build_mail(replace(MAIL, recipient_address="jo@faß.de")))["To"].addresses[0].domain == "xn--fa-hia.de"


def test_an_address_with_letters_outside_ascii_before_the_at_is_refused_with_the_reason() -> None:
    with pytest.raises(UnsafeHeader, match=r"letters outside ASCII before the @.*ask for another address"):
        build_mail(replace(MAIL, recipient_address="jörg@example.com"))


@pytest.mark.parametrize(
    "address",
    ["", "ana", "ana@", "@example.com", "a b@example.com", "ana@example.com, x@y.z", "ana@exa mple.com",
     "<ana@example.com>", "ana@example.com>", "ana@-example.com", "a..b@example.com", '"a b"@example.com',
     "a" * 250 + "@example.com", "=?utf-8?q?x?=@example.com", "ana@\u2028.com", "ana@例 子.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refused_header(recipient_address=address) == "To"
    assert refused_header(sender_address=address) == "From"
    assert refused_header(reply_to=address) == "Reply-To"


CONTROLS = ["\r", "\n", "\r\n ", "\0", "\t", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"]
TEXT_FIELDS = [("subject", "Subject"), ("recipient_name", "To"), ("sender_name", "From")]
ENCODED = [
    ATTACK,
    "=?utf-8?Q?a=0d=0aBcc:_x@y.z?=",
    "=?utf-8?q?a=0d=0aBcc=3A x=40y.z?=",
    "=?utf-8?b?YQpCY2M6IHhAeS56?=",
    "=?utf-8?B?YQpCY2M6IHhAeS56",
    "=?utf-8?b?YQpC Y2M6*IHhAeS56=?=",
    "Ana =?utf-8?q?=0A?= García",
    "x=?utf-8?q?=0A?=y",
    "=?utf-8*en?q?=0A?=",
    "=?no-such-charset?q?=0A?=",
    "=?hex?q?0A=0A?=",
    "=?utf-7?q?+AAo-Bcc:?=",
    "=?utf-16?b?AAoA?=",
    "=?unicode_escape?q?=5Cn?=",
    "=?utf-8?q?==0A?=",
    "=?utf-8?q?=00?=",
    "=?utf-8?q?=C2=85?=",
    "=?utf-8?q?=E2=80=A8?=",
    "=?utf-8?q?=E2?= =?utf-8?q?=80=A9?=",
    "=?latin-1?q?=85?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=3D0A=3F=3D?=",
]


@pytest.mark.parametrize(("field", "header"), TEXT_FIELDS)
@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_character_in_a_header_is_refused(field: str, header: str, control: str) -> None:
    assert refused_header(**{field: f"Ana{control}Bcc: x@y.z"}) == header


@pytest.mark.parametrize(("field", "header"), TEXT_FIELDS)
@pytest.mark.parametrize("value", [value for value in ENCODED if value != "=?utf-8?B?YQpCY2M6IHhAeS56"])
def test_a_control_character_is_refused_in_encoded_form_too(field: str, header: str, value: str) -> None:
    assert refused_header(**{field: value}) == header


@pytest.mark.parametrize(
    "value", ["=?utf-8?q?Ana?=", "=?utf-8?b?YQpCY2M6IHhAeS56", "what =? is", 'Ana "Annie" \\ G.', "a, b@c.d"]
)
def test_what_only_looks_like_an_attack_is_delivered_as_it_was_written(value: str) -> None:
    read = modern(build_mail(replace(MAIL, subject=value, recipient_name=value)))
    assert read["Subject"] == value
    assert read["To"].addresses[0].display_name == value
    assert len(read["To"].addresses) == 1


@pytest.mark.parametrize(
    ("field", "value", "header"),
    [
        ("message_id", "<a@b>\r\nBcc: x@y.z", "Message-ID"),
        ("message_id", "a@b", "Message-ID"),
        ("in_reply_to", "<a b@c>", "In-Reply-To"),
        ("references", ("<a@b>", "x"), "References"),
        ("unsubscribe_url", "https://a.example/\r\nBcc: x@y.z", "List-Unsubscribe"),
        ("unsubscribe_url", "https://a.example/> <mailto:x@y.z", "List-Unsubscribe"),
        ("unsubscribe_url", "javascript:alert(1)", "List-Unsubscribe"),
        ("unsubscribe_url", "https://a.example/王", "List-Unsubscribe"),
        ("subject", "x" * 2001, "Subject"),
    ],
)
def test_other_fields_are_held_to_their_form(field: str, value: object, header: str) -> None:
    assert refused_header(**{field: value}) == header


def test_an_unsafe_header_is_a_message_that_cannot_be_rendered() -> None:
    with pytest.raises(CannotRender, match="correct the value where it comes from"):
        build_mail(replace(MAIL, recipient_name=ATTACK))


def test_without_the_guard_the_attack_does_add_a_header() -> None:
    """The control: this is what a build does that decodes a name and writes it."""
    unguarded = f"To: {make_header(decode_header(ATTACK))} <ana@example.com>\r\nSubject: Hi\r\n\r\nHi\r\n"
    assert classic(unguarded.encode())["Bcc"].startswith("x@y.z")


def test_the_standard_library_adds_the_header_unless_it_has_learnt_to_refuse() -> None:
    naive = EmailMessage()
    naive["Subject"] = ATTACK
    try:
        added = modern(naive.as_bytes())["Bcc"]
    except MessageError:
        added = "x@y.z"
    assert added == "x@y.z"


TRICKY = st.sampled_from(
    ["Ana", "García", "王伟", "😀", '"', "\\", ",", ";", ":", "<x@y.z>", "x@y.z", "(", ")", "=?", "?=", "=?utf-8?q?",
     "=3D", "?b?", "Bcc: x@y.z", "group: a@b.c;", " ", "  ", "a" * 80, "=?utf-8?q?Ana?=", "=?utf-8?q?x=40y=2Ez=2C?="]
)  # fmt: skip
VALUES = st.one_of(
    st.lists(TRICKY, min_size=1, max_size=6).map("".join),
    st.text(st.characters(exclude_categories=["C"]), max_size=40),
)
HOSTILE = st.lists(TRICKY | st.sampled_from([*ENCODED, *CONTROLS, "=0A"]), min_size=1, max_size=6).map("".join)
BASE = st.fixed_dictionaries(
    {
        "recipient_name": VALUES,
        "sender_name": VALUES,
        "subject": VALUES,
        "recipient_address": st.sampled_from(["ana@example.com", "ana@müller.de", "o'hara+x{y}@a-b.example"]),
        "text": VALUES,
        "html": VALUES,
    }
)
ONE_HOSTILE_FIELD = st.one_of(
    st.fixed_dictionaries({"recipient_name": HOSTILE}),
    st.fixed_dictionaries({"subject": HOSTILE}),
    st.fixed_dictionaries({"recipient_address": HOSTILE | st.builds("{}@{}".format, HOSTILE, HOSTILE)}),
    st.fixed_dictionaries({"references": st.tuples(HOSTILE | HOSTILE.map("<{}@b>".format))}),
    st.fixed_dictionaries({"unsubscribe_url": HOSTILE.map("https://a.example/{}".format)}),
)


def check_nothing_was_added(data: bytes) -> None:
    new, old = BytesHeaderParser(policy=policy.default).parsebytes(data), classic(data)
    assert new.keys() == old.keys() == HEADERS
    assert {tuple(part.keys()) for part in old.walk()} == {
        tuple(HEADERS),
        ("Content-Type", "Content-Transfer-Encoding"),
    }
    for header in ("To", "From"):
        assert len(new[header].addresses) == 1
        assert len(getaddresses([old[header]])) == 1
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)


MESSAGES = 20_000 if IS_DEEP else 1_000


def test_no_value_adds_a_header_or_a_recipient() -> None:
    """HYPOTHESIS_PROFILE=deep pytest -n 0 tests/messages/test_mail.py builds and reads 20,000 of them."""
    built = []

    @settings(max_examples=2 * MESSAGES, deadline=None)
    @given(base=BASE, hostile=st.just({}) | st.just({}) | ONE_HOSTILE_FIELD)
    def holds(base: dict[str, Any], hostile: dict[str, Any]) -> None:
        mail = replace(MAIL, **(base | hostile))
        try:
            data = build_mail(mail)
        except UnsafeHeader:
            return
        built.append(len(data))
        check_nothing_was_added(data)
        (only,) = recipients_of(data)
        assert only.rpartition("@")[0] == mail.recipient_address.rpartition("@")[0]

    holds()
    assert len(built) >= MESSAGES, "most were refused: the property says little"


def recipients_of(data: bytes) -> list[str]:
    read = classic(data)
    fields = [value for name in ("To", "Cc", "Bcc") for value in read.get_all(name, [])]
    return [address for _, address in getaddresses(fields)]


HARMLESS = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=60)


def as_written(value: str) -> str:
    """How a receiver reads it, by RFC 2047 (the modern parser leaves blanks between the encoded words of a name)."""
    return str(make_header(decode_header(value)))


@settings(max_examples=200, deadline=None)
@given(name=HARMLESS, subject=HARMLESS)
def test_every_harmless_value_is_delivered_as_it_was_written(name: str, subject: str) -> None:
    assume("=?" not in name + subject)
    data = build_mail(replace(MAIL, recipient_name=name, subject=subject))
    check_nothing_was_added(data)
    ((read_name, _),) = getaddresses([classic(data)["To"]])
    assert as_written(read_name) == " ".join(name.split())
    assert as_written(classic(data)["Subject"]) == " ".join(subject.split())


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_as_a_body(text: str) -> None:
    data = build_mail(replace(MAIL, text=text, html=text))
    expected = re.sub(r"\r\n|\r|\n", "\n", text).rstrip("\n")
    assert payloads(data) == [expected, expected]
    assert max(map(len, data.split(b"\r\n"))) <= 998


def payloads(data: bytes) -> list[str]:
    leaves = [part for part in classic(data).walk() if not part.is_multipart()]
    decoded = [part.get_payload(decode=True) for part in leaves]
    return [text.decode().replace("\r\n", "\n").rstrip("\n") for text in decoded if isinstance(text, bytes)]
