"""What one lead of a sequence takes of the day of each rep."""

from engine.core.admission import Share, share_of
from engine.core.sequence import Sequence
from engine.core.workspace import Workspace
from engine.operations.plans import PlanShelf
from engine.store import plans
from engine.store.connection import Connection


def mails_per_day(workspace: Workspace, *, has_mailbox: bool) -> int | None:
    """Of the one mailbox from which all mails of a rep's newcomers leave, once it is warmed up; None without one."""
    return workspace.caps.mailbox_per_day if has_mailbox else None


class Shares:
    """Read once, for many reps and versions."""

    def __init__(self, connection: Connection, shelf: PlanShelf) -> None:
        self._connection, self._shelf, self._workspace = connection, shelf, shelf.workspace(connection)
        self._with_mailbox = plans.first_mailboxes(connection).keys()
        self._known: dict[tuple[int, int], Share] = {}

    def of(self, rep_id: int, rep_key: str, version_id: int) -> Share:
        if (rep_id, version_id) not in self._known:
            sequence = self._shelf.plan(self._connection, version_id).sequence
            self._known[rep_id, version_id] = self._share(sequence, rep_id, rep_key)
        return self._known[rep_id, version_id]

    def _share(self, sequence: Sequence, rep_id: int, rep_key: str) -> Share:
        mails = mails_per_day(self._workspace, has_mailbox=rep_id in self._with_mailbox)
        return share_of(sequence, self._workspace.capacity_of(rep_key), mails)
