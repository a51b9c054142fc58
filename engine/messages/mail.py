"""A mail as bytes (RFC 5322), the same bytes for the same mail: a retry must not differ from the first try."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime, getaddresses

from engine.core.errors import UnsafeHeader
from engine.messages.headers import (
    address_field,
    checked_address,
    guarded,
    message_id_field,
    text_field,
    url_field,
)

TOUCH_HEADER = "X-Touchline-Touch"
_RECIPIENTS = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")
_MOSTLY_ASCII = 6  # one byte in so many outside ASCII: up to there quoted-printable is shorter than base64
_ASCII = bytes(range(128))
_FOLD = re.compile(r"\r\n(?=[ \t])")
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Mail:
    """`text` alone makes a plain mail; `unsubscribe_url` is the one-click address of RFC 8058."""

    sender_name: str
    sender_address: str
    recipient_name: str
    recipient_address: str
    subject: str
    text: str
    html: str | None
    message_id: str
    date: datetime
    touch_id: int
    unsubscribe_url: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    reply_to: str | None = None


def new_message_id(touch_id: int, attempt_seed: str, domain: str, *, mark: str) -> str:
    """The same for the same touch and seed; a secret seed keeps others from guessing it. `mark` is legible in it."""
    digest = hashlib.sha256(f"{touch_id}:{attempt_seed}".encode()).hexdigest()[:24]
    return f"<{touch_id}.{digest}.{mark}@{checked_address('Message-ID', f'id@{domain}').partition('@')[2]}>"


def mark_of(message_id: str) -> str:
    """Empty where it has none."""
    return "".join(message_id.strip("<>").rpartition("@")[0].split(".")[2:])


def build_mail(mail: Mail) -> bytes:
    """Raises UnsafeHeader, whose data name the header, when a value could break out of it."""
    planned = [*_headers(mail)]
    content = _content(mail)
    head = "".join(f"{name}: {value}\r\n" for name, value in planned).encode("ascii")
    _check_as_read(head + b"\r\n", planned, mail)
    return head + content


def _headers(mail: Mail) -> Iterator[tuple[str, str]]:
    yield "Date", format_datetime(mail.date)
    yield "From", address_field("From", mail.sender_name, mail.sender_address)
    yield "To", address_field("To", mail.recipient_name, mail.recipient_address)
    if mail.reply_to is not None:
        yield "Reply-To", address_field("Reply-To", "", mail.reply_to)
    yield "Subject", text_field("Subject", mail.subject)
    yield "Message-ID", message_id_field("Message-ID", (mail.message_id,))
    if mail.in_reply_to is not None:
        yield "In-Reply-To", message_id_field("In-Reply-To", (mail.in_reply_to,))
    if mail.references:
        yield "References", message_id_field("References", mail.references)
    if mail.unsubscribe_url is not None:
        yield "List-Unsubscribe", url_field("List-Unsubscribe", mail.unsubscribe_url)
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield TOUCH_HEADER, str(mail.touch_id)
    yield "MIME-Version", "1.0"


def _content(mail: Mail) -> bytes:
    """The fields that describe the body, and the body."""
    text = _part("plain", mail.text)
    if mail.html is None:
        return text
    boundary = b"=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:32].encode()
    head = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    parts = (text, _part("html", mail.html))
    return head + b"".join(b"--" + boundary + b"\r\n" + part for part in parts) + b"--" + boundary + b"--\r\n"


def _part(subtype: str, text: str) -> bytes:
    """Encoded, no line of the text can look like a boundary: `=_` means nothing in either encoding."""
    data = _LINE_ENDS.sub(b"\r\n", text.encode(errors="replace")).rstrip(b"\r\n") + b"\r\n"
    beyond_ascii = len(data.translate(None, delete=_ASCII))
    if beyond_ascii * _MOSTLY_ASCII <= len(data):
        encoding, encoded = "quoted-printable", binascii.b2a_qp(data)
    else:
        encoding, encoded = "base64", base64.encodebytes(data).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + encoded


def _check_as_read(head: bytes, planned: list[tuple[str, str]], mail: Mail) -> None:
    """Reads the header block as a receiver does: these names, this often, and this one recipient; nothing else."""
    read = BytesHeaderParser(policy=compat32).parsebytes(head)
    if read.keys() != [name for name, _ in planned]:
        raise UnsafeHeader("The mail would carry headers that were not planned.", header=", ".join(read.keys()))
    if _addresses(read, _RECIPIENTS) != [checked_address("To", mail.recipient_address)]:
        raise UnsafeHeader("The mail would go to somebody who was not planned.", header="To")
    if _addresses(read, ("From",)) != [checked_address("From", mail.sender_address)]:
        raise UnsafeHeader("The mail would come from somebody who was not planned.", header="From")


def _addresses(read: Message, names: tuple[str, ...]) -> list[str]:
    fields = [guarded(name, _FOLD.sub("", value)) for name in names for value in read.get_all(name, [])]
    return [address for _, address in getaddresses(fields)]
