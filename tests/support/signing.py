"""Signs as the vendors do."""

import base64
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twilio.request_validator import RequestValidator

from engine.channels.signatures import SENDGRID_SIGNATURE, SENDGRID_TIMESTAMP, TWILIO_SIGNATURE


@dataclass(frozen=True)
class SendGridSigner:
    _private: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> str:
        """As SendGrid shows it: base64 of the DER."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(self._private.public_key().public_bytes(serialization.Encoding.DER, form)).decode()

    def sign(self, body: bytes, at: datetime) -> dict[str, str]:
        timestamp = f"{at.timestamp():.0f}"
        signature = self._private.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {SENDGRID_SIGNATURE: base64.b64encode(signature).decode(), SENDGRID_TIMESTAMP: timestamp}


@cache
def sendgrid_signer(name: str = "first") -> SendGridSigner:
    """The same name is the same key for the whole run."""
    assert name
    return SendGridSigner(ec.generate_private_key(ec.SECP256R1()))


def twilio_headers(token: str, url: str, form: dict[str, str]) -> dict[str, str]:
    return {TWILIO_SIGNATURE: RequestValidator(token).compute_signature(url, form)}


def form_body(form: dict[str, str]) -> bytes:
    return urlencode(form).encode()
