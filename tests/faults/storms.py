"""Servers that behave badly: they take a message and say nothing, break off, or answer with errors; and a network that
does the same to both sides.
"""

import random
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tests.faults.arena import Arena
from tests.faults.audit import audit
from tests.faults.bench import Bench, Row
from tests.faults.manners import Reaction
from tests.faults.proxy import BadNetwork, through_proxy
from tests.faults.sinks import LISTING, Sink

_IMPATIENCE = 0.5  # seconds that a dispatcher waits for an answer here
_EVIDENCE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class TakeAndHang:
    """Every message is taken. Half of the connections then hang until the dispatcher has given up, the others are
    reset at once.
    """

    seed: int

    def __call__(self, recipient: str, nth: int) -> Reaction:
        if recipient == LISTING:
            return Reaction()
        hangs = random.Random(f"{self.seed}:{recipient}:{nth}").random() < 0.5
        return Reaction(after=2 * _IMPATIENCE if hangs else 0.0, resets=True)


def hung(bench: Bench) -> Row:
    """`bench.n` messages, two for each person."""
    manners = TakeAndHang(bench.seed)
    with bench.arena(bench.n // 2, mail=manners, sms=manners) as arena:
        _dispatch(arena, bench.workers)
        found, most = audit(arena), _most_calls(arena)
    if most > 1:
        found = found.with_problem(f"one touch was called {most} times")
    return Row(found.accepted, found, f"at most {most} call per touch")


def _dispatch(arena: Arena, workers: int) -> None:
    """Until nothing is due, and most is settled that can be."""
    for worker in range(workers):
        arena.start(f"w{worker}", transports=arena.ways(answer_seconds=_IMPATIENCE))
    arena.await_rest()
    arena.await_evidence(_EVIDENCE_SECONDS)
    arena.await_rest()
    arena.stop()


def _most_calls(arena: Arena) -> int:
    return max(Counter(call.touch for call in arena.calls()).values())


@dataclass(frozen=True, slots=True)
class ServerErrors:
    """Texts are answered with 5xx, every first one and some of the later ones; half of them were taken all the same.
    Whoever asks what was sent is told the same now and then.
    """

    seed: int

    def __call__(self, recipient: str, nth: int) -> Reaction:
        dice = random.Random(f"{self.seed}:{recipient}:{nth}")
        fails = dice.random() < (0.2 if nth or recipient == LISTING else 1.0)
        return Reaction(takes=dice.random() < 0.5, code=dice.choice((500, 502, 503, 504))) if fails else Reaction()


def server_errors(bench: Bench) -> Row:
    """One text for each of `bench.n` people; their mails leave undisturbed."""
    with bench.arena(bench.n, sms=ServerErrors(bench.seed)) as arena:
        _dispatch(arena, bench.workers)
        found, calls = audit(arena), arena.calls()
    texts = sum(call.channel == "sms" for call in calls)
    return Row(bench.n, found, f"{texts} texts called for {bench.n}")


def bad_network(bench: Bench) -> Row:
    """`bench.n` messages through proxies that delay, cut, reset, hang and swallow."""
    script = BadNetwork(bench.seed, seconds=2 * _IMPATIENCE)
    with bench.arena(bench.n // 2, reach=partial(_through, script)) as arena:
        _dispatch(arena, bench.workers)
        return Row(bench.n, audit(arena))


def _through(script: BadNetwork, stack: ExitStack, sink: Sink) -> Sink:
    return stack.enter_context(through_proxy(sink, script))
