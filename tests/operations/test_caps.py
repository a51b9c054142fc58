"""Caps with the real engine: each delays for its own reason, counts real hand-offs alone, and is never passed."""

import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.channels.simulated import RecordingTransport, Reply
from engine.core.capacity import Flood
from engine.core.caps import DAY, HOUR, Counter, Scope, Unit, Usage
from engine.core.outcome import Answer
from engine.core.workspace import ProviderCaps
from engine.operations import steering
from engine.operations.delivery import sending
from engine.operations.delivery.dispatch import one_pass
from engine.operations.delivery.preparing import Ready
from engine.operations.delivery.recovery import settle_by_hand
from engine.operations.queries.reasons import of_refusal, of_touch
from engine.operations.safeguards import capping
from engine.operations.tasks.work_task import By, complete, skip
from engine.runtime.virtual import run_until
from engine.store import hand_offs, tables
from engine.store.connection import Connection, Record
from engine.store.database import Database
from tests.operations.capped import NOON, OPEN, fill, person, set_caps
from tests.support.databases import Databases, Shelf, on_postgresql, on_sqlite
from tests.support.world import World, open_world

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def shelf(databases: Databases) -> Shelf:
    return Shelf(databases, fill)


@pytest.fixture
def world(shelf: Shelf) -> Iterator[World]:
    with shelf.copy() as url:
        made = open_world(url, Path(), NOON, transports={})
        listen(made)
        yield made
        made.ctx.database.close()


def listen(world: World, *replies: Reply, keeps_evidence: bool = True) -> RecordingTransport:
    sink = RecordingTransport(world.clock, keeps_evidence=keeps_evidence)
    sink.answer_next(*replies)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    return sink


def first_mails(world: World) -> list[Record]:
    return world.rows("touch", step="first")


def enroll(world: World, *people: int, rep: str = "tom-lee") -> None:
    report = world.enroll("wide", *people, rep=rep, when_too_many=Flood.ENROLL_ALL)
    assert len(report.enrolled) == len(people)


def units(world: World, scope: Scope, key: object) -> list[Unit]:
    counter = Counter(scope, str(key))
    with world.ctx.database.read() as connection:
        return list(hand_offs.usage_of(connection, [counter], world.clock()).of(counter))


@pytest.mark.parametrize(
    ("caps", "wait", "reason"),
    [
        ({"mailbox_per_day": 1}, DAY, "mailbox_cap"),
        ({"mailbox_start": 1, "mailbox_step": 1}, DAY, "mailbox_cap"),
        ({"mailbox_per_hour": 1}, HOUR, "mailbox_hour"),
        ({"mailbox_gap": 600, "gap_spread": 0}, 10 * MINUTE, "mailbox_gap"),
        ({"new_domains": {"northgate.example.com": date(2026, 3, 1)}, "domain_start": 1}, DAY, "domain_cap"),
        ({"guessed_share": 0.001}, DAY, "guessed_cap"),
        ({"account_people_per_day": 1}, DAY, "account_cap"),
        ({"workspace_per_day": 1}, DAY, "workspace_cap"),
        ({"providers": {"outbox": ProviderCaps(per_hour=1)}}, HOUR, "provider_cap"),
        ({"providers": {"outbox": ProviderCaps(per_day=1)}}, DAY, "provider_cap"),
    ],
)
def test_a_capped_mail_waits_for_its_next_slot_says_why_and_leaves_then(
    world: World, caps: dict[str, Any], wait: timedelta, reason: str
) -> None:
    set_caps(world, **caps)
    one = person(world, quality="guessed")
    enroll(world, one, person(world, colleague_of=one, quality="guessed"))
    world.tick()
    sent, waiting = first_mails(world)
    assert (sent.status, waiting.status, waiting.reason) == ("sent", "scheduled", reason)
    assert waiting.due_at == NOON + wait
    assert of_touch(reason, "en") != of_touch(reason, "zh")
    steering.stop(world.ctx, sent.enrollment_id, actor="tom")  # a follow-up would come before the new one
    world.clock.set(waiting.due_at)
    world.tick()
    assert [row.status for row in first_mails(world)] == ["sent", "sent"]


def test_the_slot_of_a_capped_mail_lies_inside_its_hours(world: World) -> None:
    set_caps(world, workspace_per_day=1)
    world.clock.set(datetime(2026, 3, 4, 23, 58, tzinfo=UTC))
    enroll(world, person(world), person(world))
    world.tick()
    waiting = first_mails(world)[1]
    assert waiting.reason == "workspace_cap"
    assert waiting.due_at == datetime(2026, 3, 6, tzinfo=UTC)  # a minute before the end is too late to begin


def test_a_person_gets_two_automatic_messages_a_day_over_all_sequences_and_answers_count(world: World) -> None:
    set_caps(world, person_per_day=1)
    asked = person(world, phone="+442079460000")
    world.enroll("call-in-15", asked)
    world.tick()
    (call,) = world.rows("task", kind="call")
    complete(world.ctx, By(call.id, "tom"), Answer("no_answer"))
    world.clock.set(NOON + 31 * MINUTE)
    world.tick()
    (mail,) = world.rows("touch", step="mail-1")
    assert (mail.status, mail.reason) == ("scheduled", "person_cap")
    assert mail.due_at >= NOON + DAY  # the acknowledgement was the first


def test_answers_pass_every_cap_but_the_providers(world: World) -> None:
    limits = {"mailbox_per_day": 1, "person_per_day": 1, "workspace_per_day": 1}
    set_caps(world, **limits)
    enroll(world, person(world))
    world.tick()
    world.enroll("call-in-15", person(world), person(world))
    world.tick()
    assert [row.status for row in world.rows("touch", step="@ack")] == ["sent", "sent"]
    set_caps(world, **limits, providers={"outbox": ProviderCaps(per_hour=3)})
    world.enroll("call-in-15", person(world))
    world.tick()
    last = world.rows("touch", step="@ack")[-1]
    assert (last.status, last.reason, last.due_at) == ("scheduled", "provider_cap", NOON + HOUR)


def test_free_mail_is_no_company(world: World) -> None:
    set_caps(world, account_people_per_day=1, account_active=1)
    one = person(world, account={"domain": "gmail.com"})
    enroll(world, one, person(world, colleague_of=one))
    world.tick()
    assert [row.status for row in first_mails(world)] == ["sent", "sent"]


def test_a_definite_no_gives_the_unit_back_and_a_doubt_keeps_it(world: World) -> None:
    set_caps(world, workspace_per_day=1)
    listen(world, Reply.REJECT, Reply.UNKNOWN, keeps_evidence=False)
    enroll(world, person(world), person(world), person(world))
    world.tick()
    world.tick()
    refused, doubtful, waiting = first_mails(world)
    assert [row.status for row in (refused, doubtful, waiting)] == ["failed", "scheduled", "scheduled"]
    world.clock.set(doubtful.due_at)  # its slot was given out before the first was refused
    world.tick()
    assert [row.status for row in first_mails(world)] == ["failed", "in_doubt", "scheduled"]
    assert [row.touch_id for row in world.rows("hand_off")] == [doubtful.id]
    settle_by_hand(world.ctx, doubtful.id, was_sent=False, actor="tom")
    assert world.rows("hand_off") == []


def test_a_retry_uses_its_unit_when_it_leaves(world: World) -> None:
    set_caps(world, mailbox_per_day=1)
    listen(world, Reply.DEFER)
    enroll(world, person(world))
    world.tick()
    assert world.rows("hand_off") == []
    world.clock.set(NOON + HOUR)
    world.tick()
    assert [(row.at, row.provider, row.domain) for row in world.rows("hand_off")] == [
        (NOON + HOUR, "outbox", "northgate.example.com")
    ]


@on_sqlite
def test_a_mailbox_grows_from_its_first_use_also_when_that_is_forgotten(world: World) -> None:
    set_caps(world, mailbox_start=2, mailbox_step=1, mailbox_per_day=4)
    (box,) = world.rows("mailbox", address="tom.lee@northgate.example.com")

    def sent_on(day: int) -> int:
        world.clock.set(NOON + day * DAY)
        before = len(units(world, Scope.MAILBOX, box.id))
        enroll(world, *[person(world) for _ in range(6)])
        world.tick()
        sent = len(units(world, Scope.MAILBOX, box.id)) - before
        for row in world.rows("enrollment", status="active"):
            steering.stop(world.ctx, row.id, actor="tom")
        return sent

    assert sent_on(0) == 2
    assert sent_on(1) == 3
    assert capping.forget_old(world.ctx) == 0
    assert sent_on(30) == 4
    assert capping.forget_old(world.ctx) == 5
    assert world.rows("mailbox", id=box.id)[0].first_used_at == NOON
    assert sent_on(31) == 4


def test_what_is_old_only_by_a_clock_that_runs_ahead_is_not_forgotten(world: World) -> None:
    set_caps(world)
    enroll(world, person(world))
    world.tick()
    world.clock.set(NOON + 90 * DAY)
    assert capping.forget_old(world.ctx) == 0
    assert len(world.rows("hand_off")) == 1


def test_new_people_leave_a_unit_for_each_follow_up_of_the_day(world: World) -> None:
    set_caps(world, mailbox_per_day=2)
    known = person(world)
    enroll(world, known)
    world.tick()
    world.clock.set(NOON + 2 * DAY - HOUR)
    move(world, "second", due_at=NOON + 2 * DAY)
    enroll(world, person(world), person(world))
    world.tick()
    one, other = first_mails(world)[1:]
    assert (one.status, other.status, other.reason) == ("sent", "scheduled", "follow_ups_first")
    assert other.due_at == world.clock() + HOUR
    world.clock.set(NOON + 2 * DAY)
    world.tick()
    assert world.rows("touch", step="second")[0].status == "sent"
    assert first_mails(world)[2].reason == "mailbox_cap"


def test_who_waits_behind_mails_that_never_leave_moves_up(world: World) -> None:
    set_caps(world, mailbox_per_day=2)
    known = [person(world), person(world)]
    enroll(world, *known)
    world.tick()
    world.clock.set(NOON + 2 * DAY)
    move(world, "second", due_at=world.clock())
    enroll(world, person(world), person(world))
    with world.ctx.database.write() as connection:
        are_known = tables.prospect.c.id.in_(known)
        connection.execute(update(tables.prospect).where(are_known).values(stage="customer"))
    world.tick()
    world.tick()
    assert [row.status for row in world.rows("touch", step="second")[:2]] == ["cancelled", "cancelled"]
    assert [row.status for row in first_mails(world)[2:]] == ["sent", "sent"]


def test_everybody_who_waits_behind_mails_that_never_leave_moves_up_a_gap_apart(world: World) -> None:
    """The last of them waits for the gap to the one before, but on another day."""
    set_caps(world, mailbox_per_day=3, mailbox_gap=240)
    known = [person(world) for _ in range(3)]
    enroll(world, *known)
    run_until(world.ctx, world.clock, NOON + HOUR)
    world.clock.set(NOON + 2 * DAY)
    move(world, "second", due_at=world.clock())
    enroll(world, *[person(world) for _ in range(3)])
    with world.ctx.database.write() as connection:
        are_known = tables.prospect.c.id.in_(known)
        connection.execute(update(tables.prospect).where(are_known).values(stage="customer"))
    world.tick()
    assert {row.reason for row in first_mails(world)[3:]} >= {"mailbox_gap"}
    run_until(world.ctx, world.clock, NOON + 2 * DAY + HOUR)
    assert [row.status for row in first_mails(world)[3:]] == ["sent"] * 3


def move(world: World, step: str, **values: Any) -> None:
    with world.ctx.database.write() as connection:
        connection.execute(update(tables.touch).where(tables.touch.c.step == step).values(**values))


def test_a_rep_is_asked_to_ring_two_people_of_a_company_a_day_and_the_third_is_planned_for_the_next(
    world: World,
) -> None:
    set_caps(world, account_people_per_day=2)
    one = person(world, phone="+12125550100")
    people = [one, *[person(world, colleague_of=one, phone=f"+1212555010{n}") for n in (1, 2)]]
    for each in people:
        enroll(world, each)
    call_all(world)
    calls = world.rows("touch", step="ring")
    assert [row.status for row in calls] == ["queued", "queued", "scheduled"]
    rolled = calls[2]
    assert rolled.reason == "account_cap"
    assert rolled.due_at >= NOON + 2 * DAY
    assert rolled.due_date > rolled.nominal_date == calls[0].nominal_date
    world.clock.set(rolled.due_at)
    world.tick()
    assert [row.status for row in world.rows("touch", step="ring")] == ["queued"] * 3
    assert [row.provider for row in world.rows("hand_off") if row.touch_id in {call.id for call in calls}] == [None] * 3


def call_all(world: World) -> None:
    """Their first mails are sent, and their calls fall due at the same instant of the next day."""
    set_later = {"account_people_per_day": world.ctx.workspace().caps.account_people_per_day}
    set_caps(world)
    world.tick()
    set_caps(world, **set_later)
    at = NOON + DAY + HOUR
    move(world, "ring", due_at=at)
    world.clock.set(at)
    world.tick()


def test_a_call_that_is_skipped_gives_its_unit_back(world: World) -> None:
    set_caps(world, account_people_per_day=1)
    one = person(world, phone="+12125550100")
    enroll(world, one)
    call_all(world)
    company = world.rows("prospect", id=one)[0].account_id
    (task,) = world.rows("task")
    asked = [unit.person for unit in units(world, Scope.ACCOUNT, company)]
    assert asked.count(one) == 1
    skip(world.ctx, By(task.id, "tom"), "no time")
    assert units(world, Scope.ACCOUNT, company) == []


def test_a_sixth_person_of_a_company_is_refused_by_name_and_whoever_came_to_us_is_not(world: World) -> None:
    set_caps(world, account_active=2)
    one = person(world)
    colleagues = [person(world, colleague_of=one) for _ in range(3)]
    report = world.enroll("wide", one, *colleagues, dry_run=True)
    assert report.reasons == {"account_full": 2}
    report = world.enroll("wide", one, *colleagues)
    assert [refused.reason.value for refused in report.refused] == ["account_full"] * 2
    assert of_refusal(report.refused[0].reason, "en") == "has enough colleagues in a sequence already"
    assert len(world.enroll("call-in-15", colleagues[1]).enrolled) == 1
    assert world.enroll("wide", colleagues[2]).reasons == {"account_full": 1}
    steering.stop(world.ctx, world.rows("enrollment", prospect_id=one)[0].id, actor="tom")
    assert len(world.enroll("wide", colleagues[2]).enrolled) == 1


@on_postgresql
def test_of_many_dispatchers_that_want_the_last_units_three_get_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody has been judged while there was room; then there is room for three. Who counts takes its time."""
    usage_of = hand_offs.usage_of

    def slowly(connection: Connection, counters: Collection[Counter], now: datetime) -> Usage:
        usage = usage_of(connection, counters, now)
        time.sleep(0.02)
        return usage

    monkeypatch.setattr(hand_offs, "usage_of", slowly)
    sink = listen(world)
    set_caps(world)
    enroll(world, *[person(world) for _ in range(12)])
    enroll(world, *[person(world) for _ in range(12)], rep="ana-diaz")
    waiting: list[Ready] = []
    for _ in range(3):
        one_pass(world.ctx, lambda _ctx, prepared: waiting.extend(prepared))
    assert len(waiting) == 24
    narrow = replace(OPEN, workspace_per_day=3)
    opened = [Database(world.ctx.database.url, durable=False) for _ in range(4)]
    try:
        parts = [(database, waiting[number::4]) for number, database in enumerate(opened)]
        threads = [threading.Thread(target=_send_all, args=(world, part, narrow)) for part in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    finally:
        for database in opened:
            database.close()
    assert len(sink.accepted) == 3
    assert {row.reason for row in world.rows("touch", status="scheduled", step="first")} == {"workspace_cap"}


def _send_all(world: World, part: tuple[Database, list[Ready]], caps: Any) -> None:
    ctx = replace(world.ctx, database=part[0])
    for ready in part[1]:
        sending.send(ctx, replace(ready, caps=caps))
