"""Every fault of the bench."""

from tests.faults import kills, pauses, races
from tests.faults.bench import Scenario

SCENARIOS = (
    Scenario("kills", "kill -9 at any moment", 1_000, 30, kills.killed_at_random),
    Scenario("points", "kill -9 at each named point", 50, 2, kills.killed_at_points),
    Scenario("pauses", "SIGSTOP longer than the lease", 500, 40, pauses.paused),
    Scenario("races", "a reply, STOP, unsubscribe or bounce racing a send", 10_000, 250, races.raced),
)
