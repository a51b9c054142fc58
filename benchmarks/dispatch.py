"""Dispatching what is due for people: ours, the same by hand-written SQL, and APScheduler with a job per touch.

`python -m benchmarks.dispatch [--rows 1000000] [--due 5000] [--database sqlite|postgresql]`

Ours is the whole tick of one worker: claim, guard, script, task and state, in batches of 500, with durable commits,
while `--rows` touches are pending. The SQL claims, asks for suppressions, and writes the same rows with the driver
alone; it renders nothing. APScheduler runs `--jobs` empty jobs from its SQLAlchemyJobStore in the same database. They
take turns; ratios are medians of the rounds.
"""

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.filled import CALL, NOW, make_due, open_filled
from benchmarks.rounds import ROUNDS, Goal, judge, race
from engine.operations.context import Context
from engine.operations.delivery.dispatch import tick
from tests.support.postgres import server_from_wheel

BATCH = 500
GOALS = {
    "sqlite": (Goal("G2", "SQL", 0.5, 0.8), Goal("G3", "APScheduler", 1.5, 3)),
    "postgresql": (Goal("G2", "SQL", 0.5, 0.8), Goal("G3", "APScheduler", 6, 10)),
}


class Race:
    """Each contestant takes the next `due` touches, or jobs of its own."""

    def __init__(self, ctx: Context, *, due: int, jobs: int) -> None:
        self._ctx, self._due, self._jobs = ctx, due, jobs
        self._first = count(1, due)

    def ours(self) -> float:
        make_due(self._ctx, CALL, next(self._first), self._due)
        started, queued = time.perf_counter(), 0
        while queued < self._due:
            queued += tick(self._ctx).queued
        return queued / (time.perf_counter() - started)

    def by_sql(self) -> float:
        make_due(self._ctx, CALL, next(self._first), self._due)
        with _driver(self._ctx) as connection:
            started, done = time.perf_counter(), 0
            while done < self._due:
                done += _batch(connection, is_sqlite=self._ctx.database.is_sqlite)
            return done / (time.perf_counter() - started)

    def apscheduler(self) -> float:
        scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(self._ctx.database.url)},
            job_defaults={"misfire_grace_time": None},
            timezone="UTC",
        )
        executed: list[object] = []
        scheduler.add_listener(executed.append, EVENT_JOB_EXECUTED)
        scheduler.start(paused=True)
        for _ in range(self._jobs):
            scheduler.add_job(_nothing, "date", run_date=datetime(2026, 3, 4, tzinfo=UTC))
        started = time.perf_counter()
        scheduler.resume()
        while len(executed) < self._jobs:
            time.sleep(0.005)
        took = time.perf_counter() - started
        scheduler.shutdown()
        return self._jobs / took


def _nothing() -> None:
    """APScheduler's work."""


@contextmanager
def _driver(ctx: Context) -> Iterator[Any]:
    if ctx.database.is_sqlite:
        made = sqlite3.connect(str(ctx.database.path), isolation_level=None)
        for pragma in (f"journal_mode={ctx.database.journal_mode}", "synchronous=FULL", "wal_autocheckpoint=20000"):
            made.execute(f"PRAGMA {pragma}")
        try:
            yield made
        finally:
            made.close()
        return
    with psycopg.connect(ctx.database.url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


_CLAIM = """UPDATE touch SET reserved_by = 'sql', reserved_until = {at} WHERE id {mine}
 RETURNING id, prospect_id, enrollment_id, due_at"""
_DUE = "SELECT id FROM touch WHERE status = 'scheduled' AND due_at <= {at} ORDER BY due_at, id LIMIT 500"
_GUARD = """SELECT p.id FROM prospect p LEFT JOIN account a ON a.id = p.account_id
 JOIN address d ON d.prospect_id = p.id
 JOIN suppression s ON s.lifted_at IS NULL AND (s.scope = 'address' AND s.key = d.match_key OR s.scope = 'domain'
 AND s.key IN (d.domain, a.domain)) WHERE p.id BETWEEN {one} AND {one}"""
_TASK = """INSERT INTO task (kind, status, level, rep_id, prospect_id, enrollment_id, touch_id, title, script, due_at,
 tier, lead_at, created_at, version)
 VALUES ('call', 'open', 7, 1, {one}, {one}, {one}, 'Call', {one}, {one}, 3, {one}, {one}, 1)"""
_SCRIPT = "Introduce yourself, say why you call, ask what they use today, agree on the next step.\n" * 8


def _batch(connection: Any, *, is_sqlite: bool) -> int:
    now: Any = NOW.isoformat() if is_sqlite else NOW
    one, at = ("?", f"'{NOW:%Y-%m-%d %H:%M:%S}'") if is_sqlite else ("%s", f"'{NOW.isoformat()}'")
    due = _DUE.format(at=at)
    mine = f"IN ({due})" if is_sqlite else f"= ANY(ARRAY({due} FOR UPDATE SKIP LOCKED))"
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
    claimed = cursor.execute(_CLAIM.format(at=at, mine=mine)).fetchall()
    cursor.execute("COMMIT")
    cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
    people = [person for _, person, _, _ in claimed]
    refused = {row[0] for row in cursor.execute(_GUARD.format(one=one), (min(people), max(people))).fetchall()}
    claimed = [row for row in claimed if row[1] not in refused]
    rows = [(person, enrollment, touch, _SCRIPT, due_at, now, now) for touch, person, enrollment, due_at in claimed]
    cursor.executemany(_TASK.format(one=one), rows)
    ids = [(touch,) for touch, *_ in claimed]
    cursor.executemany(f"UPDATE touch SET status = 'queued', reserved_by = NULL WHERE id = {one}", ids)  # noqa: S608 - a placeholder
    cursor.execute("COMMIT")
    return len(claimed)


def run(url: str, name: str, given: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        address = url or f"sqlite:///{folder}/touchline.db"
        ctx = open_filled(address, Path(folder), people=given.rows // 4)
        print(f"{ctx.database.kind}, {given.rows:,} touches pending, {given.due:,} due in each round", flush=True)
        course = Race(ctx, due=given.due, jobs=given.jobs)
        contestants = {"Touchline": course.ours, "SQL": course.by_sql, "APScheduler": course.apscheduler}
        is_good = judge(race(contestants), "Touchline", GOALS[name])
        ctx.database.close()
        return is_good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=5_000)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--database", choices=sorted(GOALS))
    given = parser.parse_args()
    if given.rows // 4 < 2 * ROUNDS * given.due:
        parser.error(f"--rows {given.rows} are too few for {ROUNDS} rounds of --due {given.due}")
    is_good = True
    if given.database != "postgresql":
        is_good &= run("", "sqlite", given)
    if given.database != "sqlite":
        with server_from_wheel() as cluster:
            is_good &= run(cluster.create(), "postgresql", given)
    raise SystemExit(0 if is_good else 1)


if __name__ == "__main__":
    main()
