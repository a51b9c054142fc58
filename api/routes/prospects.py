"""Prospects: looked for, and one with addresses and history."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, described, page
from api.deps import Ctx, Cursor, Limit, Locale, RowId
from engine.operations.queries import people
from engine.operations.queries.pages import Page
from engine.operations.queries.people import Prospect, ProspectRow

router = APIRouter(prefix="/prospects", tags=["prospects"])


@router.get("", summary="Everybody, or those who have all the words of q", responses=described(Page[ProspectRow]))
def many(
    request: Request,
    ctx: Ctx,
    q: Annotated[str, Query(max_length=200, description="words of a name, a company or an address")] = "",
    stage: Annotated[str | None, Query(max_length=200)] = None,
    owner: Annotated[str | None, Query(max_length=200, description="a rep's key")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    found = people.find_prospects(ctx, text=q, stage=stage, owner=owner, limit=limit, cursor=cursor)
    return page(request, found)


@router.get("/{prospect_id}", summary="One, with addresses, bans and history", responses=described(Prospect))
def one(ctx: Ctx, prospect_id: RowId, locale: Locale) -> Response:
    return answer(people.prospect(ctx, prospect_id, locale=locale))
