"""The next days of every rep and mailbox: all that is under way, played on from now. Nobody answers in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.caps import Counter, Scope, Usage, day_limit
from engine.core.clock import day_start, local_date
from engine.core.errors import BadInput, OutOfScope
from engine.core.workspace import Workspace
from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.days.named_days import rep_day_off
from engine.operations.days.open_days import presence
from engine.operations.queries.snapshot import everybody
from engine.operations.wording import is_chinese
from engine.simulation.play import play
from engine.simulation.tally import Day, Tally
from engine.store import hand_offs, plans
from engine.store.connection import Record

LONGEST = 90
USUAL = 14
_A_SECOND = timedelta(seconds=1)
_NOTE = (
    """Nobody answers in this forecast, and each rep does the tasks in the order of the queue, as far as a day goes. \
Replies, bounces and new leads will change it. What is open today counts on the first day.""",
    "此预测假设无人回应，每位同事按队列顺序处理当天能完成的任务。回复、退信和新线索会改变结果。今天未完成的任务计入第一天。",
)


@dataclass(frozen=True, slots=True)
class DayAhead:
    """One of the rep's own days: tasks that come into the queue (`kinds` of them, with the minutes they ask for), that
    are done, and what stands overdue or open when it ends. `off` says in words why it is none to work on.
    """

    day: date
    off: str
    tasks: int
    kinds: dict[str, int]
    minutes: float
    done: int
    overdue: int
    open: int


@dataclass(frozen=True, slots=True)
class RepAhead:
    """The limits of a day are None where there are none."""

    rep: str
    name: str
    zone: str
    tasks_per_day: int | None
    minutes_per_day: float | None
    days: tuple[DayAhead, ...]


@dataclass(frozen=True, slots=True)
class MailsAhead:
    """`most` is what the mailbox may send on that day; a rolling day is meant, so two days may share a limit."""

    day: date
    mails: int
    most: int


@dataclass(frozen=True, slots=True)
class MailboxAhead:
    mailbox: str
    rep: str
    days: tuple[MailsAhead, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """As things stand `at` that instant."""

    at: datetime
    days: int
    note: str
    reps: tuple[RepAhead, ...]
    mailboxes: tuple[MailboxAhead, ...]


def forecast(
    ctx: Context, *, days: int = USUAL, viewer: str | None = None, rep: str | None = None, locale: str = "en"
) -> Forecast:
    """Of all reps whom `viewer` may see (None: everybody), or of one. Raises NotFound, BadInput for a rep who has left,
    and OutOfScope for somebody who is neither the viewer nor led by them.
    """
    with ctx.database.read() as connection:
        act = Act(ctx, connection, ctx.now())
        shown = _shown(act, viewer, rep)
        told = _Told(act, play(everybody(act, timedelta(days=days + 1))).tally, days, locale)
        return Forecast(
            at=act.now,
            days=days,
            note=_NOTE[is_chinese(locale)],
            reps=tuple(map(told.rep, shown)),
            mailboxes=tuple(told.mailboxes(shown)),
        )


def _shown(act: Act, viewer: str | None, rep: str | None) -> list[Record]:
    if rep is not None and not plans.rep_by_key(act.connection, rep).is_active:
        raise BadInput(f"{rep} works here no more; name an active rep", field="rep")
    seen = seen_by(act.workspace, viewer)
    if rep is not None and seen is not None and rep not in seen:
        raise OutOfScope(f"{viewer} sees the work of their own and of those whom they lead, not that of {rep}", rep=rep)
    active = plans.reps(act.connection)
    return [one for one in active if rep in (None, one.key) and (seen is None or one.key in seen)]


def seen_by(workspace: Workspace, viewer: str | None) -> frozenset[str] | None:
    """A rep sees their own work, a manager also that of the reps whose teams they lead (I18). None is everybody's."""
    if viewer is None:
        return None
    return frozenset({viewer, *(rep.key for rep in workspace.reps if workspace.manager_of(rep.key) == viewer)})


def _is_on_leave(workspace: Workspace, rep: str, day: date) -> bool:
    found = workspace.rep(rep)
    return found is not None and any(leave.first <= day <= leave.last for leave in found.leave)


@dataclass(frozen=True, slots=True)
class _Told:
    """What was counted in the play, by rep and by mailbox."""

    act: Act
    tally: Tally
    days: int
    locale: str

    def rep(self, row: Record) -> RepAhead:
        capacity = self.act.workspace.capacity_of(row.key)
        days = tuple(self._days_of(row.key))
        return RepAhead(row.key, row.name, row.zone, capacity.tasks_per_day, capacity.minutes_per_day, days)

    def _days_of(self, rep: str) -> Iterator[DayAhead]:
        """What is left of one day is there on the next, worked or not; in a leave nothing stands in the rep's queue."""
        workspace = self.act.workspace
        time, before = presence(workspace, rep, self.act.now.date()), Day()
        for day in self._coming(time.zone):
            known, works = self.tally.days.get((rep, day), Day()), time.is_workday(day)
            before = known if works else Day() if _is_on_leave(workspace, rep, day) else before
            yield DayAhead(
                day=day,
                off="" if works else rep_day_off(workspace, rep, day, self.locale),
                tasks=known.came,
                kinds={str(kind): count for kind, count in known.came_kinds.most_common()},
                minutes=known.came_minutes,
                done=known.done,
                overdue=before.overdue,
                open=before.waiting,
            )

    def _coming(self, zone: ZoneInfo) -> Iterator[date]:
        first = local_date(self.act.now, zone)
        return (first + timedelta(days=number) for number in range(self.days))

    def mailboxes(self, shown: Sequence[Record]) -> Iterator[MailboxAhead]:
        """A mailbox's days are those of its rep."""
        reps, rows = {one.id: one for one in shown}, plans.mailboxes(self.act.connection)
        mine = [row for row in rows if row.rep_id in reps]
        counters = [Counter(Scope.MAILBOX, str(row.id)) for row in mine]
        used = hand_offs.usage_of(self.act.connection, counters, self.act.now)
        for row in mine:
            rep, zone = reps[row.rep_id], ZoneInfo(reps[row.rep_id].zone)
            grows = Usage(first_uses={row.id: used.first_uses.get(row.id) or self._first_use(row, zone)})
            days = (self._mails(row, day, zone, grows) for day in self._coming(zone))
            yield MailboxAhead(row.address, rep.key, tuple(days))

    def _first_use(self, row: Record, zone: ZoneInfo) -> datetime:
        """Of a mailbox that has not sent yet, by what is foreseen."""
        days = [day for (address, day), mails in self.tally.mails.items() if address == row.address and mails]
        return day_start(min(days), zone) if days else datetime.max.replace(tzinfo=UTC)

    def _mails(self, row: Record, day: date, zone: ZoneInfo, usage: Usage) -> MailsAhead:
        limit = day_limit(row.id, self.act.workspace.caps, usage, self.act.now)
        most = limit.ceiling.at(day_start(day + timedelta(days=1), zone) - _A_SECOND)
        return MailsAhead(day, self.tally.mails[row.address, day], most)
