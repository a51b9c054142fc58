"""Mail that comes back finds its person, or nobody; and does to them what it says, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.channels.simulated import RecordingTransport
from engine.operations import authoring, links
from engine.operations.incoming import arrivals
from engine.operations.incoming.arrivals import Arrived, Provider
from engine.operations.incoming.receiving import receive
from engine.store.connection import Record
from tests.operations.conftest import MORNING
from tests.support.databases import Databases, Shelf, migrate, on_sqlite
from tests.support.mails import mail_of, report_of
from tests.support.world import World, open_world, shipped_project

ADA = "ada@fieldworks.example"
HERS = {"email": ADA, "phone": "+12125550100", "zone": "America/New_York", "zone_origin": "own", "country": "US"}


def _fill(url: str) -> None:
    """Ada has been sent the first mail of the sequence; Ben is known, and in none."""
    migrate(url)
    world = open_world(url, Path(), MORNING, transports={})
    authoring.apply(world.ctx, shipped_project(), actor="test")
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    company = {"name": "Fieldworks", "name_key": "fieldworks", "domain": "fieldworks.example"}
    world.enroll(
        "outbound-7x3x21", world.add_prospect("Ada Field", **HERS, account=company | {"created_at": world.clock()})
    )
    world.add_prospect("Ben Carter", email="ben@carter.example")
    world.clock.set(MORNING + timedelta(hours=2))
    world.tick()
    world.ctx.database.close()


@pytest.fixture(scope="module")
def written_to(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


@pytest.fixture
def world(written_to: Shelf) -> Iterator[World]:
    with written_to.copy() as url:
        made = open_world(url, Path(), MORNING + timedelta(hours=3), transports={})
        sink = RecordingTransport(made.clock)
        made.ctx = replace(made.ctx, transports={"email": sink, "sms": sink})
        yield made
        made.ctx.database.close()


def sent(world: World) -> Record:
    return world.rows("message")[0]


def get(world: World, raw: bytes) -> Record:
    """The mail comes to the mailbox that wrote to Ada; returns what became of it."""
    for one in receive(world.ctx, raw, mailbox_id=sent(world).mailbox_id, received_at=world.clock()):
        return world.rows("arrival", id=one)[0]
    return world.rows("arrival")[0]


def end_of(world: World, person: int = 1) -> str | None:
    return next((row.end_reason for row in world.rows("enrollment", prospect_id=person)), None)


def kinds(world: World) -> list[tuple[str, int, int | None]]:
    return [(row.kind, row.prospect_id, row.touch_id) for row in world.rows("event")]


def open_tasks(world: World) -> list[tuple[str, str]]:
    return [(row.kind, row.script) for row in world.rows("task", status="open") if row.touch_id is None]


def test_an_answer_in_the_thread_stops_and_puts_its_new_words_before_the_rep(world: World) -> None:
    text = "Tuesday works.\n\nOn Wed, Mar 4, 2026 at 9:13 AM Tom <tom@acme.example> wrote:\n> Hello Ada"

    arrival = get(world, mail_of(ADA, text, answers=sent(world).message_id))

    assert (arrival.status, end_of(world)) == ("applied", "replied")
    assert open_tasks(world) == [("triage", "Tuesday works.")]
    assert world.rows("touch", id=sent(world).touch_id)[0].replied_at is not None


def test_the_thread_counts_whatever_address_answers(world: World) -> None:
    get(world, mail_of("ada.private@home.example", "call me", answers=sent(world).message_id))

    assert kinds(world) == [("replied", 1, sent(world).touch_id)]


def test_the_tag_of_the_address_counts_where_the_thread_is_lost(world: World) -> None:
    tag = links.reply_tag(world.ctx.secret, sent(world).touch_id)

    get(world, mail_of("someone@home.example", "call me", to=f"tom.lee+{tag.upper()}@acme.example"))

    assert kinds(world) == [("replied", 1, sent(world).touch_id)]


def test_a_tag_that_we_did_not_make_says_nothing(world: World) -> None:
    arrival = get(world, mail_of("someone@home.example", "hi", to=f"tom.lee+t{sent(world).touch_id}.aaaa@acme.example"))

    assert (arrival.status, kinds(world)) == ("ignored", [])


def test_a_new_mail_of_somebody_we_know_is_an_answer_too(world: World) -> None:
    get(world, mail_of("Ada Field <Ada+work@Fieldworks.Example>", "about your offer", subject="Question"))

    assert kinds(world) == [("replied", 1, None)]
    assert end_of(world) == "replied"


def test_the_subject_alone_matches_nobody(world: World) -> None:
    arrival = get(world, mail_of("stranger@elsewhere.example", "yes", subject=f"Re: {sent(world).subject}"))

    assert (arrival.status, end_of(world)) == ("ignored", None)
    assert arrival.note == "replied of stranger@elsewhere.example, whom we do not know"


def test_a_colleague_whom_we_do_not_know_is_noted_with_the_company(world: World) -> None:
    arrival = get(world, mail_of("owen@fieldworks.example", "Ada asked me to look at this"))

    assert (arrival.status, end_of(world)) == ("ignored", None)
    assert arrival.note.endswith(", at Fieldworks")


def test_somebody_we_know_who_writes_in_anothers_thread_is_heard_for_both(world: World) -> None:
    get(world, mail_of("ben@carter.example", "Ada forwarded this", answers=sent(world).message_id))

    assert kinds(world) == [("replied", 1, sent(world).touch_id), ("replied", 2, None)]


def test_the_same_mail_is_heard_once_however_often_it_comes(world: World) -> None:
    raw = mail_of(ADA, "yes", answers=sent(world).message_id)

    get(world, raw)
    get(world, raw)
    get(world, b"Delivered-To: other@acme.example\r\n" + raw)  # a copy in another mailbox

    assert len(world.rows("arrival")) == 2
    assert len(kinds(world)) == len(open_tasks(world)) == 1


def test_both_ways_in_hear_one_fact(world: World) -> None:
    raw = mail_of(ADA, "yes", answers=sent(world).message_id)

    get(world, raw)
    told = Arrived(Provider.SENDGRID_PARSE, "key", raw, {"recipients": ["tom.lee@acme.example"]})
    arrivals.apply(world.ctx, arrivals.store(world.ctx, [told]))

    assert [row.status for row in world.rows("arrival")] == ["applied", "applied"]
    assert len(kinds(world)) == 1


@on_sqlite
def test_an_absence_pauses_until_two_business_days_after_the_day_they_name(world: World) -> None:
    text = "I am out of the office until March 10. For urgent matters write to ben@carter.example."

    get(world, mail_of(ADA, text, answers=sent(world).message_id, subject="Automatic reply: Hello"))

    (event,) = world.rows("event")
    assert (event.kind, event.body["until"]) == ("out_of_office", "2026-03-10")
    assert (world.rows("enrollment")[0].status, open_tasks(world)) == ("paused", [])


@on_sqlite
def test_a_long_absence_stops_and_offers_whoever_stands_in(world: World) -> None:
    text = "I am on sabbatical until 1 September 2026. ben@carter.example stands in for me."

    get(world, mail_of(ADA, text, answers=sent(world).message_id, Auto_Submitted="auto-replied"))

    assert end_of(world) == "long_absence"
    ((kind, script),) = open_tasks(world)
    assert (kind, script.splitlines()[0]) == ("contact_referral", "ben@carter.example")


@on_sqlite
def test_who_has_left_is_not_asked_again_and_the_successor_is_looked_for(world: World) -> None:
    text = "Ada Field is no longer with the company. Please write to owen@fieldworks.example."

    get(world, mail_of(ADA, text, answers=sent(world).message_id, Auto_Submitted="auto-replied"))

    assert end_of(world) == "left_company"
    ((kind, script),) = open_tasks(world)
    assert (kind, script.splitlines()[0]) == ("research_successor", "owen@fieldworks.example")


@on_sqlite
def test_an_automatic_answer_changes_nothing(world: World) -> None:
    text = "We have received your message."

    get(world, mail_of(ADA, text, answers=sent(world).message_id, subject="Automatic reply: Hello"))

    assert kinds(world) == [("auto_replied", 1, sent(world).touch_id)]
    assert (world.rows("enrollment")[0].status, open_tasks(world)) == ("active", [])


def test_a_challenge_is_put_before_the_rep_once_and_never_answered(world: World) -> None:
    text = "Please click the link to confirm you are a human: https://guard.example/x"
    for _ in range(2):
        get(world, mail_of(ADA, text, answers=sent(world).message_id, Auto_Submitted="auto-replied"))

    ((kind, script),) = open_tasks(world)
    assert (kind, script.splitlines()[0]) == ("task", "https://guard.example/x")
    assert (world.rows("enrollment")[0].status, len(world.rows("message"))) == ("active", 1)


@on_sqlite
def test_an_opt_out_in_words_closes_the_person(world: World) -> None:
    get(world, mail_of(ADA, "Please remove me from your list.", answers=sent(world).message_id))

    assert end_of(world) == "opted_out"
    assert {row.reason for row in world.rows("suppression")} == {"opted_out"}


def test_an_opt_out_of_a_stranger_closes_the_address(world: World) -> None:
    get(world, mail_of("stranger@elsewhere.example", "unsubscribe"))

    assert [(row.scope, row.key) for row in world.rows("suppression")] == [("address", "stranger@elsewhere.example")]


def test_an_opt_out_from_another_address_in_the_thread_closes_that_too(world: World) -> None:
    get(world, mail_of("ada.private@home.example", "unsubscribe", answers=sent(world).message_id))

    assert end_of(world) == "opted_out"
    assert "ada.private@home.example" in {row.key for row in world.rows("suppression")}


def test_our_own_mail_is_never_an_answer(world: World) -> None:
    ours, mailbox = sent(world), world.rows("mailbox", id=sent(world).mailbox_id)[0]

    copy = get(world, ours.payload)
    note = get(world, mail_of(mailbox.address, "for the file", to="me@elsewhere.example"))

    renamed = get(world, ours.payload.replace(ours.message_id.encode(), b"<abc@provider.example>"))

    assert renamed.note == "our own mail"
    assert {copy.note, note.note} == {"our own mail", "our own mail, to nobody we know"}
    assert (kinds(world), end_of(world)) == ([], None)


def test_a_mail_that_the_rep_wrote_by_hand_keeps_automatic_mail_away(world: World) -> None:
    mailbox = world.rows("mailbox", id=sent(world).mailbox_id)[0]

    get(world, mail_of(mailbox.address, "as agreed on the phone", to=ADA, answers=sent(world).message_id))

    assert kinds(world) == [("hand_sent", 1, None)]
    assert end_of(world) is None


def test_a_hard_bounce_buries_the_address(world: World) -> None:
    get(world, report_of(ADA, "5.1.1", about=sent(world).message_id, words="user unknown"))

    assert kinds(world) == [("bounced", 1, sent(world).touch_id)]
    assert world.rows("address", kind="email", prospect_id=1)[0].dead_reason == "bounced"


@on_sqlite
@pytest.mark.parametrize("status", ["5.2.2", "4.4.7"])
def test_a_full_mailbox_buries_nobody(world: World, status: str) -> None:
    get(world, report_of(ADA, status, about=sent(world).message_id))
    get(world, report_of(ADA, status, about=sent(world).message_id, action="delayed"))  # about the same mail

    assert kinds(world) == [("soft_bounced", 1, sent(world).touch_id)]
    assert world.rows("address", kind="email", prospect_id=1)[0].dead_reason is None


def test_what_is_our_own_fault_holds_the_mailbox_and_blames_nobody(world: World) -> None:
    get(world, report_of(ADA, "5.7.1", about=sent(world).message_id, words="blocked by policy"))

    held = world.rows("mailbox", id=sent(world).mailbox_id)[0].held_reason
    assert "blocked by policy" in held
    assert (world.rows("suppression"), end_of(world)) == ([], None)
    assert world.rows("touch", id=sent(world).touch_id)[0].bounced_at is None


@on_sqlite
@pytest.mark.parametrize("status", ["5.1.1", "5.7.1", "4.2.2"])
def test_a_forged_bounce_does_nothing(world: World, status: str) -> None:
    arrival = get(world, report_of(ADA, status, about="<1.guessed@acme.example>"))

    assert (arrival.status, kinds(world)) == ("ignored", [])
    assert world.rows("mailbox", id=sent(world).mailbox_id)[0].held_reason is None


def test_a_report_without_a_message_id_is_believed_about_somebody_we_wrote_to(world: World) -> None:
    get(world, report_of(ADA, "5.1.1", about=None))
    stranger = get(world, report_of("ben@carter.example", "5.1.1", about=None))

    assert kinds(world) == [("bounced", 1, sent(world).touch_id)]
    assert stranger.status == "ignored"  # nobody wrote to Ben


def test_a_report_without_a_message_id_is_not_believed_for_ever(world: World) -> None:
    world.clock.set(world.clock() + timedelta(days=15))

    assert get(world, report_of(ADA, "5.1.1", about=None)).status == "ignored"


def test_what_fails_behind_a_forwarding_counts_as_a_soft_bounce(world: World) -> None:
    get(world, report_of("ada.old@elsewhere.example", "5.1.1", about=sent(world).message_id))

    assert kinds(world) == [("soft_bounced", 1, sent(world).touch_id)]


def test_a_complaint_about_our_mail_closes_the_person(world: World) -> None:
    raw = (
        "Return-Path: <>\nFrom: fbl@provider.example\nSubject: abuse\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\n\nabuse\n'
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {sent(world).message_id}\n\nHello\n--b--\n"
    )
    get(world, raw.encode())

    assert end_of(world) == "complaint"


def test_a_complaint_that_repeats_no_message_id_is_charged_by_address_and_sender(world: World) -> None:
    raw = (
        "Return-Path: <>\nFrom: fbl@provider.example\nSubject: abuse\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\n\nabuse\n'
        f"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <{ADA}>\n\n"
        f"--b\nContent-Type: message/rfc822\n\nFrom: Tom <{sent(world).sender}>\nMessage-ID: <x@y>\n\nHello\n--b--\n"
    )
    get(world, raw.encode())

    (event,) = world.rows("event")
    assert (event.touch_id, event.body["address"], event.body["from"]) == (None, ADA, sent(world).sender)
    assert world.rows("touch", id=sent(world).touch_id)[0].complained_at is not None


def test_mail_without_a_sender_or_a_message_is_kept(world: World) -> None:
    for raw in (b"", b"\n\n", b"\x00\xff" * 50, b"From: <>\n\nhello"):
        assert get(world, raw).status == "ignored"
