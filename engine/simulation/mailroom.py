"""The mailboxes of a play and what they have sent: by the same caps as the engine's."""

from collections import defaultdict
from datetime import datetime, timedelta

from engine.core import caps
from engine.core.touch import Reason
from engine.core.workspace import Caps

_REMEMBERED = timedelta(hours=24)


class Mailroom:
    def __init__(self, limits: Caps) -> None:
        self._limits = limits
        self._used: dict[str, list[datetime]] = defaultdict(list)
        self._promised: dict[str, list[datetime]] = {}
        self._promised_at: datetime | None = None

    def slot(self, mailbox: str, number: int, now: datetime) -> tuple[datetime, Reason | None]:
        """The first instant from now on that the mailbox has free, and what limits it. Of several mails at the same
        instant each is given a slot after the one before.
        """
        if self._promised_at != now:
            self._promised, self._promised_at = {}, now
        taken = self._promised.setdefault(mailbox, [*self._recent(mailbox, now)])
        at, why = caps.next_slot(taken, self._limits, number, now)
        taken.append(at)
        return at, why

    def use(self, mailbox: str, now: datetime) -> None:
        self._used[mailbox].append(now)

    def _recent(self, mailbox: str, now: datetime) -> list[datetime]:
        used = self._used[mailbox]
        while used and used[0] <= now - _REMEMBERED:
            del used[0]
        return used
