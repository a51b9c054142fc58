"""A sender that is broken: nothing more leaves by it, nobody is blamed, and one release lets everything go on."""

import structlog

from engine.core.health import Level
from engine.core.sequence import Verb
from engine.core.touch import Reason
from engine.operations.act import Act
from engine.store import breakers, plans
from engine.store.connection import Record
from engine.store.held import Which

log = structlog.get_logger()

_CHANNEL = "channel"


def hold(act: Act, due: Record, detail: str) -> None:
    """The mailbox, or all text messages: they leave by one account."""
    if Verb(due.verb) is Verb.EMAIL:
        plans.hold_mailbox(act.connection, due.mailbox_id, detail)
        act.record("hold", "mailbox", due.mailbox_id, detail=detail)
        log.error("a mailbox is held", mailbox=due.mailbox_id, touch=due.id, detail=detail)
        return
    told = {"reason": Reason.SENDER_BROKEN.value, "detail": detail}
    if breakers.trip(act.connection, scope=_CHANNEL, key=due.verb, level=Level.STOP.value, at=act.now, **told):
        act.record("hold", _CHANNEL, due.verb, detail=detail)
        log.error("all of a channel is held", channel=due.verb, touch=due.id, detail=detail)


def mend(act: Act, row: Record) -> Which:
    """By this held touch one sees that its sender works again. Returns which others were held for it."""
    if Verb(row.verb) is Verb.EMAIL:
        plans.hold_mailbox(act.connection, row.mailbox_id, None)
        act.record("release", "mailbox", row.mailbox_id)
        return Which(Reason.SENDER_BROKEN, verb=row.verb, mailbox_id=row.mailbox_id)
    for one in breakers.open_now(act.connection):
        if (one.scope, one.key) == (_CHANNEL, row.verb):
            breakers.clear(act.connection, one.id, actor=act.actor, now=act.now)
            act.record("release", _CHANNEL, row.verb)
    return Which(Reason.SENDER_BROKEN, verb=row.verb)
