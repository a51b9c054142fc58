"""Arizona without summer time, Lord Howe with half an hour of it, Kathmandu, Shanghai: mail in each one's morning."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.calendars.holidays_data import country_calendar
from engine.operations.reaching import consents
from engine.operations.reaching.consents import Grant
from engine.operations.validating import Project
from engine.runtime.virtual import run_until
from tests.support.databases import on_sqlite
from tests.support.factories import hours
from tests.support.world import World, make_world, shipped_project

FIRST = datetime(2026, 3, 5, 12, tzinfo=UTC)  # before New York's clocks are changed, and a month before Lord Howe's
LAST = datetime(2026, 4, 20, tzinfo=UTC)
DAYS = range(1, 34, 2)
MORNING = time(9), time(9, 30)
SOME_HOURS = hours("09:00-09:30")
SEQUENCE = "\n".join(
    (
        "sequence: mornings",
        f"formula: {len(DAYS)}x1x{DAYS[-1]}",
        "audience: {kind: outbound, locales: [en]}",
        'schedule: {days: calendar, hours: {mon-fri: ["09:00-09:30"]}}',
        "steps:",
        *(f"  - {{key: mail-{day}, day: {day}, do: email, use: outbound/intro}}" for day in DAYS),
        "",
    )
)
# When nine o'clock is there, in UTC: at two hours in Lord Howe, whose clocks go back half an hour on April 5.
PLACES = {
    "America/Phoenix": ("US", {"16:00"}),
    "Australia/Lord_Howe": ("AU", {"22:00", "22:30"}),
    "Asia/Kathmandu": ("NP", {"03:15"}),
    "Asia/Shanghai": ("CN", {"01:00"}),
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    shipped = shipped_project()
    kept = ("workspace.yaml", *(name for name in shipped.sequences if name.startswith("policies/")))
    files = {name: shipped.sequences[name] for name in kept} | {"mornings.yaml": SEQUENCE}
    made = make_world(database_url, tmp_path, FIRST, project=Project(files, shipped.templates))
    yield made
    made.ctx.database.close()


def somebody(world: World, zone: str, country: str) -> int:
    where = {"country": country, "zone": zone, "zone_origin": "own"}
    who = world.add_prospect(f"Ada {zone}", email=f"ada@{country.lower()}.example", **where)
    consents.grant(world.ctx, Grant(who, "email", "yes, write to me", "fair, Hall 4"), actor="tom-lee")
    assert world.enroll("mornings", who).enrolled
    return who


@on_sqlite
def test_each_gets_mail_in_a_morning_of_their_own_on_both_sides_of_a_change_of_the_clocks(world: World) -> None:
    people = {zone: somebody(world, zone, country) for zone, (country, _) in PLACES.items()}
    run_until(world.ctx, world.clock, LAST)
    for zone, (country, hours_of_utc) in PLACES.items():
        sent = [row.ended_at for row in world.rows("touch", prospect_id=people[zone]) if row.status == "sent"]
        local = [at.astimezone(ZoneInfo(zone)) for at in sent]
        assert len(sent) == len(DAYS), zone
        assert all(MORNING[0] <= at.time() < MORNING[1] for at in local), zone
        assert len({at.date() for at in local}) == len(DAYS), zone
        days = country_calendar(country, None, 2026, 2026)
        assert all(
            at.weekday() < 5 and at.date() not in days.closed for at in local if at.date() not in days.extra_workdays
        )
        assert {f"{at:%H:%M}" for at in sent} == hours_of_utc, zone
