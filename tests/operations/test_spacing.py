"""Many mails of one mailbox that fall due at once: one leaves, the others take the slots after it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.world import World, make_world

MORNING = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)  # Wednesday, 09:30 in New York
MANY = 12


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 't.db'}", tmp_path, MORNING)
    yield made
    made.ctx.database.close()


def add_people(world: World, count: int) -> list[int]:
    return [
        world.add_prospect(f"Ada {n} Example", email=f"ada{n}@example.com", zone="America/New_York", zone_origin="own")
        for n in range(count)
    ]


def test_one_mail_leaves_and_the_rest_wait_a_gap_apart_in_their_order(world: World) -> None:
    world.enroll("outbound-7x3x21", *add_people(world, MANY))
    world.tick()
    mails = [row for row in world.rows("touch", verb="email") if row.step == "intro"]
    assert [row.status for row in mails] == ["sent"] + ["scheduled"] * (MANY - 1)
    waiting = mails[1:]
    assert {row.reason for row in waiting} == {"mailbox_gap"}
    assert all(row.reserved_by is None for row in waiting)
    gaps = [later.due_at - earlier.due_at for earlier, later in pairwise(waiting)]
    assert all(timedelta(minutes=2.4) <= gap <= timedelta(minutes=5.6) for gap in gaps)


def test_mails_of_different_mailboxes_do_not_wait_for_each_other(world: World) -> None:
    first, second = add_people(world, 2)
    world.enroll("outbound-7x3x21", first, rep="tom-lee")
    world.enroll("outbound-7x3x21", second, rep="grace-hill")
    world.tick()
    assert {row.status for row in world.rows("touch", step="intro")} == {"sent"}


def test_every_slot_is_one_at_which_its_mail_really_leaves(world: World) -> None:
    world.enroll("outbound-7x3x21", *add_people(world, MANY))
    world.tick()
    for row in world.rows("touch", step="intro")[1:]:
        world.clock.set(row.due_at)
        world.tick()
        assert next(one for one in world.rows("touch", step="intro") if one.id == row.id).status == "sent"
