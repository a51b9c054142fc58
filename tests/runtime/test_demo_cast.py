"""The people of the demo: the same seed is the same cast, and what they do makes sense."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.core.outcome import OUTCOMES, Answer
from engine.runtime.demo import words
from engine.runtime.demo.answers import Asked, Skipped, Snoozed, answer
from engine.runtime.demo.cast import ASKS_ON_PAGE, Letter, react
from engine.simulation.dice import Dice
from engine.store.tables.facts import EVENT_KINDS

AT = datetime(2026, 4, 21, 14, tzinfo=UTC)
MANY = 3_000
LETTER = Letter("1", "outbound-7x3x21/intro", AT, "America/Denver", "en", "verified", is_inbound=False)
CALL = Asked("call", "1", "outbound-7x3x21/call-1/0", AT, "Asia/Shanghai", "zh")


def letters(count: int = MANY, **changed: object) -> list[Letter]:
    return [replace(LETTER, person=str(n), **changed) for n in range(count)]  # type: ignore[arg-type]


def calls(count: int = MANY, **changed: object) -> list[Asked]:
    return [replace(CALL, person=str(n), **changed) for n in range(count)]  # type: ignore[arg-type]


def test_the_same_seed_is_the_same_cast_in_any_order() -> None:
    forth = [react(Dice(7), one) for one in letters()]
    back = [react(Dice(7), one) for one in reversed(letters())]
    assert forth == back[::-1]
    assert [answer(Dice(7), one) for one in calls()] == [answer(Dice(7), one) for one in calls()]


def test_another_seed_is_another_cast() -> None:
    assert [react(Dice(7), one) for one in letters()] != [react(Dice(8), one) for one in letters()]
    assert [answer(Dice(7), one) for one in calls()] != [answer(Dice(8), one) for one in calls()]


def test_every_kind_of_reaction_occurs_and_the_engine_knows_it() -> None:
    kinds = {one.kind for one in (react(Dice(7), letter) for letter in letters()) if one is not None}
    assert kinds - {ASKS_ON_PAGE} <= set(EVENT_KINDS)
    assert {"replied", "bounced", "opted_out", "out_of_office", "meeting_booked", "clicked", ASKS_ON_PAGE} <= kinds


def test_most_people_say_nothing() -> None:
    silent = sum(react(Dice(7), letter) is None for letter in letters())
    assert 0.7 < silent / MANY < 0.85


def test_a_dead_address_is_dead_for_every_mail() -> None:
    dead = [letter for letter in letters() if (said := react(Dice(7), letter)) and said.kind == "bounced"]
    second = [react(Dice(7), replace(letter, step="outbound-7x3x21/proof")) for letter in dead]
    assert dead
    assert {one.kind for one in second if one is not None} == {"bounced"}
    assert len(dead) == len([one for one in second if one is not None])


def test_guessed_addresses_bounce_more_often() -> None:
    def bounced(quality: str) -> int:
        said = [react(Dice(7), letter) for letter in letters(quality=quality)]
        return sum(one is not None and one.kind == "bounced" for one in said)

    assert bounced("guessed") > 3 * bounced("verified") > 0


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/London", "Asia/Shanghai"])
def test_people_answer_when_they_are_awake_and_after_the_mail(zone: str) -> None:
    said = [one for letter in letters(zone=zone) if (one := react(Dice(7), letter)) is not None]
    assert all(timedelta() < one.at - AT < timedelta(days=3) for one in said)
    human = [one.at.astimezone(ZoneInfo(zone)).time() for one in said if one.kind in ("replied", "clicked")]
    assert all(time(7, 30) <= local < time(22) for local in human)


def test_replies_come_in_the_language_of_the_person() -> None:
    chinese = [react(Dice(7), letter) for letter in letters(locale="zh")]
    texts = {one.body["text"] for one in chinese if one is not None and one.kind == "replied"}
    assert texts == {reply.zh for reply in words.REPLIES}


def test_a_rep_who_reads_a_reply_gives_it_its_meaning() -> None:
    for reply in words.REPLIES:
        for text in (reply.en, reply.zh):
            said = answer(Dice(7), replace(CALL, kind="triage", script=text))
            assert isinstance(said, Answer)
            assert said.outcome == reply.means
            assert said.outcome in OUTCOMES["triage"]


def test_every_answer_is_an_outcome_of_its_task() -> None:
    for kind in ("call", "personal_email", "linkedin", "maimai", "wechat_add", "wechat_message", "video", "task"):
        for asked in calls(400, kind=kind):
            said = answer(Dice(7), asked)
            if isinstance(said, Answer):
                assert said.outcome in OUTCOMES[kind]


def test_calls_have_every_ordinary_end_and_most_reach_nobody() -> None:
    said = [answer(Dice(7), asked) for asked in calls()]
    outcomes = Counter(one.outcome for one in said if isinstance(one, Answer))
    assert set(OUTCOMES["call"]) - {"voicemail", "replied"} == set(outcomes)
    assert outcomes["no_answer"] > 0.4 * MANY
    assert any(isinstance(one, Skipped) for one in said)
    assert any(isinstance(one, Snoozed) for one in said)


def test_a_voicemail_is_left_only_where_the_step_asks_for_one() -> None:
    plain = [answer(Dice(7), asked) for asked in calls()]
    asking = [answer(Dice(7), asked) for asked in calls(asks_for_voicemail=True)]
    assert not any(isinstance(one, Answer) and one.voicemail_left for one in plain)
    assert any(isinstance(one, Answer) and one.voicemail_left for one in asking)


def test_what_is_promised_falls_on_a_working_day_in_the_persons_own_hours() -> None:
    promised = [one.at for one in (answer(Dice(7), asked) for asked in calls()) if isinstance(one, Answer) and one.at]
    local = [at.astimezone(ZoneInfo(CALL.zone)) for at in promised]
    assert promised
    assert all(at.weekday() < 5 and 10 <= at.hour <= 16 for at in local)
    assert all(at > AT for at in promised)
