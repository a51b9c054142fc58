"""What a finished demo left behind, read once: the rows of its database and the files of its outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from engine.core.workspace import Workspace
from engine.operations.context import Context
from engine.operations.plans import Plan
from engine.runtime.demo.setting import Imported
from engine.store import overview, selection
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Letter:
    """A file of the outbox, as a mail client reads it."""

    file: str
    mail: Message

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"] or "")

    @property
    def text(self) -> str:
        """All that the reader sees, in whichever part."""
        parts = (part for part in self.mail.walk() if part.get_content_maintype() == "text")
        return "\n".join(_decoded(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Evidence:
    at: datetime
    workspace: Workspace
    plans: Mapping[int, Plan]
    touches: tuple[Record, ...]
    enrollments: tuple[Record, ...]
    suppressions: tuple[Record, ...]
    consents: tuple[Record, ...]
    mails: tuple[Record, ...]
    letters: tuple[Letter, ...]
    imports: tuple[Imported, ...]
    people: int


def gather(ctx: Context, outbox: Path, imports: tuple[Imported, ...]) -> Evidence:
    with ctx.database.read() as connection:
        enrollments = overview.every_enrollment(connection)
        versions = {row.version_id for row in enrollments}
        return Evidence(
            at=ctx.now(),
            workspace=ctx.shelf.workspace(connection),
            plans={version: ctx.shelf.plan(connection, version) for version in sorted(versions)},
            touches=tuple(overview.every_touch(connection)),
            enrollments=tuple(enrollments),
            suppressions=tuple(overview.every_suppression(connection)),
            consents=tuple(overview.every_consent(connection)),
            mails=tuple(overview.every_mail(connection)),
            letters=tuple(_letter(path) for path in _files(outbox)),
            imports=imports,
            people=len(selection.people(connection)),
        )


def _files(outbox: Path) -> list[Path]:
    return sorted(path for folder in ("new", "cur") for path in (outbox / folder).iterdir())


def _letter(path: Path) -> Letter:
    return Letter(path.name, message_from_bytes(path.read_bytes()))


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    return data.decode(part.get_content_charset("ascii"), "replace") if isinstance(data, bytes) else ""
