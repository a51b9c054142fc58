"""Tasks: one with everything needed to do it, and what a rep can do to it. Every act needs the ETag that was read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from api.answers import answer, described, etag
from api.deps import ActingRep, Ctx, MaybeRep, RowId, Version
from api.routes.shapes import Body, Day, Instant, Name, Short, Text
from engine.core.outcome import Answer
from engine.operations.context import Context
from engine.operations.queries import task as query
from engine.operations.queries.task import TaskDetail, TaskNow
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By

router = APIRouter(prefix="/tasks", tags=["tasks"])
_ANSWER: dict[str, Any] = {"responses": described(TaskNow, description="the task as it is now, with its new ETag")}


class Outcome(Body):
    """What came of the task. `GET /tasks/{id}` lists the outcomes and what each needs beside it."""

    outcome: Name
    at: Instant | None = Field(None, description="for outcomes that promise an instant: a call-back, a meeting")
    date: Day | None = Field(None, description="the day they named")
    reason: Short | None = None
    name: Short | None = Field(None, description="whom they named")
    note: Text | None = None
    voicemail_left: bool = False


class Snooze(Body):
    until: Instant


class Skip(Body):
    reason: Name


class Reassign(Body):
    rep: Name


def _asked(task_id: RowId, rep: ActingRep, version: Version) -> By:
    return By(task_id, rep.key, version)


Asked = Annotated[By, Depends(_asked)]


@router.get(
    "/{task_id}", summary="Script, reach, history, outcomes and what comes next", responses=described(TaskDetail)
)
def one(ctx: Ctx, task_id: RowId, rep: MaybeRep) -> Response:
    found = query.task(ctx, task_id, rep_key=rep.key if rep else None)
    return answer(found, headers=etag(found.task.version))


@router.post("/{task_id}/complete", summary="Say what came of it; the outcome decides what follows", **_ANSWER)
def complete(ctx: Ctx, by: Asked, body: Outcome) -> Response:
    told = body.model_dump(exclude={"date"})
    day = body.date.isoformat() if body.date else None
    return _now(ctx, work_task.complete(ctx, by, Answer(**told, date=day)))


@router.post("/{task_id}/undo", summary="Take the outcome back, within five minutes", **_ANSWER)
def undo(ctx: Ctx, by: Asked) -> Response:
    return _now(ctx, work_task.undo(ctx, by))


@router.post("/{task_id}/snooze", summary="Out of the queue until then", **_ANSWER)
def snooze(ctx: Ctx, by: Asked, body: Snooze) -> Response:
    return _now(ctx, work_task.snooze(ctx, by, body.until))


@router.post("/{task_id}/skip", summary="Give the step up with a reason; the plan goes on", **_ANSWER)
def skip(ctx: Ctx, by: Asked, body: Skip) -> Response:
    return _now(ctx, work_task.skip(ctx, by, body.reason))


@router.post("/{task_id}/claim", summary="Mine for 30 minutes", **_ANSWER)
def claim(ctx: Ctx, by: Asked) -> Response:
    return _now(ctx, work_task.claim(ctx, by))


@router.post("/{task_id}/reassign", summary="Another rep takes it, and the rest of the enrollment", **_ANSWER)
def reassign(ctx: Ctx, by: Asked, body: Reassign) -> Response:
    return _now(ctx, work_task.reassign(ctx, by, body.rep))


def _now(ctx: Context, row: Any) -> Response:
    now = query.task_now(row, ctx.now())
    return answer(now, headers=etag(now.version))
