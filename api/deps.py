"""What routes ask for: the context, who acts, whose language, which page, which version."""

from typing import Annotated

from fastapi import Depends, Header, Path, Query
from fastapi.security import HTTPBearer
from starlette.requests import Request

from api.auth import caller_of, context_of
from api.errors import bad_field, if_match_needed
from engine.core.errors import NotFound, Stale
from engine.operations.context import Context
from engine.operations.queries import pages, team
from engine.operations.queries.team import RepView

# Only so that the OpenAPI document names it; the guard before the routes does the checking.
bearer = HTTPBearer(auto_error=False, description="the token that `touchline serve` was started with")

_FURTHEST_ID = 2**63 - 1


def context(request: Request) -> Context:
    return context_of(request.scope)


Ctx = Annotated[Context, Depends(context)]


def named_rep(
    request: Request,
    ctx: Ctx,
    _header: Annotated[
        str | None, Header(alias="X-Touchline-Rep", description="the rep who acts, or whose language is wanted")
    ] = None,
) -> RepView | None:
    """The rep of the header or of the page's cookie. A name that nobody has is an error, not nobody."""
    caller = caller_of(request.scope)
    if not caller.rep:
        return None
    try:
        return team.rep(ctx, caller.rep)
    except NotFound as unknown:
        raise bad_field("X-Touchline-Rep", str(unknown)) from None


MaybeRep = Annotated[RepView | None, Depends(named_rep)]


def acting_rep(rep: MaybeRep) -> RepView:
    if rep is None:
        raise bad_field("X-Touchline-Rep", "say who acts: send the rep's key in the header X-Touchline-Rep")
    if not rep.is_active:
        raise bad_field("X-Touchline-Rep", f"{rep.key} is no longer active; name an active rep")
    return rep


ActingRep = Annotated[RepView, Depends(acting_rep)]


def actor(rep: MaybeRep) -> str:
    """Who is written into the audit: the rep, else that it came by the API."""
    return rep.key if rep is not None else "api"


Actor = Annotated[str, Depends(actor)]


def locale(rep: MaybeRep, accept_language: Annotated[str, Header()] = "en") -> str:
    """The rep's language, else the first one that the client asks for."""
    if rep is not None:
        return rep.locale
    return "zh" if accept_language.strip().casefold().startswith("zh") else "en"


Locale = Annotated[str, Depends(locale)]


_LONGEST_KEY = 200


def of_rep(
    ctx: Ctx,
    acting: MaybeRep,
    rep: Annotated[
        str | None, Query(max_length=_LONGEST_KEY, description="a rep's key; the acting rep's when left out")
    ] = None,
) -> str:
    """Whose work is asked for."""
    if rep is None and acting is None:
        raise bad_field("rep", "say whose: give ?rep=<key>, or send X-Touchline-Rep")
    return team.rep(ctx, rep).key if rep is not None else acting.key  # type: ignore[union-attr]  # one of both is there


OfRep = Annotated[str, Depends(of_rep)]


def of_rep_or_all(
    ctx: Ctx,
    acting: MaybeRep,
    rep: Annotated[
        str | None,
        Query(max_length=_LONGEST_KEY, description="a rep's key; the acting rep's, or everybody's if nobody acts"),
    ] = None,
) -> str | None:
    """None for everybody's."""
    return of_rep(ctx, acting, rep) if rep is not None or acting is not None else None


OfRepOrAll = Annotated[str | None, Depends(of_rep_or_all)]

Limit = Annotated[int, Query(ge=1, le=pages.LARGEST, description="how many rows at most")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before")]
RowId = Annotated[int, Path(ge=1, le=_FURTHEST_ID)]


def read_version(
    if_match: Annotated[str | None, Header(description='the ETag that was read, for example "3"')] = None,
) -> int | None:
    """The version of If-Match; `*` takes the task as it is."""
    if if_match is None:
        raise if_match_needed()
    if if_match.strip() == "*":
        return None
    number = if_match.strip().removeprefix('"').removesuffix('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 - digits of a version
        raise Stale(f"{if_match} is no ETag of a task; read it again")
    return int(number)


Version = Annotated[int | None, Depends(read_version)]
