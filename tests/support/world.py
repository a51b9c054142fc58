"""A whole engine on a manual clock: the shipped sequences, a database of its own, local outboxes."""

import atexit
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import insert, select

from engine.channels.envelope import Transport
from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.core.sequence import Sequence
from engine.operations import authoring
from engine.operations.context import Context
from engine.operations.delivery.dispatch import tick
from engine.operations.enroll import Order, Report, enroll
from engine.operations.validating import Project, validate
from engine.runtime.clock import ManualClock
from engine.runtime.files import read_project, shipped
from engine.store import migrations, tables
from engine.store.connection import Record
from tests.support.databases import opened

_SQLITE = "sqlite:///"


@cache
def shipped_project() -> Project:
    return read_project(shipped() / "sequences")


@cache
def shipped_sequences() -> Mapping[str, Sequence]:
    return {sequence.key: sequence for sequence, _ in validate(shipped_project(), date(2026, 3, 4)).compiled}


@dataclass
class World:
    """Shorthands for tests; everything goes through the operations that users reach."""

    ctx: Context
    clock: ManualClock
    folder: Path
    people: dict[str, int] = field(default_factory=dict)

    def rows(self, table: str, **equal: Any) -> list[Record]:
        one = getattr(tables, table)
        wanted = select(one).order_by(*one.primary_key.columns)
        with self.ctx.database.read() as connection:
            return list(connection.execute(wanted.where(*(one.c[name] == value for name, value in equal.items()))))

    def add_prospect(self, name: str = "Ada Example", **values: Any) -> int:
        """A prospect in the United States, where nobody need be asked first, at an account of their own, with `email`,
        `phone`, `wechat` addresses as given.
        """
        kinds = {kind: values.pop(kind, None) for kind in ("email", "phone", "wechat", "linkedin")}
        account = {"name": f"{name} Ltd", "name_key": name.casefold(), "created_at": self.clock()} | values.pop(
            "account", {}
        )
        person = {
            "name": name,
            "first_name": name.split(maxsplit=1)[0],
            "locale": "en",
            "country": "US",
            "created_at": self.clock(),
        } | values
        with self.ctx.database.write() as connection:
            account_id = connection.execute(
                insert(tables.account).values(**account).returning(tables.account.c.id)
            ).scalar_one()
            made = insert(tables.prospect).values(account_id=account_id, **person).returning(tables.prospect.c.id)
            prospect_id = int(connection.execute(made).scalar_one())
            for kind, value in kinds.items():
                for rank, one in enumerate([value] if isinstance(value, str) else value or []):
                    row = {
                        "prospect_id": prospect_id,
                        "kind": kind,
                        "value": one,
                        "key": one,
                        "match_key": one,
                        "domain": one.rpartition("@")[2] if kind == "email" else None,
                        "rank": rank,
                    }
                    connection.execute(insert(tables.address).values(**row, quality="verified"))
        return prospect_id

    def enroll(self, sequence: str, *people: int, rep: str = "tom-lee", **options: Any) -> Report:
        return enroll(self.ctx, Order(sequence, people, actor="test", reps=(rep,), **options))

    def tick(self) -> None:
        while tick(self.ctx).is_full:
            pass


def make_world(
    url: str,
    folder: Path,
    now: datetime,
    *,
    transports: Mapping[str, Transport] | None = None,
    project: Project | None = None,
) -> World:
    """A new world in an empty database."""
    if project is None and url.startswith(_SQLITE):
        shutil.copyfile(_with_shipped(now), url.removeprefix(_SQLITE))
        return open_world(url, folder, now, transports=transports)
    world = open_world(url, folder, now, transports=transports)
    migrations.upgrade(world.ctx.database)
    authoring.apply(world.ctx, project or shipped_project(), actor="test")
    return world


@cache
def _with_shipped(now: datetime) -> Path:
    """To apply the shipped sequences takes most of a second; a copy takes none."""
    return applied(shipped_project(), now)


def applied(project: Project, now: datetime) -> Path:
    """A database file to be copied, there until the tests end."""
    folder = Path(mkdtemp(prefix="touchline-applied-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "world.db"
    make_world(f"{_SQLITE}{path}", folder, now, transports={}, project=project).ctx.database.close()
    return path


def open_world(
    url: str,
    folder: Path,
    now: datetime,
    *,
    transports: Mapping[str, Transport] | None = None,
    durable: bool = False,
) -> World:
    """A world in a database that has been filled before. `durable` where the process may be killed."""
    clock = ManualClock(now)
    out = transports
    if out is None:
        out = {"email": MailOutbox(folder / "mail", durable=False), "sms": SmsOutbox(folder / "sms", durable=False)}
    ctx = Context(
        database=opened(url, durable=durable),
        now=clock,
        transports=out,
        public_url="https://touch.example.com",
        secret=b"test-secret",
        worker="test",
    )
    return World(ctx, clock, folder)
