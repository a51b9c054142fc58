"""Idempotency-Key: the middleware that lets a request be sent twice. It reads the body, so it limits it too."""

import hashlib

from fastapi_problem.error import Problem
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from api.auth import caller_of, context_of
from engine.core.errors import EngineError
from engine.operations import repeats
from engine.operations.repeats import Answer

LARGEST_BODY = 1_000_000
_KEY_LENGTH = 200
_OWN_LIMITS = "/webhooks/"  # mail is larger, and looked at before it is read


class TooLarge(Exception):
    """The client sends more than is taken."""


class Repeats:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or scope["path"].startswith(_OWN_LIMITS):
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
        except TooLarge:
            await errors.answer(errors.too_large(LARGEST_BODY))(scope, receive, send)
            return
        key = Headers(scope=scope).get("idempotency-key")
        if key is None or scope["method"] != "POST" or not scope["path"].startswith("/api/"):
            await self._app(scope, _replay(body, receive), send)
            return
        await self._once(key, body, scope, receive, send)

    async def _once(self, key: str, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        ctx = context_of(scope)
        try:
            if not 0 < len(key) <= _KEY_LENGTH:
                raise errors.bad_field("Idempotency-Key", f"the key must have 1 to {_KEY_LENGTH} characters")
            known = await run_in_threadpool(repeats.begin, ctx, key, _hash(scope, body))
        except (EngineError, Problem) as refusal:
            problem = errors.of_engine(refusal) if isinstance(refusal, EngineError) else refusal
            await errors.answer(problem)(scope, receive, send)
            return
        if known is not None:
            await _given_before(known)(scope, receive, send)
            return
        heard = _Listener(send)
        try:
            await self._app(scope, _replay(body, receive), heard)
        finally:
            await run_in_threadpool(repeats.end, ctx, key, heard.answer())


class _Listener:
    """Passes an answer on and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send, self._status, self._etag, self._body = send, 500, "", b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._etag = MutableHeaders(scope=message).get("etag", "")
        else:
            self._body += message.get("body", b"")
        await self._send(message)

    def answer(self) -> Answer | None:
        """A refusal changed nothing and may be tried again; only what was done is kept."""
        if not 200 <= self._status < 300:  # noqa: PLR2004 - success
            return None
        return Answer(self._status, self._etag or None, self._body.decode())


def _hash(scope: Scope, body: bytes) -> str:
    """Another rep's, another address's or another body's request is another request."""
    rep = caller_of(scope).rep or ""
    whole = b"\n".join((scope["path"].encode(), scope["query_string"], rep.encode(), body))
    return hashlib.sha256(whole).hexdigest()


def _given_before(known: Answer) -> Response:
    headers = {"Idempotent-Replayed": "true"} | ({"ETag": known.etag} if known.etag else {})
    return Response(known.body, known.status, headers, media_type="application/json")


async def _read(scope: Scope, receive: Receive) -> bytes:
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise TooLarge
    body, is_more = b"", True
    while is_more:
        message = await receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            raise TooLarge
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once; after it whatever the server says next (the client may leave)."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
