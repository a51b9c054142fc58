"""The table that the bench prints."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.faults.bench import Row

COLUMNS = ("fault", "database", "N", "accepted", "duplicates", "lost", "in doubt", "figures", "seconds", "verdict")


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


def print_table(console: Console, lines: list[Line]) -> None:
    table = Table(*COLUMNS, title="Touchline under faults")
    for line in sorted(lines, key=lambda one: one.fault):
        table.add_row(*_cells(line))
    console.print(table)
    for line in (one for one in lines if not one.row.must_fail):
        for problem in line.row.audit.problems:
            console.print(f"{line.fault}, {line.database}: {problem}", markup=False, highlight=False)


def _cells(line: Line) -> tuple[str, ...]:
    audit = line.row.audit
    counts = (line.row.n, audit.accepted, audit.duplicates, audit.lost, audit.in_doubt)
    shown = tuple(f"{count:,}" for count in counts)
    verdict = f"[{'green' if line.row.is_good else 'red bold'}]{line.verdict}[/]"
    return (line.fault, line.database, *shown, line.row.figures, f"{line.seconds:.0f}", verdict)
