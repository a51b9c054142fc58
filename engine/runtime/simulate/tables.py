"""A simulation as tables: the same for the terminal and the report."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from engine.core.guards import Refusal
from engine.core.task import TaskKind
from engine.core.touch import Reason
from engine.operations import wording
from engine.operations.queries import outcomes, reasons
from engine.operations.simulating.conclusion import clear_after, on
from engine.operations.simulating.figures import Figures, MailboxFigures, RepDay, SequenceFigures
from engine.operations.simulating.simulate import Simulated
from engine.runtime.simulate.words import Say, say_in
from engine.simulation.newcomers import TOO_MANY

_FORMULAS = 8  # of a sequence; the rest is counted together

Cells = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names it in both languages."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


def tables_of(found: Simulated, locale: str) -> tuple[Table, ...]:
    """Those that have rows, the most important first."""
    figures, say = found.figures, say_in(locale)
    every = (
        _reps(figures, say, locale),
        _paces(figures, say),
        _control(found, say, locale),
        days(figures, locale),
        _mailboxes(figures, say, locale),
        _expected(figures, say),
        _formulas(figures, say),
        _counts("ends", figures.ends, say, lambda reason: reasons.of_end(reason, locale)),
        _outcomes(figures, say, locale),
        _counts("held", figures.held, say, lambda reason: reasons.of_touch(reason, locale)),
        _counts("delays", figures.delays, say, lambda reason: _delay(reason, say, locale), number="steps_moved"),
        _counts("skips", figures.skips, say, lambda reason: reasons.of_touch(reason, locale)),
        _refused(figures, say, locale),
        _rates(found, say),
    )
    return tuple(table for table in every if table.rows)


def _table(key: str, say: Say, columns: tuple[str, ...], rows: Iterator[Cells]) -> Table:
    return Table(key, say(key), tuple(map(say, columns)), tuple(rows))


def _reps(figures: Figures, say: Say, locale: str) -> Table:
    def rows() -> Iterator[Cells]:
        for rep in figures.reps:
            busiest = max(rep.days, key=lambda one: one.came, default=None)
            came = (busiest.came, on(busiest.day, locale)) if busiest is not None else (0, "")
            peak = (rep.peak_overdue, on(rep.peak_day, locale))
            holds = (_or_none(rep.tasks_per_day), _or_none(rep.minutes_per_day))
            yield rep.name, *holds, *came, rep.days_over_capacity, rep.working_days, *peak

    columns = ("rep", "holds_tasks", "holds_minutes", "busiest", "on", "days_over", "of_days", "peak", "on")
    return _table("reps", say, columns, rows())


def _or_none(limit: float | None) -> object:
    return f"{limit:g}" if limit is not None else ""


def _paces(figures: Figures, say: Say) -> Table:
    names = {rep.rep: rep.name for rep in figures.reps}
    columns = ("sequence", "rep", "leads", "most_a_day", "sustains", "limit", "too_many", "left_behind")
    rows = (
        (pace.sequence, names[pace.rep], pace.leads, pace.most_a_day, pace.sustains or "",
         say(pace.limit) if pace.limit else "", pace.too_many, pace.pile.peak)
        for pace in figures.paces
    )  # fmt: skip
    return _table("pace", say, columns, rows)


def _control(found: Simulated, say: Say, locale: str) -> Table:
    def row(figures: Figures) -> Cells:
        overdue, clear = figures.overdue(), clear_after(figures)
        peak = max(overdue, key=lambda day: overdue[day]) if figures.peak_overdue else None
        ended = (
            say("working_days").format(clear)
            if clear is not None
            else say("not_clear").format(overdue[figures.calendar[-1]])
        )
        return say(figures.plan), figures.peak_overdue, on(peak, locale), ended, figures.skips.get("late", 0)

    both = (found.figures, found.control) if found.control is not None else tuple[Figures, ...]()
    rows = map(row, both)
    return _table("control", say, ("plan", "peak", "on", "clear_after", "skipped_tasks"), rows)


def days(figures: Figures, locale: str) -> Table:
    """Per rep and day; days off on which nothing came are left out."""
    say = say_in(locale)
    columns = ("day", "rep", "came", "done", "minutes", "overdue", "waiting")
    rows = (
        (one.day, rep.name, one.came, one.done, round(one.minutes), one.overdue, one.waiting)
        for number in range(figures.days)
        for rep in figures.reps
        if _is_told(one := rep.days[number])
    )
    return _table("days", say, columns, rows)


def _is_told(one: RepDay) -> bool:
    return one.is_workday or one.came > 0 or one.done > 0


def _mailboxes(figures: Figures, say: Say, locale: str) -> Table:
    def row(one: MailboxFigures) -> Cells:
        most = max(one.days, key=lambda day: day.mails)
        total = sum(day.mails for day in one.days)
        return one.mailbox, one.per_day, total, most.mails, on(most.day, locale)

    columns = ("mailbox", "cap", "total", "busiest", "on")
    return _table("mailboxes", say, columns, map(row, figures.mailboxes))


def _expected(figures: Figures, say: Say) -> Table:
    found = figures.expected
    columns = ("leads", "entered", "waiting_people", "replies", "meetings", "sqls", "bounces", "prior", "prior_won")
    cells = (found.leads, found.entered, found.waiting, found.replies, found.meetings, found.sqls, figures.bounces,
             found.opportunities, found.won)  # fmt: skip
    return _table("expected", say, columns, iter([cells]))


def _formulas(figures: Figures, say: Say) -> Table:
    def rows(one: SequenceFigures) -> Iterator[Cells]:
        for formula, count in shortened(one.executed, say).items():
            yield one.sequence, one.declared, formula, count
        if one.running:
            yield one.sequence, one.declared, say("running"), one.running

    every = (row for one in figures.sequences for row in rows(one))
    return _table("formulas", say, ("sequence", "declared", "executed", "enrollments"), every)


def shortened(executed: Mapping[str, int], say: Say) -> dict[str, int]:
    """The formulas that were run most, and all others together."""
    shown = dict(islice(executed.items(), _FORMULAS))
    others = sum(executed.values()) - sum(shown.values())
    return {**shown, say("others"): others} if others else shown


def _counts(
    key: str, counts: Mapping[str, int], say: Say, words: Callable[[str], str], *, number: str = "times"
) -> Table:
    return _table(key, say, ("reason", number), ((words(reason), count) for reason, count in counts.items()))


def _delay(reason: str, say: Say, locale: str) -> str:
    """The gap between two mails holds nearly every mail of a batch back, and harms nobody."""
    return say(reason) if reason == Reason.MAILBOX_GAP else reasons.of_touch(reason, locale)


def _refused(figures: Figures, say: Say, locale: str) -> Table:
    """By the sequence that did not take them: the one they came for, or one that they were handed over to."""
    rows = (
        (sequence, _refusal(reason, say, locale), count)
        for sequence, counts in figures.refused.items()
        for reason, count in counts.items()
    )
    return _table("refused", say, ("sequence", "reason", "times"), rows)


def _refusal(reason: str, say: Say, locale: str) -> str:
    return say(reason) if reason == TOO_MANY else reasons.of_refusal(Refusal(reason), locale)


def _outcomes(figures: Figures, say: Say, locale: str) -> Table:
    rows = (
        (wording.task_title(TaskKind(kind), locale), outcomes.label(outcome, TaskKind(kind), locale), count)
        for kind, counts in figures.outcomes.items()
        for outcome, count in counts.items()
    )
    return _table("outcomes", say, ("task", "outcome", "times"), rows)


def _rates(found: Simulated, say: Say) -> Table:
    shares = ("reply", "bounce", "answer", "voicemail", "complete")
    rows = (
        (say(audience), *(f"{getattr(rates, share):.1%}" for share in shares))
        for audience, rates in sorted(found.rates.items())
    )
    return _table("rates", say, ("audience", *shares), rows)
