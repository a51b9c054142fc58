"""What complaints and bounces stop: a sending domain for a week, an import until somebody has looked at it."""

from datetime import timedelta
from typing import Any

from engine.contacts.match_keys import is_same
from engine.core import health
from engine.core.errors import Conflict, NotFound
from engine.core.health import Level
from engine.core.touch import Reason
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.lifecycle import holding
from engine.operations.safeguards import gates
from engine.store import breakers, cases, messages, moments, touches
from engine.store.connection import Record
from engine.store.held import Which

_ALERT_FOR = timedelta(days=1)


def charge(act: Act, event: Record) -> None:
    """Somebody has complained. Where no mail of ours is named, the last one that went to that address is meant."""
    touch_id = event.touch_id if event.touch_id is not None else _meant(act, event)
    if touch_id is not None:
        touches.set_fact(act.connection, touch_id, "complained_at", event.at)
        _judge_domain(act, touch_id)


def _meant(act: Act, event: Record) -> int | None:
    """The newest of the last thirty days; from the mailbox that is named, if it has written to them."""
    address, sender = event.body.get("address"), event.body.get("from")
    since = event.at - health.BLAMED_FOR
    sent = messages.mails_to(act.connection, event.prospect_id, since=since, until=event.at)
    there = [mail for mail in sent if not address or is_same("email", mail.recipient, address)]
    theirs = [mail for mail in there if sender and is_same("email", mail.sender, sender)]
    return next((mail.touch_id for mail in (*theirs, *there)), None)


def _judge_domain(act: Act, touch_id: int) -> None:
    due = moments.one(act.connection, touch_id)
    if due is not None and due.mailbox_address is not None:
        _judge(act, gates.domain_of(due.mailbox_address))


def _judge(act: Act, domain: str) -> None:
    complaints, delivered = breakers.domain_counts(act.connection, domain, act.now - health.WINDOW)
    is_stopped = ("domain", domain) in breakers.stopped(act.connection)
    level = Level.STOP if is_stopped else health.of_domain(complaints, delivered)  # seven days without a complaint
    if level is None:
        return
    rest = health.REST if level is Level.STOP else _ALERT_FOR
    detail = f"{complaints} complaints about {delivered} delivered mails in 7 days"
    _trip(act, "domain", domain, level, reason="complaints", detail=detail, resume_at=act.now + rest)


def judge_batch(act: Act, touch_id: int) -> None:
    """A mail of it came back. Only the first mails of an import say anything about its addresses."""
    due = cases.one(act.connection, touch_id)
    if due is None or breakers.was_ever_open(act.connection, "batch", gates.batch_key(due)):
        return
    first = health.FIRST_SENDS
    bounced = breakers.bounced_of_first(act.connection, due.batch, gates.order_of(due), first)
    if health.is_bad_batch(bounced):
        detail = f"{bounced} of the first {first} mails came back"
        _trip(act, "batch", gates.batch_key(due), Level.STOP, reason="bounces", detail=detail)


def _trip(act: Act, scope: str, key: str, level: Level, **told: Any) -> None:
    if breakers.trip(act.connection, scope=scope, key=key, level=level.value, at=act.now, **told):
        act.record("trip", scope, key, level=level.value, detail=told["detail"])


def judge_again(ctx: Context) -> int:
    """Once an hour: who has had clean days may send again; returns how many."""
    with ctx.database.read() as connection:
        over = breakers.rested(connection, ctx.now())
    for row in over:
        with begin(ctx) as act:
            breakers.clear(act.connection, row.id, actor=act.actor, now=act.now)
            act.record("release", row.scope, row.key, level=row.level, reason="its clean days are over")
        if row.level == Level.STOP.value:
            holding.let_go_as_late_as_they_are(ctx, _held_by(row), actor="engine")
    return len(over)


def release(ctx: Context, breaker_id: int, *, actor: str) -> int:
    """A person has dealt with the cause; returns how many touches go on. Raises NotFound, Conflict if it is over."""
    with begin(ctx, actor) as act:
        row = breakers.one(act.connection, breaker_id)
        if row is None:
            raise NotFound(f"there is no breaker {breaker_id}", id=breaker_id)
        if not breakers.clear(act.connection, breaker_id, actor=actor, now=act.now):
            raise Conflict(f"breaker {breaker_id} is over already")
        act.record("release", row.scope, row.key, level=row.level)
    return holding.release_all(ctx, _held_by(row), actor=actor) if row.level == Level.STOP.value else 0


def _held_by(row: Record) -> Which:
    match row.scope:
        case "domain":
            return Which(Reason.DOMAIN_STOPPED, domain=row.key)
        case "channel":
            return Which(Reason.SENDER_BROKEN, verb=row.key)
        case _:
            return gates.held_batch(row.key)
