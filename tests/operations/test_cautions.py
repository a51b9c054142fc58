"""A rep's own mail is not held back by consent rules: the task says where the law asks for a consent."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.operations.enroll import Order, enroll
from engine.operations.queries.task import task
from engine.operations.reaching import consents
from engine.operations.reaching.consents import Grant
from tests.support.stage import Stage, stage_in
from tests.support.trying import MONDAY, Trial
from tests.support.world import World

TOLD = (
    "Germany asks for their consent to mail, and none is on record. "
    "This mail is not held back: it leaves in your name, and you answer for it."
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def letter(stage: Stage, *, country: str | None = "DE", **person: Any) -> Trial:
    """Somebody to whom a rep is about to write."""
    trial = Trial.of(stage, "personal_email", **person)
    where = {"country": country} if country else {"country": None, "zone": None, "zone_origin": None}
    trial.change("prospect", trial.person, **where)
    return trial


def caution(trial: Trial, reader: str = "tom-lee") -> str | None:
    return task(trial.world.ctx, trial.task("personal_email").id, rep_key=reader).caution


def agreed(trial: Trial, basis: str = "express", channel: str = "email") -> None:
    given = Grant(trial.person, channel, "yes, write to me", "fair, Hall 4", basis)
    consents.grant(trial.world.ctx, given, actor="test")


def test_a_rep_is_told_where_the_law_asks_for_a_consent_that_nobody_recorded(stage: Stage) -> None:
    assert caution(letter(stage)) == TOLD


def test_it_is_told_in_the_readers_language(stage: Stage) -> None:
    assert caution(letter(stage), reader="wei-zhang") == (
        "Germany：发邮件须先征得对方同意，目前没有同意记录。这封邮件不会被系统拦截：它以您的名义发出，由您负责。"
    )


def test_a_consent_to_mail_ends_it_and_one_that_does_not_count_there_does_not(stage: Stage) -> None:
    trial = letter(stage)
    agreed(trial, channel="phone")
    agreed(trial, basis="request")
    assert caution(trial) == TOLD
    agreed(trial)
    assert caution(trial) is None


def test_where_nobody_knows_whose_law_holds_the_strictest_does(stage: Stage) -> None:
    told = caution(letter(stage, country=None, phone=None))
    assert told is not None
    assert told.startswith(
        "Their country is not known or has no policy here, so consent to mail is asked for, and none"
    )


def test_nothing_is_told_where_an_automatic_mail_might_leave_too(stage: Stage) -> None:
    assert caution(letter(stage, country="US")) is None
    assert caution(letter(stage, country="GB")) is None
    assert caution(letter(stage, country="GB", email="ada@btinternet.com")) is not None


def test_whoever_asked_us_is_answered_without_it_and_whoever_was_handed_over_is_not(stage: Stage) -> None:
    assert caution(_on_day_two(stage.world(MONDAY), is_follow_on=False)) is None
    assert caution(_on_day_two(stage.world(MONDAY), is_follow_on=True)) == TOLD


def _on_day_two(world: World, *, is_follow_on: bool) -> Trial:
    """An inbound lead in Germany, when the first personal mail is due."""
    who = world.add_prospect(email="ada@example.com", phone="+493012345678", zone="Europe/Berlin", country="DE")
    enroll(world.ctx, Order("call-in-15", (who,), "test", reps=("tom-lee",), is_follow_on=is_follow_on))
    for _ in range(2):
        world.tick()
        world.clock.set(world.clock() + timedelta(days=1))
    return Trial(world, who)


def test_a_mail_that_somebody_asked_for_in_a_talk_needs_no_word_of_caution(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    trial.change("prospect", trial.person, country="DE")
    trial.give("send_info")
    trial.world.tick()
    assert caution(trial) is None


def test_a_closed_task_cautions_nobody(stage: Stage) -> None:
    trial = letter(stage)
    closed = trial.task().id
    trial.give("sent")
    assert task(trial.world.ctx, closed).caution is None
