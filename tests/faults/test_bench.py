"""Some faults a few times, so that every change passes through the bench; `python -m tests.faults` makes them all, in
numbers that mean something. Kills, pauses, races and the control are not among these: `.ci/run` makes them in tens.
"""

from io import StringIO

import pytest
from rich.console import Console

from tests.faults.audit import Audit
from tests.faults.bench import Bench, Row
from tests.faults.report import Line, print_row
from tests.faults.scenarios import SCENARIOS
from tests.support.databases import Databases, SqliteFiles


@pytest.fixture(scope="module")
def bench(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    kind = "sqlite" if isinstance(databases, SqliteFiles) else "postgresql"
    return Bench(kind, 0, 7, tmp_path_factory.mktemp("faults"), databases)


@pytest.mark.parametrize(("name", "n"), [("hangs", 8), ("network", 16), ("restore", 8)])
def test_no_figure_falls_short(bench: Bench, name: str, n: int) -> None:
    (scenario,) = (one for one in SCENARIOS if one.name == name)
    row = scenario.run(bench.for_scenario(n, name, lambda _text: None))
    assert row.is_good, row


@pytest.mark.parametrize(
    "audit", [Audit(duplicates=1), Audit(lost=1), Audit(problems=("a touch is sent and was never taken",))]
)
def test_a_figure_falls_short_where_anything_is_wrong_unless_it_has_to(audit: Audit) -> None:
    assert not Row(1, audit).is_good
    assert Row(1, audit, must_fail=True).is_good
    assert not Row(1, Audit(), must_fail=True).is_good


def test_a_row_leaves_its_figures_as_soon_as_it_ends() -> None:
    told = StringIO()
    row = Row(1200, Audit(accepted=1150, lost=1, problems=("a touch [7] is gone",)), "p99 40 ms")
    print_row(Console(file=told, width=80), Line("kills", "sqlite", row, 61.4))
    assert told.getvalue().splitlines()[0] == (
        "kills on sqlite: SHORT, 61 s; N 1,200, accepted 1,150, duplicates 0, lost 1, in doubt 0; p99 40 ms"
    )
    assert "a touch [7] is gone" in told.getvalue()
