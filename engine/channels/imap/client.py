"""A mailbox that is read by IMAP: what is new in a folder, and word of it as it comes. Nothing is changed there."""

import re
import selectors
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.channels.deadline import Deadline
from engine.channels.imap.login import ImapTrouble, capabilities, close, logged_in, told_as_trouble
from engine.channels.mail_in.parsing import LARGEST
from engine.channels.xoauth2 import AccessTokens, access_tokens
from engine.core.providers import ImapServer

_IDLE_AT_MOST = 28 * 60.0  # seconds; servers hang up after 30 minutes (RFC 2177)
_ASKED_AT_ONCE = 100  # mails named in one command: servers refuse long lines (RFC 2683, 3.2.1.5)
_LOOK_UP = 1.0  # seconds between two looks whether to leave off waiting
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# How the same folder is called elsewhere, by the mark that servers put on it (RFC 6154).
_MARKS = {
    "\\junk": ("junk", "spam", "junk e-mail", "junk email", "bulk mail", "垃圾邮件", "垃圾箱"),
    "\\sent": ("sent", "sent items", "sent mail", "sent messages", "sent-mail", "已发送", "已发送邮件", "已发送消息"),
    "\\drafts": ("drafts", "草稿", "草稿箱"),
}
_OURS = ("\\sent", "\\drafts")


@dataclass(frozen=True, slots=True)
class Folder:
    """`name` as the server has it; UIDs mean nothing under another `uid_validity`."""

    name: str
    uid_validity: int
    uid_next: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """`received_at` is when the mail server took it, if it says so. Of a mail that is too large, its beginning."""

    uid: int
    raw: bytes
    received_at: datetime | None


class ImapLine:
    """One connection. Everything raises ImapTrouble when it breaks; then another is opened."""

    def __init__(self, inbox: ImapServer, tokens: AccessTokens | None = None) -> None:
        self._server = inbox.server
        oauth = inbox.server.login.oauth if inbox.server.login else None
        self._box = logged_in(inbox.server, tokens or (access_tokens(oauth) if oauth else None))
        with told_as_trouble(self._server):
            self.may_idle = inbox.may_idle and "IDLE" in capabilities(self._box)
            self._names = {info.name: _mark_of(info.name, info.flags) for info in self._box.folder.list()}

    def close(self) -> None:
        close(self._box)

    def folder_for(self, wanted: str) -> str | None:
        """The folder of that name, else the one with its mark; None for what we wrote ourselves, or is not there."""
        by_name = {name.casefold(): name for name in self._names}
        mark = _mark_of(wanted, ())
        marked = next((name for name, has in self._names.items() if mark and has == mark), None)
        found = by_name.get(wanted.casefold(), marked)
        return None if found is None or self._names[found] in _OURS else found

    def known_folder(self, wanted: str) -> str:
        """As `folder_for`; raises ImapTrouble where that is None."""
        name = self.folder_for(wanted)
        if name is None:
            raise ImapTrouble(f"there is no folder {wanted} that receives mail; there are {', '.join(self.names())}")
        return name

    def sent_folder(self, named: str | None = None) -> str | None:
        if named is not None:
            return named if named in self._names else None
        return next((name for name, mark in self._names.items() if mark == "\\sent"), None)

    def names(self) -> list[str]:
        return sorted(self._names)

    def open(self, name: str) -> Folder:
        """Read only: no mail is marked as seen."""
        with told_as_trouble(self._server):
            self._box.folder.set(name, readonly=True)
            return Folder(name, self._told("UIDVALIDITY"), self._told("UIDNEXT"))

    def _told(self, name: str) -> int:
        value = self._box.client.response(name)[1][0]
        if value is None:
            raise ImapTrouble(f"{self._server.host} does not say the {name} of a folder, which RFC 3501 wants")
        return int(value)

    def uids_from(self, uid: int) -> list[int]:
        """In order; `n:*` names the last mail even where that is older."""
        with told_as_trouble(self._server):
            found = self._box.uids(f"UID {uid}:*", charset=None)
        return sorted(number for one in found if (number := int(one)) >= uid)

    def uids_since(self, day: date) -> list[int]:
        """By the day on which the server took them, in its own zone."""
        with told_as_trouble(self._server):
            found = self._box.uids(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}", charset=None)
        return sorted(map(int, found))

    def uids_with(self, header: str, value: str) -> list[int]:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        with told_as_trouble(self._server):
            return sorted(map(int, self._box.uids(f'HEADER {header} "{quoted}"', charset=None)))

    def fetch(self, uids: Iterable[int]) -> Iterator[Fetched]:
        """Whatever has been deleted meanwhile is left out."""
        for uid, size, received_at in self._described(list(uids)):
            raw = self._body(uid, "BODY.PEEK[]" if size <= LARGEST else f"BODY.PEEK[]<0.{LARGEST}>")
            if raw is not None:
                yield Fetched(uid, raw, received_at)

    def headers(self, uids: Iterable[int], *names: str) -> Iterator[bytes]:
        """The named fields of each mail, as they stand there."""
        for uid in uids:
            yield self._body(uid, f"BODY.PEEK[HEADER.FIELDS ({' '.join(names)})]") or b""

    def _described(self, uids: list[int]) -> Iterator[tuple[int, int, datetime | None]]:
        for first in range(0, len(uids), _ASKED_AT_ONCE):
            yield from self._described_together(uids[first : first + _ASKED_AT_ONCE])

    def _described_together(self, uids: list[int]) -> Iterator[tuple[int, int, datetime | None]]:
        with told_as_trouble(self._server):
            _, lines = self._box.client.uid("FETCH", ",".join(map(str, uids)), "(UID INTERNALDATE RFC822.SIZE)")
        for line in lines:
            told = line[0] if isinstance(line, tuple) else line or b""
            uid, size, at = _UID.search(told), _SIZE.search(told), _DATE.search(told)
            if uid and size and at and int(uid[1]) in uids:
                yield int(uid[1]), int(size[1]), internal_date(at[1])

    def _body(self, uid: int, part: str) -> bytes | None:
        with told_as_trouble(self._server):
            _, lines = self._box.client.uid("FETCH", str(uid), f"(UID {part})")
        return next((bytes(line[1]) for line in lines if isinstance(line, tuple)), None)

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Until something stirs in the open folder, or `seconds` have passed, or it is over."""
        idle: Any = self._box.idle
        deadline = Deadline.after(min(seconds, _IDLE_AT_MOST))
        with told_as_trouble(self._server):
            idle.start()
            while not is_over() and not deadline.is_over and not _stirs(self._box.client.sock):
                pass
            idle.stop()


def trouble(inbox: ImapServer) -> str | None:
    """Logs in, looks into each folder and leaves; says what keeps us from reading."""
    try:
        line = ImapLine(inbox)
    except ImapTrouble as problem:
        return str(problem)
    try:
        for wanted in inbox.folders:
            line.open(line.known_folder(wanted))
    except ImapTrouble as problem:
        return str(problem)
    finally:
        line.close()
    return None


def _stirs(sock: socket.socket) -> bool:
    """Looks without reading: the library's own poll breaks where a line has come by half."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(_LOOK_UP))


def _mark_of(name: str, flags: Iterable[str]) -> str | None:
    marked = {flag.casefold() for flag in flags}
    leaf = re.split(r"[/.]", name)[-1].casefold()
    return next((mark for mark, names in _MARKS.items() if mark in marked or leaf in names), None)


def internal_date(told: bytes) -> datetime | None:
    """RFC 3501's form; a server that writes another must not keep the mail from being read."""
    try:
        return datetime.strptime(told.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None
