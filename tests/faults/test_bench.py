"""Some faults a few times, so that every change passes through the bench; `python -m tests.faults` makes them all, in
numbers that mean something.
"""

import pytest

from tests.faults.audit import Audit
from tests.faults.bench import Bench, Row
from tests.faults.scenarios import SCENARIOS
from tests.support.databases import Databases, SqliteFiles


@pytest.fixture(scope="module")
def bench(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    kind = "sqlite" if isinstance(databases, SqliteFiles) else "postgresql"
    return Bench(kind, 0, 7, tmp_path_factory.mktemp("faults"), databases)


@pytest.mark.parametrize(
    ("name", "n"),
    [("kills", 2), ("pauses", 1), ("hangs", 8), ("network", 16), ("restore", 8), ("retry", 2)],
)
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
