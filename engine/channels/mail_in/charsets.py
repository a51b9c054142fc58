"""Bytes of mail as text: under the charset they declare, or under the one that they are really in."""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header

from charset_normalizer import from_bytes

# Declared, and what the bytes are in practice: the wider charset of which the declared one is a part.
_REALLY = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030",
    "chinesesimplified": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs", "x-big5": "big5hkscs",
    "big5-hkscs": "big5hkscs", "cp950": "big5hkscs", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "sjis": "cp932", "windows-31j": "cp932", "iso-2022-jp": "iso2022_jp_ext", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "iso-8859-1": "cp1252", "latin1": "cp1252", "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii",
}  # fmt: skip
# Whoever declares one of these has often not looked at the text.
_SAID_WITHOUT_LOOKING = frozenset({"ascii", "cp1252", ""})
_JAPANESE_ESCAPE = b"\x1b$"
_FEW = 0.02  # broken characters that a text may have and still be in the charset it declares
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x85")


def decoded(data: bytes, declared: str | None) -> str:
    """Never fails; what cannot be read at all becomes U+FFFD."""
    said = _codec(declared)
    for codec in _candidates(data, said):
        text = _read(data, codec)
        if text is not None:
            return text
    return data.decode("cp1252", "replace")


def cleaned(text: str) -> str:
    r"""Without the controls and surrogates that no database and no page should be given; lines end in \\n."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def header_text(value: str) -> str:
    """A header as people read it: RFC 2047 words, and raw bytes that should not be there."""
    plain = _without_escapes(value)
    if "=?" not in plain:
        return _one_line(plain)
    try:
        pieces = decode_header(plain)
    except (HeaderParseError, ValueError):
        return _one_line(plain)
    return _one_line("".join(_piece(data, charset) for data, charset in pieces))


def _piece(data: bytes | str, charset: str | None) -> str:
    if isinstance(data, str):
        return data
    if charset is None:  # decode_header hands plain text over as bytes of this encoding
        return data.decode("raw-unicode-escape", "replace")
    return decoded(data, charset)


def _one_line(text: str) -> str:
    return " ".join(cleaned(text).split())


def _without_escapes(value: str) -> str:
    """The parser keeps bytes outside ASCII as lone surrogates."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return decoded(value.encode("utf-8", "surrogateescape"), None)
    return value


def _codec(declared: str | None) -> str:
    name = (declared or "").strip().strip("'\"").lower().partition("*")[0]
    return _REALLY.get(name, name)


def _candidates(data: bytes, said: str) -> Iterator[str]:
    if data.isascii() and b"\x1b" not in data and said not in {"utf-7", "hz", "utf-16", "utf-32"}:
        yield "ascii"
    if _JAPANESE_ESCAPE in data:
        yield "iso2022_jp_ext"
    if said in _SAID_WITHOUT_LOOKING:
        yield "utf-8"
    yield said
    yield "utf-8"
    guess = from_bytes(data[:20_000]).best()
    if guess is not None:
        yield _REALLY.get(guess.encoding, guess.encoding)


def _read(data: bytes, codec: str) -> str | None:
    """None when the bytes are not in this charset, or nobody knows it."""
    try:
        text = data.decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    broken = text.count("\ufffd")
    return text if not broken or (broken <= _FEW * len(text) and codec not in _SAID_WITHOUT_LOOKING) else None
