"""The reads of the page and the API, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import BadInput, Busy, NotFound
from engine.core.outcome import Answer
from engine.operations import readiness, repeats, steering
from engine.operations.context import Context
from engine.operations.incoming import unsubscribing
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.queries import enrollments, people, queue, stuck, suppressed, task, team
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.runtime.virtual import PLAIN_OUTCOMES, run_until
from engine.store import tasks
from tests.support.databases import Databases, Shelf
from tests.support.world import World, make_world, open_world

MONDAY = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def fill(url: str) -> None:
    make_world(url, Path(), MONDAY, transports={}).ctx.database.close()


@pytest.fixture(scope="module")
def on_monday(databases: Databases) -> Shelf:
    return Shelf(databases, fill)


@pytest.fixture
def empty(on_monday: Shelf, tmp_path: Path) -> Iterator[World]:
    with on_monday.copy() as url:
        made = open_world(url, tmp_path, MONDAY)
        yield made
        made.ctx.database.close()


@pytest.fixture
def world(empty: World) -> World:
    made = empty
    zone = {"zone": "America/New_York", "zone_origin": "own"}
    for number in range(3):
        mail, phone = f"p{number}@example.com", f"+1212555000{number}"
        made.people[f"p{number}"] = made.add_prospect(f"Person {number}", email=mail, phone=phone, **zone)
    made.enroll("two-wave", *made.people.values())
    run_until(made.ctx, made.clock, MONDAY + timedelta(days=1, hours=4))
    made.tick()
    return made


def test_every_read_answers_on_this_database(world: World) -> None:
    ctx = world.ctx
    found = queue.daily_queue(ctx, "tom-lee", limit=2)
    rest = queue.daily_queue(ctx, "tom-lee", limit=2, cursor=found.next_cursor)
    assert [row.prospect.name for row in (*found.items, *rest.items)] == ["Person 0", "Person 1", "Person 2"]
    assert rest.next_cursor is None
    shown = task.task(ctx, found.items[0].id)
    assert [choice.outcome for choice in shown.outcomes if "at" in choice.needs] == ["call_back", "meeting_booked"]
    assert len(people.find_prospects(ctx, text="person", limit=2).items) == 2
    assert people.prospect(ctx, world.people["p0"]).history[-1].text.startswith("Enrolled in")
    assert len(enrollments.list_enrollments(ctx, {"status": "active", "rep_key": "tom-lee"}).items) == 3
    detail = enrollments.enrollment(ctx, enrollments.list_enrollments(ctx, {}).items[0].id)
    assert [one.subject is not None for one in detail.touches] == [True, False]
    assert team.today(ctx, "tom-lee").left == 3
    assert team.busiest(ctx).key == "tom-lee"
    assert {one.key: one.live_enrollments for one in team.sequences(ctx)}["two-wave"] == 3
    assert all(check.is_good for check in readiness.checks(ctx))


def test_a_click_of_the_last_day_moves_a_call_up(world: World) -> None:
    person = world.people["p2"]
    sent = world.rows("touch", prospect_id=person, status="sent")[0]
    at = world.clock() - timedelta(hours=2)
    ingest(world.ctx, Inbound("clicked", person, at, "c1", touch_id=sent.id))
    first = queue.daily_queue(world.ctx, "tom-lee").items[0]
    assert (first.prospect.name, first.level) == ("Person 2", 5)


def test_a_pause_holds_what_a_resume_lets_go(world: World) -> None:
    row = world.rows("enrollment", prospect_id=world.people["p0"])[0]
    steering.pause(world.ctx, row.id, actor="tom-lee", note="trade fair")
    assert enrollments.enrollment(world.ctx, row.id).pauses[0].note == "trade fair"
    assert len(queue.daily_queue(world.ctx, "tom-lee").items) == 2
    steering.resume(world.ctx, row.id, actor="tom-lee")
    assert len(queue.daily_queue(world.ctx, "tom-lee").items) == 3
    assert stuck.held(world.ctx).items == ()
    assert stuck.doubts(world.ctx).items == ()


@pytest.mark.parametrize(
    ("scope", "value", "stopped"),
    [("person", "p1", 1), ("address", "P1+x@EXAMPLE.com", 1), ("account", "p1", 1), ("domain", "example.org", 0)],
)
def test_a_suppression_ends_what_it_covers(world: World, scope: str, value: str, stopped: int) -> None:
    person = world.rows("prospect", id=world.people["p1"])[0]
    named = {"person": str(person.id), "account": str(person.account_id)}.get(scope, value)
    ban = steering.Ban(scope, named, "asked by phone")
    first, second = (steering.suppress(world.ctx, ban, actor="tom-lee") for _ in range(2))
    assert (first[1], second[1], first[0].id) == (True, False, second[0].id)
    assert len(world.rows("enrollment", status="stopped")) == stopped
    assert suppressed.list_suppressions(world.ctx).items[-1].key == first[0].key


@pytest.mark.parametrize("scope", ["person", "account"])
def test_who_is_not_there_cannot_be_suppressed(world: World, scope: str) -> None:
    with pytest.raises(NotFound, match="9999"):
        steering.suppress(world.ctx, steering.Ban(scope, "9999", "asked by phone"), actor="tom-lee")
    assert world.rows("suppression") == []


def test_a_stop_ends_one_enrollment(world: World) -> None:
    row = world.rows("enrollment", prospect_id=world.people["p0"])[0]
    assert steering.stop(world.ctx, row.id, actor="tom-lee", note="by phone") is True
    assert enrollments.enrollment(world.ctx, row.id).enrollment.why == "stopped by hand"


def test_a_request_key_lets_one_in_at_a_time(world: World) -> None:
    ctx = world.ctx
    assert repeats.begin(ctx, "k", "h") is None
    with pytest.raises(Busy):
        repeats.begin(ctx, "k", "h")
    with pytest.raises(BadInput):
        repeats.begin(ctx, "k", "other")
    answer = repeats.Answer(201, '"3"', "{}")
    repeats.end(ctx, "k", answer)
    assert repeats.begin(ctx, "k", "h") == answer
    world.clock.set(world.clock() + timedelta(hours=25))
    assert repeats.begin(ctx, "k", "other") is None


def test_the_link_of_a_mail_is_known_again(world: World) -> None:
    message = world.rows("message")[0]
    text = message.payload.decode()
    token = "".join(text.split("List-Unsubscribe: <", 1)[1].split(">", 1)[0].split()).rsplit("/u/", 1)[1]
    link = unsubscribing.read_link(world.ctx, token)
    assert link is not None
    assert unsubscribing.unsubscribe(world.ctx, link, how="button").is_applied
    assert world.rows("enrollment", prospect_id=link.prospect_id)[0].end_reason == "opted_out"


def test_the_forecast_is_what_happens_when_everything_is_done_on_time(empty: World) -> None:
    world = empty
    zone: dict[str, Any] = {"zone": "America/New_York", "zone_origin": "own"}
    person = world.add_prospect("Ada Example", email="ada@example.com", phone="+12125550100", **zone)
    world.enroll("outbound-7x3x21", person)
    punctual = Punctual()
    run_until(world.ctx, world.clock, MONDAY + timedelta(days=30), players=[punctual])
    outbound = world.rows("enrollment", prospect_id=person)[0]
    ended = {row.step: row.ended_at for row in world.rows("touch", enrollment_id=outbound.id)}
    assert set(punctual.foretold) == {"connect", "proof", "call-2", "personal", "close"}
    for step, at in punctual.foretold.items():
        assert abs(ended[step] - at) <= timedelta(minutes=1), step


@dataclass
class Punctual:
    """Reads what the first task foretells, then does each the moment the person can be reached."""

    foretold: dict[str, datetime] = field(default_factory=dict)

    def act(self, ctx: Context) -> bool:
        now = ctx.now()
        with ctx.database.read() as connection:
            due = tasks.open_due(connection, now)
        if due and not self.foretold:
            self.foretold.update({step.step: step.at for step in task.task(ctx, due[0].id).next})
        done = [row for row in due if row.callable_from <= now]
        for row in done:
            work_task.complete(ctx, By(row.id, row.rep_key), Answer(PLAIN_OUTCOMES[row.kind]))
        return bool(done)

    def next_instant(self, ctx: Context) -> datetime | None:
        with ctx.database.read() as connection:
            opens = [row.callable_from for row in tasks.open_due(connection, ctx.now())]
        return min((at for at in opens if at > ctx.now()), default=None)
