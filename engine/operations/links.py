"""Links in mails that act without a login, and addresses that tell which mail is answered.

Bound to one touch (and one address), unguessable, without personal data.
"""

import base64
import hashlib
import hmac

from engine.operations.context import Context

_UNSUBSCRIBE, _REPLY, _MAILBOX = "unsubscribe", "reply", "mailbox"
_BITS = 128
_MARK = 12  # hexadecimal digits: an installation has hundreds of mailboxes, not millions
_LONGEST_ID = 18  # digits of a 64-bit id
_LONGEST_LOCAL_PART = 64


def unsubscribe_url(ctx: Context, touch_id: int, match_key: str) -> str:
    return f"{ctx.public_url.rstrip('/')}/u/{unsubscribe_token(ctx.secret, touch_id, match_key)}"


def unsubscribe_token(secret: bytes, touch_id: int, match_key: str) -> str:
    return f"{touch_id}.{_seal(secret, touch_id, match_key)}"


def touch_of(token: str) -> int | None:
    """The touch that a token names; it proves nothing before `is_genuine`."""
    number, dot, _ = token.partition(".")
    return int(number) if dot and _is_id(number) else None


def is_genuine(secret: bytes, token: str, match_key: str) -> bool:
    touch_id = touch_of(token)
    return touch_id is not None and hmac.compare_digest(
        token.encode(), unsubscribe_token(secret, touch_id, match_key).encode()
    )


def mailbox_mark(secret: bytes, address: str) -> str:
    """Tells those who have the secret from which of our mailboxes a mail left, by its Message-ID alone."""
    return hmac.digest(secret, f"{_MAILBOX}\n{address}".encode(), hashlib.sha256).hex()[:_MARK]


def reply_tag(secret: bytes, touch_id: int) -> str:
    """Small letters and digits alone: mail systems change the case of addresses."""
    mac = hmac.digest(secret, f"{_REPLY}\n{touch_id}".encode(), hashlib.sha256)[: _BITS // 8]
    return f"t{touch_id}.{base64.b32encode(mac).decode().rstrip('=').lower()}"


def tagged(address: str, tag: str) -> str:
    """`local+tag@domain`; the bare address where that would be longer than an address may be."""
    local, _, domain = address.rpartition("@")
    made = f"{local}+{tag}"
    return f"{made}@{domain}" if len(made) <= _LONGEST_LOCAL_PART else address


def touch_of_tag(secret: bytes, tag: str) -> int | None:
    """The touch that is answered, if the tag is one of ours."""
    number, dot, _ = tag[1:].partition(".")
    if not dot or not _is_id(number):
        return None
    is_ours = hmac.compare_digest(tag.lower().encode(), reply_tag(secret, int(number)).encode())
    return int(number) if is_ours else None


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID


def _seal(secret: bytes, touch_id: int, match_key: str) -> str:
    mac = hmac.digest(secret, f"{_UNSUBSCRIBE}\n{touch_id}\n{match_key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[: _BITS // 8]).decode().rstrip("=")
