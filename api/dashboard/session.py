"""Sign in with the local token, choose the rep, sign out."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import REP, Lock, sign_in, sign_out
from api.dashboard import look
from engine.operations.queries import team

router = APIRouter()
_A_YEAR = 365 * 24 * 3600


@router.get("/login")
def ask(
    request: Request,
    token: Annotated[str, Query(max_length=500)] = "",
    next: Annotated[str, Query(max_length=200)] = "/",  # noqa: A002 - the name in the address
) -> Response:
    """The address that `touchline serve` prints carries the token, and leaves it behind at once."""
    lock: Lock = request.app.state.lock
    if token and lock.opens(token):
        return _signed_in(request, next)
    return _form(request, next, is_wrong=bool(token))


@router.post("/login")
def login(
    request: Request,
    token: Annotated[str, Form(max_length=500)],
    next: Annotated[str, Form(max_length=200)] = "/",  # noqa: A002 - as above
) -> Response:
    lock: Lock = request.app.state.lock
    return _signed_in(request, next) if lock.opens(token.strip()) else _form(request, next, is_wrong=True)


def _signed_in(request: Request, wanted: str) -> Response:
    made = RedirectResponse(_own_path(wanted), 303)
    sign_in(made, request, request.app.state.lock)
    return made


def _own_path(wanted: str) -> str:
    """Never to another site: two slashes, or a slash and a backslash, begin a host."""
    is_ours = wanted.startswith("/") and wanted[1:2] not in ("/", "\\") and wanted.isprintable()
    return wanted if is_ours else "/"


def _form(request: Request, wanted: str, *, is_wrong: bool) -> Response:
    locale = "zh" if request.headers.get("accept-language", "").casefold().startswith("zh") else "en"
    now = request.app.state.ctx.now()
    body = look.render("login.html", locale=locale, zone="UTC", now=now, next=wanted, is_wrong=is_wrong)
    return look.html(body, 401 if is_wrong else 200)


@router.post("/logout")
def logout() -> Response:
    made = RedirectResponse("/login", 303)
    sign_out(made)
    return made


@router.post("/rep")
def choose_rep(request: Request, rep: Annotated[str, Form(max_length=200)]) -> Response:
    """Raises NotFound for a rep that nobody is."""
    chosen = team.rep(request.app.state.ctx, rep)
    made = RedirectResponse("/", 303)
    is_secure = request.url.scheme == "https"
    made.set_cookie(REP, chosen.key, max_age=_A_YEAR, httponly=True, samesite="strict", secure=is_secure)
    return made
