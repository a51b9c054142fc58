"""I10: webhooks that come twice, late, or in another order end in the same facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.channels.simulated import RecordingTransport
from engine.operations.incoming.ingest import Inbound, ingest
from tests.operations.machine_setting import fill
from tests.support.databases import Databases, Shelf, on_sqlite
from tests.support.deep import IS_DEEP
from tests.support.world import World, open_world

SENT = datetime(2026, 3, 4, 14, tzinfo=UTC)
HEARD = SENT + timedelta(hours=30)
BODIES: dict[str, dict[str, Any]] = {
    "out_of_office": {"until": "2026-03-20"},
    "bounced": {"address": "ada@example.com"},
}
KINDS = (
    "delivered", "bounced", "soft_bounced", "replied", "auto_replied", "out_of_office", "opted_out", "complained",
    "clicked", "meeting_booked",
)  # fmt: skip
_FACTS = ("delivered_at", "bounced_at", "clicked_at", "complained_at", "replied_at")


@st.composite
def _webhooks(draw: st.DrawFn) -> tuple[list[Inbound], list[Inbound]]:
    """What happened in its own order, and the same as it may arrive."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=6))
    happened = [
        Inbound(kind, 1, SENT + timedelta(hours=hour), str(hour), touch_id=1, body=BODIES.get(kind, {}))
        for hour, kind in enumerate(kinds)
    ]
    repeated = draw(st.lists(st.sampled_from(happened), max_size=3))
    return happened, draw(st.permutations([*happened, *repeated]))


def _fill(url: str) -> None:
    """Somebody to whom we wrote, with two addresses, and a rep who waits to call them."""
    fill(url)
    world = open_world(url, Path(), SENT, transports={})
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    emails = ["ada@example.com", "ada@home.example"]
    world.enroll("outbound-7x3x21", world.add_prospect(email=emails, phone="+12125550100", zone="America/New_York"))
    world.tick()
    world.ctx.database.close()


@pytest.fixture(scope="module")
def written_to(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


def _facts_after(written_to: Shelf, arrivals: list[Inbound]) -> dict[str, Any]:
    with written_to.copy() as url:
        world = open_world(url, Path(), HEARD, transports={})
        for fact in arrivals:
            assert ingest(world.ctx, fact).is_applied
        found = _facts_in(world)
        world.ctx.database.close()
        return found


def _facts_in(world: World) -> dict[str, Any]:
    touch, person, enrollment = (world.rows(name)[0] for name in ("touch", "prospect", "enrollment"))
    return {
        "touch": {name: getattr(touch, name) for name in _FACTS},
        "events": sorted((row.dedupe_key, row.kind, row.at) for row in world.rows("event")),
        "suppressed": {(row.scope, row.key, row.channel) for row in world.rows("suppression")},
        "dead": {row.value for row in world.rows("address") if row.dead_reason},
        "last_reply_at": person.last_reply_at,
        "has_ended": enrollment.ended_at is not None,
        "open touches": sorted(row.step for row in world.rows("touch") if row.ended_at is None),
        "to triage": sum(row.kind == "triage" for row in world.rows("task")),
    }


@on_sqlite
@settings(max_examples=200 if IS_DEEP else 8, suppress_health_check=list(HealthCheck))
@given(webhooks=_webhooks())
def test_any_order_and_repetition_of_webhooks_ends_in_the_same_facts(
    written_to: Shelf, webhooks: tuple[list[Inbound], list[Inbound]]
) -> None:
    happened, arrived = webhooks
    assert _facts_after(written_to, arrived) == _facts_after(written_to, happened)
