"""Every fault of the bench."""

from tests.faults import controls, days, disks, doors, kills, outages, pauses, races, storms
from tests.faults.bench import Scenario

SCENARIOS = (
    Scenario("kills", "kill -9 at any moment", 1_000, 24, kills.killed_at_random),
    Scenario("points", "kill -9 at each named point", 50, 1, kills.killed_at_points),
    Scenario("pauses", "SIGSTOP longer than the lease", 500, 20, pauses.paused),
    Scenario("races", "a reply, STOP, unsubscribe or bounce racing a send", 10_000, 120, races.raced),
    Scenario("outages", "PostgreSQL stopped at once and started", 100, 5, outages.database_stopped, ("postgresql",)),
    Scenario("hangs", "sinks take, then hang or reset", 200, 40, storms.hung),
    Scenario("errors", "HTTP 5xx storm", 500, 30, storms.server_errors),
    Scenario("network", "a network that delays, cuts, resets, hangs, swallows", 1_000, 100, storms.bad_network),
    Scenario("disk", "the dispatcher's disk is full", 10, 1, disks.disk_full),
    Scenario("locked", "SQLite held by another process", 60, 6, disks.sqlite_locked, ("sqlite",)),
    Scenario("webhooks", "webhooks repeated, reordered, delayed, 10 times", 5_000, 30, doors.permuted),
    Scenario("refusals", "421 and 429 storm, one bad recipient in 100", 100, 100, days.refused),
    Scenario("backlog", "restart with overdue touches", 5_000, 200, days.overdue),
    Scenario("restore", "a backup of six hours ago is put back", 60, 30, days.restored),
    Scenario("retry", "control: lease and retry", 40, 5, controls.retried),
    Scenario("unlocked", "control: the check before the lock", 1_000, 120, controls.checked_early),
)
