"""DKIM (RFC 6376) for servers that do not sign themselves. The same mail gets the same signature, try after try."""

from datetime import datetime
from typing import Any

import dkim  # type: ignore[import-untyped]  # it has no types

from engine.core.errors import BadInput
from engine.core.providers import Dkim

# RFC 8058 wants both of the list's fields signed. `from` stands twice: a second one added later breaks the signature.
SIGNED = (
    "from", "from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version",
    "content-type", "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
_RELAXED = (b"relaxed", b"relaxed")


class _DatedSigner(dkim.DKIM):  # type: ignore[misc]  # as above
    """dkimpy takes `t=` from the clock; here it is the instant of the intent, which a retry carries too."""

    signed_at: datetime

    def gen_header(self, fields: Any, *arguments: Any, **named: Any) -> bytes:
        at = str(int(self.signed_at.timestamp())).encode()
        dated = [(name, at if name == b"t" else value) for name, value in fields]
        return bytes(super().gen_header(dated, *arguments, **named))


class Signer:
    def __init__(self, account: Dkim) -> None:
        """Raises BadInput for a key that cannot sign."""
        self._domain, self._selector = account.domain.encode("idna"), account.selector.encode()
        self._key = account.key.value.replace("\r\n", "\n").strip().encode() + b"\n"
        try:
            dkim.crypto.parse_pem_private_key(self._key)
        except Exception as problem:  # noqa: BLE001 - dkimpy lets whatever its parser meets escape
            raise BadInput(
                f"The DKIM key of {account.domain} cannot be read ({type(problem).__name__}); "
                "store an RSA private key in PEM, as `openssl genrsa 2048` writes it.",
                domain=account.domain,
            ) from None

    def signed(self, mail: bytes, at: datetime) -> bytes:
        signer = _DatedSigner(mail)
        signer.signed_at = at
        header = signer.sign(
            self._selector, self._domain, self._key, canonicalize=_RELAXED, include_headers=list(SIGNED)
        )
        return bytes(header) + mail
