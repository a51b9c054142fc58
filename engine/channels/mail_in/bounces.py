"""Reports that a mail did not arrive: those of RFC 3464, and the letters that other servers write instead."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from flufl.bounce import all_failures

from engine.channels.mail_in.letter import Fields, Letter, first
from engine.channels.mail_in.verdicts import Verdict, status_in, verdict_on

_POSTMASTERS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|postmaster|mdaemon|bounces?|mail[._-]?delivery.*|mailadmin"
    r"|system administrator)(?=[@+_-])",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"^(?:undeliver(?:ed|able)|mail delivery (?:failed|failure|system)|delivery (?:status notification|failure"
    r"|has failed|report|problem|notification)|returned mail|failure notice|failed mail"
    r"|mail (?:could not be|system error)|message (?:undeliverable|not delivered|delivery)|non[ -]?delivery"
    r"|warning: (?:message|could not send)|delayed mail|unzustellbar|nicht zustellbar|échec de la remise|non remis"
    r"|no se puede entregar|no entregado|配信不能|配達不能|配信できませんでした|系统退信|退信|邮件(?:投递|发送)失败"
    r"|未送达|投递失败|来自.{0,20}的退信)",
    re.IGNORECASE,
)
_READ_AT_MOST = 20_000  # characters of a report
_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_BLAMED = re.compile(
    r"^[ \t]{0,8}<?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>?:?[ \t]*(?:$|\(|host |user )"
    r"|(?:recipients?|address(?:es)?|to|收件人|邮件地址|收信人|Empfänger|destinataires?"
    r"|destinatarios?)[^\n@]{0,40}?[:： ][ \t\n]*<?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})",
    re.IGNORECASE | re.MULTILINE,
)
_ID_IN_TEXT = re.compile(r"^[ \t>]*message-id:[ \t]*\n?[ \t]*(<[^<>\s]{3,990}>)", re.IGNORECASE | re.MULTILINE)
_DELAYED = re.compile(
    r"delay|warning: |will (?:be )?retr|still trying|has not (?:yet )?been delivered|no action is required",
    re.IGNORECASE,
)
_LONGEST_DETAIL = 500
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True)
class Bounce:
    """`recipient` is empty when the report does not name it. Without a `verdict` the mail has arrived."""

    verdict: Verdict | None
    recipient: str
    status: str
    detail: str
    message_ids: tuple[str, ...]


def bounce_in(letter: Letter) -> Bounce | None:
    """None for a mail that is no report."""
    if any(letter.statuses):
        return _reported(letter)
    return _told_in_words(letter) if _is_from_a_mail_server(letter) else None


def _reported(letter: Letter) -> Bounce:
    """What failed comes first, then what waits, then what has arrived."""
    blocks = [block for block in letter.statuses if first(block, "action") or first(block, "final-recipient")]
    block = min(blocks, key=_urgency, default=letter.statuses[0])
    action = first(block, "action").split(" ")[0].lower()
    detail = first(block, "diagnostic-code") or first(block, "x-notes") or _middle(letter.text)
    told = status_in(first(block, "status")) or ""
    named = (first(block, "original-recipient"), first(block, "final-recipient"), letter.first("x-failed-recipients"))
    recipient = next(filter(None, map(_address, named)), "")
    return Bounce(_verdict(action, told, detail), recipient, told, _short(detail), _originals(letter))


def _urgency(block: Fields) -> int:
    action = first(block, "action").lower()
    return 0 if action.startswith(("fail", "error")) else 1 if action.startswith("delay") else 2


def _verdict(action: str, status: str, detail: str) -> Verdict | None:
    if action in _ARRIVED:
        return None
    if action.startswith("delay"):
        return Verdict.SOFT
    return verdict_on(status, detail)


def _is_from_a_mail_server(letter: Letter) -> bool:
    if _POSTMASTERS.match(letter.sender):
        return True
    has_no_way_back = letter.first("return-path") == "<>" or letter.sender == ""
    return has_no_way_back and bool(_SUBJECTS.match(letter.subject) or letter.first("x-failed-recipients"))


def _told_in_words(letter: Letter) -> Bounce | None:
    text = letter.text[:_READ_AT_MOST]
    waiting, failed = _known_failures(letter)
    recipient = next(iter([*_named_failures(letter), *failed, *waiting, *_blamed(letter, text)]), "")
    if not recipient and not _SUBJECTS.match(letter.subject):
        return None
    told = status_in(letter.new_words[:_READ_AT_MOST]) or ""
    is_delay = bool(waiting and not failed) or bool(_DELAYED.search(f"{letter.subject}\n{letter.new_words[:400]}"))
    verdict = Verdict.SOFT if is_delay else verdict_on(told, text)
    return Bounce(verdict, recipient, told, _short(_around(text, recipient)), _originals(letter))


def _named_failures(letter: Letter) -> Iterator[str]:
    """Exim's own field."""
    for value in letter.fields.get("x-failed-recipients", ()):
        yield from _ADDRESS.findall(value)


def _known_failures(letter: Letter) -> tuple[list[str], list[str]]:
    """(waiting, failed) as flufl.bounce reads them."""
    if len(letter.text) > _READ_AT_MOST:
        return [], []
    with suppress(Exception):  # its detectors break on mails that are broken in ways of their own
        waiting, failed = all_failures(letter.mail)
        return _texts(waiting), _texts(failed)
    return [], []


def _texts(addresses: frozenset[bytes]) -> list[str]:
    return sorted(address.decode("ascii", "replace") for address in addresses)


def _blamed(letter: Letter, text: str) -> Iterator[str]:
    """An address on a line of its own, or after a word such as recipient; else the first that is named at all."""
    known = {letter.sender.casefold(), *(one.casefold() for one in letter.recipients)}
    found = [match[1] or match[2] for match in _BLAMED.finditer(text)]
    yield from (one for one in (*found, *_ADDRESS.findall(text)) if one.casefold() not in known)


def _originals(letter: Letter) -> tuple[str, ...]:
    """The Message-ID of what was sent, wherever the report repeats it; its References are our earlier mails."""
    of_report = () if letter.statuses or letter.returned else letter.refers_to
    told = [first(letter.returned, "message-id"), *_ID_IN_TEXT.findall(letter.text[:_READ_AT_MOST])]
    told += [first(block, "original-message-id") for block in letter.statuses]
    return tuple(dict.fromkeys(one for one in (*told, *letter.refers_to[:1], *of_report) if one))


def _address(field: str) -> str:
    found = _ADDRESS.search(field.partition(";")[2] or field)
    return found[0] if found else ""


def _around(text: str, recipient: str) -> str:
    start = max(text.find(recipient), 0) if recipient else 0
    return text[start : start + _LONGEST_DETAIL]


def _middle(text: str) -> str:
    return text[:2_000]


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_DETAIL]
