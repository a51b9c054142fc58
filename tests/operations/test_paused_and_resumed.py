"""I12: a pause is a gate. Whoever is paused and resumed gets the same touches, and none of them earlier."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.channels.simulated import RecordingTransport
from engine.operations import steering
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.store import agenda
from tests.operations.machine_setting import APPLIED
from tests.support.databases import Shelf, on_sqlite
from tests.support.deep import IS_DEEP
from tests.support.world import World, open_world

START = datetime(2026, 3, 4, 13, tzinfo=UTC)
END = START + timedelta(days=60)
_HOURS = st.integers(0, 20 * 24)


@contextmanager
def _world(filled: Shelf) -> Iterator[World]:
    with filled.copy() as url:
        world = open_world(url, Path(), APPLIED, transports={})
        sink = RecordingTransport(world.clock)
        world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
        world.clock.set(START)
        world.enroll("call-in-15", world.add_prospect(email="a@b.example", phone="+12125550100", zone="Europe/London"))
        yield world
        world.ctx.database.close()


def _run(world: World, until: datetime) -> None:
    """Every task is skipped when it comes; mails leave by themselves."""
    while True:
        world.tick()
        for task in world.rows("task", status="open"):
            work_task.skip(world.ctx, By(task.id, "tom"), "for the test")
        with world.ctx.database.read() as connection:
            following = agenda.next_instant(connection, world.clock())
        if following is None or following > until:
            break
        world.clock.set(following)
    world.clock.set(until)


def _sent(filled: Shelf, meanwhile: Callable[[World], None]) -> dict[str, datetime]:
    with _world(filled) as world:
        meanwhile(world)
        _run(world, END)
        return {row.step: row.ended_at for row in world.rows("touch", status="sent", enrollment_id=1)}


@on_sqlite
@settings(max_examples=60 if IS_DEEP else 3, suppress_health_check=list(HealthCheck))
@given(after=_HOURS, hours=_HOURS)
def test_who_was_paused_gets_the_same_mails_and_none_of_them_earlier(filled: Shelf, after: int, hours: int) -> None:
    def pause(world: World) -> None:
        _run(world, START + timedelta(hours=after))
        if world.rows("enrollment", id=1)[0].ended_at is None:
            steering.pause(world.ctx, 1, actor="tom")
            _run(world, START + timedelta(hours=after + hours))
            held = world.clock()
            assert all(row.ended_at is None or row.ended_at <= held for row in world.rows("touch"))
            steering.resume(world.ctx, 1, actor="tom")

    straight, paused = _sent(filled, lambda _world: None), _sent(filled, pause)
    assert paused.keys() == straight.keys()
    assert all(paused[step] >= straight[step] for step in straight)
