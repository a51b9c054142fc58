"""Mails out by SendGrid's v3 API and its official SDK. The bytes stored with the intent are what is sent, as JSON.

SendGrid has no idempotency key and no search, so nothing here may be tried twice: whatever is not a definite answer
is unknown. Its events (`events`) carry the touch back.
"""

import http.client
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any

import python_http_client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from engine.channels.envelope import Envelope, Refusal, Silence
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown
from engine.core.providers import SendGridAccount

# SendGrid writes these itself and refuses them among `headers`.
_OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "reply-to", "date", "mime-version", "content-type",
     "content-transfer-encoding", "received", "dkim-signature", "x-sg-id", "x-sg-eid"}
)  # fmt: skip
_NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}
_LONGEST_DETAIL = 500
_NEEDED = "mail.send"


class NotConnected(Exception):
    """Nobody answered at that address, or not by TLS as it must be: nothing of the request has left."""


@dataclass(frozen=True, slots=True)
class SendGridMail:
    """Raises nothing that a provider can cause: every answer and every silence is one of the five outcomes."""

    account: SendGridAccount

    @property
    def silence(self) -> Silence | None:
        return None

    def find(self, _envelope: Envelope) -> bool | None:
        """There is no search by our header; the event with our touch id is the only proof."""
        return None

    def send(self, envelope: Envelope) -> SendOutcome:
        body = mail_body(envelope)
        try:
            answer = _client_of(self.account).send(body)
        except NotConnected as problem:
            return Deferred(str(problem))
        except HTTPError as problem:
            return _refusal(problem)
        except (OSError, http.client.HTTPException) as problem:
            return Unknown(f"SendGrid did not say whether it took the mail: {type(problem).__name__}: {problem}")
        return Accepted(answer.headers.get("X-Message-Id") or "")

    def trouble(self) -> str | None:
        """Asks what the key may do, and sends nothing; says what keeps us from sending."""
        try:
            answer = _client_of(self.account).client.scopes.get()
            scopes = json.loads(answer.body)["scopes"]
        except HTTPError as problem:
            return _refusal(problem).detail
        except (NotConnected, OSError, http.client.HTTPException) as problem:
            return f"SendGrid did not answer: {type(problem).__name__}: {problem}"
        except (ValueError, KeyError, TypeError):
            return f"what answers at {self.account.base_url} is not SendGrid; check the base URL"
        return None if _NEEDED in scopes else f"{_NEEDED} is not among the key's scopes; give it *Mail Send*"


def mail_body(envelope: Envelope) -> dict[str, Any]:
    """The v3 body of the stored mail. `custom_args` come back in every event and say which attempt it was.

    Not `attempt`: events about delays have a field of that name already.
    """
    mail = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(envelope.payload)
    body: dict[str, Any] = {
        "personalizations": [
            {
                "to": [_address(mail, "To")],
                "custom_args": {"touch_id": str(envelope.touch_id), "touch_attempt": str(envelope.attempt)},
            }
        ],
        "from": _address(mail, "From"),
        "subject": str(mail["Subject"] or ""),
        "content": _content(mail),
        "headers": {name: str(value) for name, value in mail.items() if name.casefold() not in _OWN_HEADERS},
        "tracking_settings": _NO_TRACKING,
    }
    if mail["Reply-To"] is not None:
        body["reply_to"] = _address(mail, "Reply-To")
    return body


def _address(mail: EmailMessage, header: str) -> dict[str, str]:
    found = mail[header].addresses[0]
    return {"email": found.addr_spec} | ({"name": found.display_name} if found.display_name else {})


def _content(mail: EmailMessage) -> list[dict[str, str]]:
    """Plain first, then HTML: the order that SendGrid asks for."""
    parts = ((kind, mail.get_body((kind,))) for kind in ("plain", "html"))
    return [{"type": f"text/{kind}", "value": _lines(part.get_content())} for kind, part in parts if part is not None]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _refusal(problem: HTTPError) -> Refusal:
    status, text, headers = problem.status_code, _text(problem.body), problem.headers or {}
    told = f"SendGrid answered {status}: {text[:_LONGEST_DETAIL]}"
    match status:
        case 429:
            return Deferred(told, _wait(headers))
        case 401:
            return SenderBroken(told)
        case 403 if _is_about_us(text):
            return SenderBroken(told)
        case 400 | 403 | 404 | 413:
            return Rejected(told)
        case _ if status < 500:  # noqa: PLR2004 - a redirect, 405, 415: that address is not SendGrid's API
            return SenderBroken(f"{told}; check the base URL")
        case _:
            return Unknown(told)


def _is_about_us(text: str) -> bool:
    """A sender that was never verified, or a key that may not send: what SMTP says by 5.7.x, and no fault of theirs."""
    told = text.casefold()
    return "sender identity" in told or "access forbidden" in told


def _wait(headers: Mapping[str, str]) -> int | None:
    """Seconds: `Retry-After`, else from the answer's own date to `X-RateLimit-Reset`, which is an instant."""
    after, reset, date = (headers.get(name) for name in ("Retry-After", "X-RateLimit-Reset", "Date"))
    if after is not None and after.isdigit():
        return int(after)
    if reset is None or not reset.isdigit() or date is None:
        return None
    try:
        return max(0, int(reset) - int(parsedate_to_datetime(date).timestamp()))
    except ValueError:
        return None


def _text(body: bytes | str) -> str:
    """The messages of an error document, or the text as it is."""
    raw = body.decode(errors="replace") if isinstance(body, bytes) else body
    try:
        return "; ".join(one["message"] for one in json.loads(raw)["errors"])
    except (ValueError, KeyError, TypeError):
        return raw


def _client_of(account: SendGridAccount) -> SendGridAPIClient:
    """A client of its own for each send: the SDK's keeps its headers in a dictionary that all threads would share."""
    made = SendGridAPIClient(account.api_key.value, host=account.base_url.rstrip("/"))
    made.client = _Client(made.host, made.client.request_headers, version=3, timeout=account.timeout_seconds)
    return made


class _Client(python_http_client.Client):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client, with what it leaves open: it must not follow a redirect (that would turn the mail into a GET
    whose page looks like success), and it must be known whether a connection stood when it failed.
    """

    def _build_client(self, name: str | None = None) -> "_Client":
        path = [*self._url_path, name] if name else self._url_path
        return _Client(self.host, self.request_headers, self._version, path, timeout=self.timeout)

    def _make_request(self, _opener: Any, request: urllib.request.Request, timeout: float | None = None) -> Any:
        return super()._make_request(urllib.request.build_opener(_Http, _Https, _NoRedirect), request, timeout)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as problem:
            raise NotConnected(f"{self.host} cannot be reached: {problem}") from problem


class _Tls(http.client.HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as problem:
            raise NotConnected(f"{self.host} cannot be reached: {problem}") from problem


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_Plain, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_Tls, request)
