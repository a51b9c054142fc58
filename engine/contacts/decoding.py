"""Bytes of a contact file -> text, with the name of the encoding. Exports rarely say what they are written in."""

import codecs
import re

from charset_normalizer import from_bytes

from engine.core.errors import BadInput

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "an Excel workbook or another zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a picture"),
)
_SAMPLE = 65_536
_SMALL = 400  # a stray control character in a short file is no sign
_BROKEN_AT_MOST = 0.02  # of the non-ASCII characters: a few damaged bytes do not make it another encoding
_HIGH = re.compile(rb"[\x80-\xff]+")
_COMMON_HANZI = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """The text without its byte order mark, and the encoding's name."""
    if not data.strip(b"\0 \t\r\n"):
        raise BadInput(f"{name}: the file is empty. Export it again with a header line and at least one row.")
    _refuse_other_files(data, name)
    encoding = _encoding(data)
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    _refuse_noise(text, name)
    return text, encoding


def _refuse_other_files(data: bytes, name: str) -> None:
    for start, what in _OTHER_FILES:
        if data.startswith(start):
            raise BadInput(f"{name}: this is {what}, not a CSV file. Save it as `CSV UTF-8` and import that.")


def _refuse_noise(text: str, name: str) -> None:
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) * 20 > max(len(sample), _SMALL):
        raise BadInput(f"{name}: this is no text in any known encoding. Export the contacts as a CSV file.")


def _encoding(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    return _utf16_without_mark(data) or _utf8(data) or _legacy(data)


def _utf16_without_mark(data: bytes) -> str | None:
    """In UTF-16 every second byte of the delimiters, digits and line breaks is NUL; which one tells the order.

    A header without any, in a file that is UTF-8 throughout, says that the NULs below it are somebody's cells.
    """
    if b"\0" not in data.lstrip(b"\r\n").split(b"\n", 1)[0] and _decodes(data, "utf-8"):
        return None
    sample = data[: _SAMPLE - _SAMPLE % 2]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    most, least = max(even, odd), min(even, odd)
    if most * 20 < len(sample) or least * 10 > most:
        return None
    return encoding if _decodes(data, encoding) else None


def _utf8(data: bytes) -> str | None:
    if _decodes(data, "utf-8"):
        return "utf-8"
    text = data.decode("utf-8", errors="replace")
    foreign = sum(character > "\x7f" for character in text)
    return "utf-8" if text.count("\ufffd") <= foreign * _BROKEN_AT_MOST else None


def _legacy(data: bytes) -> str:
    """GB18030 or Windows-1252; where a few characters are all there is to go by, the library's guess."""
    sample = data[:_SAMPLE]
    if _is_surely_chinese(sample):
        return "gb18030"
    whole_lines = sample[: sample.rfind(b"\n") + 1] or sample
    guess = from_bytes(whole_lines, cp_isolation=["gb18030", "cp1252"]).best()
    return guess.encoding if guess else "cp1252"


def _is_surely_chinese(sample: bytes) -> bool:
    """Most high bytes pair up to the 3,755 commonest characters. An umlaut of Windows-1252 stands alone, or in a pair
    that only the rarest characters have.
    """
    high = sum(len(run) for run in _HIGH.findall(sample))
    return sum(len(pair) for pair in _COMMON_HANZI.findall(sample)) * 10 > high * 6


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
