"""Links in mails that act without a login: bound to one touch and one address, unguessable, without personal data."""

import base64
import hashlib
import hmac

from engine.operations.context import Context

_UNSUBSCRIBE = "unsubscribe"
_BITS = 128
_LONGEST_ID = 18  # digits of a 64-bit id


def unsubscribe_url(ctx: Context, touch_id: int, match_key: str) -> str:
    return f"{ctx.public_url.rstrip('/')}/u/{unsubscribe_token(ctx.secret, touch_id, match_key)}"


def unsubscribe_token(secret: bytes, touch_id: int, match_key: str) -> str:
    return f"{touch_id}.{_seal(secret, touch_id, match_key)}"


def touch_of(token: str) -> int | None:
    """The touch that a token names; it proves nothing before `is_genuine`."""
    number, dot, _ = token.partition(".")
    return int(number) if dot and number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID else None


def is_genuine(secret: bytes, token: str, match_key: str) -> bool:
    touch_id = touch_of(token)
    return touch_id is not None and hmac.compare_digest(
        token.encode(), unsubscribe_token(secret, touch_id, match_key).encode()
    )


def _seal(secret: bytes, touch_id: int, match_key: str) -> str:
    mac = hmac.digest(secret, f"{_UNSUBSCRIBE}\n{touch_id}\n{match_key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[: _BITS // 8]).decode().rstrip("=")
