"""What reaches us from outside: stored once, applied once, in any order, and stopping what it must stop."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from engine.core.errors import BadInput, NotFound
from engine.core.outcome import OUTCOMES, Answer
from engine.operations.incoming.ingest import EventStuck, Inbound, Receipt, ingest
from engine.operations.tasks.work_task import By, complete
from engine.store import events, tables
from tests.operations.test_outcomes import TABLE, answer_to
from tests.operations.test_undo import state_of, take_back
from tests.support.stage import Stage, stage_in
from tests.support.trying import MONDAY, REP, Trial
from tests.support.world import World

START = datetime(2026, 3, 2, 13, tzinfo=UTC)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def begin(stage: Stage, sequence: str = "outbound-7x3x21", **person: Any) -> World:
    """Somebody whose first mail has left, an hour ago."""
    world = stage.world(START)
    known = {"email": "ada@example.com", "phone": "+12125550100"} | person
    who = world.add_prospect(zone="America/New_York", zone_origin="own", country="US", **known)
    world.enroll(sequence, who)
    world.clock.set(START + timedelta(hours=1))
    world.tick()
    world.clock.set(START + timedelta(hours=2))
    return world


def tell(world: World, kind: str, key: str = "event-1", **body: Any) -> Receipt:
    touch_id = body.pop("touch_id", None)
    return ingest(world.ctx, Inbound(kind, 1, world.clock(), key, touch_id=touch_id, body=body))


def end_of(world: World) -> tuple[str, str | None]:
    row = world.rows("enrollment")[0]
    return row.status, row.end_reason


def opened(world: World) -> list[str]:
    return sorted(row.kind for row in world.rows("task", status="open") if row.touch_id is None)


def test_a_reply_stops_everything_and_is_put_before_a_person(stage: Stage) -> None:
    world = begin(stage)

    tell(world, "replied", text="Tuesday works.", touch_id=1)

    assert end_of(world) == ("stopped", "replied")
    assert {row.status for row in world.rows("touch", ended_at=None)} == set()
    (task,) = world.rows("task", kind="triage")
    assert (task.script, task.level) == ("Tuesday works.", 2)
    assert task.respond_by == datetime(2026, 3, 2, 20, 30, tzinfo=UTC)  # four hours of work, and the lunch break
    assert world.rows("touch", id=1)[0].replied_at == world.rows("prospect")[0].last_reply_at == world.clock()


def test_a_reply_of_somebody_who_asked_us_is_answered_within_one_business_hour(stage: Stage) -> None:
    world = begin(stage, "call-in-15")

    tell(world, "replied", text="Call after three.")

    assert world.rows("task", kind="triage")[0].respond_by == world.clock() + timedelta(hours=1)


def test_a_reply_after_the_end_is_put_before_a_person_too(stage: Stage) -> None:
    world = begin(stage)
    tell(world, "meeting_booked", "event-1", at="2026-03-10T18:00+00:00")

    tell(world, "replied", "event-2", text="See you then.")

    assert end_of(world) == ("stopped", "meeting_booked")
    assert opened(world) == ["confirm_meeting", "triage"]


@pytest.mark.parametrize(("kind", "reason"), [("opted_out", "opted_out"), ("complained", "complaint")])
def test_who_opts_out_or_complains_is_suppressed_by_person_and_by_every_address(
    stage: Stage, kind: str, reason: str
) -> None:
    world = begin(stage)

    tell(world, kind, text="Stop.")

    assert end_of(world) == ("stopped", reason)
    covers = {(row.scope, row.key, row.channel, row.proof) for row in world.rows("suppression")}
    assert covers == {
        ("person", "1", "all", "Stop."),
        ("address", "ada@example.com", "all", "Stop."),
        ("address", "+12125550100", "all", "Stop."),
    }
    assert [one.reason for one in world.enroll("nurture", 1).refused] == ["suppressed"]


def test_an_opt_out_holds_for_whoever_comes_with_the_same_address(stage: Stage) -> None:
    world = begin(stage)
    tell(world, "opted_out")
    again = world.add_prospect("Ada Again", phone="+12125550100", zone="America/New_York")

    assert [one.reason for one in world.enroll("call-in-15", again).refused] == ["suppressed"]


def test_a_hard_bounce_asks_once_whether_they_have_left(stage: Stage) -> None:
    world = begin(stage, email=["ada@example.com", "ada@other.example.com"])

    tell(world, "bounced", "event-1", touch_id=1)
    tell(world, "bounced", "event-2", address="ada@other.example.com")

    assert end_of(world) == ("active", None)
    assert opened(world) == ["has_left"]
    assert [row.dead_reason for row in world.rows("address", kind="email")] == ["bounced", "bounced"]


def test_the_second_address_takes_over_from_a_dead_one(stage: Stage) -> None:
    world = begin(stage, email=["ada@example.com", "ada@other.example.com"])

    tell(world, "bounced", "event-1", touch_id=1)
    tell(world, "bounced", "event-2", touch_id=1)  # the same mail came back twice
    world.clock.set(datetime(2026, 3, 9, 13, tzinfo=UTC))
    world.tick()

    assert [row.recipient for row in world.rows("message")] == ["ada@example.com", "ada@other.example.com"]


def test_when_the_last_channel_is_lost_the_enrollment_ends(stage: Stage) -> None:
    world = begin(stage, "two-wave", phone=None)

    tell(world, "bounced")

    assert end_of(world) == ("stopped", "bounced")
    assert opened(world) == []


def test_a_channel_they_have_closed_is_no_channel_that_is_left(stage: Stage) -> None:
    world = begin(stage, "two-wave")
    world.clock.set(START + timedelta(days=1, hours=2))
    world.tick()
    (call,) = world.rows("task", kind="call")
    complete(world.ctx, By(call.id, REP), Answer("do_not_call"))

    tell(world, "bounced")

    assert end_of(world) == ("stopped", "bounced")


def test_three_soft_bounces_in_a_month_are_a_dead_address(stage: Stage) -> None:
    world = begin(stage)
    for number in (1, 2):
        tell(world, "soft_bounced", f"event-{number}")
    assert world.rows("address", kind="email")[0].dead_reason is None

    tell(world, "soft_bounced", "event-3")

    assert world.rows("address", kind="email")[0].dead_reason == "bounced"


def test_soft_bounces_of_another_month_do_not_count(stage: Stage) -> None:
    world = begin(stage)
    for number in (1, 2, 3):
        tell(world, "soft_bounced", f"event-{number}")
        world.clock.set(world.clock() + timedelta(days=16))

    assert world.rows("address", kind="email")[0].dead_reason is None


@settings(max_examples=12)
@given(order=st.permutations([0, 50, 51, 79]))
def test_soft_bounces_count_by_when_they_happened_and_not_by_when_we_hear_of_them(
    stage: Stage, order: list[int]
) -> None:
    world = begin(stage)
    for day in order:
        at = START + timedelta(days=day)
        ingest(world.ctx, Inbound("soft_bounced", 1, at, f"event-{day}", touch_id=1))

    assert world.rows("address", kind="email")[0].dead_reason == "bounced"
    assert world.rows("touch", id=1)[0].bounced_at is None


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ({"until": "2026-03-06"}, datetime(2026, 3, 10, 4, tzinfo=UTC)),  # Friday, and two business days
        ({}, datetime(2026, 3, 9, 4, tzinfo=UTC)),  # a week, where they name no date
    ],
)
def test_an_absence_pauses_until_they_are_back(stage: Stage, body: dict[str, str], until: datetime) -> None:
    world = begin(stage)

    tell(world, "out_of_office", **body)

    assert end_of(world) == ("paused", None)
    assert [(row.cause, row.resume_at) for row in world.rows("pause")] == [("out_of_office", until)]


def test_a_long_absence_ends_it_and_rests_until_the_date(stage: Stage) -> None:
    world = begin(stage)

    tell(world, "out_of_office", until="2026-05-04")

    assert end_of(world) == ("stopped", "long_absence")
    assert world.rows("prospect")[0].quiet_until == datetime(2026, 5, 6, 4, tzinfo=UTC)
    assert [one.reason for one in world.enroll("two-wave", 1).refused] == ["too_soon"]


def test_after_a_long_absence_the_rep_is_asked_whether_to_take_it_up_again(stage: Stage) -> None:
    world = begin(stage)
    tell(world, "out_of_office", until="2026-05-04", text="Back on 4 May.")
    (asked,) = world.rows("task", kind="task")
    assert (asked.status, asked.title) == ("snoozed", "Back from a long absence: take it up again?")
    assert asked.script.splitlines() == ["2026-05-04", "", "Back on 4 May."]

    world.clock.set(datetime(2026, 5, 6, 3, 59, tzinfo=UTC))
    world.tick()
    assert world.rows("task", id=asked.id)[0].status == "snoozed"
    world.clock.set(datetime(2026, 5, 6, 4, tzinfo=UTC))  # two business days after their return
    world.tick()
    (back,) = world.rows("task", id=asked.id)
    assert (back.status, back.due_at) == ("open", world.clock())
    assert back.respond_by > world.clock()


def test_thirty_days_are_no_long_absence(stage: Stage) -> None:
    world = begin(stage)

    tell(world, "out_of_office", until=f"{date(2026, 3, 2) + timedelta(days=30)}")

    assert end_of(world) == ("paused", None)


def test_somebody_who_asked_us_gets_no_mail_while_away_and_all_the_calls(stage: Stage) -> None:
    world = begin(stage, "call-in-15")
    tell(world, "out_of_office", until="2026-03-06")  # before any mail was planned

    (call,) = world.rows("task", kind="call")
    complete(world.ctx, By(call.id, "tom-lee"), Answer("no_answer"))

    (mail,) = world.rows("touch", step="mail-1")
    assert (mail.due_at, mail.reason) == (datetime(2026, 3, 10, 13, tzinfo=UTC), "out_of_office")
    assert [row.due_at.date() for row in world.rows("touch", step="call-2")] == [date(2026, 3, 2)]
    assert end_of(world) == ("active", None)


def test_a_mail_that_comes_free_while_they_are_away_waits_as_well(stage: Stage) -> None:
    world = begin(stage, "call-in-15")
    tell(world, "out_of_office", until="2026-03-06")
    (call,) = world.rows("task", kind="call")
    complete(world.ctx, By(call.id, "tom-lee"), Answer("no_answer"))
    with world.ctx.database.write() as connection:
        mine = tables.touch.c.step == "mail-1"
        connection.execute(update(tables.touch).where(mine).values(due_at=world.clock(), reason=None))

    world.tick()

    (mail,) = world.rows("touch", step="mail-1")
    assert (mail.status, mail.due_at.date(), mail.reason) == ("scheduled", date(2026, 3, 10), "out_of_office")


def test_a_click_stops_nothing_and_is_remembered(stage: Stage) -> None:
    world = begin(stage)

    tell(world, "clicked", touch_id=1)
    tell(world, "clicked", "event-2", touch_id=1)

    assert end_of(world) == ("active", None)
    assert world.rows("touch", id=1)[0].clicked_at == world.clock()


@pytest.mark.parametrize("kind", ["auto_replied", "delivered", "hand_sent"])
def test_what_is_no_answer_stops_nothing(stage: Stage, kind: str) -> None:
    world = begin(stage)

    tell(world, kind, touch_id=1)

    assert end_of(world) == ("active", None)
    assert opened(world) == []


def test_mail_that_a_rep_sent_by_hand_keeps_automatic_mail_away(stage: Stage) -> None:
    world = begin(stage)
    world.clock.set(datetime(2026, 3, 6, 20, tzinfo=UTC))
    world.tick()
    tell(world, "hand_sent", subject="About Tuesday")

    world.clock.set(datetime(2026, 3, 9, 13, 30, tzinfo=UTC))
    world.tick()

    (proof,) = world.rows("touch", step="proof")
    assert (proof.status, proof.reason) == ("scheduled", "rep_wrote")
    assert proof.due_at == datetime(2026, 3, 10, 4, tzinfo=UTC)


def test_the_same_fact_twice_is_one_fact(stage: Stage) -> None:
    world = begin(stage)

    first, again = tell(world, "replied", text="Yes."), tell(world, "replied", text="Yes.")

    assert (first.is_new, again.is_new) == (True, False)
    assert first.event_id == again.event_id
    assert opened(world) == ["triage"]


FACTS = {
    "delivered": {},
    "clicked": {},
    "bounced": {"address": "ada@example.com"},
    "replied": {"text": "No."},
    "opted_out": {},
    "complained": {},
}


@settings(max_examples=20)
@given(order=st.permutations([*FACTS, "bounced", "replied", "opted_out"]))
def test_in_whatever_order_and_however_often_facts_come_they_are_the_same_in_the_end(
    stage: Stage, order: list[str]
) -> None:
    world = begin(stage)
    for kind in order:
        ingest(world.ctx, Inbound(kind, 1, START + timedelta(hours=2), kind, touch_id=1, body=dict(FACTS[kind])))

    (touch,) = world.rows("touch", id=1)
    names = ("delivered_at", "clicked_at", "bounced_at", "replied_at", "complained_at")
    assert {getattr(touch, name) for name in names} == {START + timedelta(hours=2)}
    assert end_of(world)[0] == "stopped"
    assert world.rows("touch", ended_at=None) == []
    assert opened(world).count("triage") == 1
    covers = {(row.scope, row.key) for row in world.rows("suppression", channel="all")}
    assert covers == {("person", "1"), ("address", "ada@example.com"), ("address", "+12125550100")}


def test_a_date_that_cannot_be_read_is_refused_before_it_is_stored(stage: Stage) -> None:
    world = begin(stage)

    with pytest.raises(BadInput, match="'next week' is no date"):
        tell(world, "out_of_office", until="next week")

    assert world.rows("event") == []


def test_a_kind_nobody_knows_is_refused(stage: Stage) -> None:
    with pytest.raises(BadInput, match="one of auto_replied, bounced"):
        tell(begin(stage), "opened")


def test_a_touch_of_somebody_else_is_refused(stage: Stage) -> None:
    world = begin(stage)
    other = world.add_prospect("Bo Other", email="bo@example.com")

    with pytest.raises(NotFound, match="no touch 1"):
        ingest(world.ctx, Inbound("replied", other, world.clock(), "event-1", touch_id=1))


def test_nobody_is_asked_whether_they_left_who_answered_before_the_bounce(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    ingest(trial.world.ctx, Inbound("replied", trial.person, MONDAY, "event-1", body={"text": "Yes."}))

    ingest(trial.world.ctx, Inbound("bounced", trial.person, MONDAY, "event-2"))

    assert trial.open_kinds == ["triage"]


def test_a_reply_of_somebody_in_no_sequence_is_put_before_their_owner(stage: Stage) -> None:
    world = stage.world(START)
    (owner,) = world.rows("rep", key="ana-diaz")
    who = world.add_prospect(zone="America/New_York", owner_id=owner.id)

    ingest(world.ctx, Inbound("replied", who, START, "reply-1", body={"text": "Who are you?"}))

    (task,) = world.rows("task")
    assert (task.kind, task.rep_id, task.enrollment_id, task.script) == ("triage", owner.id, None, "Who are you?")


def test_a_reply_of_somebody_whom_nobody_owns_is_put_before_somebody(stage: Stage) -> None:
    world = stage.world(START)
    who = world.add_prospect(zone="America/New_York")

    ingest(world.ctx, Inbound("meeting_booked", who, START, "meeting-1", body={"at": "2026-03-10T18:00+00:00"}))

    assert [row.kind for row in world.rows("task", status="open")] == ["confirm_meeting"]


@pytest.mark.parametrize("outcome", OUTCOMES["triage"])
def test_such_a_reply_is_triaged_like_any_other_and_taken_back_like_any_other(stage: Stage, outcome: str) -> None:
    world = stage.world(START)
    trial = Trial(world, world.add_prospect(zone="America/New_York", stage="new"))
    ingest(world.ctx, Inbound("replied", trial.person, START, "reply-1"))
    before = state_of(world)

    done = trial.give(outcome, **answer_to("triage", outcome))
    then = TABLE["triage"][outcome]
    assert tuple(trial.open_kinds) == then.tasks
    assert trial.suppressed == then.suppressed
    assert trial.prospect.stage == then.stage
    take_back(trial, done)

    assert state_of(world) == before


def test_an_older_reply_that_is_told_later_does_not_move_the_latest(stage: Stage) -> None:
    world = begin(stage)
    tell(world, "replied", "event-1")

    ingest(world.ctx, Inbound("replied", 1, START - timedelta(days=9), "event-2"))

    assert world.rows("prospect")[0].last_reply_at == START + timedelta(hours=2)


def test_a_fact_that_cannot_be_applied_holds_up_nobody_else(stage: Stage) -> None:
    world = begin(stage)
    other = world.add_prospect("Bo Other", email="bo@example.com", zone="America/New_York", country="US")
    world.clock.set(datetime(2026, 3, 9, 14, tzinfo=UTC))
    world.enroll("nurture", other)
    with world.ctx.database.write() as connection:  # as an older version may have stored it
        row = {"prospect_id": 1, "enrollment_id": None, "touch_id": None, "at": START, "received_at": START}
        events.store(connection, provider="mail", dedupe_key="1", kind="out_of_office", body={"until": "soon"}, **row)

    world.clock.set(datetime(2026, 3, 9, 15, tzinfo=UTC))
    with pytest.raises(EventStuck, match=r"event 1 \(out_of_office of prospect 1\) cannot be applied"):
        world.tick()

    sent = [(row.prospect_id, row.step) for row in world.rows("touch", status="sent")]
    assert sent == [(1, "intro"), (other, "keep-in-touch")]
    assert world.rows("heartbeat")[0].at == world.clock()
