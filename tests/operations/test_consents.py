"""Whose law counts, what it lets us do, and what a consent or its withdrawal changes: at the next decision."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport
from engine.core.errors import BadInput, Conflict, NotFound
from engine.core.guards import Refusal
from engine.core.outcome import Accepted, SendOutcome
from engine.core.sequence import Sequence, Verb
from engine.operations import authoring, steering
from engine.operations.act import act as begin
from engine.operations.enroll import Order, enroll
from engine.operations.queries import reasons
from engine.operations.queries.admission import admission
from engine.operations.reaching import consents
from engine.operations.reaching.consents import Grant
from engine.operations.reaching.country_gate import Unasked
from engine.operations.reaching.permission import Permit, country_of, permits_of
from engine.operations.steering import Ban
from engine.operations.validating import Project
from engine.store import people, tables
from engine.store.locks import ProspectBusy
from tests.support.databases import Databases, Shelf, migrate, on_sqlite
from tests.support.world import World, open_world, shipped_project

START = datetime(2026, 3, 3, 13, tzinfo=UTC)  # Tuesday, 08:00 in New York, 14:00 in Berlin
_PLANS = {
    "mails": """
sequence: mails
title: Mails
formula: 2x1x2
audience: {kind: outbound, locales: [en]}
schedule: {days: calendar, hours: {mon-sun: ["00:00-23:59"]}}
again: always
steps:
  - {key: first, day: 1, do: email, use: outbound/intro}
  - {key: second, day: 2, do: email, use: outbound/proof}
""",
    "offers": """
sequence: offers
title: Offers
formula: 1x1x1
audience: {kind: outbound, locales: [en]}
schedule: {days: calendar, hours: {mon-sun: ["00:00-23:59"]}}
again: always
consent: {sms: request}
steps:
  - {key: text, day: 1, do: sms, use: texts/first}
""",
    "texts": """
sequence: texts
title: Texts
formula: 2x2x1
audience: {kind: inbound, locales: [en], sources: [web_form]}
schedule: {days: calendar, hours: {mon-sun: ["00:00-23:59"]}}
respond_within: 1d
again: always
consent: {sms: express}
steps:
  - {key: text, day: 1, do: sms, use: texts/first}
  - {key: call, day: 1, do: call, use: outbound/call-1}
on_exhausted: {start: nurture, reason: not_reached}
""",
}


def _fill(url: str) -> None:
    migrate(url)
    world = open_world(url, Path(), START, transports={})
    shipped = shipped_project()
    templates = {**shipped.templates, "texts/first": {"en": {"sms.txt": "Prices are out."}}}
    files = {f"{key}.yaml": text for key, text in _PLANS.items()}
    authoring.apply(world.ctx, Project({**shipped.sequences, **files}, templates), actor="test")
    world.ctx.database.close()


@pytest.fixture(scope="module")
def shelf(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


@pytest.fixture
def world(shelf: Shelf) -> Iterator[World]:
    with shelf.copy() as url:
        made = open_world(url, Path(), START, transports={})
        sink = RecordingTransport(made.clock)
        made.ctx = replace(made.ctx, transports={"email": sink, "sms": sink})
        yield made
        made.ctx.database.close()


def somebody(world: World, **known: Any) -> int:
    clock = {"zone": "Europe/Berlin", "zone_origin": "own", "country": "DE"}
    return world.add_prospect(**{"email": "ada@example.com", "phone": "+493012345678", **clock, **known})


def agreed(world: World, who: int, channel: str = "email", **more: Any) -> int:
    made = consents.grant(world.ctx, Grant(who, channel, "yes, write to me", "fair, Hall 4", **more), actor="tom-lee")
    return int(made.id)


def later(world: World, **more: int) -> None:
    world.clock.set(world.clock() + timedelta(**more))


def states(world: World, who: int) -> dict[str, tuple[str, str | None]]:
    return {row.step: (row.status, row.reason) for row in world.rows("touch", prospect_id=who)}


def permit(world: World, who: int) -> Permit:
    with begin(world.ctx) as act:
        rows = people.with_accounts(act.connection, [who])
        return permits_of(act, rows, people.addresses_of(act.connection, [who]), set(Verb))[who]


def plan(world: World, key: str) -> Sequence:
    with world.ctx.database.read() as connection:
        return world.ctx.shelf.live_plan(connection, key).sequence


# Whose law counts


@on_sqlite
@pytest.mark.parametrize(
    ("known", "country"),
    [
        ({"country": "FR"}, "FR"),
        ({"country": None, "account": {"country": "CA"}}, "CA"),
        ({"country": None, "zone": "Europe/Vienna"}, "AT"),
        ({"country": None, "zone": "Europe/Vienna", "zone_origin": "default"}, "DE"),
        ({"country": None, "zone": None, "zone_origin": None}, "DE"),
        ({"country": None, "zone": None, "zone_origin": None, "phone": "+16135550123"}, "CA"),
        ({"country": None, "zone": None, "zone_origin": None, "phone": ["+493012345678", "+442071234567"]}, None),
        ({"country": None, "zone": None, "zone_origin": None, "phone": "+88216123456"}, None),
        ({"country": None, "zone": "UTC", "zone_origin": "own", "phone": None}, None),
    ],
)
def test_a_country_is_their_own_their_companys_their_clocks_or_their_numbers(
    world: World, known: dict[str, Any], country: str | None
) -> None:
    who = somebody(world, **known)
    with begin(world.ctx) as act:
        (row,) = people.with_accounts(act.connection, [who])
        assert country_of(row, people.addresses_of(act.connection, [who])[who]) == country


@on_sqlite
def test_the_strictest_holds_where_nobody_knows_the_country(world: World) -> None:
    who = somebody(world, country=None, zone=None, zone_origin=None, phone=None)
    unknown = permit(world, who)
    assert unknown.policy.key == "unknown"
    assert unknown.closed_verbs(Verb, START, plan(world, "mails")) == {Verb.EMAIL, Verb.SMS, Verb.CALL, Verb.VOICEMAIL}


def test_a_person_without_a_company_or_on_a_free_mail_domain_is_no_company(world: World) -> None:
    company = somebody(world, country="GB")
    alone = somebody(world, country="GB", email="ada@freelance.example")
    world.ctx.workspace()
    with world.ctx.database.write() as connection:
        people.set_prospect(connection, alone, account_id=None)
    private = somebody(world, country="GB", email="ada@BTinternet.com")
    mails = plan(world, "mails")
    found = {who: permit(world, who).allows(Verb.EMAIL, START, mails) for who in (company, alone, private)}
    assert found == {company: True, alone: False, private: False}


# At enrollment, and again before each touch


def test_nobody_is_enrolled_to_whom_no_step_is_left(world: World) -> None:
    report = world.enroll("mails", somebody(world))
    assert [one.reason for one in report.refused] == [Refusal.NO_CONSENT]


def test_a_dry_run_says_how_many_where_and_which_channel(world: World) -> None:
    germans = [somebody(world, email=f"p{one}@example.com") for one in range(3)]
    briton = somebody(world, email="b@example.com", country="GB")
    order = Order("outbound-7x3x21", (*germans, briton), "test", reps=("tom-lee",), dry_run=True)
    report = enroll(world.ctx, order)
    assert report.unasked == (Unasked("Germany", "email", 3, ("DE",)),)
    assert report.runs == {"5x3x21": 3, "7x3x21": 1}
    told = admission(report, world.clock(), dry_run=True, locale="en")
    assert told.unasked[0].words == (
        "3 in Germany have no consent for mail: those steps are skipped, they run the others"
    )
    (unasked,) = admission(report, world.clock(), dry_run=True, locale="zh").unasked
    where = {"country": "AT", "zone": "Europe/Vienna"}
    italian = somebody(world, email="i@example.com", **where | {"country": "IT"})
    others = [
        somebody(world, email="o@example.com", **where),
        italian,
        somebody(world, email="k@example.com", country="CN"),
    ]
    abroad = enroll(world.ctx, Order("outbound-7x3x21", tuple(others), "test", reps=("tom-lee",), dry_run=True))
    english, chinese = ([reasons.of_unasked(one, locale) for one in abroad.unasked] for locale in ("en", "zh"))
    assert any(words.startswith("1 in Mainland China has no consent for mail") for words in english)
    assert {words.split("：")[0] for words in chinese} == {"奥地利、意大利", "中国"}
    assert unasked.words.startswith("德国：3 人未同意邮件")


def test_a_consent_opens_the_channel_and_its_withdrawal_closes_it_at_the_next_decision(world: World) -> None:
    who = somebody(world)
    agreed(world, who)
    assert world.enroll("mails", who).enrolled
    world.tick()
    assert states(world, who)["first"] == ("sent", None)
    (ended,) = consents.withdraw(world.ctx, who, channel="email", actor="tom-lee", reason="wrote so")
    later(world, days=1)
    world.tick()
    assert states(world, who)["second"] == ("skipped", "channel_opted_out")
    (row,) = world.rows("consent", id=ended)
    assert (row.withdrawn_at, row.withdrawn_reason) == (START, "wrote so")


def test_a_consent_that_runs_out_closes_the_channel_by_itself(world: World) -> None:
    who = somebody(world)
    agreed(world, who, expires_at=START + timedelta(hours=1))
    world.enroll("mails", who)
    world.tick()
    later(world, days=1)
    world.tick()
    assert states(world, who) == {"first": ("sent", None), "second": ("skipped", "no_consent")}


def test_who_withdraws_is_left_alone_even_where_nobody_need_be_asked(world: World) -> None:
    who = somebody(world, country="US")
    world.enroll("mails", who)
    consents.withdraw(world.ctx, who, channel="email", actor="api", reason="asked by phone")
    world.tick()
    assert states(world, who)["first"] == ("skipped", "channel_opted_out")


def test_a_withdrawal_waits_for_the_send_that_is_under_way(world: World) -> None:
    """The guard reads consents under the person's lock, and a withdrawal takes that lock too."""
    who = somebody(world)
    agreed(world, who)
    world.enroll("mails", who)
    sink = _Withdrawing(world, who)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    world.tick()
    assert sink.calls == 1
    assert sink.refused


class _Withdrawing:
    """Tries to withdraw while its own send is under way."""

    silence = None

    def __init__(self, world: World, who: int) -> None:
        self.world, self.who, self.calls, self.refused = world, who, 0, False

    def send(self, envelope: Envelope) -> SendOutcome:
        self.calls += 1
        with pytest.raises(ProspectBusy):
            consents.withdraw(self.world.ctx, self.who, channel="email", actor="test", reason="now")
        self.refused = True
        return Accepted(envelope.message_id)

    def find(self, envelope: Envelope) -> bool | None:  # noqa: ARG002 - the transport's signature
        return None


# Those who came to us


def test_whoever_asks_us_has_agreed_to_an_answer_with_the_evidence_of_it(world: World) -> None:
    asked = datetime(2026, 3, 3, 12, tzinfo=UTC)
    who = somebody(world, message="Please call me about prices", source="web_form", received_at=asked)
    assert world.enroll("call-in-15", who).enrolled
    rows = [(row.channel, row.basis, row.text, row.source, row.actor, row.at) for row in world.rows("consent")]
    evidence = ("request", "Please call me about prices", "web_form", "test", asked)
    assert rows == [("email", *evidence), ("phone", *evidence)]


def test_a_request_is_no_consent_to_a_newsletter_where_the_law_wants_one(world: World) -> None:
    who = somebody(world, source="web_form")
    world.enroll("call-in-15", who)
    assert permit(world, who).allows(Verb.EMAIL, START, plan(world, "call-in-15"))
    assert not permit(world, who).allows(Verb.EMAIL, START, plan(world, "nurture"))


def test_somebody_handed_over_has_asked_nothing(world: World) -> None:
    who = somebody(world)
    order = Order("call-in-15", (who,), "test", reps=("tom-lee",), is_follow_on=True)
    enroll(world.ctx, order)
    assert world.rows("consent") == []


def test_nobody_is_texted_without_a_recorded_consent_not_even_who_asked_us(world: World) -> None:
    without, with_one = (somebody(world, email=f"{name}@example.com", country="US") for name in ("a", "b"))
    agreed(world, with_one, "sms")
    world.enroll("texts", without, with_one)
    later(world, hours=2)
    world.tick()
    assert states(world, without)["text"] == ("skipped", "no_consent")
    assert states(world, with_one)["text"] == ("sent", None)


def test_a_text_needs_both_what_the_country_takes_and_what_its_sequence_rests_on(world: World) -> None:
    where: dict[str, Any] = {"country": "CN", "zone": "Asia/Shanghai", "phone": "+8613800000001"}
    asked, agreed_to = (somebody(world, email=f"{name}@example.com", **where) for name in ("a", "b"))
    agreed(world, asked, "sms", basis="request")
    agreed(world, agreed_to, "sms", basis="express")
    abroad = somebody(world, email="c@example.com", country="US")
    agreed(world, abroad, "sms", basis="request")
    report = world.enroll("offers", asked, agreed_to, abroad)
    assert [one.prospect_id for one in report.enrolled] == [asked]
    assert {one.prospect_id: one.reason for one in report.refused} == {
        agreed_to: Refusal.NO_CONSENT,
        abroad: Refusal.NO_CONSENT,
    }


def test_the_guard_holds_a_text_to_what_its_sequence_rests_on(world: World) -> None:
    who = somebody(world, country="CN", zone="Asia/Shanghai")
    first = agreed(world, who, "sms", basis="request")
    world.enroll("offers", who)
    agreed(world, who, "sms", basis="express")
    with world.ctx.database.write() as connection:
        connection.execute(update(tables.consent).where(tables.consent.c.id == first).values(withdrawn_at=START))
    later(world, days=1)
    world.tick()
    assert states(world, who)["text"] == ("skipped", "no_consent")


def test_a_text_waits_for_the_morning_of_its_recipient_and_expires_with_the_evening(world: World) -> None:
    later(world, hours=12)  # 02:00 in Berlin
    who = somebody(world)
    agreed(world, who, "sms")
    world.enroll("texts", who)
    (touch,) = world.rows("touch", step="text")
    assert touch.due_at == datetime(2026, 3, 4, 7, tzinfo=UTC)
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    later(world, hours=10)
    world.tick()
    (sent,) = sink.accepted
    assert sent.envelope.expires_at == datetime(2026, 3, 4, 19, tzinfo=UTC)


# What is recorded


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"basis": "hope"}, "basis"),
        ({"text": " "}, "text"),
        ({"source": ""}, "source"),
        ({"at": START + timedelta(days=1)}, "at"),
        ({"expires_at": START}, "expires_at"),
    ],
)
def test_a_consent_without_evidence_is_none(world: World, changes: dict[str, Any], field: str) -> None:
    who = somebody(world)
    good: dict[str, Any] = {"channel": "email", "text": "yes", "source": "form"}
    with pytest.raises(BadInput) as refused:
        consents.grant(world.ctx, Grant(who, **(good | changes)), actor="test")
    assert refused.value.data["field"] == field
    assert world.rows("consent") == []


def test_a_consent_of_nobody_is_none(world: World) -> None:
    with pytest.raises(NotFound):
        consents.grant(world.ctx, Grant(99, "email", "yes", "form"), actor="test")


def test_granting_and_withdrawing_are_audited(world: World) -> None:
    who = somebody(world)
    made = agreed(world, who)
    consents.withdraw(world.ctx, who, channel=None, actor="ana-diaz", reason="wrote so")
    found = {(row.action, row.actor, row.subject_id) for row in world.rows("audit", subject="consent")}
    assert found == {("grant", "tom-lee", str(made)), ("withdraw", "ana-diaz", str(who))}


# Suppressions


def test_a_consent_lifts_no_suppression(world: World) -> None:
    who = somebody(world)
    steering.suppress(world.ctx, Ban("person", str(who), "opted_out"), actor="test")
    agreed(world, who)
    assert [one.reason for one in world.enroll("mails", who).refused] == [Refusal.SUPPRESSED]


def test_only_an_opt_in_with_a_proof_lifts_a_suppression(world: World) -> None:
    who = somebody(world, country="US")
    row, _ = steering.suppress(world.ctx, Ban("person", str(who), "opted_out"), actor="test")
    with pytest.raises(BadInput):
        steering.lift(world.ctx, row.id, actor="tom-lee", proof="  ")
    lifted = steering.lift(world.ctx, row.id, actor="tom-lee", proof="wrote on March 3 that she wants the newsletter")
    assert (lifted.lifted_by, lifted.lifted_at) == ("tom-lee", START)
    assert world.rows("audit", action="opt_in")
    assert world.enroll("mails", who).enrolled
    with pytest.raises(Conflict):
        steering.lift(world.ctx, row.id, actor="tom-lee", proof="again")
    with pytest.raises(NotFound):
        steering.lift(world.ctx, 999, actor="tom-lee", proof="nobody")


def test_a_domain_is_closed_however_it_is_written(world: World) -> None:
    who = somebody(
        world, country="US", email="ada@xn--mnchen-3ya.example", account={"domain": "xn--mnchen-3ya.example"}
    )
    steering.suppress(world.ctx, Ban("domain", "MÜNCHEN.example.", "legal"), actor="test")
    assert [one.reason for one in world.enroll("mails", who).refused] == [Refusal.SUPPRESSED]
