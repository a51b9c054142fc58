"""One database with its sinks, its clock and its dispatchers: where a fault happens, and what is left to look at."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.operations.context import Context
from engine.store.connection import Record
from engine.store.reservations import AUTOMATIC
from engine.store.tables import touch
from tests.faults.clocks import Clock
from tests.faults.ledger import Call, read
from tests.faults.manners import Manners, Polite
from tests.faults.process import fork, kill, tell
from tests.faults.sinks import Sink, serve_http, serve_smtp, sink
from tests.faults.ways import Ways
from tests.faults.worker import Post, dispatch

_LOOK_AGAIN = 0.1
_LAST_WORDS = 2_000
IN_HAND = "in hand"


class Restless(Exception):
    """What was due has not been dealt with in the time that is plenty for it, or nobody is left to do it."""


@dataclass
class Arena:
    url: str
    folder: Path
    clock: Clock
    mail: Sink
    sms: Sink
    dispatchers: list[ForkProcess] = field(default_factory=list)

    def post(self, name: str, **options: Any) -> Post:
        options.setdefault("transports", self.ways())
        return Post(self.url, self.folder, self.clock, name=name, **options)

    def start(self, name: str = "a", **options: Any) -> ForkProcess:
        """A dispatcher; `options` are those of a Post."""
        process = fork(dispatch, self.post(name, **options))
        self.dispatchers.append(process)
        return process

    def ways(self, **options: Any) -> Ways:
        return Ways(self.mail.port, self.sms.port, self.clock, **options)

    def kill(self, process: ForkProcess) -> None:
        kill(process)
        self.dispatchers.remove(process)

    def kill_all(self) -> None:
        for process in list(self.dispatchers):
            self.kill(process)

    def stop(self) -> None:
        """All dispatchers end by themselves, as on a shutdown."""
        for process in self.dispatchers:
            tell(process, signal.SIGTERM)
        for process in self.dispatchers:
            process.join()
        broken = [process.exitcode for process in self.dispatchers if process.exitcode]
        self.dispatchers.clear()
        if broken:
            raise Restless(f"dispatchers ended by themselves, with {broken}; {self._last_words()}")

    @contextmanager
    def context(self) -> Iterator[Context]:
        """Closed again before anybody forks."""
        made = self.post("bench", transports=dict).context()
        try:
            yield made
        finally:
            made.database.close()

    def calls(self) -> list[Call]:
        return read(self.mail.ledger, self.sms.ledger)

    def await_calls(self, seconds: float = 5) -> bool:
        """Whether anything reaches a sink within that time."""
        before, give_up = self._written(), time.monotonic() + seconds
        while self._written() == before:
            if time.monotonic() > give_up:
                return False
            time.sleep(_LOOK_AGAIN / 20)
        return True

    def _written(self) -> int:
        return sum(one.ledger.stat().st_size for one in (self.mail, self.sms) if one.ledger.exists())

    def is_at_rest(self) -> bool:
        return not self.restless()

    def restless(self) -> list[str]:
        """What is under way, and what is due and has been left lying; `in hand` where a dispatcher has it."""
        with self.context() as ctx, ctx.database.read() as connection:
            now = ctx.now()
            due = (touch.c.status == "scheduled") & (touch.c.due_at <= now)
            wanted = select(touch).where(touch.c.verb.in_(AUTOMATIC), due | (touch.c.status == "sending"))
            return [f"{row.step} {row.id} {_state(row, now)}" for row in connection.execute(wanted)]

    def await_rest(self, patience: float = 60) -> None:
        """Raises Restless when nothing has changed for so many seconds."""
        left, since = self.restless(), time.monotonic()
        while left:
            time.sleep(_LOOK_AGAIN)
            now = self.restless()
            if now != left:
                left, since = now, time.monotonic()
            elif time.monotonic() > since + patience:
                told = f"after {patience:.0f} s these are still due: {', '.join(left[:5])}"
                raise Restless(f"{told}; {self._last_words()}")

    def await_evidence(self, seconds: float) -> None:
        """Until no text is in doubt and nothing is due again, or for so long: Twilio is asked ever more seldom what it
        has taken. Mails stay in doubt.
        """
        give_up = time.monotonic() + seconds
        while (self._doubted_texts() or not self.is_at_rest()) and time.monotonic() < give_up:
            time.sleep(_LOOK_AGAIN)

    def _doubted_texts(self) -> int:
        with self.context() as ctx, ctx.database.read() as connection:
            wanted = select(func.count()).where(touch.c.verb == "sms", touch.c.status == "in_doubt")
            return int(connection.execute(wanted).scalar_one())

    def _last_words(self) -> str:
        """The ends of the dispatchers' logs."""
        return "\n".join(path.read_text(encoding="utf-8")[-_LAST_WORDS:] for path in self.folder.glob("*.log"))

    def come_to_rest(self, **options: Any) -> None:
        """One more dispatcher finishes what the others have left, and is stopped then."""
        self.start("last", **options)
        self.await_rest()
        self.stop()


def _state(row: Record, now: datetime) -> str:
    is_in_hand = row.status == "scheduled" and row.reserved_until is not None and row.reserved_until > now
    return IN_HAND if is_in_hand else f"{row.status} {row.reason or ''}"


@contextmanager
def arena(
    url: str,
    folder: Path,
    clock: Clock,
    *,
    mail: Manners | None = None,
    sms: Manners | None = None,
    reach: Callable[[ExitStack, Sink], Sink] | None = None,
) -> Iterator[Arena]:
    """`reach` puts something between the dispatchers and a sink."""
    folder.mkdir()
    between = reach or (lambda _stack, one: one)
    with ExitStack() as stack:
        smtp = stack.enter_context(sink(serve_smtp, folder / "mail.jsonl", mail or Polite(), clock))
        http = stack.enter_context(sink(serve_http, folder / "sms.jsonl", sms or Polite(), clock))
        made = Arena(url, folder, clock, between(stack, smtp), between(stack, http))
        stack.callback(made.kill_all)
        yield made
