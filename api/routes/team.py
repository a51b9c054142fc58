"""Reps, who come and go, and the sequences that are live."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Actor, Ctx, Locale
from api.routes.shapes import Body, Name
from engine.operations.lifecycle import leavers
from engine.operations.queries import team
from engine.operations.queries.capacity import CapacityView, deployed
from engine.operations.queries.team import RepView, SequenceView

router = APIRouter()
RepKey = Annotated[str, Path(max_length=200, description="the rep's key")]


class Departure(Body):
    to: Name | None = Field(None, description="the rep who takes over; the team shares when left out")


@router.get("/reps", tags=["reps"], summary="Everybody who works a queue", responses=described(list[RepView]))
def reps(ctx: Ctx) -> Response:
    return answer(team.reps(ctx))


@router.post(
    "/reps/{key}/departure",
    tags=["reps"],
    summary="Somebody works here no more: their open tasks and enrollments find new owners now",
    responses=described(RepView),
)
def leave_for_good(ctx: Ctx, actor: Actor, key: RepKey, body: Departure) -> Response:
    leavers.leave_for_good(ctx, key, to=body.to, actor=actor)
    return answer(team.rep(ctx, key))


@router.delete(
    "/reps/{key}/departure",
    tags=["reps"],
    summary="Somebody who left by command works here again; what they had stays where it is",
    responses=described(RepView),
)
def come_back(ctx: Ctx, actor: Actor, key: RepKey) -> Response:
    leavers.come_back(ctx, key, actor=actor)
    return answer(team.rep(ctx, key))


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
