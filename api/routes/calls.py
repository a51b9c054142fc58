"""Click-to-call: the rep's phone rings, then the prospect's. One click is one call."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer, described
from api.deps import ActingRep, Ctx, RowId
from engine.operations.incoming import calling
from engine.operations.queries import calls
from engine.operations.queries.calls import CallView
from engine.operations.tasks.work_task import By

router = APIRouter(prefix="/tasks", tags=["calls"])


@router.post(
    "/{task_id}/call",
    summary="Ring the acting rep, then the prospect",
    status_code=201,
    responses=described(CallView, 201, description="the rep's phone rings, or `detail` says why it does not"),
)
def call(ctx: Ctx, task_id: RowId, rep: ActingRep) -> Response:
    return answer(calls.view(calling.start(ctx, By(task_id, rep.key))), 201)


@router.get("/{task_id}/calls", summary="How the task's calls went", responses=described(tuple[CallView, ...]))
def many(ctx: Ctx, task_id: RowId) -> Response:
    return answer(calls.of_task(ctx, task_id))
