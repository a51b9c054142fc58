"""How the phrases of a language are written: a blank is white space of any length, <name> one of a list of words.

In a class of characters, and behind an assertion of fixed width, a blank is written `[ ]`.
"""

import re
from collections.abc import Mapping, Sequence

_NAME = re.compile("<(\\w+)>")
_MAYBE_BLANK, _BLANK = re.compile(r" \?"), re.compile(" (?!])")


def compiled(phrases: Sequence[str], named: Mapping[str, str]) -> re.Pattern[str]:
    spelt = "|".join(_spelt(phrase, named) for phrase in phrases)
    return re.compile(_BLANK.sub(r"\\s+", _MAYBE_BLANK.sub(r"\\s*", spelt)), re.IGNORECASE | re.MULTILINE)


def _spelt(phrase: str, named: Mapping[str, str]) -> str:
    return _NAME.sub(lambda name: f"(?:{_spelt(named[name[1]], named)})", phrase)
