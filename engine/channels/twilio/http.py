"""How we talk to Twilio: its SDK, with what that leaves open: a base URL of one's own, and time-outs."""

from typing import Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

from engine.core.providers import TwilioAccount

_THEIRS = "https://api.twilio.com"
_TOO_MANY_REQUESTS = 429
_NEVER_CONNECTED = (NewConnectionError, ConnectTimeoutError, SSLError)


class TooManyRequests(TwilioException):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own exception forgets the headers, and with them how long to wait."""

    def __init__(self, retry_after: int | None) -> None:
        super().__init__("Twilio answered 429: too many requests")
        self.retry_after = retry_after


class _Http(TwilioHttpClient):  # type: ignore[misc]  # as above
    """One connection per request: one kept open that dies between two sends would leave a doubt behind."""

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__(timeout=timeout, pool_connections=False)
        self._base_url = base_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        answer = super().request(method, url.replace(_THEIRS, self._base_url, 1), *args, **options)
        if answer.status_code == _TOO_MANY_REQUESTS:
            after = str((answer.headers or {}).get("Retry-After", ""))
            raise TooManyRequests(int(after) if after.isdigit() else None)
        return answer


def client_of(account: TwilioAccount) -> Client:
    http = _Http(account.base_url, account.timeout_seconds)
    return Client(account.sid, account.token.value, http_client=http)


def never_connected(problem: requests.RequestException) -> bool:
    """Nothing of the request can have left: no address, no answer to the connection, no TLS."""
    cause = problem.args[0] if problem.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, _NEVER_CONNECTED)
