"""Whole mails to a mail server on this machine: ours under the full delivery protocol, and others.

`python -m benchmarks.mail [--mails 2000] [--database postgresql|sqlite]`

Ours renders each mail, stores its intent, holds its person's lock, sends by SMTP and records the result with the lane's
next touch, each with a durable commit; two processes on PostgreSQL, one on SQLite. graphile-worker gives each job to
nodemailer (two processes, no protocol: a crash sends twice or never). smtplib sends finished bytes from two processes
and no database: the most that Python can do. A rate counts from the first twentieth of the mails to the last mail.
"""

import argparse
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from itertools import count
from pathlib import Path

import psycopg

from benchmarks.filled import MAIL, NOW, make_due, open_filled
from benchmarks.rounds import Goal, judge, race
from benchmarks.smtp_sink import Sink, smtp_sink
from engine.channels.smtp.transport import SmtpMail
from engine.core.providers import Security, Server, SmtpServer
from engine.operations.context import Context
from engine.runtime.heartbeat import Heart
from engine.runtime.settings import Settings
from engine.runtime.wiring import open_context
from tests.support.postgres import server_from_wheel

SENDERS = 4
PROCESSES = {"postgresql": 2, "sqlite": 1}
GOALS = (Goal("G4", "graphile-worker + nodemailer", 2, 4), Goal("G4", "smtplib", 0, 1))
_PEERS = Path(__file__).parent / "peers"
_LONGEST = 300


class Race:
    def __init__(self, ctx: Context, folder: Path, sink: Sink, given: argparse.Namespace) -> None:
        self._ctx, self._folder, self._sink, self._mails = ctx, folder, sink, given.mails
        self._processes = PROCESSES[given.database]
        self._first = count(1, given.mails)

    def ours(self) -> float:
        make_due(self._ctx, MAIL, next(self._first), self._mails)
        worker = [sys.executable, "-m", "benchmarks.mail", "--work", self._ctx.database.url, str(self._folder)]
        return self._rate([[*worker, str(self._sink.port)]] * self._processes)

    def smtplib(self) -> float:
        share = str(self._mails // 2)
        return self._rate([[sys.executable, "-m", "benchmarks.mail", "--pour", share, str(self._sink.port)]] * 2)

    def _rate(self, commands: Sequence[Sequence[str]]) -> float:
        before = self._sink.taken()
        with _running(commands):
            self._wait_for(before + self._mails // 20)
            begun, started = self._sink.taken(), time.perf_counter()
            self._wait_for(before + self._mails)
            return (self._sink.taken() - begun) / (time.perf_counter() - started)

    def _wait_for(self, taken: int) -> None:
        give_up = time.monotonic() + _LONGEST
        while self._sink.taken() < taken:
            if time.monotonic() > give_up:
                raise SystemExit(f"only {self._sink.taken()} mails of {taken} came in {_LONGEST} s")
            time.sleep(0.002)


class Graphile:
    """Installed once from its lock; every round has new jobs."""

    def __init__(self, race: Race, url: str, sink: Sink, mails: int) -> None:
        self._race, self._url, self._mails = race, url, mails
        self._folder = Path(tempfile.mkdtemp(prefix="touchline-peers-"))
        for name in ("package.json", "package-lock.json", "worker.mjs"):
            shutil.copyfile(_PEERS / name, self._folder / name)
        npm = ["npm", "ci", "--ignore-scripts", "--silent"]
        subprocess.run(npm, cwd=self._folder, check=True, stderr=subprocess.DEVNULL)  # noqa: S603 - the user's npm
        schema = ["npx", "graphile-worker", "--schema-only", "-c", url]
        subprocess.run(schema, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own arguments
        self._worker = ["node", str(self._folder / "worker.mjs"), url, str(sink.port), str(SENDERS)]

    def run(self) -> float:
        with psycopg.connect(self._url) as connection:
            connection.execute(
                "SELECT graphile_worker.add_job('mail', json_build_object('number', n, 'text', %s::text, "
                "'html', %s::text)) FROM generate_series(1, %s) n",
                (_TEXT, _HTML, self._mails),
            )
        return self._race._rate([self._worker] * 2)  # noqa: SLF001 - the same file


_TEXT = "Good morning,\n\n" + "how do you plan the trips of your trucks today, and who does it?\n" * 8
_HTML = "<p>Good morning,</p>" + "<p>how do you plan the trips of your trucks today, and who does it?</p>" * 8


@contextmanager
def _running(commands: Sequence[Sequence[str]]) -> Iterator[None]:
    started = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]  # noqa: S603 - our own commands
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def work(url: str, folder: str, port: int) -> None:
    """One of our processes, until it is ended."""
    began = time.monotonic()
    ctx = open_context(
        Settings(data=Path(folder), database_url=url.replace("+psycopg", ""), senders=SENDERS),
        now=lambda: NOW + timedelta(seconds=time.monotonic() - began),
    )
    mail = SmtpMail(SmtpServer(Server("127.0.0.1", port, Security.NONE)))
    ctx.transports["email"] = mail  # type: ignore[index]  # its own process may rewire its own context
    heart = Heart(ctx, senders=SENDERS)
    heart.start()
    time.sleep(_LONGEST)


def pour(mails: int, port: int) -> None:
    body = f"Subject: Hello\nFrom: a@x.example\nTo: b@x.example\n\n{_TEXT}{_HTML}".encode().replace(b"\n", b"\r\n")
    with smtplib.SMTP("127.0.0.1", port) as line:
        for _ in range(mails):
            line.sendmail("a@x.example", ["b@x.example"], body)


def compete(given: argparse.Namespace) -> bool:
    server = server_from_wheel() if given.database == "postgresql" else nullcontext()
    with tempfile.TemporaryDirectory() as folder, server as cluster, smtp_sink() as sink:
        rows = given.mails * (given.rounds + 1)
        ctx = open_filled(
            cluster.create() if cluster else f"sqlite:///{folder}/touchline.db",
            Path(folder),
            people=rows,
            mailboxes=rows,
        )
        print(f"{ctx.database.kind}: {given.mails:,} mails in each round", flush=True)
        course = Race(ctx, Path(folder), sink, given)
        runs = {"Touchline": course.ours, "smtplib": course.smtplib}
        goals: tuple[Goal, ...] = GOALS[1:]
        if cluster is not None:
            graphile = Graphile(course, ctx.database.url.replace("+psycopg", ""), sink, given.mails)
            runs |= {"graphile-worker + nodemailer": graphile.run}
            goals = GOALS
        is_good = judge(race(runs, rounds=given.rounds), "Touchline", goals)
        ctx.database.close()
        return is_good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=sorted(PROCESSES), default="postgresql")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--pour", nargs=2, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work(given.work[0], given.work[1], int(given.work[2]))
    elif given.pour:
        pour(*given.pour)
    else:
        raise SystemExit(0 if compete(given) else 1)


if __name__ == "__main__":
    main()
