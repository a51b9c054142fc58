"""What the demo is set up with: its folder, its files, its calendar, and a fresh engine on a virtual clock."""

import csv
import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.contacts.rows import ImportDefaults
from engine.core.errors import BadInput
from engine.operations import authoring
from engine.operations.context import Context
from engine.operations.importing.files import ImportReport, import_contacts, import_defaults
from engine.runtime.clock import ManualClock
from engine.runtime.demo.inboxes import Postman
from engine.runtime.files import read_project, shipped
from engine.store import migrations
from engine.store.database import Database

DATA = Path(__file__).parent / "data"
# A Monday; the three weeks hold Labour Day in China (1 to 5 May, with Saturday 9 May worked instead) and in Germany.
START = datetime(2026, 4, 20, tzinfo=UTC)  # eight in the morning in Shanghai
_LAST_MORNING = timedelta(hours=13, minutes=30)  # 09:30 in New York: everybody's morning or afternoon has work in it
_MARK = ".touchline-demo"


@dataclass(frozen=True, slots=True)
class Stage:
    """The engine of the demo: everything in it is real but the clock and the people."""

    ctx: Context
    clock: ManualClock
    postman: Postman
    folder: Path

    @property
    def outbox(self) -> Path:
        return self.folder / "outbox" / "mail"


def set_up(folder: Path, *, seed: int, public_url: str) -> Stage:
    """A fresh workspace with the shipped sequences applied. Raises BadInput for a folder that no demo made."""
    _clear(folder)
    clock, database = ManualClock(START), Database(f"sqlite:///{folder / 'touchline.db'}", durable=False)
    migrations.upgrade(database)
    postman = Postman(MailOutbox(folder / "outbox" / "mail", durable=False))
    ctx = Context(
        database=database,
        now=clock,
        transports={"email": postman, "sms": SmsOutbox(folder / "outbox" / "sms", durable=False)},
        public_url=public_url,
        secret=hashlib.sha256(f"demo {seed}".encode()).digest(),  # not secret: two runs must write the same mails
        worker="demo",
    )
    authoring.apply(ctx, read_project(shipped() / "sequences"), actor="demo")
    return Stage(ctx, clock, postman, folder)


def last_instant(days: int) -> datetime:
    """On the morning after the last day."""
    return START + timedelta(days=days) + _LAST_MORNING


def _clear(folder: Path) -> None:
    """Made anew, where it is ours or empty."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / _MARK).exists())):
        raise BadInput(f"{folder} is not empty and no demo made it; name another folder with --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).write_text("`touchline demo` makes this folder anew each time it runs.\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that came in. `records` were counted without the engine, to hold its sums to."""

    report: ImportReport
    records: int


def import_exports(stage: Stage, folder: Path = DATA) -> tuple[Imported, ...]:
    """The export of a prospecting tool, and a Chinese list of people who asked for a call, in its own encoding."""
    workspace = stage.ctx.workspace()
    chinese = import_defaults(workspace, country="CN", locale="zh")
    return (
        _import(stage, folder / "prospects.csv", "utf-8-sig", import_defaults(workspace)),
        _import(stage, folder / "call_in_cn.csv", "gb18030", chinese),
    )


def _import(stage: Stage, path: Path, encoding: str, defaults: ImportDefaults) -> Imported:
    data = path.read_bytes()
    report = import_contacts(stage.ctx, data, name=path.name, actor="demo", defaults=defaults)
    return Imported(report, sum(1 for _ in csv.DictReader(StringIO(data.decode(encoding), newline=""))))
