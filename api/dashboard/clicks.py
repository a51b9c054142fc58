"""The links of our mails. Where one leads was stored when the mail was written: no request can change it."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from api.deps import Ctx
from engine.core.clicks import Visit
from engine.operations.incoming.clicks import follow

router = APIRouter(prefix="/c", tags=["links"])
_PURPOSES = ("purpose", "x-purpose", "x-moz", "sec-purpose")
_QUIET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@router.head("/{link_id}", include_in_schema=False)
@router.get("/{link_id}", status_code=302, summary="Leads to where the mail said", response_class=RedirectResponse)
def lead(request: Request, ctx: Ctx, link_id: Annotated[str, Path(max_length=100)]) -> Response:
    headers = request.headers
    visit = Visit(
        at=ctx.now(),
        method=request.method,
        user_agent=headers.get("user-agent", ""),
        language=headers.get("accept-language", ""),
        purposes=" ".join(headers.get(name, "") for name in _PURPOSES),
        fetch_mode=headers.get("sec-fetch-mode", ""),
        sender=headers.get("from", ""),
    )
    target = follow(ctx, link_id, visit)
    if target is None:
        return PlainTextResponse("This link is not one of ours.", 404, _QUIET)
    return RedirectResponse(target, 302, _QUIET)
