"""Links of a mail led through us: only those that the template itself has written, and no others."""

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape

from engine.messages.contract import is_html

_IN_TEXT = re.compile(r"https?://[^\s<>\"'()（）【】「」，。；、]+", re.IGNORECASE)
_HREF = re.compile(r"""(\bhref\s*=\s*)("([^"]*)"|'([^']*)')""", re.IGNORECASE)
_TRAILING = ".,;:!?"
_FOLLOWED = ("http://", "https://")

Redirect = Callable[[str], str]


def template_links(parts: Mapping[str, str]) -> frozenset[str]:
    """The addresses that stand in the template word for word; one with a variable in it is not the template's own."""
    found = (link for part, text in parts.items() for link in _links(part, text))
    return frozenset(link for link in found if is_followed(link))


def is_followed(link: str) -> bool:
    return link.casefold().startswith(_FOLLOWED) and "{" not in link


def tracked(part: str, text: str, ours: frozenset[str], redirect: Redirect) -> str:
    """The rendered part with each of our links replaced by what `redirect` makes of it."""
    if is_html(part):
        return _HREF.sub(lambda found: _tracked_href(found, ours, redirect), text)
    return _IN_TEXT.sub(lambda found: _tracked_word(found[0], ours, redirect), text)


def _links(part: str, text: str) -> Iterable[str]:
    if is_html(part):
        return (unescape(_href(found)) for found in _HREF.finditer(text))
    return (found[0].rstrip(_TRAILING) for found in _IN_TEXT.finditer(text))


def _href(found: re.Match[str]) -> str:
    return (found[3] if found[3] is not None else found[4] or "").strip()


def _tracked_href(found: re.Match[str], ours: frozenset[str], redirect: Redirect) -> str:
    link = unescape(_href(found))
    return f'{found[1]}"{escape(redirect(link))}"' if link in ours else found[0]


def _tracked_word(word: str, ours: frozenset[str], redirect: Redirect) -> str:
    link = word.rstrip(_TRAILING)
    return redirect(link) + word[len(link) :] if link in ours else word
