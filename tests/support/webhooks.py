"""Webhooks as the vendors send them, for worlds whose keys are known."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from engine.core.providers import Channels, Secret, TwilioAccount, WebhookKeys
from engine.operations.context import Context
from engine.operations.incoming import arrivals, webhooks
from engine.operations.incoming.webhooks import Knock
from tests.support.fake_twilio import SID
from tests.support.signing import form_body, sendgrid_signer, twilio_headers

TOKEN = "twilio-token"
ACCOUNT = TwilioAccount(SID, Secret(TOKEN), sms_from="+12125550111", voice_from="+12125550112")
KEYS = WebhookKeys(
    sendgrid_events=(sendgrid_signer().public_key,),
    sendgrid_parse=(sendgrid_signer("parse").public_key,),
    twilio=(Secret(TOKEN),),
)


def with_doors(ctx: Context, **account: Any) -> Context:
    return replace(ctx, channels=Channels(is_live=True, twilio=replace(ACCOUNT, **account), webhooks=KEYS))


def sendgrid_event(name: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    """`number` tells events of one kind apart."""
    return {"event": name, "sg_event_id": f"{name}-{number}", "email": "ada@example.com", "timestamp": 0} | fields


def sendgrid_knock(at: datetime, *events: dict[str, Any]) -> Knock:
    body = orjson.dumps(list(events))
    return Knock(sendgrid_signer().sign(body, at), body)


def parse_knock(at: datetime, raw: bytes, **fields: str) -> Knock:
    """A form as Inbound Parse posts it."""
    parts = {**{name: value.encode() for name, value in fields.items()}, "email": raw}
    boundary = b"xYzZY"
    body = b"".join(
        b"--"
        + boundary
        + b'\r\nContent-Disposition: form-data; name="'
        + name.encode()
        + b'"\r\n\r\n'
        + value
        + b"\r\n"
        for name, value in parts.items()
    )
    body += b"--" + boundary + b"--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=xYzZY"}
    return Knock(headers | sendgrid_signer("parse").sign(body, at), body)


def twilio_knock(ctx: Context, path: str, form: dict[str, str], **query: Any) -> Knock:
    url = f"{ctx.public_url}{path}" + (f"?{urlencode(query)}" if query else "")
    headers = {"content-type": "application/x-www-form-urlencoded"} | twilio_headers(TOKEN, url, form)
    return Knock(headers, form_body(form), url)


def status_knock(ctx: Context, status: str, *, touch: int = 1, attempt: int = 1, **form: str) -> Knock:
    told = {"MessageSid": "SM1", "MessageStatus": status, "To": "+12125550100", "From": "+12125550111"} | form
    return twilio_knock(ctx, "/webhooks/twilio/status", told, touch=touch, attempt=attempt)


def text_knock(ctx: Context, text: str, *, sid: str = "SM9", sender: str = "+12125550100", **form: str) -> Knock:
    told = {"MessageSid": sid, "From": sender, "To": "+12125550111", "Body": text} | form
    return twilio_knock(ctx, "/webhooks/twilio/sms", told)


def hear_events(ctx: Context, *events: dict[str, Any]) -> None:
    """Stored, then read."""
    arrivals.apply(ctx, webhooks.sendgrid_events_came(ctx, sendgrid_knock(ctx.now(), *events)))


def hear_status(ctx: Context, status: str, **told: Any) -> None:
    arrivals.apply(ctx, webhooks.status_came(ctx, status_knock(ctx, status, **told)))


def hear_text(ctx: Context, text: str, **told: Any) -> str:
    """Returns the TwiML."""
    new, answer = webhooks.text_came(ctx, text_knock(ctx, text, **told))
    arrivals.apply(ctx, new)
    return answer


def voice_knock(ctx: Context, call: int, leg: str, status: str = "", **form: str) -> Knock:
    told = {"CallSid": f"CA-{leg}", "CallStatus": status} | form
    return twilio_knock(ctx, "/webhooks/twilio/voice", told, call=call, leg=leg)


def hear_call(ctx: Context, call: int, leg: str, status: str = "", **form: str) -> str:
    """Returns what the line is told to do."""
    new, answer = webhooks.voice_came(ctx, voice_knock(ctx, call, leg, status, **form))
    arrivals.apply(ctx, new)
    return answer
