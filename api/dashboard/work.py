"""The page's forms. Without scripts they answer with a page; to the script, with a line or a problem."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import errors
from api.dashboard import look, pages, screen
from api.dashboard.screen import Viewer
from api.deps import RowId
from api.routes.shapes import YEARS
from engine.core.clock import local_instant
from engine.core.errors import BadInput, EngineError
from engine.core.outcome import Answer
from engine.operations.delivery import recovery
from engine.operations.incoming import calling
from engine.operations.queries import task as tasks
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By

router = APIRouter()


class OnTask(BaseModel):
    """`version` is the one that the page showed: nobody's work is overwritten."""

    version: int = Field(ge=1)


class Outcome(OnTask):
    """Fields that were not asked for are empty. `at` is on the prospect's clock."""

    outcome: str = Field(max_length=100)
    at: str = Field("", max_length=50)
    date: str = Field("", max_length=50)
    reason: str = Field("", max_length=500)
    name: str = Field("", max_length=500)
    note: str = Field("", max_length=10_000)
    voicemail_left: bool = False


class Snooze(OnTask):
    """One of the buttons' instants, or a time on the rep's clock."""

    until: str = Field("", max_length=50)
    at: str = Field("", max_length=50)


class Skip(OnTask):
    reason: str = Field("", max_length=500)


class HandTo(OnTask):
    rep: str = Field("", max_length=200)


class Settle(BaseModel):
    was_sent: bool


@router.post("/tasks/{task_id}/complete")
def complete(request: Request, task_id: RowId, form: Annotated[Outcome, Form()]) -> Response:
    view = screen.viewer(request)

    def act() -> None:
        zone = tasks.task(view.ctx, task_id).task.zone
        told = {name: getattr(form, name).strip() or None for name in ("date", "reason", "name", "note")}
        at = _instant(form.at, zone) if form.at else None
        answer = Answer(form.outcome, at, voicemail_left=form.voicemail_left, **told)
        work_task.complete(view.ctx, By(task_id, view.rep.key, form.version), answer)

    return _carried_out(request, view, task_id, act, form=form, ask=form.outcome)


@router.post("/tasks/{task_id}/snooze")
def snooze(request: Request, task_id: RowId, form: Annotated[Snooze, Form()]) -> Response:
    view = screen.viewer(request)

    def act() -> None:
        until = _instant(form.until or form.at, view.rep.zone)
        work_task.snooze(view.ctx, By(task_id, view.rep.key, form.version), until)

    return _carried_out(request, view, task_id, act, form=form, ask="snooze")


@router.post("/tasks/{task_id}/skip")
def skip(request: Request, task_id: RowId, form: Annotated[Skip, Form()]) -> Response:
    view = screen.viewer(request)

    def act() -> None:
        work_task.skip(view.ctx, By(task_id, view.rep.key, form.version), form.reason.strip())

    return _carried_out(request, view, task_id, act, form=form, ask="skip")


@router.post("/tasks/{task_id}/reassign")
def reassign(request: Request, task_id: RowId, form: Annotated[HandTo, Form()]) -> Response:
    view = screen.viewer(request)

    def act() -> None:
        work_task.reassign(view.ctx, By(task_id, view.rep.key, form.version), form.rep)

    return _carried_out(request, view, task_id, act, form=form)


@router.post("/tasks/{task_id}/undo")
def undo(request: Request, task_id: RowId, form: Annotated[OnTask, Form()]) -> Response:
    view = screen.viewer(request)

    def act() -> None:
        work_task.undo(view.ctx, By(task_id, view.rep.key, form.version))

    return _carried_out(request, view, task_id, act, form=form)


@router.post("/tasks/{task_id}/call")
def call(request: Request, task_id: RowId) -> Response:
    """The task stays open: what came of the call is for the rep to say."""
    view = screen.viewer(request)
    try:
        calling.start(view.ctx, By(task_id, view.rep.key))
    except EngineError as refusal:
        problem = errors.of_engine(refusal)
        return pages.whole_page(request, task=task_id, status=problem.status, problem=problem.detail)
    return RedirectResponse(f"/?task={task_id}", 303)


@router.post("/doubts/{touch_id}")
def settle(request: Request, touch_id: RowId, form: Annotated[Settle, Form()]) -> Response:
    view = screen.viewer(request)
    recovery.settle_by_hand(view.ctx, touch_id, was_sent=form.was_sent, actor=view.rep.key)
    return Response(status_code=204) if _is_script(request) else RedirectResponse("/", 303)


@router.post("/doubts/{touch_id}/release")
def release(request: Request, touch_id: RowId) -> Response:
    view = screen.viewer(request)
    recovery.release_quarantined(view.ctx, touch_id, actor=view.rep.key)
    return Response(status_code=204) if _is_script(request) else RedirectResponse("/", 303)


def _carried_out(
    request: Request, view: Viewer, task_id: int, act: Callable[[], None], *, form: BaseModel, ask: str = ""
) -> Response:
    """A refusal is shown where it arose, with everything that was typed."""
    try:
        act()
    except EngineError as refusal:
        problem = errors.of_engine(refusal)
        if _is_script(request):
            return errors.answer(problem)
        told, typed = problem.detail, form.model_dump()
        return pages.whole_page(request, task=task_id, ask=ask, status=problem.status, problem=told, said=typed)
    if _is_script(request):
        return look.html(view.render("done.html", done=screen.done(view, task_id)))
    return RedirectResponse(f"/?done={task_id}", 303)


def _is_script(request: Request) -> bool:
    return request.headers.get("x-requested-with") == "touchline"


def _instant(text: str, zone: str) -> datetime:
    """A local time of a form is on `zone`'s clock; an instant with its own offset is taken as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("give a day and a time, like 2026-03-31 14:00", field="at") from None
    if at.year not in YEARS:
        raise BadInput(f"give a year from {YEARS.start} to {YEARS.stop - 1}", field="at")
    return at if at.tzinfo is not None else local_instant(at.date(), at.time(), ZoneInfo(zone))
