"""Signed webhooks as they come: repeated, reordered, delayed and read in pieces; and the facts in which they end."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from engine.channels.simulated import RecordingTransport
from engine.operations import authoring
from engine.operations.incoming import arrivals, webhooks
from engine.operations.incoming.webhooks import Knock
from engine.operations.validating import Project
from engine.store import tables
from tests.support.databases import Shelf, migrate
from tests.support.webhooks import sendgrid_event, sendgrid_knock, status_knock, text_knock, with_doors
from tests.support.world import World, open_world, shipped_project

PEOPLE = 6
MORNING = datetime(2026, 3, 4, 13, tzinfo=UTC)
HEARD = MORNING + timedelta(days=1)
_FACTS = ("delivered_at", "bounced_at", "clicked_at", "complained_at", "replied_at")
_SENDGRID = (
    {"event": "processed"},
    {"event": "deferred", "attempt": "2"},
    {"event": "delivered"},
    {"event": "delivered"},
    {"event": "open"},
    {"event": "click", "url": "https://example.com", "useragent": "Mozilla/5.0 (iPhone)"},
    {"event": "bounce", "type": "bounce", "status": "4.2.2", "reason": "452 4.2.2 mailbox full"},
    {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"},
    {"event": "dropped", "reason": "Spam Content"},
    {"event": "spamreport"},
    {"event": "unsubscribe"},
)
_STATUSES = (("queued", ""), ("sent", ""), ("delivered", ""), ("undelivered", "30003"), ("undelivered", "30006"))
_TEXTS = """
sequence: texts
title: Texts
formula: 2x2x2
audience: {kind: outbound, locales: [en]}
schedule: {days: calendar, hours: {mon-sun: ["09:00-20:00"]}}
again: always
consent: {sms: express}
steps:
  - {key: first, day: 1, do: sms, use: texts/first}
  - {key: call, day: 2, do: call, use: outbound/call-1}
"""
# One webhook: the door it comes to, and how it is made when it comes.
Said = tuple[str, dict[str, Any]]


def _number(person: int) -> str:
    return f"+1212555{person:04}"


def fill(url: str) -> None:
    """Half of them have been sent a mail, the others a text."""
    migrate(url)
    world = open_world(url, Path(), MORNING, transports={})
    shipped = shipped_project()
    templates = {**shipped.templates, "texts/first": {"en": {"sms.txt": "Prices are out."}}}
    authoring.apply(world.ctx, Project({**shipped.sequences, "texts.yaml": _TEXTS}, templates), actor="test")
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    for person in range(1, PEOPLE + 1):
        _meet(world, person)
    for minutes in range(0, 8 * PEOPLE, 8):
        world.clock.set(MORNING + timedelta(hours=2, minutes=minutes))
        world.tick()
    assert len(world.rows("touch", status="sent")) == PEOPLE
    world.ctx.database.close()


def _meet(world: World, person: int) -> None:
    where = {"zone": "America/New_York", "zone_origin": "own", "country": "US"}
    email = [f"p{person}@example.com", f"p{person}@home.example"]
    who = world.add_prospect(f"P{person} Example", email=email, phone=_number(person), **where)
    assert who == person
    agreed = {"channel": "sms", "basis": "express", "text": "yes, text me", "source": "form", "actor": "test"}
    with world.ctx.database.write() as connection:
        connection.execute(insert(tables.consent).values(prospect_id=who, at=MORNING, **agreed))
    world.enroll("texts" if person % 2 else "outbound-7x3x21", who)


def _happenings(world: World, dice: random.Random, count: int) -> Iterator[Said]:
    sent = world.rows("touch", status="sent")
    for number in range(count):
        touch = dice.choice(sent)
        person = touch.prospect_id
        if touch.verb == "email":
            at = HEARD - timedelta(minutes=dice.randrange(1_000))
            yield "events", _mail_event(dice.choice(_SENDGRID), number, touch, at)
        elif dice.random() < 0.02:
            text = dice.choice(("STOP", "Who is this?", "How much is it?"))
            yield "text", {"text": text, "sid": f"SM-in-{number}", "sender": _number(person)}
        else:
            status, code = dice.choice(_STATUSES)
            told = {"touch": touch.id, "attempt": 1, "MessageSid": f"SM{number}", "ErrorCode": code}
            yield "status", {"status": status, "To": _number(person), **told}


def _mail_event(kind: dict[str, str], number: int, touch: Any, at: datetime) -> dict[str, Any]:
    named = {"touch_id": str(touch.id), "touch_attempt": "1", "email": f"p{touch.prospect_id}@example.com"}
    told = {"timestamp": int(at.timestamp()), "sg_event_id": f"ev-{number}"}
    return sendgrid_event(kind["event"], number, **(named | kind | told))


def _deliver(world: World, said: list[Said], dice: random.Random) -> None:
    """Some are read at once, some by a later tick; SendGrid sends several events together."""
    while said:
        door, told = said.pop()
        together = [told]
        while door == "events" and said and said[-1][0] == "events" and dice.random() < 0.5:
            together.append(said.pop()[1])
        new = _knock_at(world, door, together)
        if dice.random() < 0.5:
            arrivals.apply(world.ctx, new)
        if dice.random() < 0.02:
            arrivals.apply_waiting(world.ctx)
    while arrivals.apply_waiting(world.ctx):
        pass


def _knock_at(world: World, door: str, told: list[dict[str, Any]]) -> list[int]:
    ctx = world.ctx
    match door:
        case "events":
            return webhooks.sendgrid_events_came(ctx, sendgrid_knock(world.clock(), *told))
        case "status":
            return webhooks.status_came(ctx, _status(ctx, told[0]))
        case _:
            return webhooks.text_came(ctx, text_knock(ctx, **told[0]))[0]


def _status(ctx: Any, told: dict[str, Any]) -> Knock:
    return status_knock(ctx, **told)


def facts_after(written_to: Shelf, count: int, seed: int | None) -> dict[str, Any]:
    """What so many came to. `seed` is the order in which they arrive; None is the one in which they happened."""
    with written_to.copy() as url:
        world = open_world(url, Path(), HEARD, transports={})
        world.ctx = with_doors(world.ctx)
        said = list(_happenings(world, random.Random(7), count))[::-1]
        dice = random.Random(seed)
        if seed is not None:
            said += dice.choices(said, k=len(said) // 5)
            dice.shuffle(said)
        _deliver(world, said, dice)
        found = _facts_in(world)
        world.ctx.database.close()
        return found


def _facts_in(world: World) -> dict[str, Any]:
    """What came by text or as a status happened when we heard of it: the instant is not part of the fact."""
    facts = {row.id: [name for name in _FACTS if getattr(row, name) is not None] for row in world.rows("touch")}
    mails = {row.id: [getattr(row, name) for name in _FACTS] for row in world.rows("touch", verb="email")}
    return {
        "facts": facts,
        "mails": mails,
        "events": sorted((row.provider, row.dedupe_key, row.kind) for row in world.rows("event")),
        "not applied": [row.id for row in world.rows("event") if row.applied_at is None],
        "arrivals": sorted((row.provider, row.dedupe_key, row.status) for row in world.rows("arrival")),
        "suppressed": {(row.scope, row.key, row.channel) for row in world.rows("suppression")},
        "dead": {row.value for row in world.rows("address") if row.dead_reason},
        "ended": {row.id for row in world.rows("enrollment") if row.ended_at is not None},
        "open touches": sorted((row.enrollment_id, row.step) for row in world.rows("touch") if row.ended_at is None),
        "to triage": sorted(row.prospect_id for row in world.rows("task") if row.kind == "triage"),
        "replied": [row.last_reply_at is not None for row in world.rows("prospect")],
    }
