"""The kill switch of all automatic sending."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Actor, Ctx
from api.routes.shapes import Body
from engine.operations import steering

router = APIRouter(prefix="/sending", tags=["sending"])


class Switch(Body):
    is_on: bool


@router.get("", summary="Does anything leave?", responses=described(Switch))
def read(ctx: Ctx) -> Response:
    return answer({"is_on": steering.is_sending(ctx)})


@router.put("", summary="Off stops every automatic send within seconds", responses=described(Switch))
def switch(ctx: Ctx, actor: Actor, body: Switch) -> Response:
    steering.switch_sending(ctx, is_on=body.is_on, actor=actor)
    return answer({"is_on": body.is_on})
