"""Who may enter a sequence: every refusal by its name, and what an enrollment does to what was there before."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.errors import BadInput, NotFound
from engine.operations import steering
from engine.operations.enroll import Order, enroll
from engine.operations.incoming.ingest import Inbound, ingest
from engine.runtime.virtual import Hands, run_until
from engine.store import suppressions
from tests.support.stage import Stage, stage_in
from tests.support.trying import REP, Trial
from tests.support.world import World

START = datetime(2026, 3, 2, 13, tzinfo=UTC)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def somebody(world: World, **person: Any) -> int:
    known: dict[str, Any] = {"email": "ada@example.com", "phone": "+12125550100"} | person
    return world.add_prospect(zone="America/New_York", zone_origin="own", country="US", **known)


def in_account(**values: Any) -> Callable[[World], int]:
    return lambda world: somebody(world, account=values)


def in_stage(key: str) -> Callable[[World], int]:
    return lambda world: somebody(world, stage=key)


def owned_by_another(world: World) -> int:
    (owner,) = world.rows("rep", key="ana-diaz")
    return somebody(world, owner_id=world.rows("rep", key=REP)[0].id, account={"owner_id": owner.id})


def who_replied(world: World) -> int:
    who = somebody(world)
    ingest(world.ctx, Inbound("replied", who, START - timedelta(days=89), "reply-1"))
    return who


def who_opted_out(world: World) -> int:
    who = somebody(world)
    ingest(world.ctx, Inbound("opted_out", who, START, "opt-out-1"))
    return who


def already_in_it(world: World) -> int:
    who = somebody(world)
    world.enroll("outbound-7x3x21", who)
    return who


def in_another(world: World) -> int:
    who = somebody(world)
    world.enroll("two-wave", who)
    return who


def who_was_in_it_lately(world: World) -> int:
    who = already_in_it(world)
    steering.stop(world.ctx, 1, actor=REP)
    world.clock.set(START + timedelta(days=89))
    return who


def with_three_rounds(world: World) -> int:
    who = somebody(world)
    for round_ in range(3):
        world.enroll("try-call", who)
        steering.stop(world.ctx, round_ + 1, actor=REP)
    return who


def who_heard_from_us_lately(world: World) -> int:
    who = somebody(world)
    world.enroll("nurture", who)
    world.clock.set(START + timedelta(hours=2))
    world.tick()
    steering.stop(world.ctx, 1, actor=REP)
    world.clock.set(START + timedelta(days=6))
    return who


def who_asked_for_time(world: World) -> int:
    who = somebody(world)
    ingest(world.ctx, Inbound("out_of_office", who, START, "away-1", body={"until": "2026-05-04"}))
    return who


REFUSED: list[tuple[str, Callable[[World], int]]] = [
    ("customer", in_account(relationship="customer")),
    ("open_opportunity", in_account(relationship="open_opportunity")),
    ("partner", in_account(relationship="partner")),
    ("competitor", in_account(relationship="competitor")),
    ("other_owner", owned_by_another),
    ("replied_recently", who_replied),
    ("stage", in_stage("replied")),
    ("stage", in_stage("approaching")),
    ("stage", in_stage("in-progress")),
    ("stage", in_stage("unqualified")),
    ("suppressed", who_opted_out),
    ("already_in", already_in_it),
    ("in_another_sequence", in_another),
    ("too_soon", who_was_in_it_lately),
    ("too_soon", who_asked_for_time),
    ("too_many_rounds", with_three_rounds),
    ("recently_touched", who_heard_from_us_lately),
    ("unknown_person", lambda _world: 4711),
]


@pytest.mark.parametrize(("reason", "candidate"), REFUSED)
def test_outbound_is_refused_by_name(stage: Stage, reason: str, candidate: Callable[[World], int]) -> None:
    world = stage.world(START)
    who = candidate(world)
    before = world.rows("enrollment")

    report = world.enroll("outbound-7x3x21", who)

    assert [(one.prospect_id, one.reason) for one in report.refused] == [(who, reason)]
    assert report.reasons == {reason: 1}
    assert world.rows("enrollment") == before


def test_who_can_be_reached_by_nothing_that_it_does_is_refused(stage: Stage) -> None:
    world = stage.world(START)
    nowhere = somebody(world, email=None, phone=None)

    assert [one.reason for one in world.enroll("two-wave", nowhere).refused] == ["unreachable"]


def test_without_a_rep_nobody_is_enrolled(stage: Stage) -> None:
    world = stage.world(START)

    report = enroll(world.ctx, Order("two-wave", (somebody(world),), actor="test"))

    assert [one.reason for one in report.refused] == ["no_rep"]


@pytest.mark.parametrize(
    "candidate", [in_account(relationship="customer"), in_stage("replied"), who_replied, in_another]
)
def test_who_asks_us_is_never_refused_by_the_rules_of_outbound(stage: Stage, candidate: Callable[[World], int]) -> None:
    world = stage.world(START)

    assert world.enroll("call-in-15", candidate(world)).refused == ()


def test_a_ninety_first_day_is_soon_enough(stage: Stage) -> None:
    world = stage.world(START)
    who = already_in_it(world)
    steering.stop(world.ctx, 1, actor=REP)
    world.clock.set(START + timedelta(days=90))

    assert world.enroll("outbound-7x3x21", who).refused == ()
    assert [row.rotation for row in world.rows("enrollment")] == [1, 2]


def test_inbound_supersedes_outbound(stage: Stage) -> None:
    world = stage.world(START)
    who = in_another(world)

    world.enroll("call-in-15", who)

    ends = [(row.sequence_key, row.status, row.end_reason) for row in world.rows("enrollment")]
    assert ends == [("two-wave", "stopped", "superseded"), ("call-in-15", "active", None)]
    assert {row.status for row in world.rows("touch", enrollment_id=1)} == {"cancelled"}
    assert world.rows("enrollment")[0].end_note == "superseded by call-in-15"


def test_a_wave_over_its_limit_is_refused_whole(stage: Stage) -> None:
    world = stage.world(START)

    with pytest.raises(BadInput, match="at most 500 people at once and 501 were given; split the list"):
        world.enroll("two-wave", *range(1, 502))

    assert world.rows("enrollment") == []


def test_a_wave_of_exactly_its_limit_is_taken(stage: Stage) -> None:
    world = stage.world(START)
    who = somebody(world)

    assert len(world.enroll("two-wave", who, *range(1_000, 1_499)).refused) == 499


def test_somebody_named_twice_counts_once(stage: Stage) -> None:
    world = stage.world(START)
    who = somebody(world)

    report = world.enroll("two-wave", who, who)

    assert [one.prospect_id for one in report.enrolled] == [who]


def test_a_sequence_that_was_never_applied_is_not_found(stage: Stage) -> None:
    world = stage.world(START)

    with pytest.raises(NotFound, match="no sequence 'three-wave'"):
        world.enroll("three-wave", somebody(world))


def test_a_dry_run_says_the_same_and_writes_nothing(stage: Stage) -> None:
    world = stage.world(START)
    good, bad = somebody(world), somebody(world, stage="replied", email="bo@example.com")

    dry = world.enroll("outbound-7x3x21", good, bad, dry_run=True)
    written = [*world.rows("enrollment"), *world.rows("touch"), *world.rows("audit", action="enroll")]
    real = world.enroll("outbound-7x3x21", good, bad)

    assert written == []
    assert dry.refused == real.refused
    assert dry.runs == real.runs
    assert [one.enrollment_id for one in dry.enrolled] == [None]


def test_whoever_was_not_reached_goes_on_in_nurture_with_the_same_rep(stage: Stage) -> None:
    world = stage.world(START)
    world.enroll("call-in-2x2x1", somebody(world), rep="grace-hill")

    run_until(world.ctx, world.clock, START + timedelta(days=2), players=[Hands()])

    first, then = world.rows("enrollment")
    assert (first.status, first.end_reason) == ("finished", "not_reached")
    assert (then.sequence_key, then.status, then.batch) == ("nurture", "active", "after call-in-2x2x1")
    assert then.rep_id == first.rep_id


def test_whoever_may_not_go_on_is_refused_by_name_in_the_trail(stage: Stage) -> None:
    world = stage.world(START)
    world.enroll("call-in-2x2x1", somebody(world, email=None), rep="grace-hill")

    run_until(world.ctx, world.clock, START + timedelta(days=2), players=[Hands()])

    assert [row.sequence_key for row in world.rows("enrollment")] == ["call-in-2x2x1"]
    (line,) = world.rows("audit", action="refuse")
    assert '"reason":"unreachable"' in line.detail


def test_the_answer_to_who_asked_us_leaves_at_once_and_in_the_night(stage: Stage) -> None:
    world = stage.world(datetime(2026, 3, 8, 4, 40, tzinfo=UTC))  # Saturday, 23:40 in New York
    world.enroll("call-in-15", somebody(world), rep="grace-hill")

    world.tick()

    assert [(row.step, row.status) for row in world.rows("touch", status="sent")] == [("@ack", "sent")]


def test_a_customer_who_became_one_gets_no_further_mail(stage: Stage) -> None:
    world = stage.world(START)
    who = already_in_it(world)
    world.clock.set(START + timedelta(hours=1))
    world.tick()
    Trial(world, who).change("account", world.rows("prospect")[0].account_id, relationship="customer")

    world.clock.set(START + timedelta(days=7, hours=1))
    world.tick()

    (row,) = world.rows("enrollment")
    assert (row.status, row.end_reason, row.end_note) == ("stopped", "stage_changed", "customer")
    (proof,) = world.rows("touch", step="proof")
    assert (proof.status, proof.reason) == ("cancelled", "engagement")
    assert len(world.rows("message")) == 1


@pytest.mark.parametrize("key", ["replied", "in-progress", "unqualified"])
def test_a_stage_that_changed_meanwhile_ends_it_before_the_next_mail(stage: Stage, key: str) -> None:
    world = stage.world(START)
    who = already_in_it(world)
    Trial(world, who).change("prospect", who, stage=key)

    world.clock.set(START + timedelta(hours=1))
    world.tick()

    (row,) = world.rows("enrollment")
    assert (row.status, row.end_reason) == ("stopped", "stage_changed")
    assert world.rows("message") == []


def test_somebody_suppressed_meanwhile_is_not_called_either(stage: Stage) -> None:
    world = stage.world(START)
    already_in_it(world)
    with world.ctx.database.write() as connection:
        why = {"reason": "opted_out", "proof": "letter", "source": "post"}
        suppressions.add(connection, scope="domain", key="example.com", channel="all", now=START, **why)

    world.clock.set(START + timedelta(days=1, hours=1))
    world.tick()

    (row,) = world.rows("enrollment")
    assert (row.status, row.end_reason) == ("stopped", "opted_out")
    assert world.rows("task") == []
