"""A calendar that an account follows, and a rep's own public holidays, with the real engine."""

from datetime import UTC, date, datetime

from engine.operations import authoring
from engine.operations.validating import Project
from engine.runtime.virtual import Hands, run_until
from tests.support.world import World, shipped_project

BREAK = """
calendars:
  - {key: alpha, title: Alpha's break, accounts: [alpha.example], closed: [2026-03-04..2026-03-13]}
"""
NEW_YORK = {"country": "US", "zone": "America/New_York", "zone_origin": "own"}


def somebody(world: World, name: str, rep: str, **account: str) -> int:
    who = world.add_prospect(
        name, email=f"{name}@{name}.example", phone="+15185550100", account={"name": name} | account, **NEW_YORK
    )
    assert world.enroll("outbound-7x3x21", who, rep=rep).enrolled
    return who


def due(world: World, who: int) -> dict[str, date]:
    return {row.step: row.due_date for row in world.rows("touch", prospect_id=who)}


def test_whoever_works_at_an_account_is_left_alone_on_its_days(world: World) -> None:
    shipped = shipped_project()
    files = {**shipped.sequences, "workspace.yaml": shipped.sequences["workspace.yaml"] + BREAK}
    authoring.apply(world.ctx, Project(files, shipped.templates), actor="test")
    away, there = (somebody(world, name, "tom-lee", domain=f"{name}.example") for name in ("alpha", "beta"))
    assert due(world, away)["intro"] == date(2026, 3, 16)
    assert due(world, there)["intro"] == date(2026, 3, 4)
    run_until(world.ctx, world.clock, datetime(2026, 3, 14, tzinfo=UTC), players=[Hands()])
    assert {row.status for row in world.rows("touch", prospect_id=away)} == {"scheduled"}
    assert "sent" in {row.status for row in world.rows("touch", prospect_id=there)}


def test_a_call_of_good_friday_waits_for_a_rep_in_berlin_until_easter_is_over(world: World) -> None:
    world.clock.set(datetime(2026, 4, 2, 12, tzinfo=UTC))
    in_berlin, in_albany = (somebody(world, name, rep) for name, rep in (("ada", "ana-diaz"), ("bob", "tom-lee")))
    calls = due(world, in_berlin)["call-1"], due(world, in_albany)["call-1"]
    assert calls == (date(2026, 4, 7), date(2026, 4, 3))
    row = next(row for row in world.rows("touch", prospect_id=in_berlin) if row.step == "call-1")
    assert row.nominal_date == date(2026, 4, 3)
