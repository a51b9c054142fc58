"""The pages and their parts: the queue with one task in full, and a person."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi_problem.error import Problem
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.auth import sign_in
from api.dashboard import look, screen
from api.deps import RowId
from engine.operations.queries import enrollments, people

router = APIRouter()

TaskId = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
Ask = Annotated[str, Query(max_length=100)]


@router.get("/")
def home(
    request: Request,
    task: TaskId = None,
    done: TaskId = None,
    ask: Ask = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    return whole_page(request, task=task, done=done, ask=ask, text=q.strip())


def whole_page(
    request: Request, *, task: int | None = None, done: int | None = None, ask: str = "", text: str = "",
    status: int = 200, problem: str | None = None, said: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    """Everything at once, for a browser without scripts as for one with them."""
    view = screen.viewer(request)
    shown = screen.left(view, task, text)
    picked = shown["selected"]
    body = view.render(
        "queue.html",
        **shown,
        reps=screen.active_reps(view),
        done=screen.done(view, done) if done is not None else None,
        panel=screen.panel(view, picked, ask=ask, problem=problem, said=said) if picked is not None else None,
        is_picked=task is not None or bool(text),
    )
    made = look.html(body, status)
    sign_in(made, request, request.app.state.lock)
    return made


@router.get("/fragments/left")
def left(request: Request, task: TaskId = None, if_none_match: Annotated[str, Header()] = "") -> Response:
    """The left column, asked for every few seconds: unchanged it costs nothing to show."""
    view = screen.viewer(request)
    body = view.render("left.html", **screen.left(view, task))
    tag = f'"{sha256(body.encode()).hexdigest()[:16]}"'
    if if_none_match == tag:
        return Response(status_code=304)
    return HTMLResponse(body, headers={"ETag": tag})


@router.get("/fragments/panel/{task_id}")
def panel(request: Request, task_id: RowId, ask: Ask = "") -> Response:
    view = screen.viewer(request)
    return look.html(view.render("panel.html", panel=screen.panel(view, task_id, ask=ask)))


def problem(request: Request, told: Problem) -> Response:
    """A refusal for somebody who opened an address in a browser."""
    now = request.app.state.ctx.now()
    locale = "zh" if request.headers.get("accept-language", "").casefold().startswith("zh") else "en"
    words = {"title": told.title, "detail": told.detail or ""}
    return look.html(look.render("problem.html", locale=locale, zone="UTC", now=now, **words), told.status)


@router.get("/people/{prospect_id}")
def person(request: Request, prospect_id: RowId) -> Response:
    view = screen.viewer(request)
    found = people.prospect(view.ctx, prospect_id, locale=view.rep.locale)
    shown = screen.left(view, -1)
    rounds = enrollments.list_enrollments(view.ctx, {"prospect_id": prospect_id}, locale=view.rep.locale).items
    body = view.render(
        "person.html", **shown, reps=screen.active_reps(view), person=found, enrollments=rounds[::-1], is_picked=True
    )
    return look.html(body)
