"""What the sinks have taken, one line each, written before they answer."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

ACCEPTED = "accepted"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Call:
    """One message that reached a sink. `at` is by the clock that all processes of this machine share, `now` by the
    engine's. `touch` is what its header or status callback names, 0 where it was refused before either was read.
    """

    what: str
    channel: str
    sender: str
    recipient: str
    touch: int
    message_id: str
    at: float
    now: datetime


class Ledger:
    """A file to which one process appends; a line is in the hands of the system before the sink says a word."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, what: str, *, touch: int = 0, message_id: str = "", **parties: str) -> Call:
        """`parties` are the channel, the sender and the recipient."""
        call = Call(what, touch=touch, message_id=message_id, at=time.monotonic(), now=self._clock(), **parties)
        os.write(self._descriptor, json.dumps(asdict(call), default=datetime.isoformat).encode() + b"\n")
        return call


def read(*paths: Path) -> list[Call]:
    return [_call(line) for path in paths if path.exists() for line in _whole_lines(path)]


def _call(line: str) -> Call:
    told = json.loads(line)
    return Call(**{**told, "now": datetime.fromisoformat(told["now"])})


def accepted(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.what == ACCEPTED]


def _whole_lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n"))
