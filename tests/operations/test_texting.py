"""Texts that come to our numbers: STOP and its kin, START, HELP, replies; and what we answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from engine.channels.simulated import RecordingTransport
from engine.core.sms_words import STOP_WORDS
from engine.operations import authoring
from engine.operations.costs import note_costs
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.validating import Project
from engine.store import tables
from tests.operations.conftest import MORNING
from tests.support.databases import Databases, Shelf, migrate, on_sqlite
from tests.support.webhooks import hear_status, hear_text, with_doors
from tests.support.world import World, open_world, shipped_project

PHONE = "+12125550100"
OTHER = "+12125550155"
_TEXTS = """
sequence: texts
title: Texts
formula: 2x1x2
audience: {kind: outbound, locales: [en]}
schedule: {days: calendar, hours: {mon-sun: ["09:00-20:00"]}}
again: always
consent: {sms: express}
steps:
  - {key: first, day: 1, do: sms, use: texts/first}
  - {key: second, day: 2, do: sms, use: texts/first}
"""


def _fill(url: str) -> None:
    """Ada agreed to texts and has been sent one; Bo has the same number at home."""
    migrate(url)
    world = open_world(url, Path(), MORNING, transports={})
    shipped = shipped_project()
    templates = {**shipped.templates, "texts/first": {"en": {"sms.txt": "Prices are out."}}}
    authoring.apply(world.ctx, Project({**shipped.sequences, "texts.yaml": _TEXTS}, templates), actor="test")
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    where = {"zone": "America/New_York", "zone_origin": "own", "country": "US"}
    ada = world.add_prospect(email="ada@example.com", phone=[PHONE, "+12125550102"], wechat="ada-w", **where)
    world.add_prospect("Bo Example", email="bo@example.org", phone=PHONE, **where)
    agreed = {"prospect_id": ada, "channel": "sms", "basis": "express", "text": "yes, text me", "source": "form"}
    with world.ctx.database.write() as connection:
        connection.execute(insert(tables.consent).values(**agreed, actor="test", at=MORNING))
    world.enroll("texts", ada)
    world.clock.set(MORNING + timedelta(hours=2))
    world.tick()
    assert [row.status for row in world.rows("touch")][:1] == ["sent"]
    world.ctx.database.close()


@pytest.fixture(scope="module")
def texted(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


@pytest.fixture
def known(texted: Shelf) -> Iterator[World]:
    with texted.copy() as url:
        world = open_world(url, Path(), MORNING + timedelta(hours=3), transports={})
        sink = RecordingTransport(world.clock)
        world.ctx = replace(with_doors(world.ctx), transports={"email": sink, "sms": sink})
        yield world
        world.ctx.database.close()


def later(world: World, **by: float) -> None:
    world.clock.set(world.clock() + timedelta(**by))


def closed(world: World) -> set[tuple[str, str, str]]:
    return {(row.scope, row.key, row.channel) for row in world.rows("suppression", lifted_at=None)}


def ends(world: World) -> list[str | None]:
    return [row.end_reason for row in world.rows("enrollment")]


@on_sqlite
@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_a_stop_word_closes_everything_of_everybody_with_that_number(known: World, word: str) -> None:
    hear_text(known.ctx, f"{word.upper()}!", sender=PHONE)
    assert ends(known) == ["opted_out"]
    assert {("person", "1", "all"), ("person", "2", "all"), ("address", PHONE, "all")} <= closed(known)
    known.clock.set(known.clock() + timedelta(days=2))
    known.tick()
    assert known.ctx.transports["sms"].accepted == []  # type: ignore[attr-defined]  # a recording transport


def test_a_wish_in_words_of_ones_own_counts_alike(known: World) -> None:
    hear_text(known.ctx, "别再给我发短信了", sender=PHONE)
    assert ends(known) == ["opted_out"]
    assert known.rows("event")[0].body["text"] == "别再给我发短信了"


def test_a_nul_in_a_text_keeps_nothing_from_being_heard(known: World) -> None:
    hear_text(known.ctx, "Not now\0please", sid="SM1", sender=PHONE)
    hear_text(known.ctx, "STOP\0", sid="SM2", sender=PHONE)
    hear_text(known.ctx, "STOP\0", sid="SM3", sender=OTHER)
    assert {row.status for row in known.rows("arrival")} == {"applied"}
    assert [row.body["text"] for row in known.rows("event", kind="replied")] == ["Not now please"]
    assert all(row.applied_at for row in known.rows("event"))
    assert {("person", "1", "all"), ("address", PHONE, "all"), ("address", OTHER, "all")} <= closed(known)


def test_what_twilio_has_taken_for_a_stop_is_one_whatever_it_says(known: World) -> None:
    hear_text(known.ctx, "arrêt", sender=PHONE, OptOutType="STOP")
    assert ends(known) == ["opted_out"]


def test_any_other_text_is_a_reply_to_the_last_one_sent_there(known: World) -> None:
    hear_text(known.ctx, "How much is it?", sender=PHONE)
    assert [(row.kind, row.prospect_id) for row in known.rows("event")] == [("replied", 1)]
    assert known.rows("touch")[0].replied_at is not None
    assert ends(known) == ["replied"]
    assert [row.script for row in known.rows("task", kind="triage")] == ["How much is it?"]


def test_a_text_from_an_unknown_number_is_kept_and_asks_nothing(known: World) -> None:
    hear_text(known.ctx, "Hello?", sender=OTHER)
    assert known.rows("event") == []
    assert [(row.status, row.note) for row in known.rows("arrival")] == [("ignored", "nobody we know has this number")]


def test_help_stops_nothing(known: World) -> None:
    hear_text(known.ctx, "HELP", sender=PHONE)
    assert known.rows("event") == []
    assert ends(known) == [None]


def test_a_stop_of_a_number_that_nobody_has_closes_it_and_start_opens_it_again(known: World) -> None:
    hear_text(known.ctx, "STOP", sender=OTHER, sid="SM1")
    assert closed(known) == {("address", OTHER, "all")}
    later(known, minutes=1)
    hear_text(known.ctx, "START", sender=OTHER, sid="SM2")
    assert closed(known) == {("address", OTHER, "phone"), ("address", OTHER, "wechat")}


def test_start_opens_texts_again_and_nothing_else(known: World) -> None:
    hear_text(known.ctx, "STOP", sender=PHONE, sid="SM1")
    later(known, hours=1)
    hear_text(known.ctx, "start", sender=PHONE, sid="SM2")
    found = closed(known)
    assert not {one for one in found if one[2] in ("all", "sms")}
    assert {("person", "1", name) for name in ("email", "phone", "wechat", "social")} <= found
    assert ("address", "ada@example.com", "email") in found
    lifted = [row for row in known.rows("suppression") if row.lifted_at is not None]
    assert {row.lift_reason for row in lifted} == {"they texted START"}
    assert len(known.rows("audit", action="lift")) == len(lifted)


def test_start_lifts_nothing_that_their_own_text_did_not_close(known: World) -> None:
    ingest(known.ctx, Inbound("opted_out", 1, known.clock(), "link", "link", body={"channel": "email", "text": "x"}))
    later(known, hours=1)
    hear_text(known.ctx, "STOP", sender=PHONE, sid="SM1")
    later(known, hours=1)
    hear_text(known.ctx, "START", sender=PHONE, sid="SM2")
    assert ("person", "1", "all") in closed(known)


def test_a_stop_after_the_start_closes_everything_again(known: World) -> None:
    for number, word in enumerate(("STOP", "START", "STOP")):
        hear_text(known.ctx, word, sender=PHONE, sid=f"SM{number}")
        later(known, minutes=1)
    assert {("person", "1", "all"), ("address", PHONE, "all")} <= closed(known)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_stop_and_the_start_after_it_end_alike_in_whatever_order_they_are_heard(
    known: World, order: tuple[int, ...]
) -> None:
    now = known.clock()
    told = {"channel": "sms", "text": "", "phone": PHONE}
    facts = [
        Inbound("opted_out", 1, now, "stop", "twilio_sms", body=told),
        Inbound("opted_in", 1, now + timedelta(minutes=1), "start", "twilio_sms", body=told),
    ]
    for place in order:
        ingest(known.ctx, facts[place])
    assert not {one for one in closed(known) if one[2] in ("all", "sms")}
    assert ends(known) == ["opted_out"]


def said(twiml: str) -> str:
    return twiml.partition("<Message>")[2].partition("</Message>")[0]


@on_sqlite
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("STOP", "you will get no more text messages from us"),
        ("START", "you will get text messages from us again"),
        ("HELP", "reply STOP"),
        ("退订", "您已退订"),
        ("R", "no more text messages"),
        ("please stop texting me", "no more text messages"),
    ],
)
def test_each_wish_has_its_answer(known: World, text: str, words: str) -> None:
    known.ctx = with_doors(known.ctx, answers_stop=False)
    answer = said(hear_text(known.ctx, text, sender=PHONE))
    assert words in answer
    assert known.ctx.workspace().company in answer


def test_a_chinese_number_is_answered_in_chinese_with_signature_and_way_out(known: World) -> None:
    answer = said(hear_text(known.ctx, "R", sender="+8613800138000"))
    assert answer.startswith("【")
    assert "您已退订" in answer


@on_sqlite
@pytest.mark.parametrize(
    ("text", "form"), [("STOP", {}), ("help", {}), ("退订", {"OptOutType": "STOP"}), ("Tuesday works", {})]
)
def test_twilio_is_not_repeated_and_a_reply_not_answered(known: World, text: str, form: dict[str, Any]) -> None:
    assert said(hear_text(known.ctx, text, sender=PHONE, **form)) == ""


def test_what_twilio_asks_twice_is_answered_once(known: World) -> None:
    assert said(hear_text(known.ctx, "退订", sender=PHONE))
    assert said(hear_text(known.ctx, "退订", sender=PHONE)) == ""


def test_a_number_that_takes_no_texts_is_still_called(known: World) -> None:
    later(known, days=1)
    for number in (PHONE, "+12125550102"):
        hear_status(known.ctx, "undelivered", touch=999, To=number, MessageSid=number, ErrorCode="30006")
    known.tick()
    assert [row.status for row in known.rows("touch", step="second")] == ["skipped"]
    person = known.add_prospect("Cy Example", phone=PHONE, zone="America/New_York", zone_origin="own", country="US")
    known.enroll("call-in-2x2x1", person)
    known.tick()
    assert "call" in [row.kind for row in known.rows("task", prospect_id=person)]


@on_sqlite
@pytest.mark.parametrize(("late", "seconds"), [(0, 11 * 3600), (10.5, 1800), (10.98, 72)])
def test_a_text_expires_when_the_hours_end_in_which_it_may_arrive(known: World, late: float, seconds: int) -> None:
    known.clock.set(datetime(2026, 3, 5, 14, tzinfo=UTC) + timedelta(hours=late))  # nine in the morning in New York
    known.tick()
    (sent,) = known.ctx.transports["sms"].accepted  # type: ignore[attr-defined]  # a recording transport
    assert sent.envelope.expires_at - known.clock() == timedelta(seconds=seconds)


def test_a_text_knows_how_many_segments_it_is_billed_as(known: World) -> None:
    assert [row.segments for row in known.rows("message")] == [1]


def test_a_text_to_china_without_signature_and_way_out_is_held_whatever_its_language(known: World) -> None:
    where = {"zone": "Asia/Shanghai", "zone_origin": "own", "country": "US"}
    person = known.add_prospect("王芳", phone="+8613800138000", **where)
    agreed = {"prospect_id": person, "channel": "sms", "basis": "express", "text": "同意", "source": "form"}
    with known.ctx.database.write() as connection:
        connection.execute(insert(tables.consent).values(**agreed, actor="test", at=known.clock()))
    known.enroll("texts", person)
    known.clock.set(datetime(2026, 3, 5, 2, tzinfo=UTC))  # ten in the morning in Shanghai
    known.tick()
    (touch,) = known.rows("touch", prospect_id=person)
    assert (touch.status, touch.reason) == ("held", "cannot_render")
    assert "拒收请回复R" in touch.detail


class _Priced(RecordingTransport):
    def price_of(self, provider_id: str) -> str | None:
        return f"0.0079 USD for {provider_id}"


def test_what_a_text_has_cost_is_noted_once_it_is_settled(known: World) -> None:
    known.ctx = replace(known.ctx, transports={**known.ctx.transports, "sms": _Priced(known.clock)})
    known.clock.set(datetime(2026, 3, 5, 14, tzinfo=UTC))
    known.tick()
    assert note_costs(known.ctx) == 1
    for minutes, noted in ((14, 0), (1, 1), (0, 0)):
        later(known, minutes=minutes)
        assert note_costs(known.ctx) == noted
    assert {row.cost[:10] for row in known.rows("message")} == {"0.0079 USD"}


def test_an_outbox_knows_no_price(known: World) -> None:
    later(known, hours=1)
    assert note_costs(known.ctx) == 0
