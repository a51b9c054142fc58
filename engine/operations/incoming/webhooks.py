"""The doors for the providers: a webhook is proven, split into what it says, and stored. Reading it comes after."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.channels import signatures
from engine.channels.sendgrid import events as sendgrid_events
from engine.channels.sendgrid import inbound as sendgrid_parse
from engine.channels.twilio import events as twilio_events
from engine.channels.twilio import voice as twilio_voice
from engine.core.errors import EngineError
from engine.operations.context import Context
from engine.operations.incoming import arrivals, calling, texting
from engine.operations.incoming.arrivals import Arrived, Provider

LARGEST_MAIL = 40_000_000
LARGEST_EVENTS = 10_000_000
LARGEST_FORM = 200_000


class Forged(EngineError):
    """The webhook is not signed by the keys that are configured for it."""


@dataclass(frozen=True, slots=True)
class Knock:
    """A webhook as it came: header names in lower case, `url` the public address it was sent to, with its query."""

    headers: Mapping[str, str]
    body: bytes
    url: str = ""

    @property
    def query(self) -> str:
        return self.url.partition("?")[2]


def may_be_recent(ctx: Context, headers: Mapping[str, str]) -> bool:
    """Before a large body is read: whether what stands before it could be SendGrid's at all."""
    return signatures.is_recent(headers, ctx.now())


def sendgrid_events_came(ctx: Context, knock: Knock) -> list[int]:
    """Stores each event by itself; returns the new arrivals. Raises Forged."""
    _check_sendgrid(ctx, knock, ctx.channels.webhooks.sendgrid_events)
    try:
        events = sendgrid_events.split(knock.body)
    except ValueError as problem:
        return arrivals.store(ctx, [_unreadable(Provider.SENDGRID, knock, problem)])
    return arrivals.store(ctx, [Arrived(Provider.SENDGRID, key, body) for key, body in events])


def mail_came(ctx: Context, knock: Knock) -> list[int]:
    """Stores the raw mail, or the whole form where it holds none. Raises Forged."""
    _check_sendgrid(ctx, knock, ctx.channels.webhooks.sendgrid_parse)
    try:
        mail = sendgrid_parse.read(knock.body, knock.headers.get("content-type", ""))
    except ValueError as problem:
        return arrivals.store(ctx, [_unreadable(Provider.SENDGRID_PARSE, knock, problem)])
    headers = {"recipients": list(mail.recipients)}
    return arrivals.store(ctx, [Arrived(Provider.SENDGRID_PARSE, _hash(mail.raw), mail.raw, headers)])


def status_came(ctx: Context, knock: Knock) -> list[int]:
    _check_twilio(ctx, knock)
    try:
        key = twilio_events.status_key(knock.body)
    except ValueError as problem:
        return arrivals.store(ctx, [_unreadable(Provider.TWILIO, knock, problem)])
    return arrivals.store(ctx, [Arrived(Provider.TWILIO, key, knock.body, {"query": knock.query})])


def text_came(ctx: Context, knock: Knock) -> tuple[list[int], str]:
    """The new arrival, and the TwiML that answers it: said once, however often Twilio asks. Raises Forged."""
    _check_twilio(ctx, knock)
    try:
        text = twilio_events.read_text(knock.body)
    except ValueError as problem:
        return arrivals.store(ctx, [_unreadable(Provider.TWILIO_SMS, knock, problem)]), twilio_events.answer(None)
    new = arrivals.store(ctx, [Arrived(Provider.TWILIO_SMS, f"{text.sid}:received", knock.body)])
    return new, twilio_events.answer(texting.answer_to(ctx, text) if new else None)


def voice_came(ctx: Context, knock: Knock) -> tuple[list[int], str]:
    """The new arrival, and what the line shall do next (TwiML). Raises Forged."""
    _check_twilio(ctx, knock)
    try:
        news = twilio_voice.read_call(knock.body, knock.query, ctx.now())
    except ValueError as problem:
        return arrivals.store(ctx, [_unreadable(Provider.TWILIO_VOICE, knock, problem)]), twilio_voice.silent()
    key = f"{news.sid}:{news.leg}:{news.status}"
    new = arrivals.store(ctx, [Arrived(Provider.TWILIO_VOICE, key, knock.body, {"query": knock.query})])
    return new, calling.next_on_the_line(ctx, news)


def _unreadable(provider: Provider, knock: Knock, problem: ValueError) -> Arrived:
    """Genuine, and yet not what it should be: kept as it came, for a person to see."""
    told = {"content-type": knock.headers.get("content-type", ""), arrivals.UNREADABLE: str(problem)}
    return Arrived(provider, _hash(knock.body), knock.body, told)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _check_sendgrid(ctx: Context, knock: Knock, keys: Sequence[str]) -> None:
    if not signatures.is_from_sendgrid(keys, knock.headers, knock.body, ctx.now()):
        raise Forged


def _check_twilio(ctx: Context, knock: Knock) -> None:
    if not signatures.is_from_twilio(ctx.channels.webhooks.twilio, knock.url, knock.headers, knock.body):
        raise Forged
