"""The rep's daily queue, and what stands beside it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, described, link_to_next
from api.deps import Ctx, Cursor, Limit, OfRep
from engine.operations.queries import queue, team
from engine.operations.queries.queue import Queue
from engine.operations.queries.team import Today

router = APIRouter(prefix="/queue", tags=["queue"])


@router.get("", summary="What is due now, in the order in which to do it", responses=described(Queue))
def daily_queue(request: Request, ctx: Ctx, rep: OfRep, limit: Limit = 50, cursor: Cursor = None) -> Response:
    found = queue.daily_queue(ctx, rep, limit=limit, cursor=cursor)
    return answer(found, headers=link_to_next(request, found.next_cursor))


@router.get("/today", summary="What a rep has done today and what is left", responses=described(Today))
def today(ctx: Ctx, rep: OfRep) -> Response:
    return answer(team.today(ctx, rep))
