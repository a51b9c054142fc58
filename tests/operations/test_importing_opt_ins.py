"""Consents that a file brings along: with their evidence, once, and never against an opt-out."""

from datetime import UTC, datetime

from engine.operations.reaching import consents
from tests.support.importing import bring, table_of
from tests.support.world import World

ANNA = {"Name": "Anna Berg", "Email": "anna@berg.example"}
YES = {"Consent": "email, sms", "Consent Date": "2026-02-01 10:00", "Consent Source": "web form 12"}


def recorded(world: World) -> list[tuple[str, str, str, str, str, datetime]]:
    return [
        (row.channel, row.basis, row.text, row.source, row.actor, row.at.astimezone(UTC))
        for row in world.rows("consent")
    ]


def test_a_consent_comes_with_its_evidence(world: World) -> None:
    bring(world, table_of({**ANNA, **YES}))
    told = ("express", "Consent: email, sms", "web form 12", "test", datetime(2026, 2, 1, 15, tzinfo=UTC))
    assert recorded(world) == [("email", *told), ("sms", *told)]


def test_a_file_that_names_no_source_is_the_source(world: World) -> None:
    bring(world, table_of({**ANNA, **YES, "Consent Source": ""}))
    assert {row.source for row in world.rows("consent")} == {"people.csv, line 2"}


def test_the_same_file_again_records_nothing_anew_not_even_what_was_withdrawn(world: World) -> None:
    report = bring(world, table_of({**ANNA, **YES}))
    before = recorded(world)
    assert bring(world, table_of({**ANNA, **YES})).counts["unchanged"] == 1
    (row,) = report.rows
    assert row.prospect_id is not None
    consents.withdraw(world.ctx, row.prospect_id, channel=None, actor="test", reason="wrote so")
    bring(world, table_of({**ANNA, **YES}))
    assert recorded(world) == before
    assert all(one.withdrawn_at is not None for one in world.rows("consent"))


def test_a_later_file_adds_what_is_new(world: World) -> None:
    bring(world, table_of(ANNA))
    report = bring(world, table_of({**ANNA, **YES}))
    assert report.counts["merged"] == 1
    assert len(recorded(world)) == 2


def test_who_is_marked_has_agreed_to_nothing(world: World) -> None:
    bring(world, table_of({**ANNA, **YES, "Stage": "Do Not Contact"}))
    assert recorded(world) == []
