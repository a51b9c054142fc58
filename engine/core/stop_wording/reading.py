"""Whether somebody asks in words of their own to be left alone. Pure; what else they say is a reply.

Each language knows wishes, and excuses: the same words where they mean something else. An excuse is blotted out, and a
wish that is left is one.
"""

import re
import unicodedata
from typing import Protocol

from engine.core.stop_wording import chinese, english, european, japanese
from engine.core.stop_wording.spelling import mended


class _Language(Protocol):
    WISHES: re.Pattern[str]
    EXCUSES: re.Pattern[str]


_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]")


_NOTHING = re.compile(r"(?!)")


def asks_to_stop(text: str, also: re.Pattern[str] = _NOTHING) -> bool:
    """`also` is what says so on one channel alone, in lower case; the excuses hold for it too."""
    plain = unfolded(text)
    if _KANA.search(plain):
        return _is_in(plain, japanese, _NOTHING)
    if _HAN.search(plain) and _is_in(chinese.simplified(plain), chinese, also):
        return True
    return bool(_LATIN.search(plain)) and (
        _is_in(mended(plain), english, also) or _is_in(european.unaccented(plain), european, _NOTHING)
    )


def unfolded(text: str) -> str:
    """Full-width signs and typographic quotes become those of the phrases."""
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")


def _is_in(text: str, language: _Language, also: re.Pattern[str]) -> bool:
    rest = language.EXCUSES.sub(" ", text)
    return language.WISHES.search(rest) is not None or also.search(rest) is not None
