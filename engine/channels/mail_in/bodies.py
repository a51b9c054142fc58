"""The words of a mail: its plain text, or the text of its HTML where it has nothing else."""

import re
from email.message import Message
from html import unescape

from inscriptis import get_text  # type: ignore[import-untyped]  # has no stubs

from engine.channels.mail_in.charsets import cleaned, decoded

LONGEST_TEXT = 200_000  # characters of a mail that are kept
_LONGEST_HTML = 500_000
_TAG = re.compile(r"<[^>]*>")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def text_of(mail: Message, deepest: int) -> str:
    return cleaned(_text(mail, deepest)).strip()[:LONGEST_TEXT]


def _text(part: Message, depth_left: int) -> str:
    """Attached mails and files are no words of this one."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        return _joined(part, depth_left - 1) if depth_left > 0 else ""
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return ""
    match part.get_content_type():
        case "text/plain" | "text/enriched" | "text/markdown":
            return _written(part)
        case "text/html":
            return _from_html(_written(part))
    return ""


def _joined(part: Message, depth_left: int) -> str:
    inner = [one for one in part.get_payload() if isinstance(one, Message)]
    texts = [(one.get_content_type(), text) for one in inner if (text := _text(one, depth_left)).strip()]
    if part.get_content_type() != "multipart/alternative":
        return "\n".join(text for _, text in texts)
    plain = [text for kind, text in texts if kind == "text/plain"]
    return (plain or [text for _, text in texts[-1:]] or [""])[0]


def _written(part: Message) -> str:
    data = part.get_payload(decode=True)
    return decoded(data, part.get_content_charset()) if isinstance(data, bytes) else ""


def _from_html(html: str) -> str:
    source = _DECLARATION.sub("", html[:_LONGEST_HTML])
    try:
        return str(get_text(source))
    except Exception:  # noqa: BLE001 - whatever a stranger's HTML does to its parser, the words are wanted
        return unescape(_TAG.sub(" ", source))
