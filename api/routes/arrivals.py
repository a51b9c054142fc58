"""What providers brought. Usually everything is applied; what could not be read is stuck until somebody looks."""

from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, described, page
from api.deps import Actor, Ctx, Cursor, Limit, RowId
from api.routes.shapes import Body
from engine.operations.incoming import arrivals
from engine.operations.queries import arrived
from engine.operations.queries.arrived import ArrivalView
from engine.operations.queries.pages import Page

router = APIRouter(prefix="/arrivals", tags=["arrivals"])


class Retried(Body):
    arrival_id: int


@router.get("", summary="The newest first", responses=described(Page[ArrivalView]))
def many(
    request: Request,
    ctx: Ctx,
    status: Literal["waiting", "applied", "ignored", "stuck"] = "stuck",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    return page(request, arrived.list_arrivals(ctx, status, limit=limit, cursor=cursor))


@router.post("/{arrival_id}/retry", summary="Read what was stuck once more", responses=described(Retried))
def retry(ctx: Ctx, arrival_id: RowId, actor: Actor) -> Response:
    arrivals.retry(ctx, arrival_id, actor=actor)
    return answer({"arrival_id": arrival_id})
