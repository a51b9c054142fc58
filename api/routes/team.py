"""Reps, and the sequences that are live."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Ctx, Locale
from engine.operations.queries import team
from engine.operations.queries.capacity import CapacityView, deployed
from engine.operations.queries.team import RepView, SequenceView

router = APIRouter()


@router.get("/reps", tags=["reps"], summary="Everybody who works a queue", responses=described(list[RepView]))
def reps(ctx: Ctx) -> Response:
    return answer(team.reps(ctx))


@router.get(
    "/capacity",
    tags=["reps"],
    summary="What a lead costs, and how many new ones each rep sustains in a day",
    responses=described(CapacityView),
)
def capacity(ctx: Ctx, locale: Locale) -> Response:
    return answer(deployed(ctx, locale=locale))


@router.get(
    "/sequences",
    tags=["sequences"],
    summary="Live versions with their formula",
    responses=described(list[SequenceView]),
)
def sequences(ctx: Ctx) -> Response:
    return answer(team.sequences(ctx))
