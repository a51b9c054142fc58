"""What providers tell us. Each webhook proves itself by its signature, is stored, and only then acknowledged.

Who drops what is refused gets 503 and tries again (SendGrid's Inbound Parse loses a mail for ever on 3xx and 4xx);
403 is for the one who repeats everything.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.auth import context_of
from engine.operations.context import Context
from engine.operations.incoming import arrivals, webhooks
from engine.operations.incoming.webhooks import Forged, Knock

log = structlog.get_logger()

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
_LATER = {"Retry-After": "60"}
_Responses = dict[int | str, dict[str, Any]]
_STORED: _Responses = {204: {"description": "stored"}, 503: {"description": "not stored; send it again"}}
_REFUSED: _Responses = {403: {"description": "not signed by the keys of this installation"}}
_TWIML: _Responses = {200: {"description": "TwiML", "content": {"text/xml": {}}}, 503: {"description": "not stored"}}


class TooLarge(Exception):
    """More than such a webhook may bring."""


@router.post(
    "/sendgrid/events", summary="SendGrid's Event Webhook, signed", status_code=204, responses=_STORED | _REFUSED
)
async def sendgrid_events(request: Request) -> Response:
    return await _stored(request, webhooks.sendgrid_events_came, webhooks.LARGEST_EVENTS, forged=HTTPStatus.FORBIDDEN)


@router.post("/sendgrid/parse", summary="SendGrid's Inbound Parse, raw and signed", status_code=204, responses=_STORED)
async def sendgrid_parse(request: Request) -> Response:
    return await _stored(request, webhooks.mail_came, webhooks.LARGEST_MAIL)


@router.post("/twilio/status", summary="What became of a text message", status_code=204, responses=_STORED)
async def twilio_status(request: Request) -> Response:
    return await _stored(request, webhooks.status_came, webhooks.LARGEST_FORM)


@router.post("/twilio/sms", summary="A text message to one of our numbers", response_class=Response, responses=_TWIML)
async def twilio_sms(request: Request) -> Response:
    return await _answered(request, webhooks.text_came)


@router.post(
    "/twilio/voice", summary="How a call stands, and what comes next", response_class=Response, responses=_TWIML
)
async def twilio_voice(request: Request) -> Response:
    return await _answered(request, webhooks.voice_came)


async def _answered(request: Request, came: Callable[[Context, Knock], tuple[list[int], str]]) -> Response:
    ctx = context_of(request.scope)
    try:
        new, twiml = await run_in_threadpool(came, ctx, await _knock(request, webhooks.LARGEST_FORM))
    except Exception as problem:  # noqa: BLE001 - whatever it is, it was not stored
        return _refused(request, problem, HTTPStatus.SERVICE_UNAVAILABLE)
    return Response(twiml, media_type="text/xml", background=_reading(ctx, new))


async def _stored(
    request: Request,
    came: Callable[[Context, Knock], list[int]],
    limit: int,
    *,
    forged: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE,
) -> Response:
    ctx = context_of(request.scope)
    try:
        new = await run_in_threadpool(came, ctx, await _knock(request, limit))
    except Exception as problem:  # noqa: BLE001 - whatever it is, it was not stored
        return _refused(request, problem, forged)
    return Response(status_code=204, background=_reading(ctx, new))


def _reading(ctx: Context, new: list[int]) -> BackgroundTask:
    """It is safe already: the answer need not wait for it to be read, and the tick reads what this one leaves."""
    return BackgroundTask(arrivals.apply, ctx, new)


def _refused(request: Request, problem: Exception, forged: HTTPStatus) -> Response:
    if isinstance(problem, Forged):
        log.error("a webhook is not signed as configured", path=request.url.path, status=int(forged))
        return Response(status_code=forged, headers=_LATER)
    log.error("a webhook could not be stored", path=request.url.path, exc_info=problem)
    return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_LATER)


async def _knock(request: Request, limit: int) -> Knock:
    """What cannot be genuine by its headers alone is not even read."""
    ctx = context_of(request.scope)
    if request.url.path.startswith("/webhooks/sendgrid/") and not webhooks.may_be_recent(ctx, request.headers):
        raise Forged
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{ctx.public_url.rstrip('/')}{request.url.path}{query}"
    return Knock(dict(request.headers), await _body(request, limit), url)


async def _body(request: Request, limit: int) -> bytes:
    """Nobody makes us hold more than the limit."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"{declared} bytes; at most {limit}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"more than {limit} bytes")
    return bytes(body)
