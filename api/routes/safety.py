"""How it is going, and what stops everything automatic: a restored backup, harm that was done."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Actor, Ctx, Locale, RowId
from api.routes.shapes import Body
from engine.operations.queries.standing import Standing, standing
from engine.operations.queries.tripped import BreakerView, open_breakers
from engine.operations.safeguards import health, restoring
from engine.operations.safeguards.restoring import Recovery

router = APIRouter(tags=["safety"])


class GoesOn(Body):
    """How many held touches are due again."""

    touches: int


@router.get("/status", summary="How it is going, all in one", responses=described(Standing))
def status(ctx: Ctx, locale: Locale) -> Response:
    return answer(standing(ctx, locale=locale))


@router.get("/recovery", summary="Is a restored backup being checked?", responses=described(Recovery))
def recovery(ctx: Ctx) -> Response:
    return answer(restoring.status(ctx))


@router.post("/recovery/release", summary="The restored backup was checked: go on", responses=described(Recovery))
def release_recovery(ctx: Ctx, actor: Actor) -> Response:
    restoring.release(ctx, actor=actor)
    return answer(restoring.status(ctx))


@router.get(
    "/breakers", summary="Domains, imports and channels that are stopped", responses=described(list[BreakerView])
)
def breakers(ctx: Ctx) -> Response:
    return answer(open_breakers(ctx))


@router.post("/breakers/{breaker_id}/release", summary="The cause is mended: go on", responses=described(GoesOn))
def release_breaker(ctx: Ctx, breaker_id: RowId, actor: Actor) -> Response:
    return answer({"touches": health.release(ctx, breaker_id, actor=actor)})
