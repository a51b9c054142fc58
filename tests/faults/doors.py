"""Signed webhooks at the real doors: sent again, in another order, late, and read in pieces by several ticks."""

from tests.faults.audit import Audit
from tests.faults.bench import Bench, Row
from tests.support.databases import Shelf
from tests.support.permuted_webhooks import facts_after, fill

_TIMES = 10


def permuted(bench: Bench) -> Row:
    """`bench.n` of them, ten times over; each time they must end in what they ended in when they came in order."""
    written_to, found, diverging = Shelf(bench.databases, fill), Audit(), 0
    in_order = facts_after(written_to, bench.n, None)
    for seed in range(_TIMES):
        diverging += facts_after(written_to, bench.n, bench.seed + seed) != in_order
        bench.say(f"{seed + 1} times, {diverging} diverged")
    if diverging or in_order["not applied"]:
        found = found.with_problem(f"{diverging} diverging states, {len(in_order['not applied'])} facts not applied")
    return Row(bench.n * _TIMES, found, f"{diverging} diverging states")
