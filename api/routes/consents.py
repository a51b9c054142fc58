"""What people have agreed to: recorded with its evidence, withdrawn at their word."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Actor, Ctx, RowId
from api.routes.shapes import Body, Instant, Name, Text
from engine.operations.queries.consents import ConsentView, consents_of, view
from engine.operations.reaching import consents
from engine.operations.reaching.consents import Grant

router = APIRouter(prefix="/prospects/{prospect_id}/consents", tags=["consents"])
Channel = Literal["email", "sms", "phone"]


class NewConsent(Body):
    """`text` is what they agreed to, in its words; `source` where that can be seen."""

    channel: Channel
    basis: Literal["express", "implied", "request", "contract", "opt_out_notice"] = "express"
    text: Text = Field(min_length=1)
    source: Name
    at: Instant | None = Field(None, description="when they agreed; now when left out")
    expires_at: Instant | None = None
    address: Name | None = Field(None, description="the only address it is for; all of theirs when left out")


class Withdrawal(Body):
    channel: Channel | None = Field(None, description="all of them when left out")
    reason: Name


@router.get("", summary="All of one person's, the latest first", responses=described(tuple[ConsentView, ...]))
def many(ctx: Ctx, prospect_id: RowId) -> Response:
    return answer(consents_of(ctx, prospect_id))


@router.post("", status_code=201, summary="They agreed", responses=described(ConsentView, 201, description="recorded"))
def create(ctx: Ctx, actor: Actor, prospect_id: RowId, body: NewConsent) -> Response:
    return answer(view(consents.grant(ctx, Grant(prospect_id, **body.model_dump()), actor=actor)), 201)


@router.post(
    "/withdraw",
    summary="They no longer agree: the channel is closed at the next decision",
    responses=described(tuple[ConsentView, ...], description="all of theirs, as they are now"),
)
def withdraw(ctx: Ctx, actor: Actor, prospect_id: RowId, body: Withdrawal) -> Response:
    consents.withdraw(ctx, prospect_id, channel=body.channel, actor=actor, reason=body.reason)
    return answer(consents_of(ctx, prospect_id))
