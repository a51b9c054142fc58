"""Header fields of a mail: refuse what could break out of one, then encode and fold (RFC 5322, RFC 2047).

On Python 3.11 the standard library decodes `=?utf-8?q?a=0ABcc=3A_x=40y.z?=` in a Subject and writes the line break
as it is, so a contact's name could add a Bcc. That is why values are judged as readers may decode them.
"""

import base64
import re
from collections.abc import Iterator
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from engine.core.errors import UnsafeHeader

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ENCODED_WORD = re.compile(r"=\?(?P<charset>[^?]*)\?(?P<encoding>[bq])\?(?P<data>.*?)\?=", re.IGNORECASE)
_ESCAPED_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_DECODED_AT_MOST = 5  # times; gateways that decode twice exist
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]{1,900}")
_LONGEST_ADDRESS = 254
_LONGEST_MESSAGE_ID = 900
_LONGEST_VALUE = 2000
_LINE = 76
_FRAME = len("=?utf-8?b??=")


def guarded(header: str, value: str) -> str:
    """The value itself, when no reader of mail can find a line break or control character in it."""
    if len(value) > _LONGEST_VALUE:
        message = f"{header} has {len(value)} characters; shorten it to at most {_LONGEST_VALUE}."
        raise UnsafeHeader(message, header=header)
    if any(_FORBIDDEN.search(reading) for reading in _readings(value)):
        raise UnsafeHeader(
            f"{header} holds a line break or control character, plain or encoded, and could add headers of its own; "
            "correct the value where it comes from.",
            header=header,
        )
    return value


def text_field(header: str, value: str) -> str:
    """Subject and other free text."""
    text = " ".join(guarded(header, value).split())
    room = _room(header)
    if _is_plain(text) and max(map(len, text.split()), default=0) <= room:
        return _folded(text, room)
    return _encoded_words(text, room)


def address_field(header: str, name: str, address: str) -> str:
    checked = checked_address(header, address)
    text = " ".join(guarded(header, name).split())
    if not text:
        return checked
    if not _is_plain(text) or len(text) > _room(header):
        return f"{_encoded_words(text, _room(header))}\r\n <{checked}>"
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    gap = " " if len(quoted) + len(checked) < _room(header) - 5 else "\r\n "
    return f'"{quoted}"{gap}<{checked}>'


def checked_address(header: str, address: str) -> str:
    """With its domain in punycode. What stands before the @ must be ASCII: servers without SMTPUTF8 would lose it."""
    local, at, domain = guarded(header, address).rpartition("@")
    if not local.isascii():
        raise UnsafeHeader(
            f"{header}: {address} has letters outside ASCII before the @, which few mail servers take; "
            "ask for another address.",
            header=header,
        )
    plain_domain = domain if domain.isascii() else _punycode(domain)
    checked = f"{local}@{plain_domain}"
    is_address = at and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(plain_domain) and "=?" not in address
    if not is_address or len(checked) > _LONGEST_ADDRESS:
        raise UnsafeHeader(f"{header}: {address} is not a mail address; write name@domain.", header=header)
    return checked


def message_id_field(header: str, message_ids: tuple[str, ...]) -> str:
    for message_id in message_ids:
        if not _MESSAGE_ID.fullmatch(message_id) or len(message_id) > _LONGEST_MESSAGE_ID:
            raise UnsafeHeader(f"{header}: {message_id!r} is not a Message-ID such as <id@domain>.", header=header)
    return "\r\n ".join(message_ids)


def url_field(header: str, url: str) -> str:
    if not _WEB_ADDRESS.fullmatch(url):
        message = f"{header}: {url!r} is not a web address in ASCII, without blanks or angle brackets."
        raise UnsafeHeader(message, header=header)
    return f"<{url}>"


def _readings(value: str) -> Iterator[str]:
    """The value as it stands, and as liberal readers decode it: words alone, joined bytes, encodings within."""
    yield value
    for _ in range(_DECODED_AT_MOST):
        words = list(_ENCODED_WORD.finditer(value))
        if not words:
            return
        payload = b"".join(map(_payload, words))
        yield payload.decode("ascii", "ignore")  # controls, for a reader who does not know the charset
        yield _decoded(payload, words[0]["charset"])  # a character cut in two by the border of two words
        value = _ENCODED_WORD.sub(lambda word: _decoded(_payload(word), word["charset"]), value)
        yield value
    yield "\0"  # encoded more often than anybody does in earnest


def _payload(word: re.Match[str]) -> bytes:
    data = word["data"].encode("ascii", "ignore")
    if word["encoding"] in "qQ":
        return _ESCAPED_BYTE.sub(lambda byte: bytes.fromhex(byte[1].decode()), data.replace(b"_", b" "))
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset.partition("*")[0], "replace")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


@lru_cache(maxsize=1024)
def _punycode(domain: str) -> str:
    try:
        return validate_email(f"name@{domain}", check_deliverability=False).ascii_domain
    except EmailNotValidError:
        return ""


def _room(header: str) -> int:
    return _LINE - len(f"{header}: ")


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _encoded_words(text: str, room: int) -> str:
    most_bytes = (room - _FRAME) // 4 * 3
    chunks = _chunks(text, most_bytes)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in chunks)


def _chunks(text: str, most_bytes: int) -> Iterator[bytes]:
    """Cut between characters: each word must decode by itself."""
    chunk = b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > most_bytes:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk


def _folded(text: str, room: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return "\r\n ".join(lines)
