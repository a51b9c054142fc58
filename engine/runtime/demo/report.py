"""What the demo tells: as it goes, a line a day; at the end what came of it all, and what each rep faces now."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean
from types import MappingProxyType

from rich.text import Text

from engine.core.enrollment import EnrollmentStatus
from engine.core.sequence import Family, Verb
from engine.core.workspace import Workspace
from engine.operations.context import Context
from engine.operations.days.open_days import Place, calendar_for
from engine.operations.queries.queue import daily_queue
from engine.operations.queries.reasons import of_unasked
from engine.runtime.console import out, print_table, say
from engine.runtime.demo.evidence import Evidence
from engine.runtime.demo.setting import Imported
from engine.runtime.demo.story import OutboundList
from engine.store import overview
from engine.store.connection import Record

_STYLES: Mapping[Family, str] = MappingProxyType(
    {Family.EMAIL: "blue", Family.PHONE: "green", Family.WECHAT: "magenta", Family.SOCIAL: "cyan"}
)
_TOUCHES_A_BLOCK = 2
_COUNTRIES = ("US", "GB", "DE", "CN")
_TOP = 5  # rows of each queue
_SHOWN_ROWS = 4  # rows of a file that were not taken


def imports(imported: Sequence[Imported]) -> None:
    reports = [one.report for one in imported]
    columns = ("file", "format", "encoding", "rows", "new", "merged", "not taken", "no contact")
    keys = ("rows", "new", "merged", "not_taken", "suppressed")
    rows = [(one.file, one.format, one.encoding, *(one.counts[key] for key in keys)) for one in reports]
    print_table(columns, rows, "\nImported")
    for one in reports:
        refused = [row for row in one.rows if row.outcome == "not_taken"]
        for row in refused[:_SHOWN_ROWS]:
            say(f"  {one.file}:{row.line}: {'; '.join(note.message for note in row.notes if note.fatal)}", "dim")


def lists(entering: Iterable[OutboundList]) -> None:
    say("\nEnters", "bold")
    for one in entering:
        may, no = len(one.report.enrolled), len(one.report.refused)
        why = ", ".join(f"{count} {reason}" for reason, count in one.report.reasons.most_common())
        say(f"  {one.report.sequence}: {may} of {len(one.people)} on the list {one.name!r}, {no} refused ({why})")
        less = [(runs, count) for runs, count in one.report.runs.most_common() if runs != one.report.declared]
        if less:
            can = ", ".join(f"{count} can run {runs}" for runs, count in less)
            say(f"    of them {can}, for want of an address or a consent", "dim")
        for unasked in one.report.unasked:
            say(f"    {of_unasked(unasked, 'en')}", "dim")


def day_header() -> None:
    names = {Family.EMAIL: "mail", Family.PHONE: "phone"}
    cells = "".join(f"{names.get(family, family.value):>8}" for family in _STYLES)
    out.print(Text(f"\n{'Touches':<12}{cells}", style="bold"))


def day(ctx: Context, start: datetime) -> None:
    with ctx.database.read() as connection:
        verbs = overview.reached_between(connection, start, start + timedelta(days=1))
        workspace = ctx.shelf.workspace(connection)
    counts: Counter[Family] = Counter()
    for verb, count in verbs.items():
        counts[Verb(verb).family] += count
    line = Text(f"{start:%a %d %b}".ljust(12))
    line.append("".join(f"{counts[family] or '':>8}" for family in _STYLES) + "  ")
    for family, style in _STYLES.items():
        line.append("█" * round(counts[family] / _TOUCHES_A_BLOCK), style=style)
    line.append(f"  {_special(workspace, start)}", style="dim")
    line.rstrip()
    out.print(line, soft_wrap=True)


def _special(workspace: Workspace, day: datetime) -> str:
    """Holidays, and a Saturday that is worked instead of one."""
    calendars = {country: calendar_for(workspace, Place(country), day.date()) for country in _COUNTRIES}
    is_weekend = day.weekday() > 4  # noqa: PLR2004 - Saturday and Sunday
    if is_weekend:
        working = [country for country, calendar in calendars.items() if calendar.is_workday(day.date())]
        return f"a working day in {' and '.join(working)}" if working else ""
    closed = [country for country, calendar in calendars.items() if not calendar.is_workday(day.date())]
    return f"holiday in {' and '.join(closed)}" if closed else ""


def results(ctx: Context, evidence: Evidence) -> None:
    with ctx.database.read() as connection:
        answers = overview.tasks_with_an_outcome(connection)
        events = overview.events_by_kind(connection)
    came = ", ".join(f"{many} {kind.replace('_', ' ')}" for kind, many in Counter(events).most_common())
    say("\nCame back by mail", "bold")
    say(f"  {came}")
    by_kind: dict[str, list[str]] = defaultdict(list)
    totals: Counter[str] = Counter()
    for row in answers:
        by_kind[row.kind].append(f"{row.many} {row.outcome}")
        totals[row.kind] += row.many
    rows = [(kind, totals[kind], ", ".join(by_kind[kind])) for kind, _ in totals.most_common()]
    print_table(("task", "done", "outcomes"), rows, "\nWhat the reps reported")
    _states(evidence)
    _formulas(evidence)


def _states(evidence: Evidence) -> None:
    counts = Counter((row.sequence_key, row.status, row.end_reason or "") for row in evidence.enrollments)
    by_sequence = Counter(row.sequence_key for row in evidence.enrollments)
    rows = []
    for key, count in by_sequence.most_common():
        mine = [(count, status, why) for (sequence, status, why), count in counts.items() if sequence == key]
        said = [f"{many} {why or status}" for many, status, why in sorted(mine, reverse=True)]
        rows.append((key, count, ", ".join(said)))
    print_table(("sequence", "people", "where they stand"), rows, "\nEnrollments by state and reason")


def _formulas(evidence: Evidence) -> None:
    """Touches x channels x days as declared, and as they really ran for those who reached the end."""
    ended: dict[str, list[Record]] = defaultdict(list)
    for row in evidence.enrollments:
        if row.executed:
            ended[row.sequence_key].append(row)
    declared = {plan.sequence.key: plan.sequence.formula for plan in evidence.plans.values()}
    rows = [
        (key, str(declared[key]), *_ran(mine, EnrollmentStatus.FINISHED), *_ran(mine, EnrollmentStatus.STOPPED))
        for key, mine in sorted(ended.items())
    ]
    columns = ("sequence", "declared", "ran to the end", "on average", "stopped before", "on average")
    print_table(columns, rows, "\nExecuted formula against the declared one")


def _ran(rows: Iterable[Record], status: EnrollmentStatus) -> tuple[int, str]:
    executed = [[int(part) for part in row.executed.split("x")] for row in rows if row.status == status.value]
    if not executed:
        return 0, ""
    return len(executed), " x ".join(f"{fmean(part):.1f}" for part in zip(*executed, strict=True))


def queues(ctx: Context, workspace: Workspace) -> None:
    for rep in workspace.reps:
        queue = daily_queue(ctx, rep.key, limit=_TOP)
        say(f"\n{rep.name} has {queue.total} tasks now, {queue.overdue} of them overdue", "bold")
        for place, row in enumerate(queue.items, start=1):
            where = f" ({row.account.name})" if row.account else ""
            say(f"  {place}. {row.title}: {row.prospect.name}{where}")
            say(f"     {row.why}", "dim")


def promises(broken: Mapping[str, Sequence[str]]) -> bool:
    """Whether all hold."""
    say("\nChecked", "bold")
    for says, findings in broken.items():
        out.print(Text("  ok   ", style="green") if not findings else Text("  FAIL ", style="red"), Text(says), sep="")
        for finding in findings[:10]:
            say(f"         {finding}")
    return not any(broken.values())
