"""One cell of a contact file: what it says once the debris of exports is gone, and how to write it back safely.

Text a person reads keeps its own punctuation; only full-width letters, digits and spaces become ordinary ones.
Text a machine reads (addresses, numbers, dates) is folded altogether (NFKC).
"""

import re
import unicodedata
from dataclasses import dataclass


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A spreadsheet takes a cell that begins like this for a formula, also in its full-width form.
_FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")
_TEXT_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
_ORDINARY = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_ORDINARY |= dict.fromkeys((0x3000, 0xA0, 0x202F, 0x2007), 0x20)
_NOTHING = word_set(
    """n/a na #n/a none null nil nan unknown undefined tbd - -- --- — – . .. ? ?? / (blank) (none)
    无 暂无 没有 未知 未填 空"""
)
_JOINERS = "\u200c\u200d"  # spelling in Persian and Hindi


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the header it stood under."""

    column: str
    value: str


def csv_cell(value: str) -> str:
    """The value as it may stand in a CSV file that somebody opens in a spreadsheet; `from_csv_cell` takes it back."""
    return f"'{value}" if _is_formula_behind_quotes(value) else value


def from_csv_cell(value: str) -> str:
    return value[1:] if value.startswith("'") and _is_formula_behind_quotes(value) else value


def _is_formula_behind_quotes(value: str) -> bool:
    bare = value.lstrip("'")
    return bare != "" and bare[0] in _FORMULA_STARTS


def looks_like_formula(value: str) -> bool:
    bare = value.strip()
    return len(bare) > 1 and bare[0] in _TEXT_FORMULA_STARTS


def clean_line(value: str) -> str:
    """One line of text for people: no control characters, single spaces, composed letters."""
    return " ".join(clean_text(value).split())


def clean_text(value: str) -> str:
    """As `clean_line`, but the line breaks of a remark stay."""
    if value.isascii() and value.isprintable():
        return value.strip()
    plain = unicodedata.normalize("NFC", value).translate(_ORDINARY)
    if not plain.isprintable():
        plain = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", plain)
        plain = "".join(character for character in plain if _is_visible(character))
    return plain.strip()


def clean_machine_text(value: str) -> str:
    """For addresses, numbers and dates: every compatible form folded, nothing invisible left."""
    folded = unicodedata.normalize("NFKC", value)
    if not folded.isprintable():
        folded = "".join(character for character in re.sub(r"\s", " ", folded) if _is_visible(character))
    return folded.strip()


def is_nothing(value: str) -> bool:
    """Empty, or one of the words people write when they have nothing to write."""
    bare = value.strip(" '\"\t\r\n\u3000\0")
    return bare == "" or bare.casefold() in _NOTHING


def fold(value: str) -> str:
    """For comparing words: no case, accents, spaces or punctuation."""
    decomposed = unicodedata.normalize("NFKD", value.casefold().replace("&", "and"))
    return "".join(character for character in decomposed if character.isalnum()).casefold()


def has_hanzi(value: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" for character in value)


def _is_visible(character: str) -> bool:
    if character in "\n\t" or character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
