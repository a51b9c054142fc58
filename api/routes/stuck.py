"""What waits for a person: sends whose result nobody knows, and touches that are held."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, described, page
from api.deps import ActingRep, Actor, Ctx, Cursor, Limit, Locale, OfRepOrAll, RowId
from api.routes.shapes import Body, Name
from engine.operations import steering
from engine.operations.delivery import recovery
from engine.operations.queries import stuck
from engine.operations.queries.pages import Page
from engine.operations.queries.stuck import StuckTouch
from engine.operations.safeguards import backlog

router = APIRouter(tags=["doubts"])


class Settlement(Body):
    """What the person found in the sent mail."""

    was_sent: bool


class Settled(Settlement):
    touch_id: int


class GivenUp(Body):
    reason: str


class Released(Body):
    touch_id: int


class RefusedStale(Body):
    """`sequence` limits it to one."""

    sequence: Name | None = None


class Approval(RefusedStale):
    reason: Name = "stale"


class Together(Body):
    """How many touches."""

    touches: int


@router.get("/doubts", summary="Sends that nobody can prove", responses=described(Page[StuckTouch]))
def doubts(
    request: Request, ctx: Ctx, rep: OfRepOrAll, locale: Locale, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    return page(request, stuck.doubts(ctx, rep, limit=limit, cursor=cursor, locale=locale))


@router.get("/held", summary="Touches that go on when somebody does something", responses=described(Page[StuckTouch]))
def held(
    request: Request, ctx: Ctx, rep: OfRepOrAll, locale: Locale, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    return page(request, stuck.held(ctx, rep, limit=limit, cursor=cursor, locale=locale))


@router.post("/held/approve", summary="All that is held for one reason goes on", responses=described(Together))
def approve(ctx: Ctx, actor: Actor, body: Approval) -> Response:
    return answer({"touches": backlog.approve(ctx, body.reason, actor=actor, sequence=body.sequence)})


@router.post("/held/refuse", summary="What is stale is not sent any more", responses=described(Together))
def refuse(ctx: Ctx, actor: Actor, body: RefusedStale) -> Response:
    return answer({"touches": backlog.refuse(ctx, actor=actor, sequence=body.sequence)})


@router.post("/held/{touch_id}/release", summary="The cause is mended: go on", responses=described(Released))
def release(ctx: Ctx, touch_id: RowId, rep: ActingRep) -> Response:
    steering.release(ctx, touch_id, actor=rep.key)
    return answer({"touch_id": touch_id})


@router.post("/held/{touch_id}/skip", summary="Give the step up", responses=described(Released))
def skip(ctx: Ctx, touch_id: RowId, rep: ActingRep, body: GivenUp) -> Response:
    steering.skip_held(ctx, touch_id, actor=rep.key, reason=body.reason)
    return answer({"touch_id": touch_id})


@router.post("/doubts/{touch_id}/release", summary="Send after all what was set apart", responses=described(Released))
def release_quarantined(ctx: Ctx, touch_id: RowId, rep: ActingRep) -> Response:
    recovery.release_quarantined(ctx, touch_id, actor=rep.key)
    return answer({"touch_id": touch_id})


@router.post("/doubts/{touch_id}/settle", summary="Say what became of it", responses=described(Settled))
def settle(ctx: Ctx, touch_id: RowId, rep: ActingRep, body: Settlement) -> Response:
    recovery.settle_by_hand(ctx, touch_id, was_sent=body.was_sent, actor=rep.key)
    return answer({"touch_id": touch_id, "was_sent": body.was_sent})
