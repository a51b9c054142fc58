"""Who is calling. Everything is closed but the few paths named here: deny by default, before any route is looked at.

A program sends the token as a bearer; the page's cookie is bought with the same token, is out of reach of scripts,
and acts only from our own origin.
"""

import hashlib
import hmac
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors
from engine.operations.context import Context

SESSION = "touchline_session"
REP = "touchline_rep"
REP_HEADER = "x-touchline-rep"
IDLE = timedelta(hours=8)
_OPEN = ("/u/", "/c/", "/static/", "/webhooks/")  # webhooks prove themselves by their signature
_OPEN_EXACT = frozenset({"/healthz", "/readyz", "/login"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Caller:
    """`rep` is whom the caller says to act for; it is checked where it matters."""

    rep: str | None
    has_cookie: bool


@dataclass(frozen=True, slots=True)
class Lock:
    """The local token and what is derived from it."""

    ctx: Context
    token: str

    def opens(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    def session(self, now: datetime) -> str:
        """A cookie that a new token or eight idle hours make worthless."""
        issued = f"{now.timestamp():.0f}"
        return f"{issued}.{self._seal(issued)}"

    def accepts(self, session: str, now: datetime) -> bool:
        issued, _, seal = session.partition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(issued).encode()):
            return False
        return now.timestamp() - float(issued) <= IDLE.total_seconds()

    def _seal(self, issued: str) -> str:
        words = f"session\n{issued}\n{hashlib.sha256(self.token.encode()).hexdigest()}"
        return hmac.digest(self.ctx.secret, words.encode(), hashlib.sha256).hex()


def caller_of(scope: MutableMapping[str, Any]) -> Caller:
    """Whom the guard has let in."""
    caller: Caller = scope["state"]["caller"]
    return caller


def context_of(scope: MutableMapping[str, Any]) -> Context:
    ctx: Context = scope["app"].state.ctx
    return ctx


class Guard:
    """The middleware that stands before every route. Its lock is the application's, `app.state.lock`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    @staticmethod
    def _refusal(scope: Scope) -> Response | None:
        if b"%00" in scope["query_string"]:
            return errors.answer(errors.unreadable_query())
        lock: Lock = scope["app"].state.lock
        caller, path = _caller(scope, lock), scope["path"]
        scope.setdefault("state", {})["caller"] = caller or Caller(None, has_cookie=False)
        is_from_page = ((caller is not None and caller.has_cookie) or path == "/login") and not path.startswith(_OPEN)
        if is_from_page and scope["method"] not in _SAFE and not _is_own_origin(scope, lock.ctx.public_url):
            return errors.answer(errors.foreign_origin())
        if caller is not None or path in _OPEN_EXACT or path.startswith(_OPEN):
            return None
        if errors.wants_page(scope):
            return RedirectResponse(f"/login?next={quote(path)}", 303)
        return errors.answer(errors.unauthorised())


def _caller(scope: Scope, lock: Lock) -> Caller | None:
    headers = Headers(scope=scope)
    cookies = _cookies(headers.get("cookie", ""))
    rep = headers.get(REP_HEADER) or cookies.get(REP)
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer":
        return Caller(rep, has_cookie=False) if lock.opens(given.strip()) else None
    if SESSION in cookies and lock.accepts(cookies[SESSION], lock.ctx.now()):
        return Caller(rep, has_cookie=True)
    return None


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _is_own_origin(scope: Scope, public_url: str) -> bool:
    """Browsers name the origin of every unsafe request; one that does not is no browser of ours."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    ours = {headers.get("host", ""), urlsplit(public_url).netloc}
    return urlsplit(origin).netloc in ours - {""}


def sign_in(response: Response, request: HTTPConnection, lock: Lock) -> None:
    """Sets the cookie anew; called on every page, so that only idle hours end a session."""
    response.set_cookie(
        SESSION,
        lock.session(lock.ctx.now()),
        max_age=int(IDLE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def sign_out(response: Response) -> None:
    response.delete_cookie(SESSION, httponly=True, samesite="strict")
