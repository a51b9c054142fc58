"""Puts a mailbox's signature into a finished text: under what was written, above the address and the way out."""

import re
from collections.abc import Iterable

from markupsafe import escape

_BLOCK = re.compile(r"<(?P<end>/?)(?P<name>p|div|footer|section|address|table|ul|ol|td|hr|br)\b[^>]*>", re.IGNORECASE)
_BEFORE_IT = frozenset({"td", "hr", "br"})  # the signature follows them: what stands before them is elsewhere
_LONGEST_FOOTER = 300  # characters of HTML: more than this before the address is the letter itself


def signed_text(text: str, signature: str, footer: Iterable[str]) -> str:
    """`footer` are the texts of which the first marks where the footer is: the postal address, the opt-out link."""
    signature = signature.strip()
    if not signature:
        return text
    start = _paragraph_start(text, _mark(text, footer))
    above, below = text[:start].rstrip(), text[start:].lstrip("\n")
    return "\n\n".join(part for part in (above, signature, below) if part)


def signed_html(html: str, signature: str, footer: Iterable[str]) -> str:
    signature = signature.strip()
    if not signature:
        return html
    lines = "<br>\n".join(str(escape(line)) for line in signature.splitlines())
    mark = _mark(html, [str(escape(one)) for one in footer])
    start = _block_start(html, mark if mark < len(html) else _body_end(html))
    return f"{html[:start]}<p>{lines}</p>\n{html[start:]}"


def _mark(text: str, footer: Iterable[str]) -> int:
    """Where the footer begins at the latest; the end when there is none."""
    return min((place for one in footer if (place := text.rfind(one)) >= 0), default=len(text))


def _paragraph_start(text: str, mark: int) -> int:
    if mark == len(text):
        return mark
    blank = text.rfind("\n\n", 0, mark)
    return blank + 2 if blank >= 0 else text.rfind("\n", 0, mark) + 1


def _block_start(html: str, mark: int) -> int:
    """Before the block that holds the mark, as long as that is a footer and not the whole letter."""
    for tag in reversed(list(_BLOCK.finditer(html, 0, mark))):
        name, is_near = tag["name"].lower(), mark - tag.end() < _LONGEST_FOOTER
        if name == "br" and is_near:
            continue
        if tag["end"] or name in _BEFORE_IT:
            return tag.end()
        return tag.start() if is_near else mark
    return mark


def _body_end(html: str) -> int:
    end = html.lower().rfind("</body>")
    return end if end >= 0 else len(html)
