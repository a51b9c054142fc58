"""Answers as orjson writes them: instants in RFC 3339 UTC, no second validation of what our own queries made."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from engine.operations.queries.pages import Page

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value, option=_OPTIONS), status, headers, media_type="application/json")


def page(request: Request, found: Page[Any]) -> Response:
    return answer(found, headers=link_to_next(request, found.next_cursor))


def link_to_next(request: Request, cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    url = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def described(model: Any, status: int = 200, *, description: str = "as asked") -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document alone: the answer itself is not checked against it."""
    return {status: {"model": model, "description": description}}
