"""Access tokens for SASL XOAUTH2, bought with a refresh token (RFC 6749, section 6). For SMTP and IMAP alike."""

import base64
import threading
from functools import cache
from time import monotonic
from typing import Any

import httpx

from engine.channels.deadline import Deadline
from engine.core.outcome import Deferred, SenderBroken
from engine.core.providers import OAuth

_SECONDS = 10.0
_EARLY = 60.0  # seconds before its end at which a token counts as spent
_LIFE = 300.0  # of a token whose server does not say how long it lives
_LARGEST_ANSWER = 64 * 1024
_SERVER_TROUBLE = 500
_NOT_NOW = frozenset({408, 425, 429})


def initial_response(user: str, token: str) -> str:
    """What AUTH XOAUTH2 and AUTHENTICATE XOAUTH2 are given, in base64."""
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode()


@cache
def access_tokens(oauth: OAuth) -> "AccessTokens":
    """Shared by everybody in this process who may use them: a mailbox's SMTP and its IMAP."""
    return AccessTokens(oauth)


class AccessTokens:
    """One purchase at a time; whoever comes meanwhile gets what it brings."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._refresh = oauth.refresh_token.value
        self._turn = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def current(self) -> str | Deferred | SenderBroken:
        """A token that is good for another minute, or why there is none."""
        with self._turn:
            if self._token and monotonic() < self._ends - _EARLY:
                return self._token
            return self._bought()

    def forget(self, token: str) -> None:
        """The mail server has refused it before its time; a newer one stays."""
        with self._turn:
            if self._token == token:
                self._token = ""

    def _bought(self) -> str | Deferred | SenderBroken:
        try:
            status, answer = _posted(self._oauth, self._refresh)
        except (httpx.HTTPError, OSError, ValueError) as problem:
            return Deferred(f"{self._oauth.token_url} gives no access token: {type(problem).__name__}: {problem}")
        token = answer.get("access_token")
        if status == httpx.codes.OK and isinstance(token, str) and token:
            self._token, self._ends = token, monotonic() + _life(answer)
            # Some rotate it at each use; the one that we were given ends sooner.
            self._refresh = str(answer.get("refresh_token") or self._refresh)
            return token
        return _refused(self._oauth.token_url, status, answer)


def _posted(oauth: OAuth, refresh_token: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "refresh_token",
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret.value,
        "refresh_token": refresh_token,
        "scope": oauth.scope,
    }
    deadline, body = Deadline.after(_SECONDS), b""
    given = {name: value for name, value in form.items() if value}
    with httpx.stream("POST", oauth.token_url, data=given, timeout=_SECONDS, follow_redirects=False) as response:
        for part in response.iter_bytes():
            deadline.left()
            body += part
            if len(body) > _LARGEST_ANSWER:
                raise ValueError("the answer is too long")
    return response.status_code, _json(response, body)


def _json(response: httpx.Response, body: bytes) -> dict[str, Any]:
    """An error page that is no JSON is told by its status alone."""
    try:
        found = httpx.Response(response.status_code, content=body).json()
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _life(answer: dict[str, Any]) -> float:
    try:
        return float(answer.get("expires_in", _LIFE))
    except (TypeError, ValueError):
        return _LIFE


def _refused(url: str, status: int, answer: dict[str, Any]) -> Deferred | SenderBroken:
    told = " ".join(str(answer[name]) for name in ("error", "error_description") if answer.get(name))
    detail = f"{url} gives no access token: {status} {told}".rstrip()
    if status >= _SERVER_TROUBLE or status in _NOT_NOW or httpx.codes.is_success(status):
        return Deferred(detail)
    return SenderBroken(f"{detail}; allow the mailbox anew and store the new refresh token")
