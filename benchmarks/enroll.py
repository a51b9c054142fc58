"""How long it takes to enroll 10,000 people in a seven-step sequence: `python -m benchmarks.enroll [DATABASE_URL]`.

Uses the public operation on the shipped `outbound-7x3x21`, in one transaction with durable commits. All begin at once
with their first touches: to wait in turn, 16 a day for each rep, would be less work. Prints the median of three rounds,
each on a database of its own (SQLite) or on people of its own (PostgreSQL).
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from engine.core.capacity import Flood
from engine.operations import authoring
from engine.operations.context import Context
from engine.operations.enroll import Order, enroll
from engine.runtime.clock import ManualClock
from engine.runtime.files import read_project, shipped
from engine.runtime.settings import Settings
from engine.runtime.wiring import open_context
from engine.store import migrations, tables
from engine.store.database import Database

PEOPLE = 10_000
ROUNDS = 3
NOW = datetime(2026, 3, 4, 13, tzinfo=UTC)
ZONES = ("America/New_York", "America/Chicago", "Europe/Berlin", "Asia/Shanghai")


def add_people(ctx: Context) -> tuple[int, ...]:
    """With a mail address and a phone number each, in four zones."""
    with ctx.database.write() as connection:
        base = len(connection.execute(tables.prospect.select()).all())
        ids = range(base + 1, base + PEOPLE + 1)
        people = [
            {"id": one, "name": f"Person {one}", "first_name": "Person", "locale": "en", "created_at": NOW}
            | {"zone": ZONES[one % len(ZONES)], "zone_origin": "own column"}
            for one in ids
        ]
        connection.execute(insert(tables.prospect), people)
        mails = [(one, "email", f"person{one}@example.com") for one in ids]
        phones = [(one, "phone", f"+1212{one:07d}") for one in ids]
        rows = [
            {"prospect_id": one, "kind": kind, "value": value, "key": value, "match_key": value, "quality": "verified"}
            for one, kind, value in mails + phones
        ]
        connection.execute(insert(tables.address), rows)
    return tuple(ids)


def one_round(url: str, folder: Path) -> float:
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    ctx = open_context(Settings(data=folder, database_url=url), now=ManualClock(NOW))
    authoring.apply(ctx, read_project(shipped() / "sequences"), actor="benchmark")
    people = add_people(ctx)
    reps = ("tom-lee", "ana-diaz")
    order = Order("outbound-7x3x21", people, "benchmark", reps, when_too_many=Flood.ENROLL_ALL)
    started = time.perf_counter()
    report = enroll(ctx, order)
    took = time.perf_counter() - started
    ctx.database.close()
    if len(report.enrolled) != PEOPLE:
        raise SystemExit(f"only {len(report.enrolled)} of {PEOPLE} were enrolled: {report.reasons}")
    return took


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else None
    took = []
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            took.append(one_round(given or f"sqlite:///{folder}/touchline.db", Path(folder)))
        print(f"round {number + 1}: {PEOPLE:,} people in {took[-1]:.2f} s")
    print(f"median {statistics.median(took):.2f} s; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
