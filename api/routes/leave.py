"""Leave: who is away, from when until when, and what becomes of the work meanwhile."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Actor, Ctx, RowId
from api.routes.shapes import Body, Day, Name
from engine.core.leave import Leave, LeavePolicy
from engine.operations import leaves
from engine.operations.queries.leaves import LeaveView, list_leaves, view

router = APIRouter(prefix="/leave", tags=["leave"])
Everything = Annotated[bool, Query(alias="all", description="what is over or was cancelled, too")]


class NewLeave(Body):
    """`from` and `until` are days on the rep's own calendar; both are away."""

    rep: Name
    first: Day = Field(alias="from")
    until: Day
    policy: LeavePolicy | None = Field(None, description="the workspace's `on_leave` when left out")
    to: Name | None = Field(None, description="the rep who stands in, or takes over")


class LeaveAnswer(BaseModel):
    """The days by the names under which they are asked."""

    id: int
    rep: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="until")
    policy: str
    to: str | None
    state: str = Field(description="to_come, away, over or cancelled")
    source: str = Field(description="where it was entered: file, cli or api")
    entered_by: str


def _answered(one: LeaveView) -> dict[str, Any]:
    return LeaveAnswer(**asdict(one)).model_dump(mode="json", by_alias=True)


@router.get("", summary="Who is away, and who will be", responses=described(list[LeaveAnswer]))
def many(ctx: Ctx, *, everything: Everything = False) -> Response:
    return answer([_answered(one) for one in list_leaves(ctx, everything=everything)])


@router.post(
    "",
    summary="Enter leave, also when it has begun already or is over",
    responses=described(LeaveAnswer, 201, description="entered"),
    status_code=201,
)
def create(ctx: Ctx, actor: Actor, body: NewLeave) -> Response:
    leave = Leave(body.first, body.until, body.policy, body.to)
    return answer(_answered(view(leaves.add(ctx, body.rep, leave, actor=actor, source="api"), ctx.now())), 201)


@router.delete(
    "/{leave_id}", summary="The rep is there after all, or back before the end", responses=described(LeaveAnswer)
)
def cancel(ctx: Ctx, actor: Actor, leave_id: RowId) -> Response:
    return answer(_answered(view(leaves.cancel(ctx, leave_id, actor=actor), ctx.now())))
