"""Reads every mailbox that is heard by IMAP: one thread for each, woken by the server or by the clock."""

import threading
from collections.abc import Iterator

import structlog

from engine.channels.imap.client import ImapLine
from engine.channels.imap.login import LoginRefused
from engine.core.errors import EngineError
from engine.core.providers import ImapServer, Replies
from engine.operations.context import Context
from engine.operations.incoming.polling import is_all_read, note_trouble, sync
from engine.store import plans

log = structlog.get_logger()

_RENEW = 240.0  # seconds; a pass now and then proves that the mailbox is heard, though nothing comes
_LOOK_FOR_NEW = 60.0
_PAUSES = (1.0, 300.0)  # the first, and the longest
_PAUSES_OF_THE_REFUSED = (300.0, 1800.0)  # providers lock an account whose login fails again and again
_LAST_WORDS = 5.0


class MailReaders:
    """`start` once; a mailbox that the workspace gets later is read from then on."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._is_over = threading.Event()
        self._threads: dict[int, threading.Thread] = {}
        self._keeper = threading.Thread(target=self._keep, name="mail readers", daemon=True)

    def start(self) -> None:
        if self._ctx.channels.is_live:
            self._keeper.start()

    def stop(self) -> None:
        self._is_over.set()
        for thread in (self._keeper, *self._threads.values()):
            if thread.is_alive():
                thread.join(_LAST_WORDS)

    def _keep(self) -> None:
        while not self._is_over.is_set():
            try:
                self._start_missing()
            except Exception:
                log.exception("mailboxes cannot be listed")
            self._is_over.wait(_LOOK_FOR_NEW)

    def _start_missing(self) -> None:
        for mailbox_id, inbox in mailboxes_to_read(self._ctx):
            if mailbox_id not in self._threads:
                thread = threading.Thread(
                    target=read_on,
                    args=(self._ctx, mailbox_id, inbox, self._is_over),
                    name=f"mailbox {mailbox_id}",
                    daemon=True,
                )
                self._threads[mailbox_id] = thread
                thread.start()


def mailboxes_to_read(ctx: Context) -> Iterator[tuple[int, ImapServer]]:
    with ctx.database.read() as connection:
        rows = plans.mailboxes(connection)
    for row in rows:
        way = ctx.channels.way_of(row.address)
        if way.replies is Replies.IMAP and way.inbox is not None:
            yield row.id, way.inbox


def read_on(ctx: Context, mailbox_id: int, inbox: ImapServer, is_over: threading.Event) -> None:
    """Until it is over. A connection that breaks is opened again, after a pause that grows."""
    pause = 0.0
    while not is_over.is_set():
        try:
            for _ in _passes(ctx, mailbox_id, inbox, is_over):
                pause = 0.0
        except EngineError as trouble:
            pause = pause_after(trouble, pause)
            log.warning("a mailbox cannot be read", mailbox=mailbox_id, trouble=str(trouble), again_in=pause)
            _note(ctx, mailbox_id, inbox, str(trouble))
        except Exception as problem:
            pause = pause_after(problem, pause)
            log.exception("reading a mailbox failed", mailbox=mailbox_id)
            _note(ctx, mailbox_id, inbox, repr(problem))
        is_over.wait(pause)


def pause_after(problem: Exception, last: float) -> float:
    """Seconds. `last` is the pause before, 0 after a good pass."""
    first, longest = _PAUSES_OF_THE_REFUSED if isinstance(problem, LoginRefused) else _PAUSES
    return min(max(2 * last, first), longest)


def _passes(ctx: Context, mailbox_id: int, inbox: ImapServer, is_over: threading.Event) -> Iterator[int]:
    """Over one connection; yields after each good pass."""
    line = ImapLine(inbox)
    try:
        while not is_over.is_set():
            yield sync(ctx, mailbox_id, line, inbox.folders)
            _wait(ctx, mailbox_id, line, inbox, is_over=is_over)
    finally:
        line.close()


def _wait(ctx: Context, mailbox_id: int, line: ImapLine, inbox: ImapServer, *, is_over: threading.Event) -> None:
    """Word comes of one folder only; where there are others, they are looked into by the clock."""
    first = line.folder_for(inbox.folders[0])
    if not line.may_idle or first is None:
        is_over.wait(inbox.poll_seconds)
        return
    if is_all_read(ctx, mailbox_id, inbox.folders[0], line.open(first)):
        line.wait(_RENEW if len(inbox.folders) == 1 else inbox.poll_seconds, is_over.is_set)


def _note(ctx: Context, mailbox_id: int, inbox: ImapServer, trouble: str) -> None:
    try:
        note_trouble(ctx, mailbox_id, inbox.folders, trouble)
    except Exception:
        log.exception("the trouble of a mailbox cannot be noted", mailbox=mailbox_id)
