"""Who must not be contacted. A suppression is added here; only an audited opt-in lifts one."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, described, page
from api.deps import Actor, Ctx, Cursor, Limit, RowId
from api.routes.shapes import Body, Name, Text
from engine.operations import steering
from engine.operations.queries import suppressed
from engine.operations.queries.pages import Page
from engine.operations.queries.suppressed import SuppressionView
from engine.operations.steering import Ban

router = APIRouter(prefix="/suppressions", tags=["suppressions"])


class NewSuppression(Body):
    """`value` is an address (`kind` says which), a domain, or the id of a person or an account."""

    scope: Literal["address", "person", "account", "domain"]
    value: Name
    kind: Literal["email", "phone", "wechat", "linkedin"] = "email"
    channel: Literal["all", "email", "phone", "sms", "wechat", "social"] = "all"
    reason: Name = Field(description="why, in a word or two: opted_out, legal, asked by phone")
    proof: Text = ""

    @model_validator(mode="after")
    def _has_form(self) -> "NewSuppression":
        is_phone = self.scope == "address" and self.kind == "phone"
        if is_phone and not (self.value.startswith("+") and self.value[1:].isdigit()):
            raise ValueError("give the phone number in its international form, like +12125550100")
        if self.scope == "address" and self.kind == "email" and "@" not in self.value:
            raise ValueError("an email address has an @")
        return self


class OptIn(Body):
    """`proof`: how we know that they want to hear from us again."""

    proof: Text = Field(min_length=1)


@router.get("", summary="The active ones, in id order", responses=described(Page[SuppressionView]))
def many(request: Request, ctx: Ctx, limit: Limit = 50, cursor: Cursor = None) -> Response:
    return page(request, suppressed.list_suppressions(ctx, limit=limit, cursor=cursor))


@router.post(
    "",
    summary="Nobody contacts them again; what is live for them ends",
    responses=described(SuppressionView, 201, description="suppressed now")
    | described(SuppressionView, 200, description="was suppressed already"),
)
def create(ctx: Ctx, actor: Actor, body: NewSuppression) -> Response:
    row, is_new = steering.suppress(ctx, Ban(source=f"api by {actor}", **body.model_dump()), actor=actor)
    return answer(suppressed.view(row), 201 if is_new else 200)


@router.post("/{suppression_id}/lift", summary="They want to hear from us again", responses=described(SuppressionView))
def lift(ctx: Ctx, actor: Actor, suppression_id: RowId, body: OptIn) -> Response:
    return answer(suppressed.view(steering.lift(ctx, suppression_id, actor=actor, proof=body.proof)))
