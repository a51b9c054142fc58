"""Bytes of a mail to a Letter. Whatever is broken in it, or meant to break us, is read as far as it can be."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Compat32, compat32
from itertools import count
from typing import Any

from engine.channels.mail_in.bodies import text_of
from engine.channels.mail_in.charsets import decoded, header_text
from engine.channels.mail_in.letter import Fields, Letter
from engine.channels.mail_in.quoting import new_words

LARGEST = 40 * 1024 * 1024  # bytes of a mail that are read
DEEPEST = 20  # MIME parts within parts
_MOST_PARTS = 200
_MOST_LINES = 1_000_000  # 40 MB of an attachment in base64 are half of it
_SAFE_BEGINNING = 256 * 1024  # enough for the words of a mail that is too intricate to be read whole
_CONTAINER = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_LONGEST_FIELD = 10_000
_MOST_FIELDS = 500
_BRACKETED = re.compile(r"<\s{0,4}([^<>\s@]{1,256}@[^<>\s@]{1,256})\s{0,4}>")
_BARE = re.compile(r"(?<![^\s<>()\[\]\"',;:])[^\s<>()\[\]\"',;:@]{1,256}@[^\s<>()\[\]\"',;:@]{1,256}")
_ID = re.compile(r"<[^<>\s]{1,990}>")
_TO_US = ("to", "cc", "delivered-to", "x-original-to", "x-envelope-to", "envelope-to")
_MOST_REFERENCES = 200


class _TooIntricate(Exception):
    """More parts than any honest mail has."""


def parse(raw: bytes) -> Letter:
    mail = _message(raw[:LARGEST])
    fields = fields_of(mail)
    text = text_of(mail, DEEPEST)
    sender = _sender(fields)
    parts = list(_parts(mail))
    return Letter(
        sender=sender,
        sender_name=_name_before(fields, sender),
        recipients=tuple(
            dict.fromkeys(one for name in _TO_US for value in fields.get(name, ()) for one in _all(value))
        ),
        subject=fields.get("subject", ("",))[0],
        text=text,
        new_words=new_words(text),
        message_id=next(iter(_ids(fields, "message-id")), None),
        refers_to=_refers_to(fields),
        fields=fields,
        mail=mail,
        report=_report(mail),
        statuses=tuple(_statuses(parts)),
        feedback=next(_bodies_as_fields(parts, "message/feedback-report"), None),
        returned=_returned(parts),
        attachments=tuple(_file_names(parts)),
        calendar=next((_method(part) for part in parts if part.get_content_type() == "text/calendar"), None),
    )


def _message(raw: bytes) -> Message:
    """The parser looks at every open container for every line: a deep mail that is also long would hold us up."""
    try:
        return BytesParser(policy=_bounded()).parsebytes(raw[:_SAFE_BEGINNING] if _is_heavy(raw) else raw)
    except (_TooIntricate, RecursionError):
        return BytesHeaderParser(policy=compat32).parsebytes(raw[:_SAFE_BEGINNING])


def _is_heavy(raw: bytes) -> bool:
    if len(raw) <= _SAFE_BEGINNING:
        return False
    return raw.count(b"\n") > _MOST_LINES or len(_CONTAINER.findall(raw)) > DEEPEST


def _bounded() -> Compat32:
    made = count()

    def message(policy: Any = compat32) -> Message:
        if next(made) > _MOST_PARTS:
            raise _TooIntricate
        return Message(policy)

    return compat32.clone(message_factory=message)


def fields_of(mail: Message) -> Fields:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in list(mail.raw_items())[:_MOST_FIELDS]:
        found[name.lower()].append(header_text(str(value)[:_LONGEST_FIELD]))
    return {name: tuple(values) for name, values in found.items()}


def _parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """Every part of this mail, but not of the mails that are attached to it."""
    yield mail
    if depth < DEEPEST and mail.get_content_maintype() == "multipart" and mail.is_multipart():
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _sender(fields: Fields) -> str:
    for name in ("from", "sender", "reply-to"):
        for value in fields.get(name, ()):
            if found := _all(value):
                return found[-1]  # what stands in the name may look like an address too
    return ""


def _name_before(fields: Fields, sender: str) -> str:
    written = fields.get("from", ("",))[0]
    return written.partition("<")[0].strip().strip("\"'") if sender in written else ""


def _all(value: str) -> list[str]:
    """The addresses of a field."""
    return _BRACKETED.findall(value) or _BARE.findall(value)


def _ids(fields: Fields, name: str) -> list[str]:
    return [one for value in fields.get(name, ()) for one in _ID.findall(value)]


def _refers_to(fields: Fields) -> tuple[str, ...]:
    nearest_first = [*_ids(fields, "in-reply-to"), *reversed(_ids(fields, "references")[-_MOST_REFERENCES:])]
    return tuple(dict.fromkeys(nearest_first))


def _report(mail: Message) -> str | None:
    """`delivery-status`, `disposition-notification`, `feedback-report`; None for an ordinary mail."""
    if mail.get_content_type() != "multipart/report":
        return None
    return str(mail.get_param("report-type", "")).lower()


def _statuses(parts: Iterable[Message]) -> Iterator[Fields]:
    """One block for each recipient; the first one is about the message as such."""
    for part in parts:
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            payload = part.get_payload()
            blocks = payload if isinstance(payload, list) else []
            yield from (fields_of(block) for block in blocks if isinstance(block, Message))


def _bodies_as_fields(parts: Iterable[Message], content_type: str) -> Iterator[Fields]:
    for part in parts:
        if part.get_content_type() == content_type:
            yield _as_fields(part)


def _as_fields(part: Message) -> Fields:
    """What a part holds, read as a header."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return fields_of(payload[0]) if payload and isinstance(payload[0], Message) else {}
    data = part.get_payload(decode=True)
    held = data if isinstance(data, bytes) else b""
    return fields_of(BytesHeaderParser(policy=compat32).parsebytes(held[:_SAFE_BEGINNING].lstrip(b"\r\n")))


def _returned(parts: Iterable[Message]) -> Fields | None:
    kinds = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
    return next((_as_fields(part) for part in parts if part.get_content_type() in kinds), None)


def _file_names(parts: Iterable[Message]) -> Iterator[str]:
    for part in parts:
        name = part.get_filename()
        if name:
            yield header_text(name)[:200]


def _method(part: Message) -> str:
    """As the part says, else as the calendar within it does."""
    said = part.get_param("method")
    if said:
        return str(said).upper()
    data = part.get_payload(decode=True)
    text = decoded(data[:_LONGEST_FIELD], part.get_content_charset()) if isinstance(data, bytes) else ""
    found = re.search(r"^METHOD:(\w+)", text, re.MULTILINE)
    return found[1].upper() if found else "PUBLISH"
