"""A rep's daily queue: what is due now, in the order of rule 19, each row with why this and why now."""

from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter
from zoneinfo import ZoneInfo

from engine.core.ranking import (
    CLICK_COUNTS_FOR,
    Level,
    Ranked,
    Reachable,
    is_overdue,
    level_now,
    may_be_done,
    rank,
)
from engine.core.sequence import Verb
from engine.core.task import TaskKind
from engine.core.workspace import Workspace
from engine.operations import wording
from engine.operations.context import Context
from engine.operations.days.open_days import calendar_for, place_of
from engine.operations.plans import Plan
from engine.operations.queries import pages
from engine.operations.queries.moments import clock
from engine.operations.queries.why import Situation, why
from engine.store import plans, queue
from engine.store.connection import Connection, Record


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Company:
    id: int
    name: str
    tier: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The step that the task comes from; work that an event opened has a sequence but no step."""

    sequence: str
    title: str
    step: str | None
    day: int | None
    enrollment_id: int


@dataclass(frozen=True, slots=True)
class Window:
    """When the person can be reached: half-open, of the day on which the task is due."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class QueueRow:
    """`level` is the one of rule 19 as it stands now; `zone` the prospect's, `local_time` what their clock shows."""

    id: int
    version: int
    kind: str
    status: str
    title: str
    level: int
    why: str
    prospect: Person
    account: Company | None
    origin: Origin | None
    is_callable_now: bool
    is_overdue: bool
    zone: str
    local_time: str
    due_at: datetime
    respond_by: datetime | None
    window: Window | None
    claimed_by: str | None
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, with what is due in all."""

    rep: str
    zone: str
    at: datetime
    total: int
    overdue: int
    items: tuple[QueueRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the words are: their language, their clock, and the moment of reading."""

    locale: str
    zone: str
    now: datetime


def daily_queue(ctx: Context, rep_key: str, *, limit: int = 50, cursor: str | None = None) -> Queue:
    """A later page ranks as its first one did, so that nothing is shown twice or missed while time goes on."""
    now = ctx.now()
    at, last = _position(cursor, now)
    with ctx.database.read() as connection:
        rep = plans.rep_by_key(connection, rep_key)
        due = _ranked(connection, rep.id, at)
        placed = [(rank(task, at), task) for task in due]
        later = [one for one in placed if last is None or one[0] > last]
        page = [task for _, task in nsmallest(limit, later, key=itemgetter(0))]
        view = View(ctx, connection, Reader(rep.locale, rep.zone, now))
        items = view.rows({task.id: task for task in page})
    return Queue(
        rep=rep.key,
        zone=rep.zone,
        at=now,
        total=len(due),
        overdue=sum(is_overdue(task, now) for task in due),
        items=tuple(items),
        next_cursor=_cursor_after(page[-1], at) if len(later) > limit else None,
    )


_Rank = tuple[int, bool, datetime, int, datetime, int]


def _position(cursor: str | None, now: datetime) -> tuple[datetime, _Rank | None]:
    """The instant by which all pages are ranked, and the rank of the last row that was shown."""
    if cursor is None:
        return now, None
    kinds = (pages.instant, int, bool, pages.instant, int, pages.instant, int)
    at, level, waits, soonest, tier, lead_at, last = pages.decode(cursor, *kinds)
    return at, (level, waits, soonest, tier, lead_at, last)


def _cursor_after(task: Ranked, at: datetime) -> str:
    return pages.encode(at, *rank(task, at))


def _ranked(connection: Connection, rep_id: int, at: datetime) -> list[Ranked]:
    clicks = queue.recent_clicks(connection, rep_id, at - CLICK_COUNTS_FOR)
    return [ranked(row, clicks.get(row.prospect_id)) for row in queue.due(connection, rep_id, at)]


def ranked(row: Record, clicked_at: datetime | None = None) -> Ranked:
    return Ranked(
        id=row.id,
        level=Level(row.level),
        due_at=row.due_at,
        callable_from=row.callable_from,
        closes_at=row.callable_until,
        respond_by=row.respond_by,
        tier=row.tier,
        lead_at=row.lead_at,
        clicked_at=clicked_at,
    )


@dataclass(frozen=True, slots=True)
class View:
    """Rows as one reader sees them."""

    ctx: Context
    connection: Connection
    reader: Reader

    def rows(self, tasks: dict[int, Ranked]) -> list[QueueRow]:
        workspace = self.ctx.shelf.workspace(self.connection)
        return [self._row(row, tasks[row.id], workspace) for row in queue.shown(self.connection, list(tasks))]

    def _row(self, row: Record, task: Ranked, workspace: Workspace) -> QueueRow:
        now, plan = self.reader.now, self._plan(row)
        zone = row.zone or row.prospect_zone or workspace.zone
        origin = _origin(row, plan)
        level = level_now(task, now)
        title = wording.in_language(TaskKind(row.kind), row.title, self.reader.locale)
        return QueueRow(
            id=row.id,
            version=row.version,
            kind=row.kind,
            status=row.status,
            title=title,
            level=level.value,
            why=why(self._situation(row, task, zone=zone, origin=origin, title=title), now, self.reader.locale),
            prospect=Person(row.prospect_id, row.prospect_name, row.prospect_title),
            account=Company(row.account_id, row.account_name, row.account_tier) if row.account_id else None,
            origin=origin,
            is_callable_now=_may_reach_now(task, row, plan, workspace, now),
            is_overdue=is_overdue(task, now),
            zone=zone,
            local_time=clock(now, zone),
            due_at=row.due_at,
            respond_by=row.respond_by,
            window=Window(row.callable_from, row.callable_until) if row.callable_from else None,
            claimed_by=row.claimed_by,
            claimed_until=row.claimed_until,
        )

    def _plan(self, row: Record) -> Plan | None:
        return self.ctx.shelf.plan(self.connection, row.version_id) if row.version_id is not None else None

    def _situation(self, row: Record, task: Ranked, *, zone: str, origin: Origin | None, title: str) -> Situation:
        return Situation(
            kind=TaskKind(row.kind),
            level=level_now(task, self.reader.now),
            zone=zone,
            rep_zone=self.reader.zone,
            due_at=row.due_at,
            step_day=origin.day if origin else None,
            title=title,
            opens_at=row.callable_from,
            closes_at=row.callable_until,
            respond_by=row.respond_by,
            event_at=row.event_at,
            clicked_at=task.clicked_at,
        )


def _origin(row: Record, plan: Plan | None) -> Origin | None:
    if plan is None:
        return None
    day = next((step.day for step in plan.sequence.steps if step.key == row.step), None)
    return Origin(plan.sequence.key, plan.sequence.title, row.step, day, row.enrollment_id)


def _may_reach_now(task: Ranked, row: Record, plan: Plan | None, workspace: Workspace, now: datetime) -> bool:  # noqa: PLR0917 - facts of one row
    if plan is None or task.callable_from is None:
        return may_be_done(task, None, now)
    hours = plan.sequence.schedule.hours_for(Verb(row.kind))
    calendar = calendar_for(workspace, place_of(row), now.date())
    return may_be_done(task, Reachable(hours, calendar, ZoneInfo(row.zone)), now)
