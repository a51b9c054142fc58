"""A held touch goes on when its cause is mended, or is given up with a reason."""

import pytest

from engine.core.errors import BadInput, Conflict, NotFound
from engine.operations import steering
from engine.store import enrollments, plans
from tests.support.factories import at
from tests.support.world import World

IN_THE_MORNING = at("2026-03-04T10:00-05:00")


@pytest.fixture
def held(world: World) -> tuple[World, int]:
    """A mail of somebody whose rep has lost their mailbox."""
    person = world.add_prospect(email="ada@example.com", zone="America/New_York", zone_origin="own column")
    world.enroll("outbound-7x3x21", person)
    with world.ctx.database.write() as connection:
        enrollments.set_mailbox(connection, world.rows("enrollment")[0].id, None)
    world.clock.set(IN_THE_MORNING)
    world.tick()
    (touch,) = world.rows("touch", step="intro")
    assert (touch.status, touch.reason) == ("held", "no_mailbox")
    return world, touch.id


def test_a_release_gives_the_mailbox_that_was_missing_and_the_mail_leaves(held: tuple[World, int]) -> None:
    world, touch = held
    steering.release(world.ctx, touch, actor="tom-lee")
    world.tick()
    assert world.rows("touch", id=touch)[0].status == "sent"
    assert [row.action for row in world.rows("audit", subject="touch", subject_id=str(touch))] == ["release", "send"]


def test_a_released_touch_is_held_again_while_its_cause_stands(held: tuple[World, int]) -> None:
    world, touch = held
    with world.ctx.database.write() as connection:
        plans.retire_others(connection, rep_keys=["tom-lee"], addresses=[])
    steering.release(world.ctx, touch, actor="tom-lee")
    world.tick()
    assert world.rows("touch", id=touch)[0].reason == "no_mailbox"


def test_a_held_touch_can_be_given_up_and_its_lane_goes_on(held: tuple[World, int]) -> None:
    world, touch = held
    steering.skip_held(world.ctx, touch, actor="tom-lee", reason="they asked for a call instead")
    given_up = world.rows("touch", id=touch)[0]
    assert (given_up.status, given_up.reason, given_up.detail) == ("skipped", "by_rep", "they asked for a call instead")
    assert [row.status for row in world.rows("touch", step="proof")] == ["scheduled"]


def test_what_is_not_held_cannot_be_released(held: tuple[World, int]) -> None:
    world, touch = held
    steering.skip_held(world.ctx, touch, actor="tom-lee", reason="enough")
    with pytest.raises(Conflict, match="is skipped"):
        steering.release(world.ctx, touch, actor="tom-lee")
    with pytest.raises(NotFound):
        steering.release(world.ctx, 999_999, actor="tom-lee")


def test_giving_up_needs_a_reason(held: tuple[World, int]) -> None:
    world, touch = held
    with pytest.raises(BadInput, match="say why"):
        steering.skip_held(world.ctx, touch, actor="tom-lee", reason="  ")
