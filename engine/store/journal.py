"""The send journal: one line for every call, durable before it is made, in files beside the database.

It outlives a database that is put back from a backup, and so knows what left after that backup was made. It holds no
address and no text.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from engine.core.errors import BadInput

KEPT_FOR = timedelta(days=14)
_OPEN = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Entry:
    """One call. `recipient_key` is the address's compared form under a keyed hash."""

    touch_id: int
    attempt: int
    enrollment_id: int
    sequence_key: str
    step: str
    repeat: int
    channel: str
    recipient_key: str
    message_id: str
    at: datetime


class Journal:
    """`durable=False` leaves writing to the operating system: for demos and tests.

    Several threads, and several processes, may write at once: a line is one write. Who waits for the disk meanwhile
    finds its own line made durable with the other's.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder, self._is_durable = folder, durable
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        self._day: date | None = None
        self._file = -1
        self._written = self._synced = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as problem:
            raise BadInput(f"the send journal cannot be kept in {folder}: {problem.strerror}") from None

    def write(self, entry: Entry) -> None:
        """Returns when the line will survive a power cut. Raises OSError: then nothing may be sent."""
        line = json.dumps(asdict(entry) | {"at": entry.at.isoformat()}, ensure_ascii=False).encode() + b"\n"
        if self._day != entry.at.date():
            self._turn_to(entry.at.date())
        with self._writing:
            mine = self._append(line)
        if self._is_durable:
            self._sync(mine)

    def _append(self, line: bytes) -> int:
        """A line that was cut short is ended when the file is opened anew."""
        try:
            _write_whole(self._file, line)
        except OSError:
            self._day = None
            raise
        self._written += 1
        return self._written

    def _sync(self, mine: int) -> None:
        with self._syncing:
            if self._synced < mine:
                covered = self._written
                os.fsync(self._file)
                self._synced = covered

    def _turn_to(self, day: date) -> None:
        """A file for each day; those that are too old are gone."""
        with self._syncing, self._writing:
            if self._day == day:
                return
            self._close()
            self._file = os.open(self._path(day), _OPEN, 0o600)
            self._day = day
            if _is_torn(self._path(day)):
                _write_whole(self._file, b"\n")
            if self._is_durable:
                _sync_folder(self._folder)
        for path in self._files():
            if _day_of(path) < day - KEPT_FOR:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        with self._syncing, self._writing:
            self._close()

    def _close(self) -> None:
        if self._file >= 0:
            if self._is_durable:
                os.fsync(self._file)
                self._synced = self._written
            os.close(self._file)
        self._file, self._day = -1, None

    def days(self) -> Iterator[list[Entry]]:
        """What is known, day by day, the oldest first. A line that a crash tore in two was never sent."""
        for path in self._files():
            yield [entry for line in path.read_bytes().splitlines() if (entry := _entry(line)) is not None]

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("????-??-??.jsonl"))

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"


def _write_whole(file: int, data: bytes) -> None:
    written = os.write(file, data)
    if written < len(data):
        raise OSError(f"only {written} of {len(data)} bytes could be written to the send journal")


def _is_torn(path: Path) -> bool:
    """The last line has no end: whoever wrote it died, or the disk was full."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"


def _entry(line: bytes) -> Entry | None:
    try:
        row = json.loads(line)
        return Entry(**{**row, "at": datetime.fromisoformat(row["at"])})
    except (ValueError, KeyError, TypeError):
        return None


def _day_of(path: Path) -> date:
    try:
        return date.fromisoformat(path.stem)
    except ValueError:
        return date.max


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
