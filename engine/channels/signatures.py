"""Is this webhook really from whom it says? There is no way around these checks, on no machine.

Both vendors' own verifiers leave something open: Twilio's must be given the public address, because a proxy changes
the one that we see; SendGrid's wants text although mail is bytes, takes sloppy base64, and never asks how old it is.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sendgrid.helpers.eventwebhook import EventWebhook
from twilio.request_validator import RequestValidator

from engine.core.errors import BadInput
from engine.core.providers import Secret

SENDGRID_SIGNATURE = "x-twilio-email-event-webhook-signature"
SENDGRID_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
TWILIO_SIGNATURE = "x-twilio-signature"
SIGNED_WITHIN = timedelta(minutes=5)
_LONGEST_TIMESTAMP = 12


def is_recent(headers: Mapping[str, str], now: datetime) -> bool:
    """Whether SendGrid says that it signed this within the last five minutes; known before the body is read."""
    signed = headers.get(SENDGRID_TIMESTAMP, "")
    if not (signed.isascii() and signed.isdigit() and len(signed) <= _LONGEST_TIMESTAMP):
        return False
    return abs(now.timestamp() - int(signed)) <= SIGNED_WITHIN.total_seconds()


def is_from_sendgrid(keys: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """`headers` by lower-case name. The signature covers the time and the raw body."""
    signature = _strictly_decoded(headers.get(SENDGRID_SIGNATURE, ""))
    if signature is None or not is_recent(headers, now):
        return False
    signed = headers[SENDGRID_TIMESTAMP].encode() + body
    return any(_is_signed(_key(key), signature, signed) for key in keys)


def is_from_twilio(tokens: Iterable[Secret], url: str, headers: Mapping[str, str], body: bytes) -> bool:
    """`url` is the public address that Twilio was given, with its query."""
    signature = headers.get(TWILIO_SIGNATURE, "")
    form = Form(body)
    try:
        is_plain = urlsplit(url).geturl() == url  # the validator would overlook `HTTPS:`
        return is_plain and any(RequestValidator(token.value).validate(url, form, signature) for token in tokens)
    except ValueError:  # an address that cannot even be read
        return False


class Form(dict[str, str]):
    """A form as Twilio posts it; a name that comes twice keeps both values for the signature, and the first to read."""

    def __init__(self, body: bytes) -> None:
        self._pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        super().__init__(reversed(self._pairs))

    def getlist(self, name: str) -> list[str]:
        return [value for known, value in self._pairs if known == name]


def _is_signed(key: Any, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _strictly_decoded(text: str) -> bytes | None:
    """Only the one way to write these bytes: what else decodes to them was changed on its way."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded and base64.b64encode(decoded).decode() == text else None


@lru_cache(maxsize=8)
def _key(text: str) -> Any:
    try:
        return EventWebhook(text.strip()).public_key
    except ValueError as problem:
        raise BadInput(
            "a SendGrid verification key is no public key; copy it from Settings > Mail Settings > Event Webhook"
        ) from problem
