"""The database is gone for a moment: PostgreSQL is stopped at once and started again."""

import time

from tests.faults.audit import Audit, audit
from tests.faults.bench import Bench, Row

_PEOPLE = 120
_MOMENT = 0.3  # seconds after a call that reached its sink
_OUTAGES_PER_ARENA = 8


def database_stopped(bench: Bench) -> Row:
    """The dispatchers are the same before and after: they find back by themselves."""
    assert bench.server is not None
    done, total = 0, Audit()
    while done < bench.n:
        with bench.arena(_PEOPLE) as arena:
            dice = bench.dice("outages", done)
            for worker in range(bench.workers):
                arena.start(f"w{worker}")
            for _ in range(min(bench.n - done, _OUTAGES_PER_ARENA)):
                arena.await_calls()
                time.sleep(dice.uniform(0, _MOMENT))
                bench.server.crash()
                done += 1
            arena.await_rest()
            arena.stop()
            total += audit(arena)
        bench.say(f"{done} stopped")
    return Row(done, total)
