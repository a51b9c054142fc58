"""The local outboxes: mails as a Maildir that any mail client opens, SMS beside it as one JSON file each in `new`.

A file is written aside, made durable and then renamed into place, so a crash leaves a whole message or none; its
name says which touch and attempt it is, so the folder itself proves what was accepted.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from engine.channels.envelope import Envelope, Silence
from engine.core.errors import BadInput
from engine.core.outcome import Accepted, Deferred, SendOutcome, Unknown

_AT_ONCE = Silence(timedelta(0), timedelta(0))  # the folder is the truth: what is not in it was never taken


@dataclass(frozen=True, slots=True)
class MailOutbox:
    """`durable=False` leaves writing to the operating system: for demos, where a power cut may take the last mails."""

    folder: Path
    durable: bool = True

    def __post_init__(self) -> None:
        _create(self.folder, ("tmp", "new", "cur"), durable=self.durable)

    def send(self, envelope: Envelope) -> SendOutcome:
        name = _name(envelope)
        # A Maildir keeps the lines of the local system; the payload has those of the network.
        data = envelope.payload.replace(b"\r\n", b"\n")
        found = self.find(envelope)
        return _deliver(data, self.folder / "new" / name, found=found, durable=self.durable)

    @property
    def silence(self) -> Silence:
        return _AT_ONCE

    def find(self, envelope: Envelope) -> bool | None:
        name = _name(envelope)
        try:
            return _is_in(self.folder / "new", name) or self._was_read(name)
        except OSError:
            return None

    def _was_read(self, name: str) -> bool:
        """A mail client moves what it has shown to `cur` and adds its flags to the name."""
        with os.scandir(self.folder / "cur") as entries:
            return any(entry.name == name or entry.name.startswith((f"{name}:", f"{name},")) for entry in entries)


@dataclass(frozen=True, slots=True)
class SmsOutbox:
    folder: Path
    durable: bool = True

    def __post_init__(self) -> None:
        _create(self.folder, ("tmp", "new"), durable=self.durable)

    def send(self, envelope: Envelope) -> SendOutcome:
        found = self.find(envelope)
        target = self.folder / "new" / f"{_name(envelope)}.json"
        return _deliver(_sms_file(envelope), target, found=found, durable=self.durable)

    @property
    def silence(self) -> Silence:
        return _AT_ONCE

    def find(self, envelope: Envelope) -> bool | None:
        try:
            return _is_in(self.folder / "new", f"{_name(envelope)}.json")
        except OSError:
            return None


def _name(envelope: Envelope) -> str:
    return f"touch-{envelope.touch_id}-{envelope.attempt}"


def _is_in(folder: Path, name: str) -> bool:
    """Raises OSError when the folder is not there: then the missing file proves nothing."""
    if (folder / name).exists():
        return True
    folder.stat()
    return False


def _sms_file(envelope: Envelope) -> bytes:
    fields = {
        "touch_id": envelope.touch_id,
        "attempt": envelope.attempt,
        "from": envelope.sender,
        "to": envelope.recipient,
        "at": envelope.at.isoformat(),
        "text": envelope.payload.decode(),
    }
    return json.dumps(fields, ensure_ascii=False, indent=2).encode() + b"\n"


def _create(folder: Path, inside: tuple[str, ...], *, durable: bool) -> None:
    try:
        for name in inside:
            (folder / name).mkdir(parents=True, exist_ok=True)
        if durable:
            _sync_directory(folder)
            _sync_directory(folder.parent)
    except OSError as error:
        raise BadInput(
            f"The outbox cannot be kept in {folder}: {error.strerror}; choose a folder that may be written.",
            folder=str(folder),
        ) from error


def _deliver(data: bytes, target: Path, *, found: bool | None, durable: bool) -> SendOutcome:
    if found:
        return Accepted(target.stem)
    if found is None:
        return Deferred(f"{target.parent} cannot be read, so nothing is written to it")
    try:
        with _written_aside(data, target.parent.parent / "tmp", durable=durable) as path:
            path.rename(target)
    except OSError as error:
        return Deferred(f"{target.parent} could not take the message: {error.strerror}")
    return _settled(target, durable=durable)


def _settled(target: Path, *, durable: bool) -> SendOutcome:
    """The message is in its place; should the disk fail now, nobody knows whether it will still be there tomorrow."""
    if durable:
        try:
            _sync_directory(target.parent)
        except OSError as error:
            return Unknown(f"{target} was written but not made durable: {error.strerror}")
    return Accepted(target.stem)


@contextmanager
def _written_aside(data: bytes, folder: Path, *, durable: bool) -> Iterator[Path]:
    """A complete file that is gone again unless the caller moved it away."""
    descriptor, path = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(descriptor)
        yield Path(path)
    finally:
        with suppress(FileNotFoundError):
            Path(path).unlink()


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
