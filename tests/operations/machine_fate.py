"""What time, providers, prospects and crashes do to the engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    rule,
)

from engine.channels.simulated import Reply
from engine.core.touch import TouchStatus
from engine.operations.delivery import recovery, sending
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.plans import PlanShelf
from engine.store import agenda
from engine.store.database import Database
from tests.operations.machine_setting import Setting
from tests.support.sink import Death, Killed, Sink

KINDS = (
    *("clicked", "delivered", "hand_sent", "out_of_office", "out_of_office", "bounced"),
    *("replied", "opted_out", "meeting_booked", "complained"),
)


class Fate(Setting):
    """Rules that nobody here decides."""

    facts: Bundle[Inbound] = Bundle("facts")

    # What time does

    @rule(times=st.integers(1, 6))
    def jump(self, times: int = 1) -> None:
        """To the next instant at which something falls due, and to the ones after it."""
        for _ in range(times):
            with self.world.ctx.database.read() as connection:
                following = agenda.next_instant(connection, self.now)
            if following is not None:
                self.world.clock.set(following)
            self.world.tick()

    @rule(hours=st.sampled_from((0.02, 0.5, 3, 14, 24, 60)))
    def wait(self, hours: float) -> None:
        self.world.clock.set(self.now + timedelta(hours=hours))
        self.world.tick()

    @rule()
    def tick_again(self) -> None:
        self.world.tick()

    # What providers and prospects do

    @rule(replies=st.lists(st.sampled_from(Reply), min_size=1, max_size=3))
    def tell_transport(self, replies: list[Reply]) -> None:
        self.sink.transport.answer_next(*replies)

    @rule(
        target=facts,
        which=st.integers(0, 2),
        kind=st.sampled_from(KINDS),
        back=st.none() | st.integers(0, 40),
        of=st.integers(0, 4),
    )
    def hear(self, which: int, kind: str, back: int | None, of: int) -> Inbound:
        person = self.person(which)
        mine = [row.id for row in self.world.rows("touch", prospect_id=person)]
        self.keys += 1
        fact = Inbound(
            kind=kind,
            prospect_id=person,
            at=self.now - timedelta(minutes=of),
            dedupe_key=str(self.keys),
            touch_id=mine[of % len(mine)] if mine and of else None,
            body=self._body(kind, back),
        )
        ingest(self.world.ctx, fact)
        return fact

    @rule(fact=facts)
    def hear_again(self, fact: Inbound) -> None:
        receipt = ingest(self.world.ctx, fact)
        assert not receipt.is_new, "I10: a fact that was repeated was stored twice"

    def _body(self, kind: str, back: int | None) -> dict[str, Any]:
        match kind:
            case "out_of_office":
                return {"until": (self.now + timedelta(days=back)).date().isoformat()} if back is not None else {}
            case "meeting_booked":
                return {"title": "Call", "at": (self.now + timedelta(days=2)).isoformat()}
            case _:
                return {"channel": "email", "text": "Hello"}

    # What crashes do

    @rule(death=st.sampled_from(("after the intent", *Death)), at_start=st.booleans())
    def crash(self, death: str, *, at_start: bool) -> None:
        """The next send dies with its process; another one starts, at once or when the lease is over."""
        self._jump_to_a_send()
        try:
            with _dying(self.sink, death):
                self.world.tick()
        except Killed:
            pass
        self.restart()
        if at_start:
            recovery.recover(self.world.ctx, at_start=True)
        else:
            self.world.clock.set(self.now + timedelta(seconds=self.world.ctx.lease_seconds + 1))
            self.world.tick()

    def _jump_to_a_send(self) -> None:
        due = [row.due_at for row in self.touches(TouchStatus.SCHEDULED) if row.verb in ("email", "sms")]
        if due:
            self.world.clock.set(max(self.now, min(due)))

    def restart(self) -> None:
        """Nothing is left of the process but what it committed."""
        ctx = self.world.ctx
        ctx.database.close()
        self.world.ctx = replace(ctx, database=Database(ctx.database.url, durable=False), shelf=PlanShelf())
        self.sink.dies = None


@contextmanager
def _dying(sink: Sink, death: str) -> Iterator[None]:
    """The process is killed at the named point of the next send, if there is one."""
    if death in set(Death):
        sink.dies = Death(death)
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "_call", _die)
        yield


def _die(*_args: Any) -> None:
    raise Killed
