"""Click-to-call: one click, one call; the guard before both phones; news in any order; outcomes are for people."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.channels.twilio.voice import TwilioDialer
from engine.core.errors import BadInput, Conflict
from engine.core.outcome import Answer
from engine.operations import steering
from engine.operations.incoming import calling
from engine.operations.incoming.calling import MayNotCall
from engine.operations.queries import calls
from engine.operations.steering import Ban
from engine.operations.tasks.work_task import By, complete
from engine.store import tables
from tests.support.fake_twilio import FakeTwilio, fake_twilio, refusal
from tests.support.fake_vendor import Trouble
from tests.support.stage import Stage, stage_in
from tests.support.trying import REP, Trial
from tests.support.webhooks import ACCOUNT, hear_call, with_doors

PHONE, REPS = "+12125550100", "+12125550177"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def vendor() -> Iterator[FakeTwilio]:
    with fake_twilio() as made:
        yield made


@pytest.fixture
def trial(stage: Stage, vendor: FakeTwilio) -> Trial:
    """Ada's first call is due, and Tom can have her called."""
    made = Trial.of(stage, "call", phone=PHONE)
    ctx = with_doors(made.world.ctx)
    account = replace(ACCOUNT, base_url=vendor.url, timeout_seconds=0.5)
    made.world.ctx = replace(ctx, dialer=TwilioDialer(account, ctx.public_url))
    (rep,) = made.world.rows("rep", key=REP)
    made.change("rep", rep.id, phone=REPS)
    return made


def start(trial: Trial) -> Any:
    return calling.start(trial.world.ctx, By(trial.task("call").id, REP))


def call_of(trial: Trial) -> Any:
    return trial.world.rows("call")[-1]


def hear(trial: Trial, leg: str, status: str = "", **form: str) -> str:
    return hear_call(trial.world.ctx, call_of(trial).id, leg, status, **form)


def test_a_click_rings_the_rep_and_nobody_else(trial: Trial, vendor: FakeTwilio) -> None:
    assert start(trial).status == "ringing_rep"
    (posted,) = vendor.calls
    assert (posted["To"], posted["From"]) == (REPS, "+12125550112")
    assert posted["Url"].startswith("https://touch.example.com/webhooks/twilio/voice?call=")
    assert "Record" not in posted
    assert [row.action for row in trial.world.rows("audit", action="call")] == ["call"]


def test_who_picks_up_is_asked_for_a_key_and_a_voicemail_presses_none(trial: Trial) -> None:
    start(trial)
    twiml = hear(trial, "picked_up", "in-progress")
    assert "Press any key to call Ada Example." in twiml
    assert "leg=bridge" in twiml
    assert "Dial" not in twiml
    hear(trial, "rep", "in-progress", CallSid=f"CA{1:032}")
    assert call_of(trial).status == "ringing_rep"
    hear(trial, "rep", "completed", CallSid=f"CA{1:032}")
    assert (call_of(trial).status, call_of(trial).detail) == ("cancelled", "the rep's line: completed")
    assert "Gather" not in hear(trial, "picked_up", "in-progress", CallSid="CA-late")


def test_a_rep_who_speaks_chinese_is_asked_in_chinese(trial: Trial) -> None:
    (rep,) = trial.world.rows("rep", key=REP)
    trial.change("rep", rep.id, locale="zh")
    start(trial)
    twiml = hear(trial, "picked_up", "in-progress")
    assert "按任意键呼叫Ada Example。" in twiml
    assert 'language="zh-CN"' in twiml


def test_the_prospect_is_rung_when_the_rep_has_pressed_a_key(trial: Trial) -> None:
    start(trial)
    twiml = hear(trial, "bridge", "in-progress", Digits="5")
    assert f">{PHONE}</Number>" in twiml
    assert 'callerId="+12125550112"' in twiml
    assert "record" not in twiml
    assert call_of(trial).status == "ringing_prospect"


def test_calls_are_recorded_only_where_the_account_says_so_and_then_announced(trial: Trial) -> None:
    account = replace(ACCOUNT, is_recording=True)
    dialer = TwilioDialer(account, trial.world.ctx.public_url)
    twiml = dialer.bridge(1, PHONE)
    assert 'record="record-from-answer-dual"' in twiml
    assert "leg=announce" in twiml
    start(trial)
    assert "This call is recorded." in hear(trial, "announce", "in-progress")


WENT_WELL: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("rep", "initiated", {}),
    ("rep", "ringing", {}),
    ("picked_up", "in-progress", {}),
    ("rep", "in-progress", {}),
    ("bridge", "in-progress", {"Digits": "1"}),
    ("prospect", "ringing", {}),
    ("prospect", "in-progress", {"Timestamp": "Mon, 02 Mar 2026 15:01:00 +0000"}),
    ("answered_by", "", {"AnsweredBy": "human"}),
    ("prospect", "completed", {"CallDuration": "42", "Timestamp": "Mon, 02 Mar 2026 15:01:42 +0000"}),
    ("end", "in-progress", {}),
    ("rep", "completed", {"CallDuration": "50"}),
)


def told(trial: Trial) -> Any:
    row = call_of(trial)
    return (row.status, row.seconds, row.answered_by, row.answered_at, row.ended_at)


def test_news_in_any_order_and_twice_tell_the_same_call(trial: Trial) -> None:
    started = datetime(2026, 3, 2, 15, 1, tzinfo=UTC)
    orders = [WENT_WELL, WENT_WELL[::-1], *itertools.islice(itertools.permutations(WENT_WELL), 1000, 100_000, 9_973)]
    for order in orders:
        with trial.world.ctx.database.write() as connection:
            connection.execute(tables.arrival.delete())
            connection.execute(tables.call.delete())
        start(trial)
        for leg, status, form in (*order, *order[:3]):
            hear(trial, leg, status, **({"CallSid": f"CA{1:032}"} if leg == "rep" else {}) | form)
        known = ("completed", 42, "human", started, started + timedelta(seconds=42))
        row = told(trial)
        assert row[:3] == known[:3], order
        assert row[3:] == known[3:], order


def test_one_click_is_one_call(trial: Trial, vendor: FakeTwilio) -> None:
    start(trial)
    with pytest.raises(Conflict, match="another call"):
        start(trial)
    assert len(vendor.calls) == 1
    hear(trial, "prospect", "no-answer")
    assert start(trial).status == "ringing_rep"


def test_a_call_whose_end_was_never_told_keeps_nobody_from_the_next(trial: Trial) -> None:
    start(trial)
    trial.world.clock.set(trial.world.clock() + timedelta(hours=4, minutes=1))
    start(trial)
    assert [row.status for row in trial.world.rows("call")] == ["failed", "ringing_rep"]


@pytest.mark.parametrize(("scope", "reason"), [("person", "do_not_call"), ("address", "opted_out")])
def test_who_must_not_be_called_is_not_rung(trial: Trial, vendor: FakeTwilio, scope: str, reason: str) -> None:
    value = PHONE if scope == "address" else str(trial.person)
    steering.suppress(trial.world.ctx, Ban(scope, value, reason, kind="phone", channel="phone"), actor="test")
    with pytest.raises(MayNotCall, match="closed this channel"):
        start(trial)
    assert vendor.calls == []
    assert trial.world.rows("call") == []


def test_at_night_nobody_is_rung(trial: Trial, vendor: FakeTwilio) -> None:
    trial.world.clock.set(datetime(2026, 3, 3, 3, 30, tzinfo=UTC))  # half past ten in the evening in New York
    with pytest.raises(MayNotCall):
        start(trial)
    assert vendor.calls == []


def test_a_promised_hour_leaves_the_window_but_not_the_law(trial: Trial) -> None:
    (touch,) = trial.touches("first")
    trial.change("touch", touch.id, is_promised=True)
    trial.world.clock.set(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))  # half past six, after office hours
    assert start(trial).status == "ringing_rep"
    hear(trial, "rep", "no-answer")
    trial.world.clock.set(datetime(2026, 3, 3, 2, 30, tzinfo=UTC))  # half past nine in the evening
    with pytest.raises(MayNotCall):
        start(trial)


def test_the_kill_switch_stops_calls_too(trial: Trial) -> None:
    steering.switch_sending(trial.world.ctx, is_on=False, actor="test")
    with pytest.raises(MayNotCall):
        start(trial)


def test_who_opts_out_while_the_reps_phone_rings_is_not_rung(trial: Trial) -> None:
    start(trial)
    steering.suppress(trial.world.ctx, Ban("person", str(trial.person), "opted_out"), actor="test")
    twiml = hear(trial, "bridge", "in-progress")
    assert "<Dial" not in twiml
    assert "<Say" in twiml
    assert call_of(trial).status == "cancelled"


@pytest.mark.parametrize(
    ("answer", "why"),
    [(refusal(401, 20003, "wrong token"), "20003"), (Trouble.HANG, "did not say"), (Trouble.RESET, "did not say")],
)
def test_what_twilio_refuses_or_leaves_open_is_no_call_and_is_not_tried_twice(
    trial: Trial, vendor: FakeTwilio, answer: Any, why: str
) -> None:
    vendor.answer_next(answer)
    made = start(trial)
    assert made.status == "failed"
    assert why in made.detail
    assert len(vendor.requests) == 1


def test_a_rep_without_a_number_is_told_where_to_write_it(trial: Trial) -> None:
    with trial.world.ctx.database.write() as connection:
        connection.execute(update(tables.rep).values(phone=""))
    with pytest.raises(BadInput, match=r"workspace\.yaml"):
        start(trial)


def test_without_a_dialer_reps_dial_themselves(trial: Trial) -> None:
    trial.world.ctx = replace(trial.world.ctx, dialer=None)
    with pytest.raises(Conflict, match="voice_from"):
        start(trial)


def test_a_task_that_is_done_is_not_dialled(trial: Trial) -> None:
    task = trial.task("call")
    complete(trial.world.ctx, By(task.id, REP), Answer("no_answer"))
    with pytest.raises(Conflict, match="only an open call"):
        calling.start(trial.world.ctx, By(task.id, REP))


@pytest.mark.parametrize(
    ("news", "proposed"),
    [
        ((("answered_by", "", {"AnsweredBy": "machine_start"}), ("prospect", "completed", {})), "voicemail"),
        ((("prospect", "busy", {}),), "busy"),
        ((("prospect", "no-answer", {}),), "no_answer"),
        ((("answered_by", "", {"AnsweredBy": "human"}), ("prospect", "completed", {})), None),
    ],
)
def test_an_outcome_is_proposed_and_never_set(trial: Trial, news: Any, proposed: str | None) -> None:
    start(trial)
    for leg, status, form in news:
        hear(trial, leg, status, **form)
    (shown,) = calls.of_task(trial.world.ctx, trial.task("call").id)
    assert shown.proposed_outcome == proposed
    assert (trial.task("call").status, trial.task("call").outcome) == ("open", None)
