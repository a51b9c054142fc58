"""What a play came to, in numbers: per rep and day, per mailbox and day, per sequence. Plain values, ready for JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.compiler import SimulationShape
from engine.core.touch import Reason
from engine.operations.simulating.pace import Pace, paces
from engine.simulation.rates import LEAD_TO_OPPORTUNITY, OPPORTUNITY_TO_WON
from engine.simulation.script import Script, Worker
from engine.simulation.tally import Day, Tally


@dataclass(frozen=True, slots=True)
class RepDay:
    """`came` are the tasks that fell due, `kinds` the same by kind. What stands overdue or open is counted when the
    rep's day ends; on days off it stays as it was. `is_over`: more came, since the last day of work, than a day holds.
    """

    day: date
    is_workday: bool
    came: int
    came_minutes: float
    kinds: Mapping[str, int]
    done: int
    minutes: float
    overdue: int
    waiting: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class RepFigures:
    """`peak_day` is None where nothing was ever overdue."""

    rep: str
    name: str
    tasks_per_day: int | None
    minutes_per_day: float | None
    peak_overdue: int
    peak_day: date | None
    working_days: int
    days_over_capacity: int
    days: tuple[RepDay, ...]


@dataclass(frozen=True, slots=True)
class MailDay:
    day: date
    mails: int


@dataclass(frozen=True, slots=True)
class MailboxFigures:
    mailbox: str
    per_day: int
    days: tuple[MailDay, ...]


@dataclass(frozen=True, slots=True)
class SequenceFigures:
    """`executed` is what was really run by those whose sequence has ended, beside the declared formula."""

    sequence: str
    declared: str
    leads: int
    entered: int
    running: int
    executed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """`waiting` have not begun at the end: their reps had no room. `opportunities` and `won` are what the priors of
    rule 28 make of as many leads, in three months or so.
    """

    leads: int
    entered: int
    waiting: int
    replies: int
    meetings: int
    sqls: int
    opportunities: float
    won: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`delays` (touches, each once for a reason), `held` (at the end) and `skips` are by reason, `refused` by sequence
    and reason, `outcomes` by kind of task, `ends` by end reason.
    """

    start: date
    days: int
    seed: int
    plan: str
    stops: bool
    reps: tuple[RepFigures, ...]
    mailboxes: tuple[MailboxFigures, ...]
    sequences: tuple[SequenceFigures, ...]
    paces: tuple[Pace, ...]
    expected: Expected
    bounces: int
    delays: Mapping[str, int]
    held: Mapping[str, int]
    skips: Mapping[str, int]
    refused: Mapping[str, Mapping[str, int]]
    outcomes: Mapping[str, Mapping[str, int]]
    ends: Mapping[str, int]

    @property
    def calendar(self) -> tuple[date, ...]:
        return tuple(self.start + timedelta(days=number) for number in range(self.days))

    def overdue(self) -> dict[date, int]:
        """Of all reps together, by day."""
        return {day: sum(rep.days[number].overdue for rep in self.reps) for number, day in enumerate(self.calendar)}

    @property
    def peak_overdue(self) -> int:
        return max(self.overdue().values(), default=0)


def figures_of(script: Script, tally: Tally, first: date, asked: SimulationShape) -> Figures:
    """Of the days that were asked for: work that comes after the last one, by another clock, is left out."""
    calendar = [first + timedelta(days=number) for number in range(asked.days)]
    return Figures(
        start=first,
        days=asked.days,
        seed=script.seed,
        plan=script.plan.value,
        stops=asked.stops,
        reps=tuple(_rep(script, worker, tally, calendar) for worker in script.workers),
        mailboxes=tuple(_mailboxes(script, tally, calendar)),
        sequences=tuple(_sequences(script, tally)),
        paces=tuple(paces(script)),
        expected=_expected(script, tally),
        bounces=tally.bounces,
        delays=_by_reason(tally.delayed),
        held=_by_reason(tally.held),
        skips=_by_reason(tally.skipped),
        refused=_by_two(tally.refused),
        outcomes=_by_two(tally.outcomes),
        ends=_most_first(tally.ends),
    )


def _rep(script: Script, worker: Worker, tally: Tally, calendar: list[date]) -> RepFigures:
    days = tuple(_days(worker, tally, calendar))
    peak = max(days, key=lambda one: one.overdue, default=None)
    rep = script.workspace.rep(worker.key)
    return RepFigures(
        rep=worker.key,
        name=rep.name if rep is not None else worker.key,
        tasks_per_day=worker.capacity.tasks_per_day,
        minutes_per_day=worker.capacity.minutes_per_day,
        peak_overdue=peak.overdue if peak else 0,
        peak_day=peak.day if peak and peak.overdue else None,
        working_days=sum(one.is_workday for one in days),
        days_over_capacity=sum(one.is_over for one in days),
        days=days,
    )


def _days(worker: Worker, tally: Tally, calendar: Iterable[date]) -> Iterator[RepDay]:
    overdue, waiting, tasks, minutes = 0, 0, 0, 0.0
    for day in calendar:
        found, is_workday = tally.days.get((worker.key, day), Day()), worker.time.is_workday(day)
        tasks, minutes = tasks + found.came, minutes + found.came_minutes
        if is_workday:
            overdue, waiting = found.overdue, found.waiting
        yield RepDay(
            day=day,
            is_workday=is_workday,
            came=found.came,
            came_minutes=round(found.came_minutes, 1),
            kinds=_most_first({str(kind): count for kind, count in found.came_kinds.items()}),
            done=found.done,
            minutes=round(found.minutes, 1),
            overdue=overdue,
            waiting=waiting,
            is_over=is_workday and _is_too_much(worker, tasks, minutes),
        )
        if is_workday:
            tasks, minutes = 0, 0.0


def _is_too_much(worker: Worker, tasks: int, minutes: float) -> bool:
    by_tasks, by_minutes = worker.capacity.tasks_per_day, worker.capacity.minutes_per_day
    return (by_tasks is not None and tasks > by_tasks) or (by_minutes is not None and minutes > by_minutes)


def _mailboxes(script: Script, tally: Tally, calendar: list[date]) -> Iterator[MailboxFigures]:
    names = dict.fromkeys(worker.mailbox for worker in script.workers if worker.mailbox is not None)
    for name in names:
        days = tuple(MailDay(day, tally.mails[name, day]) for day in calendar)
        yield MailboxFigures(name, script.workspace.caps.mailbox_per_day, days)


def _sequences(script: Script, tally: Tally) -> Iterator[SequenceFigures]:
    asked = Counter(lead.sequence for lead in script.leads)
    for key in sorted(asked.keys() | tally.entered.keys()):
        executed = {formula: count for (sequence, formula), count in tally.formulas.items() if sequence == key}
        yield SequenceFigures(
            sequence=key,
            declared=str(script.sequences[key].formula),
            leads=asked[key],
            entered=tally.entered[key],
            running=tally.entered[key] - sum(executed.values()),
            executed=_most_first(executed),
        )


def _expected(script: Script, tally: Tally) -> Expected:
    leads = len(script.leads)
    opportunities = leads * LEAD_TO_OPPORTUNITY
    return Expected(
        leads=leads,
        entered=len(tally.people),
        waiting=tally.waiting,
        replies=tally.replies,
        meetings=tally.meetings,
        sqls=tally.sqls,
        opportunities=round(opportunities, 1),
        won=round(opportunities * OPPORTUNITY_TO_WON, 2),
    )


def _by_reason(counts: Mapping[Reason, int]) -> dict[str, int]:
    return _most_first({reason.value: count for reason, count in counts.items()})


def _by_two(counted: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (first, second), count in sorted(counted.items()):
        found.setdefault(str(first), {})[str(second)] = count
    return {first: _most_first(counts) for first, counts in found.items()}


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
