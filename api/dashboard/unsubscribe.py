"""The link at the foot of every mail. Looking at it changes nothing; pressing the button ends it all (RFC 8058).

No login, no cookie, no redirect: a mail program posts here by itself.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.dashboard import look
from api.deps import Ctx
from engine.operations.incoming.unsubscribing import read_link, unsubscribe

router = APIRouter(prefix="/u", tags=["unsubscribe"])
Token = Annotated[str, Path(max_length=100)]


@router.get("/{token}", summary="Shows a button; changes nothing", response_class=HTMLResponse)
def show(ctx: Ctx, token: Token) -> Response:
    is_genuine = read_link(ctx, token) is not None
    return _page(ctx, "ask" if is_genuine else "unknown", 200 if is_genuine else 404)


@router.post("/{token}", summary="RFC 8058: they hear from us no more", response_class=HTMLResponse)
def press(request: Request, ctx: Ctx, token: Token) -> Response:
    link = read_link(ctx, token)
    if link is None:
        return _page(ctx, "unknown", 404)
    unsubscribe(ctx, link, how=f"unsubscribe link, {request.headers.get('user-agent', 'no user agent')[:200]}")
    return _page(ctx, "done", 200)


def _page(ctx: Ctx, state: str, status: int) -> Response:
    company = ctx.workspace().company
    text = look.render("unsubscribe.html", locale="en", zone="UTC", now=ctx.now(), state=state, company=company)
    return HTMLResponse(text, status, {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"})
