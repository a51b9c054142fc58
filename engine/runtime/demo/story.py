"""The three weeks of the demo: who enters which sequence when, and the people who live through it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from engine.operations.context import Context
from engine.operations.enroll import Order, Report, enroll
from engine.operations.selecting import Filter, Person, select_people
from engine.runtime.demo.diary import Diary
from engine.runtime.demo.front_desk import FrontDesk
from engine.runtime.demo.inboxes import Inboxes
from engine.runtime.demo.setting import START, Stage, last_instant
from engine.runtime.demo.team import Hours, Team
from engine.runtime.virtual import run_until
from engine.simulation.dice import Dice
from engine.store import people

OUTBOUND, FAIR, WEB_FORM = "Q2 outbound", "Freight expo 2026", "Website form"  # lists of the export
_TASKS_A_DAY: Mapping[str, int] = MappingProxyType({"tom-lee": 18, "ana-diaz": 12, "wei-zhang": 22, "grace-hill": 12})
_TASKS_OTHERWISE = 15  # for a rep who was added to workspace.yaml
# The outbound list enters bit by bit, as mailboxes and reps can take it.
_WAVE_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15)
_MORNING = timedelta(hours=5)  # before anybody's window opens from London to Los Angeles
_FAIR_DAY = timedelta(days=1)
_TAKES_EUROPE, _TAKES_OTHERS = "ana-diaz", "tom-lee"

DayDone = Callable[[Context, datetime], None]


@dataclass(frozen=True, slots=True)
class OutboundList:
    """An outbound list with its sequence, and what a dry run says of it before the first day."""

    name: str
    people: tuple[Person, ...]
    report: Report


def outbound_lists(ctx: Context) -> list[OutboundList]:
    return [_list(ctx, OUTBOUND, "outbound-7x3x21"), _list(ctx, FAIR, "two-wave")]


def _list(ctx: Context, name: str, sequence: str) -> OutboundList:
    who = tuple(select_people(ctx, Filter(listed=name)))
    order = Order(sequence, tuple(one.id for one in who), "ops", reps=(_TAKES_OTHERS,), batch=name, dry_run=True)
    return OutboundList(name, who, enroll(ctx, order))


def live_through(stage: Stage, lists: list[OutboundList], *, seed: int, days: int, day_done: DayDone) -> None:
    """Runs the engine with its cast to the morning after the last day. `day_done` is told of each that has ended."""
    ctx, end, dice, diary = stage.ctx, last_instant(days), Dice(seed), Diary()
    team = Team(dice, _hours(ctx))
    desk = FrontDesk(dice, diary, team.ring)
    team.come_to_work(diary, START, end)
    desk.expect(_leads(ctx))
    for one in lists:
        _let_in(diary, one)
    for day in range(days):
        diary.add(START + timedelta(days=day + 1), partial(_end_day, START + timedelta(days=day), day_done))
    run_until(ctx, stage.clock, end, players=(Inboxes(dice, stage.postman, diary, desk), diary))


def _end_day(day: datetime, day_done: DayDone, ctx: Context) -> None:
    day_done(ctx, day)


def _hours(ctx: Context) -> dict[str, Hours]:
    workspace = ctx.workspace()
    return {rep.key: Hours(rep, workspace, _TASKS_A_DAY.get(rep.key, _TASKS_OTHERWISE)) for rep in workspace.reps}


def _leads(ctx: Context) -> list[tuple[datetime, int]]:
    """Inbound people arrive when their export says that they asked."""
    found = [*select_people(ctx, Filter(listed=WEB_FORM)), *select_people(ctx, Filter(locale="zh"))]
    with ctx.database.read() as connection:
        rows = people.with_accounts(connection, [one.id for one in found])
    return [(row.received_at, row.id) for row in rows if row.received_at is not None]


def _let_in(diary: Diary, entering: OutboundList) -> None:
    """The outbound list in waves, one each morning; the list of the fair at once, as its sequence spreads it itself."""
    if entering.name == FAIR:
        diary.add(START + _FAIR_DAY + _MORNING, partial(_enroll, entering, entering.people))
        return
    for wave, day in enumerate(_WAVE_DAYS):
        part = entering.people[wave :: len(_WAVE_DAYS)]
        diary.add(START + timedelta(days=day) + _MORNING, partial(_enroll, entering, part))


def _enroll(entering: OutboundList, part: tuple[Person, ...], ctx: Context) -> None:
    """Who has no owner goes to the rep of their part of the world."""
    by_rep: dict[str, list[int]] = defaultdict(list)
    for one in part:
        by_rep[_TAKES_EUROPE if one.country in ("GB", "DE") else _TAKES_OTHERS].append(one.id)
    for rep, who in sorted(by_rep.items()):
        enroll(ctx, Order(entering.report.sequence, tuple(who), "ops", reps=(rep,), batch=entering.name))
