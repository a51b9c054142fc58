"""A call script as HTML for the queue. Everything is escaped first, so no text can bring a tag of its own."""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"\s*[-*]\s+(.*)")
_NUMBERED = re.compile(r"\s*\d+[.)]\s+(.*)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def markdown_to_html(text: str) -> str:
    """Headings, bullets, numbered lists, bold, code and paragraphs; anything else stays as it is written."""
    return "\n".join(
        block for kind, lines in groupby(text.splitlines(), key=_kind) for block in _blocks(kind, list(lines))
    )


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    for kind, pattern in (("heading", _HEADING), ("ul", _BULLET), ("ol", _NUMBERED)):
        if pattern.match(line):
            return kind
    return "paragraph"


def _blocks(kind: str, lines: list[str]) -> Iterator[str]:
    match kind:
        case "heading":
            yield from (_heading(line) for line in lines)
        case "ul" | "ol":
            pattern = _BULLET if kind == "ul" else _NUMBERED
            items = (_inline(pattern.sub(r"\1", line)) for line in lines)
            yield f"<{kind}>{''.join(f'<li>{item}</li>' for item in items)}</{kind}>"
        case "paragraph":
            yield "<p>" + "<br>".join(_inline(line.strip()) for line in lines) + "</p>"


def _heading(line: str) -> str:
    marks, title = _HEADING.sub(r"\1", line), _HEADING.sub(r"\2", line)
    return f"<h{len(marks)}>{_inline(title)}</h{len(marks)}>"


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<strong>\1</strong>", escape(text)))
