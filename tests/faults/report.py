"""What the bench prints: of each row as it ends, and the table of all."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.faults.bench import Row

COUNTED = ("N", "accepted", "duplicates", "lost", "in doubt")
COLUMNS = ("fault", "database", *COUNTED, "figures", "seconds", "verdict")


@dataclass(frozen=True, slots=True)
class Line:
    fault: str
    database: str
    row: Row
    seconds: float

    @property
    def verdict(self) -> str:
        good = "fails, as it must" if self.row.must_fail else "good"
        return good if self.row.is_good else "SHORT"


def print_row(console: Console, line: Line) -> None:
    """All that the table will say of it: a run that is broken off leaves what was measured until then."""
    counts = ", ".join(f"{name} {count}" for name, count in zip(COUNTED, _counts(line), strict=True))
    told = [f"{line.fault} on {line.database}: {line.verdict}, {line.seconds:.0f} s", counts, line.row.figures]
    console.print("; ".join(one for one in told if one), markup=False, highlight=False, soft_wrap=True)
    _print_problems(console, line)


def print_table(console: Console, lines: list[Line]) -> None:
    table = Table(*COLUMNS, title="Touchline under faults")
    for line in sorted(lines, key=lambda one: one.fault):
        table.add_row(*_cells(line))
    console.print(table)
    for line in lines:
        _print_problems(console, line)


def _print_problems(console: Console, line: Line) -> None:
    for problem in () if line.row.must_fail else line.row.audit.problems:
        console.print(f"{line.fault}, {line.database}: {problem}", markup=False, highlight=False)


def _cells(line: Line) -> tuple[str, ...]:
    verdict = f"[{'green' if line.row.is_good else 'red bold'}]{line.verdict}[/]"
    return (line.fault, line.database, *_counts(line), line.row.figures, f"{line.seconds:.0f}", verdict)


def _counts(line: Line) -> tuple[str, ...]:
    audit = line.row.audit
    return tuple(f"{n:,}" for n in (line.row.n, audit.accepted, audit.duplicates, audit.lost, audit.in_doubt))
