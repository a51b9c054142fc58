"""A Wednesday morning of two reps: every level of the queue, doubts, held touches, people in many time zones."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from engine.channels.envelope import Envelope, Silence, Transport
from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.core.outcome import Answer, SendOutcome, Unknown
from engine.operations import steering
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.runtime.clock import ManualClock
from engine.runtime.virtual import run_until
from tests.support.databases import opened
from tests.support.world import World, make_world

MONDAY = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 15, 12, tzinfo=UTC)  # 10:12 in New York, 23:12 in Shanghai

# name, title, company, zone, tier
_Card = tuple[str, str, str, str, int]
_OUTBOUND: tuple[_Card, ...] = (
    ("Mina Kovács", "VP Operations", "Northwind Freight", "Europe/Budapest", 1),
    ("Jonas Weber", "Head of Logistics", "Altmark GmbH", "Europe/Berlin", 2),
    ("Priya Raman", "COO", "Coral Health", "America/Chicago", 1),
    ("Tom Okafor", "Supply Chain Director", "Brightline Parts", "America/New_York", 3),
    ("Ana Souza", "Operations Manager", "Verde Agro", "America/Sao_Paulo", 3),
    ("Greg Lindqvist", "Plant Manager", "Fjord Logistics", "Europe/Stockholm", 2),
    ("Laura Bennett", "Director of Fulfilment", "Harbor & Pine", "America/New_York", 2),
    ("Daniel Cho", "VP Supply Chain", "Halcyon Foods", "America/Los_Angeles", 1),
    ("Ines Moreau", "Responsable logistique", "Atelier Nord", "Europe/Paris", 3),
    ("Sam Whitfield", "Warehouse Lead", "Oakline Furniture", "America/Denver", 3),
    ("Ruth Adeyemi", "Head of Delivery", "Copperfield Tools", "Europe/London", 2),
    ("Viktor Sandor", "CEO", "Danube Steel", "Europe/Vienna", 1),
    ("Emily Hart", "Procurement Director", "Lakeshore Medical", "America/New_York", 1),
    ("Noah Patel", "Logistics Analyst", "Summit Outdoor", "America/Chicago", 3),
)
_CHINESE: tuple[_Card, ...] = (
    ("李明", "供应链总监", "华东精密", "Asia/Shanghai", 1),
    ("王芳", "采购经理", "海川物流", "Asia/Shanghai", 2),
    ("陈思远", "运营副总裁", "北辰医疗器械", "Asia/Shanghai", 1),
    ("赵雪", "仓储主管", "盛源食品", "Asia/Shanghai", 3),
    ("刘洋", "物流经理", "远航电子", "Asia/Shanghai", 2),
    ("孙悦", "总经理", "金桥家居", "Asia/Shanghai", 2),
)
_OF_TUESDAY: tuple[_Card, ...] = (
    ("Marta Silva", "Fulfilment Manager", "Pinecrest Home", "America/New_York", 2),
    ("Grace Kim", "VP Logistics", "Harborline Foods", "America/New_York", 1),
    ("Owen Price", "Transport Manager", "Aldgate Paper", "Europe/London", 3),
    ("Hugo Lambert", "Directeur des opérations", "Verrerie du Lac", "Europe/Paris", 2),
)
_NEW_LEAD: _Card = ("Olivia Grant", "Head of Operations", "Kestrel Cargo", "America/New_York", 1)
_NEW_DAY_ONE: tuple[_Card, ...] = (
    ("Carla Ruiz", "Director of Supply", "Bluegate Retail", "America/New_York", 2),
    ("Peter Novak", "Head of Transport", "Moldau Papers", "Europe/Prague", 3),
)


@dataclass(frozen=True)
class Forgetful:
    """An outbox that cannot say, for one recipient, what became of a mail."""

    real: Transport
    about: str

    def send(self, envelope: Envelope) -> SendOutcome:
        if envelope.recipient == self.about:
            return Unknown("the server did not answer after the last line of the mail")
        return self.real.send(envelope)

    @property
    def silence(self) -> Silence | None:
        return None

    def find(self, envelope: Envelope) -> bool | None:
        del envelope
        return None


def busy_day(folder: Path) -> World:
    """A day of one's own: a copy of the one that was lived through once. The one before it is over."""
    lived, clock = _lived(), ManualClock(WEDNESDAY)
    copy = lived.folder / "copy.db"
    for left in lived.folder.glob("copy.db*"):
        left.unlink()
    shutil.copyfile(lived.folder / "day.db", copy)
    return World(replace(lived.ctx, database=opened(f"sqlite:///{copy}"), now=clock), clock, folder, dict(lived.people))


@cache
def _lived() -> World:
    folder = Path(mkdtemp(prefix="touchline-day-"))
    mail = Forgetful(MailOutbox(folder / "mail", durable=False), "emily.hart@example.com")
    transports: dict[str, Transport] = {"email": mail, "sms": SmsOutbox(folder / "sms", durable=False)}
    world = make_world(f"sqlite:///{folder}/day.db", folder, MONDAY, transports=transports)
    _monday(world)
    run_until(world.ctx, world.clock, WEDNESDAY - timedelta(days=1))
    _tuesday(world)
    run_until(world.ctx, world.clock, WEDNESDAY - timedelta(minutes=30))
    _wednesday(world)
    world.ctx.database.close()
    return world


def _monday(world: World) -> None:
    for card in _OUTBOUND:
        _add(world, card)
    outbound = [world.people[name] for name, *_ in _OUTBOUND]
    world.enroll("outbound-7x3x21", *outbound[:11], batch="logistics-q1")
    world.enroll("two-wave", *outbound[11:], batch="spring-wave")
    for card in _CHINESE:
        _add(world, card, locale="zh", country="CN", wechat=f"wx_{len(world.people):04}")
    chinese = [world.people[name] for name, *_ in _CHINESE]
    world.enroll("call-in-cn", *chinese[:4], rep="wei-zhang")
    world.enroll("outbound-7x3x21", *chinese[4:], rep="wei-zhang")


def _add(world: World, card: _Card, **more: Any) -> None:
    name, title, company, zone, tier = card
    number = len(world.people)
    mail = name.lower().replace(" ", ".") if name.isascii() else f"person{number}"
    world.people[name] = world.add_prospect(
        name,
        title=title,
        email=f"{mail}@example.com",
        phone=[f"+1212555{number:04}", f"+1646555{number:04}"],
        zone=zone,
        zone_origin="own",
        account={"name": company, "name_key": company.casefold(), "created_at": world.clock(), "tier": tier},
        source="logistics list",
        **more,
    )


def _tuesday(world: World) -> None:
    """Some calls are made."""
    promised = WEDNESDAY - timedelta(minutes=25)
    _answer(world, "Tom Okafor", Answer("call_back", at=promised, note="In a meeting, was friendly."))
    _answer(world, "Priya Raman", Answer("referral", name="Karen Doyle, Director of Logistics"))
    _answer(world, "Laura Bennett", Answer("send_info"))
    _answer(world, "Sam Whitfield", Answer("left_company"))
    _answer(world, "Daniel Cho", Answer("interested", note="Wants to see late orders; bring the ERP people."))
    for card in _OF_TUESDAY:
        _add(world, card)
    world.enroll("outbound-7x3x21", *(world.people[name] for name, *_ in _OF_TUESDAY))


def _answer(world: World, name: str, answer: Answer) -> None:
    task = world.rows("task", prospect_id=world.people[name], status="open")[0]
    work_task.complete(world.ctx, By(task.id, "tom-lee"), answer)


def _wednesday(world: World) -> None:
    reply = "Hello Tom,\n\nthe subject is right, the moment is not.\nCould you call in April?\n\nJonas"
    _fact(world, "replied", "Jonas Weber", text=reply)
    _fact(world, "replied", "Ruth Adeyemi", text="Send me two times for next week, please.")
    _fact(world, "meeting_booked", "Viktor Sandor", title="Demo", at="2026-03-06T15:00:00+01:00")
    _fact(world, "bounced", "Noah Patel", address="noah.patel@example.com", detail="550 5.1.1 no such user")
    _fact(world, "clicked", "Grace Kim")
    paused = world.rows("enrollment", prospect_id=world.people["Greg Lindqvist"])[-1]
    steering.pause(world.ctx, paused.id, actor="tom-lee", note="asked for quiet until the audit is over")
    for card in _NEW_DAY_ONE:
        _add(world, card)
    world.enroll("two-wave", *(world.people[name] for name, *_ in _NEW_DAY_ONE))
    world.clock.set(WEDNESDAY - timedelta(minutes=3))
    message = "We ship 400 orders a day and nobody can say where they are. Can you show us how others do it?"
    _add(world, _NEW_LEAD, received_at=world.clock(), message=message)
    world.enroll("call-in-15", world.people["Olivia Grant"])
    run_until(world.ctx, world.clock, WEDNESDAY)
    world.tick()


def _fact(world: World, kind: str, name: str, **body: Any) -> None:
    person, at = world.people[name], world.clock() - timedelta(minutes=40)
    sent = [row.id for row in world.rows("touch", prospect_id=person, status="sent")]
    fact = Inbound(kind, person, at, f"{kind}-{name}", touch_id=sent[-1], body=body)
    assert ingest(world.ctx, fact).is_applied
