"""What is sent to Prism, and what must come of it. The controls are wrong on purpose: a mock must refuse them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.base.exceptions import TwilioException

from engine.channels.envelope import Envelope
from engine.channels.sendgrid.transport import SendGridMail
from engine.channels.twilio.http import client_of
from engine.channels.twilio.sms import TwilioSms
from engine.core.outcome import Accepted, Rejected, SendOutcome
from engine.core.providers import Secret, SendGridAccount, TwilioAccount
from engine.messages.mail import Mail, build_mail

FILES = ("twilio_api_v2010.json", "tsg_mail_v3.json", "tsg_webhooks_v3.json")
WEBHOOK_SETTINGS = (
    "/v3/user/webhooks/event/settings",
    "/v3/user/webhooks/event/settings/signed/{id}",
    "/v3/user/webhooks/parse/settings",
    "/v3/user/webhooks/security/policies",
)
_NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
_SID = "AC" + "0" * 32


@dataclass(frozen=True)
class Check:
    """`does` gives what came of it; `wanted` is what must have."""

    name: str
    does: Callable[[], Any]
    wanted: Callable[[Any], bool]

    def problem(self) -> str | None:
        found = self.does()
        return None if self.wanted(found) else repr(found)


def _is_accepted(outcome: SendOutcome) -> bool:
    return isinstance(outcome, Accepted)


def _is_rejected(outcome: SendOutcome) -> bool:
    return isinstance(outcome, Rejected)


def _mail(**changes: Any) -> Envelope:
    fields: dict[str, Any] = {
        "sender_name": "Tom Lee",
        "sender_address": "tom@example.com",
        "recipient_name": "王芳",
        "recipient_address": "fang@example.cn",
        "subject": "关于订单",
        "text": "Good morning.\n",
        "html": "<p>Good morning.</p>",
        "message_id": "<7.abc@example.com>",
        "date": _NOW,
        "touch_id": 7,
        "unsubscribe_url": "https://touch.example.com/u/7.x",
        "in_reply_to": "<6.abc@example.com>",
        "references": ("<5.abc@example.com>", "<6.abc@example.com>"),
        "reply_to": "tom+7@example.com",
    }
    payload = build_mail(Mail(**fields | changes))
    return Envelope(7, 2, "email", "fang@example.cn", "tom@example.com", payload, "<7.abc@example.com>", _NOW)


def of_sendgrid(url: str) -> list[Check]:
    sender = SendGridMail(SendGridAccount(Secret("SG.key"), url))
    broken = replace(_mail(), payload=_mail().payload.replace(b"fang@example.cn", b"fang"))
    return [
        Check("SendGrid takes a mail with both parts, a thread and one-click unsubscribe",
              lambda: sender.send(_mail()), _is_accepted),
        Check("SendGrid takes a plain mail", lambda: sender.send(_mail(html=None, reply_to=None)), _is_accepted),
        Check("control: a mail to no address is refused", lambda: sender.send(broken), _is_rejected),
    ]  # fmt: skip


def _text(recipient: str = "+12125550100") -> Envelope:
    expires = _NOW + timedelta(hours=1)
    return Envelope(7, 2, "sms", recipient, "", "价格更新了".encode(), "sms-7", _NOW, expires)


def of_twilio(url: str) -> list[Check]:
    def sender(**account: Any) -> TwilioSms:
        chosen: dict[str, Any] = {"sms_from": "+12125550111"} | account
        made = TwilioAccount(_SID, Secret("token"), base_url=url, **chosen)
        return TwilioSms(made, "https://touch.example.com", lambda: _NOW)

    service = sender(sms_from=None, messaging_service="MG" + "0" * 32)
    wrong = sender(sms_from=None, messaging_service="no-service")
    return [
        Check("Twilio takes a text from a number", lambda: sender().send(_text()), _is_accepted),
        Check("Twilio takes a text from a messaging service", lambda: service.send(_text()), _is_accepted),
        Check("Twilio lists texts by recipient and sender", lambda: _listing_problem(url), _is_none),
        Check("Twilio tells a price", lambda: sender().price_of("SM" + "0" * 32), _is_price),
        Check("control: a service that is none is refused", lambda: wrong.send(_text()), _is_rejected),
    ]


def _listing_problem(url: str) -> str | None:
    """Prism judges its own answer too, and Twilio's example of a list breaks Twilio's description (relative addresses
    where whole ones are asked for): only what it says of the request counts.
    """
    account = TwilioAccount(_SID, Secret("token"), base_url=url)
    try:
        client_of(account).messages.list(to="+12125550100", from_="+12125550111", limit=100)
    except TwilioException as refused:
        told = str(refused)
        return told if '"location":["request"' in told or '"location":["response"' not in told else None
    return None


def _is_none(found: str | None) -> bool:
    return found is None


def _is_price(price: str | None) -> bool:
    return price is None or price.endswith("USD")
