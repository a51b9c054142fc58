"""Every refusal as RFC 9457 problem+json. Which error has which status is decided here and nowhere below."""

import logging
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem, StatusProblem
from fastapi_problem.handler import ExceptionHandler, new_exception_handler
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engine.core.errors import (
    BadInput,
    Busy,
    CannotRender,
    Conflict,
    EngineError,
    IllegalTransition,
    NotFound,
    OutOfScope,
    Stale,
    TooMany,
    WrittenInFile,
)

TYPE_URI = "urn:touchline:problem:{type}"
MEDIA_TYPE = "application/problem+json"

# error -> (status, type, title); the first that fits
_STATUS: tuple[tuple[type[EngineError], int, str, str], ...] = (
    (NotFound, 404, "not-found", "There is no such thing"),
    (OutOfScope, 403, "out-of-scope", "That is somebody else's"),
    (Stale, 412, "changed-meanwhile", "It was changed since you read it"),
    (IllegalTransition, 409, "not-possible-now", "That cannot be done in its present state"),
    (TooMany, 409, "too-many", "They are more than a rep can take"),
    (WrittenInFile, 409, "written-in-file", "It stands in a file; change it there"),
    (Conflict, 409, "conflict", "Somebody else was first"),
    (Busy, 503, "busy", "Somebody is at work on it; try again in a second"),
    (BadInput, 422, "bad-input", "The input cannot be used as it is"),
    (CannotRender, 422, "cannot-render", "The message cannot be written for this person"),
    (EngineError, 409, "refused", "That cannot be done"),
)
_HTTP = {
    400: ("malformed", "The request cannot be read"),
    404: ("not-found", "There is nothing at this address"),
    405: ("method-not-allowed", "This address does not do that"),
}


class Unexpected(StatusProblem):
    """What we did not foresee. The details go to the log, never to the caller."""

    type_ = "unexpected"
    title = "Something went wrong"
    status = 500

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__("it was logged; try again, and report it if it happens twice")


def unauthorised() -> Problem:
    detail = "send `Authorization: Bearer <token>`; the token stands where `touchline serve` was started"
    headers = {"WWW-Authenticate": "Bearer"}
    return Problem("A token is needed", "token-needed", detail, 401, headers)


def foreign_origin() -> Problem:
    return Problem("This page may not act for you", "foreign-origin", "the request came from another site", 403)


def unreadable_query() -> Problem:
    return Problem("The query cannot be read", "unreadable-query", "a NUL character is no text; leave out %00", 400)


def too_large(limit: int) -> Problem:
    return Problem("The request is too large", "too-large", f"send at most {limit} bytes at once", 413)


def if_match_needed() -> Problem:
    detail = "read the task first and send its ETag as If-Match, so that nobody's work is overwritten"
    return Problem("If-Match is needed", "if-match-needed", detail, 428)


def bad_field(field: str, message: str) -> Problem:
    title = "The input cannot be used as it is"
    return Problem(title, "bad-input", message, 422, errors=[{"field": field, "message": message}])


def of_engine(error: EngineError) -> Problem:
    status, kind, title = next((status, kind, title) for one, status, kind, title in _STATUS if isinstance(error, one))
    headers = {"Retry-After": "1"} if status == 503 else None  # noqa: PLR2004 - service unavailable
    extras: dict[str, Any] = {"errors": errors} if (errors := _field_errors(error)) else {}
    return Problem(title, kind, str(error), status, headers, **extras)


def _field_errors(error: EngineError) -> list[dict[str, str]]:
    named = error.data.get("fields") or ([error.data["field"]] if error.data.get("field") else [])
    fields = named if isinstance(named, list) else []
    return [{"field": str(field), "message": str(error)} for field in fields]


def _engine(_eh: ExceptionHandler, _request: Request, error: EngineError) -> Problem:
    return of_engine(error)


def _http(_eh: ExceptionHandler, _request: Request, error: HTTPException) -> Problem:
    kind, title = _HTTP.get(error.status_code, (f"http-{error.status_code}", str(error.detail)))
    headers = dict(error.headers) if error.headers else None
    return Problem(title, kind, str(error.detail), error.status_code, headers)


def _validation(_eh: ExceptionHandler, _request: Request, error: RequestValidationError) -> Problem:
    errors = [_mistake(one) for one in error.errors()]
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in errors)
    return Problem("The request has mistakes", "invalid-request", detail, 422, errors=errors)


def _field(location: tuple[str | int, ...]) -> str:
    """Without the place where FastAPI found it: a caller knows their body from their query."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _mistake(error: Mapping[str, Any]) -> dict[str, str]:
    if error["type"] == "json_invalid":
        reason = str(error["ctx"]["error"]).lower()
        return {"field": "body", "message": f"not JSON: {reason} at character {error['loc'][-1]}"}
    return {"field": _field(error["loc"]), "message": _in_words(error)}


def _in_words(error: Mapping[str, Any]) -> str:
    message = str(error["msg"])
    return message[:1].lower() + message[1:]


_HANDLER = new_exception_handler(
    logger=logging.getLogger("touchline.api"),
    handlers={EngineError: _engine},
    unhandled_wrappers={"default": Unexpected},
    http_exception_handler=_http,
    request_validation_handler=_validation,
    documentation_uri_template=TYPE_URI,
)


def answer(problem: Problem) -> JSONResponse:
    headers = {**(problem.headers or {}), "content-type": MEDIA_TYPE}
    return JSONResponse(problem.marshal(uri=TYPE_URI), problem.status, headers)


def install(app: FastAPI, as_page: Callable[[Request, Problem], Response]) -> None:
    """Programs get JSON; somebody who looks at a page gets a page."""

    def handle(request: Request, error: Exception) -> Response:
        made = _HANDLER(request, error)
        if not wants_page(request.scope):
            return made
        told = orjson.loads(bytes(made.body))
        return as_page(request, Problem(told["title"], told["type"], told.get("detail"), told["status"]))

    for error in (EngineError, Problem, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(error, handle)


def wants_page(scope: MutableMapping[str, Any]) -> bool:
    is_page = scope["method"] == "GET" and not scope["path"].startswith(("/api/", "/fragments/"))
    return is_page and "text/html" in Headers(scope=scope).get("accept", "")
