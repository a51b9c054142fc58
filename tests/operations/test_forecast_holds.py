"""What the simulation says will happen is what the engine then does, touch by touch, when nothing else differs."""

from datetime import datetime, timedelta

from engine.operations.queries.snapshot import snapshot
from engine.runtime.virtual import run_until
from engine.simulation.play import play
from engine.simulation.script import Script
from tests.support.paced_reps import PacedReps
from tests.support.world import World

_ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Kolkata")
_Line = tuple[object, ...]


def of_play(script: Script) -> dict[_Line, _Line]:
    return {
        (life.lead.id, life.sequence.key, touch.plan.step, touch.plan.repeat): (
            touch.status.value, touch.reason.value if touch.reason else None, touch.due_at, touch.ended_at,
            touch.outcome, life.status.value, life.end_reason,
        )
        for life in play(script).lives
        for touch in life.touches
    }  # fmt: skip


def of_engine(world: World) -> dict[_Line, _Line]:
    enrolled = {row.id: row for row in world.rows("enrollment")}
    return {
        (row.prospect_id, enrolled[row.enrollment_id].sequence_key, row.step, row.repeat): (
            row.status, row.reason, row.due_at, row.ended_at, row.outcome,
            enrolled[row.enrollment_id].status, enrolled[row.enrollment_id].end_reason,
        )
        for row in world.rows("touch")
    }  # fmt: skip


def fill(world: World) -> None:
    people = [
        world.add_prospect(
            f"Person {n}",
            email=f"p{n}@firm{n}.example.com" if n % 7 else None,
            phone=f"+1518555{n:04}" if n % 5 else None,
            zone=_ZONES[n % len(_ZONES)],
            zone_origin="own",
        )
        for n in range(24)
    ]
    world.enroll("outbound-7x3x21", *people[:10], rep="tom-lee")
    world.enroll("call-in-15", *people[10:16], rep="grace-hill")
    world.enroll("two-wave", *people[16:20], rep="tom-lee")
    world.enroll("call-in-cn", *people[20:], rep="wei-zhang")


def live_until(world: World, script: Script, end: datetime) -> None:
    """Up to that instant, which is left out as in a play."""
    run_until(world.ctx, world.clock, end - timedelta(microseconds=1), players=[PacedReps(script)])


def test_three_weeks_go_as_they_were_foreseen(world: World) -> None:
    fill(world)
    script = snapshot(world.ctx, timedelta(days=21))
    foreseen = of_play(script)
    live_until(world, script, script.end)
    assert of_engine(world) == foreseen
