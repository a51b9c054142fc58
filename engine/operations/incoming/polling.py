"""One pass over a mailbox: what is new is stored together with how far we are, and read after that.

What was there before the first pass stays unread: it belongs to the time before.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from engine.channels.imap.client import Fetched, Folder, ImapLine
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming import arrivals
from engine.operations.incoming.receiving import as_arrived
from engine.store import mail_sync
from engine.store.connection import Record

_MAILS_AT_ONCE, _BYTES_AT_ONCE = 20, 8_000_000
_LOOK_BACK = timedelta(days=1)  # behind the last good pass, when the server has numbered its mails anew


def sync(ctx: Context, mailbox_id: int, line: ImapLine, folders: Sequence[str]) -> int:
    """Returns how many mails were new. Raises ImapTrouble; what was stored before it stays."""
    new = sum(_read_folder(ctx, mailbox_id, line, wanted) for wanted in folders)
    with begin(ctx) as act:
        mail_sync.forget_others(act.connection, mailbox_id, folders)
    return new


def is_all_read(ctx: Context, mailbox_id: int, wanted: str, folder: Folder) -> bool:
    """Whether nothing has come since the last pass."""
    with ctx.database.read() as connection:
        known = mail_sync.one(connection, mailbox_id, wanted)
    now = (folder.uid_validity, folder.uid_next)
    return known is not None and (known.uid_validity, known.last_uid + 1) == now


def note_trouble(ctx: Context, mailbox_id: int, folders: Sequence[str], trouble: str) -> None:
    """Seen by people; the instant of the last good pass stays, and holds the mailbox's mails when it is too old."""
    with begin(ctx) as act:
        for folder in folders:
            mail_sync.put(act.connection, mailbox_id, folder, error=trouble)


def _read_folder(ctx: Context, mailbox_id: int, line: ImapLine, wanted: str) -> int:
    name = line.known_folder(wanted)
    with ctx.database.read() as connection:
        known = mail_sync.one(connection, mailbox_id, wanted)
    folder, new = line.open(name), 0
    for mails in _portions(line.fetch(_unread(line, folder, known))):
        new += _take(ctx, mails, mailbox_id=mailbox_id, wanted=wanted, folder=folder)
    with begin(ctx) as act:
        far = {"uid_validity": folder.uid_validity, "last_uid": folder.uid_next - 1}
        mail_sync.put(act.connection, mailbox_id, wanted, **far, synced_at=act.now, error="")
    return new


def _unread(line: ImapLine, folder: Folder, known: Record | None) -> list[int]:
    if known is None or not known.uid_validity:
        return []
    if known.uid_validity == folder.uid_validity:
        return line.uids_from(known.last_uid + 1)
    # The numbers mean nothing any more: by date, and what we have had is known by its bytes and its Message-ID.
    return line.uids_since((known.synced_at - _LOOK_BACK).date()) if known.synced_at else line.uids_from(1)


def _portions(fetched: Iterable[Fetched]) -> Iterator[list[Fetched]]:
    portion: list[Fetched] = []
    for mail in fetched:
        portion.append(mail)
        if len(portion) >= _MAILS_AT_ONCE or sum(len(one.raw) for one in portion) >= _BYTES_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _take(ctx: Context, mails: list[Fetched], *, mailbox_id: int, wanted: str, folder: Folder) -> int:
    """The mails and how far we are in one commit: after a crash none is missing, and none comes twice."""
    came = [as_arrived(mail.raw, mailbox_id=mailbox_id, received_at=mail.received_at) for mail in mails]
    with begin(ctx) as act:
        new = arrivals.keep(act, came)
        far = {"uid_validity": folder.uid_validity, "last_uid": mails[-1].uid}
        mail_sync.put(act.connection, mailbox_id, wanted, **far)
    arrivals.apply(ctx, new)
    return len(new)
