"""Why and when, as pages: the chain of one enrollment, and the next days of the reps."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.dashboard import look, screen
from api.dashboard.bars import FAMILIES, bars, family_of
from api.deps import RowId
from engine.operations.queries.explaining.explanation import explain
from engine.operations.queries.forecast import Forecast, MailboxAhead, RepAhead, forecast

router = APIRouter()


@router.get("/enrollments/{enrollment_id}")
def enrollment(request: Request, enrollment_id: RowId) -> Response:
    view = screen.viewer(request)
    found = explain(view.ctx, enrollment_id, locale=view.rep.locale)
    shown = screen.left(view, -1)
    body = view.render("why.html", **shown, reps=screen.active_reps(view), found=found, is_picked=True)
    return look.html(body)


@router.get("/forecast")
def ahead(request: Request) -> Response:
    """A rep's own days; a manager's, too, of those whom they lead."""
    view = screen.viewer(request)
    found = forecast(view.ctx, viewer=view.rep.key, locale=view.rep.locale)
    body = view.render(
        "forecast.html",
        reps=screen.active_reps(view),
        found=found,
        charts=[(one, _tasks(one)) for one in _mine_first(found, view.rep.key)],
        mails=[(one, _mails(one)) for one in found.mailboxes],
        families=FAMILIES,
        family_of=family_of,
        text="",
        is_picked=True,
    )
    return look.html(body)


def _mine_first(found: Forecast, key: str) -> list[RepAhead]:
    return sorted(found.reps, key=lambda one: one.rep != key)


def _tasks(one: RepAhead) -> object:
    days, overdue = [day.kinds for day in one.days], [day.overdue for day in one.days]
    return bars(days, limit=one.tasks_per_day, overdue=overdue)


def _mails(one: MailboxAhead) -> object:
    return bars([{"personal_email": day.mails} for day in one.days], limit=max(day.most for day in one.days))
