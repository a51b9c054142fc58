"""What the page shows to one rep at one moment, read through the same queries as the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from starlette.requests import Request

from api.auth import caller_of
from api.dashboard import keys, look
from engine.core.errors import NotFound
from engine.core.task import TaskKind
from engine.operations.context import Context
from engine.operations.queries import calls, leaves, moments, people, queue, stuck, task, team
from engine.operations.queries.queue import QueueRow
from engine.operations.queries.task import TaskDetail
from engine.operations.queries.team import RepView

ROWS = 50
BESIDE = 20


@dataclass(frozen=True, slots=True)
class Viewer:
    ctx: Context
    rep: RepView

    def render(self, name: str, **values: Any) -> str:
        now = self.ctx.now()
        return look.render(name, locale=self.rep.locale, zone=self.rep.zone, now=now, rep=self.rep, **values)


def viewer(request: Request) -> Viewer:
    """The rep of the cookie; the busiest one for a newcomer. Raises NotFound before anything is applied."""
    ctx: Context = request.app.state.ctx
    caller = caller_of(request.scope)
    chosen = next((one for one in team.reps(ctx) if one.is_active and one.key == caller.rep), None)
    return Viewer(ctx, chosen or team.busiest(ctx))


def left(view: Viewer, selected: int | None, text: str = "") -> dict[str, Any]:
    """The queue (or what a search found), and the doubts and held touches beside it."""
    found = queue.daily_queue(view.ctx, view.rep.key, limit=ROWS)
    rep, locale = view.rep.key, view.rep.locale
    return {
        "queue": found,
        "levels": list(_levels(found.items)),
        "selected": selected if selected is not None or text else next((row.id for row in found.items), None),
        "today": team.today(view.ctx, view.rep.key),
        "away": leaves.told(view.ctx, view.rep.key),
        "doubts": stuck.doubts(view.ctx, rep, limit=BESIDE, locale=locale),
        "held": stuck.held(view.ctx, rep, limit=BESIDE, locale=locale),
        "text": text,
        "people": people.find_prospects(view.ctx, text=text, limit=BESIDE).items if text else (),
    }


def _levels(rows: tuple[QueueRow, ...]) -> Iterator[tuple[int, list[QueueRow]]]:
    for level, here in groupby(rows, key=lambda row: row.level):
        yield level, list(here)


_NOTHING_SAID = {"at": "", "date": "", "reason": "", "name": "", "note": ""}


def panel(
    view: Viewer, task_id: int, *, ask: str = "", problem: str | None = None, said: dict[str, Any] | None = None
) -> dict[str, Any]:
    """`ask` is an outcome whose fields are wanted, `snooze` or `skip`; `said` what was typed. Raises NotFound."""
    found = task.task(view.ctx, task_id, rep_key=view.rep.key)
    now = view.ctx.now()
    return {
        "detail": found,
        "groups": keys.groups(found.outcomes, TaskKind(found.task.kind)),
        "ask": ask,
        "asked": next((choice for choice in found.outcomes if choice.outcome == ask), None),
        "snoozes": look.snooze_choices(now, view.rep.zone) if ask == "snooze" else [],
        "their_next_hour": look.next_full_hour(now, found.task.zone),
        "my_next_hour": look.next_full_hour(now, view.rep.zone),
        "city": moments.city(found.task.zone),
        "colleagues": [one for one in team.reps(view.ctx) if one.is_active and one.key != found.rep],
        "links": _links(found),
        "may_dial": view.ctx.dialer is not None and found.closed is None and found.task.kind == TaskKind.CALL.value,
        "calls": calls.of_task(view.ctx, task_id),
        "problem": problem,
        "said": _NOTHING_SAID | (said or {}),
    }


def _links(found: TaskDetail) -> dict[int, str]:
    """What a click on an address opens, outside the page."""
    made = {}
    for address in found.prospect.addresses:
        if address.is_usable and address.kind in ("phone", "email"):
            made[address.id] = f"{'tel' if address.kind == 'phone' else 'mailto'}:{address.value}"
    return made


def done(view: Viewer, task_id: int) -> dict[str, Any] | None:
    """The line that says what was just done, with an undo while there is one. None for a task that is not there."""
    try:
        found = task.task(view.ctx, task_id, rep_key=view.rep.key)
    except NotFound:
        return None
    return {"detail": found}


def active_reps(view: Viewer) -> list[RepView]:
    return [one for one in team.reps(view.ctx) if one.is_active]
