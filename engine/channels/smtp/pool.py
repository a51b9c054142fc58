"""Connections that stay open between two mails: borrowed by one thread at a time, gone after half a minute unused."""

import threading
from dataclasses import dataclass
from time import monotonic

from engine.channels.deadline import Deadline
from engine.channels.smtp.line import Line

_CHECK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Resting:
    line: Line
    since: float


class OpenLines:
    """`most_mails` go over one connection: servers have such limits, and a new one finds a server that is back."""

    def __init__(self, *, idle_seconds: float = 30, most_mails: int = 100) -> None:
        self._idle_seconds, self._most_mails = idle_seconds, most_mails
        self._turn = threading.Lock()
        self._resting: list[_Resting] = []
        self._broom: threading.Timer | None = None

    def take(self, deadline: Deadline) -> Line | None:
        """The one used last that still answers; a dead one is found out here, before any mail is announced on it."""
        while resting := self._popped():
            line = resting.line
            line.deadline, line.has_begun = deadline, False
            if resting.since + self._idle_seconds > monotonic() and line.is_alive(_CHECK_SECONDS):
                return line
            line.leave()
        return None

    def put(self, line: Line) -> None:
        line.mails += 1
        if line.is_lost or line.mails >= self._most_mails:
            line.leave()
            return
        with self._turn:
            self._resting.append(_Resting(line, monotonic()))
            self._call_broom()

    def close(self) -> None:
        with self._turn:
            if self._broom is not None:
                self._broom.cancel()
            resting, self._resting, self._broom = self._resting, [], None
        for one in resting:
            one.line.leave()

    def _popped(self) -> _Resting | None:
        with self._turn:
            return self._resting.pop() if self._resting else None

    def _call_broom(self) -> None:
        if self._broom is None:
            self._broom = threading.Timer(self._idle_seconds, self._sweep)
            self._broom.daemon = True
            self._broom.start()

    def _sweep(self) -> None:
        limit = monotonic() - self._idle_seconds
        with self._turn:
            stale = [one for one in self._resting if one.since <= limit]
            self._resting = [one for one in self._resting if one.since > limit]
            self._broom = None
            if self._resting:
                self._call_broom()
        for one in stale:
            one.line.leave()
