"""Reps, and the sequences that are live."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Ctx
from engine.operations.queries import team
from engine.operations.queries.team import RepView, SequenceView

router = APIRouter()


@router.get("/reps", tags=["reps"], summary="Everybody who works a queue", responses=described(list[RepView]))
def reps(ctx: Ctx) -> Response:
    return answer(team.reps(ctx))


@router.get(
    "/sequences",
    tags=["sequences"],
    summary="Live versions with their formula",
    responses=described(list[SequenceView]),
)
def sequences(ctx: Ctx) -> Response:
    return answer(team.sequences(ctx))
