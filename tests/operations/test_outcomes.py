"""Rule 18, row by row: every outcome of every human verb leads to exactly the documented state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.errors import BadInput
from engine.core.outcome import OUTCOMES
from engine.store import suppressions
from engine.store.connection import Record
from tests.support.stage import Stage, stage_in
from tests.support.trying import MONDAY, SAID, Trial

GOES_ON = ("active", None)


@dataclass(frozen=True)
class Then:
    """What an outcome leads to. `again` is in days; `next` is the lane's next touch: (step, repeat, day of March)."""

    enrollment: tuple[str, str | None] = GOES_ON
    tasks: tuple[str, ...] = ()
    next: tuple[str, int, int] | None = ("second", 0, 4)
    suppressed: frozenset[tuple[str, str]] = frozenset()
    relation: dict[str, str] = field(default_factory=dict)
    stage: str = "new"
    again: int | None = None
    needs: tuple[str, ...] = ()
    is_skipped: bool = False
    has_replied: bool = False


def ends(reason: str, *tasks: str, **more: Any) -> Then:
    return Then(("stopped", reason), tasks, None, **more)


def replied(**more: Any) -> Then:
    return ends("replied", "triage", has_replied=True, **more)


def triaged(*tasks: str, **more: Any) -> Then:
    return Then(("stopped", "replied"), tasks, None, has_replied=True, **more)


PERSON, NO_CALLS, COMPANY = (frozenset({one}) for one in (("person", "all"), ("person", "phone"), ("account", "all")))
DEAD_PHONE, DEAD_EMAIL = frozenset({("address", "phone")}), frozenset({("address", "email")})
WECHAT, LINKEDIN, MAIMAI = ({name: "accepted"} for name in ("wechat", "linkedin", "maimai"))


def social(name: str) -> dict[str, Then]:
    return {
        "requested": Then(relation={name: "requested"}),
        "accepted": Then(relation={name: "accepted"}),
        "sent": Then(),
        "replied": replied(relation={name: "accepted"}),
        "refused": Then(relation={name: "refused"}, is_skipped=True),
        "not_found": Then(),
        "unreachable": Then(),
    }


TABLE: dict[str, dict[str, Then]] = {
    "call": {
        "interested": ends("interested", "hand_over", stage="interested"),
        "meeting_booked": ends("meeting_booked", "confirm_meeting", stage="interested", needs=("at",)),
        "call_back": Then(next=("first", 1, 5), needs=("at",)),
        "send_info": Then(tasks=("personal_email",), next=("first", 1, 4)),
        "not_now": ends("not_now", again=90, needs=("reason",)),
        "not_interested": ends("not_interested", again=180, needs=("reason",)),
        "do_not_call": Then(suppressed=NO_CALLS, is_skipped=True),
        "do_not_contact": ends("opted_out", suppressed=PERSON, stage="do-not-contact"),
        "referral": ends("referral", "contact_referral", needs=("name",)),
        "left_company": ends("left_company", "research_successor", stage="changed-job"),
        "wrong_person": ends("wrong_person"),
        "not_qualified": ends("not_qualified", stage="unqualified", needs=("reason",)),
        "already_customer": ends("already_customer", stage="customer"),
        "wrong_number": Then(suppressed=DEAD_PHONE, is_skipped=True),
        "voicemail": Then(),
        "no_answer": Then(),
        "busy": Then(),
        "hung_up": Then(),
        "gatekeeper": Then(needs=("note",)),
        "replied": replied(),
    },
    "personal_email": {
        "sent": Then(),
        "replied": replied(),
        "unreachable": Then(suppressed=DEAD_EMAIL, is_skipped=True),
    },
    "wechat_add": {
        "requested": Then(relation={"wechat": "requested"}),
        "accepted": Then(relation=WECHAT),
        "replied": replied(relation=WECHAT),
        "refused": Then(relation={"wechat": "refused"}, is_skipped=True),
        "not_found": Then(),
        "unreachable": Then(),
    },
    "wechat_message": {
        "sent": Then(relation=WECHAT),
        "replied": replied(relation=WECHAT),
        "refused": Then(relation={"wechat": "deleted_us"}, is_skipped=True),
        "unreachable": Then(relation=WECHAT),
    },
    "linkedin": social("linkedin"),
    "maimai": social("maimai"),
    "video": {"sent": Then(), "replied": replied(), "unreachable": Then()},
    "task": {"done": Then()},
    "triage": {
        "interested": triaged("hand_over", stage="interested"),
        "meeting_booked": triaged("confirm_meeting", stage="interested", needs=("at",)),
        "later": triaged(again=183, needs=("date",)),  # September 1, as they said
        "not_interested": triaged(again=180),
        "not_interested_as_company": triaged(again=180, suppressed=COMPANY),
        "referral": triaged("contact_referral", needs=("name",)),
        "wrong_person": triaged(),
        "left_company": triaged("research_successor", stage="changed-job"),
        "no_more_contact": triaged(suppressed=PERSON, stage="do-not-contact"),
    },
}

ROWS = [(verb, outcome) for verb, rows in TABLE.items() for outcome in rows]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def answer_to(verb: str, outcome: str) -> dict[str, Any]:
    return {name: SAID[name] for name in TABLE[verb][outcome].needs}


def test_the_table_has_every_outcome_of_every_verb() -> None:
    assert {verb: set(rows) for verb, rows in TABLE.items()} == {verb: set(words) for verb, words in OUTCOMES.items()}


@pytest.mark.parametrize(("verb", "outcome"), ROWS)
def test_an_outcome_leads_to_the_documented_state(stage: Stage, verb: str, outcome: str) -> None:
    then, trial = TABLE[verb][outcome], Trial.of(stage, verb)

    worked = trial.give(outcome, **answer_to(verb, outcome))

    assert lane_ahead(trial, worked) == then.next
    trial.world.tick()
    assert (trial.enrollment.status, trial.enrollment.end_reason) == then.enrollment
    assert trial.suppressed == then.suppressed
    assert trial.relations == then.relation
    assert trial.prospect.stage == then.stage
    assert (trial.prospect.last_reply_at is not None) == then.has_replied
    assert tuple(trial.open_kinds) == then.tasks
    assert quiet_days(trial) == then.again
    trial.world.clock.set(datetime(2026, 3, 4, 21, tzinfo=UTC))
    trial.world.tick()
    assert any(row.status == "skipped" for row in trial.touches("second")) == then.is_skipped
    assert trial.enrollment.status == then.enrollment[0]


def lane_ahead(trial: Trial, worked: Record) -> tuple[str, int, int] | None:
    """What is planned next in the lane of the task that was worked."""
    for touch in trial.world.rows("touch", id=worked.touch_id):
        for row in trial.world.rows("touch", lane=touch.lane, ended_at=None):
            return row.step, row.repeat, row.due_date.day
    return None


def quiet_days(trial: Trial) -> int | None:
    quiet = trial.prospect.quiet_until
    return None if quiet is None else int((quiet.date() - MONDAY.date()).days)


@pytest.mark.parametrize(("verb", "outcome"), [row for row in ROWS if TABLE[row[0]][row[1]].needs])
def test_an_outcome_that_says_too_little_is_refused_and_changes_nothing(stage: Stage, verb: str, outcome: str) -> None:
    trial = Trial.of(stage, verb)

    with pytest.raises(BadInput, match=f"{outcome} needs {TABLE[verb][outcome].needs[0]}"):
        trial.give(outcome)

    assert trial.task().outcome is None


def test_a_word_that_is_no_outcome_is_refused_with_those_that_are(stage: Stage) -> None:
    trial = Trial.of(stage, "video")

    with pytest.raises(BadInput, match="one of replied, sent, unreachable is expected"):
        trial.give("watched")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("call_back", {"at": MONDAY - timedelta(hours=1)}), ("meeting_booked", {"at": MONDAY})],
)
def test_a_time_that_has_passed_cannot_be_promised(stage: Stage, outcome: str, said: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="has passed"):
        Trial.of(stage, "call").give(outcome, **said)


def test_a_date_that_is_over_cannot_be_named(stage: Stage) -> None:
    with pytest.raises(BadInput, match="give a later date"):
        Trial.of(stage, "call").give("not_now", reason="later", date="2026-03-02")


def test_a_date_they_named_beats_the_tables_gap(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    trial.give("not_now", reason="after the audit", date="2026-05-04")

    assert trial.prospect.quiet_until == datetime(2026, 5, 4, 4, tzinfo=UTC)  # midnight in New York


def test_a_call_back_is_a_promise(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    trial.give("call_back", at=SAID["at"])

    assert trial.touches("first")[1].is_promised


def test_a_second_number_is_dialled_at_once_and_is_no_promise(stage: Stage) -> None:
    trial = Trial.of(stage, "call", phone=["+12125550100", "+12125550101"])

    trial.give("wrong_number")
    trial.world.tick()

    assert [(row.status, row.is_promised) for row in trial.touches("first")] == [("done", False), ("queued", False)]


def test_when_the_last_number_is_wrong_there_is_no_further_try(stage: Stage) -> None:
    trial = Trial.of(stage, "call", phone=["+12125550100", "+12125550101"])

    trial.give("wrong_number")
    trial.world.tick()
    trial.give("wrong_number", kind="call")

    assert [row.dead_reason for row in trial.world.rows("address", kind="phone")] == ["wrong_number"] * 2
    assert [row.repeat for row in trial.touches("first")] == [0, 1]
    assert trial.enrollment.status == "active"


def test_a_wrong_number_is_nobodys_wish(stage: Stage) -> None:
    trial = Trial.of(stage, "personal_email", email=["ada@example.com", "ada@other.example.com"])

    trial.give("unreachable")

    trial.world.clock.set(datetime(2026, 3, 5, 15, tzinfo=UTC))
    trial.world.tick()
    assert [row.reason for row in trial.touches("second")] == ["channel_ended"]
    assert [row.reason for row in trial.touches("mail")] == ["channel_ended"]


def test_when_the_only_channel_is_lost_the_enrollment_ends(stage: Stage) -> None:
    world = stage.world(MONDAY)
    who = world.add_prospect(phone="+12125550177", zone="America/New_York", country="US")
    world.enroll("two-wave", who)
    world.tick()
    world.clock.set(MONDAY + timedelta(days=1))
    world.tick()

    Trial(world, who).give("wrong_number")

    (row,) = world.rows("enrollment")
    assert (row.status, row.end_reason) == ("stopped", "unreachable")


def test_redial_calls_again_two_hours_later_as_often_as_it_says(stage: Stage) -> None:
    world = stage.world(MONDAY)
    who = world.add_prospect(phone="+12125550199", zone="America/New_York", country="US")
    world.enroll("try-call-again", who)
    trial = Trial(world, who)

    for hour in (15, 17, 19):
        world.clock.set(datetime(2026, 3, 2, hour, tzinfo=UTC))
        world.tick()
        trial.give("busy", voicemail_left=hour == 15)

    calls = [row for row in trial.touches("first") if row.verb == "call"]
    assert [row.ended_at.hour for row in calls] == [15, 17, 19]
    assert [row.status for row in trial.touches("second")] == ["scheduled"]


def test_a_redial_that_would_leave_todays_window_is_not_made(stage: Stage) -> None:
    world = stage.world(MONDAY)
    who = world.add_prospect(phone="+12125550199", zone="America/New_York", country="US")
    world.enroll("try-call-again", who)
    world.tick()
    world.clock.set(datetime(2026, 3, 2, 20, 30, tzinfo=UTC))

    Trial(world, who).give("no_answer")

    assert [row.repeat for row in Trial(world, who).touches("first")] == [0]


@pytest.mark.parametrize(("is_left", "verbs"), [(True, ["call", "voicemail"]), (False, ["call"])])
def test_a_voicemail_is_a_touch_only_when_one_was_left(stage: Stage, is_left: bool, verbs: list[str]) -> None:  # noqa: FBT001 - a parameter of the test
    trial = Trial.of(stage, "call")

    trial.give("voicemail", voicemail_left=is_left)

    assert [row.verb for row in trial.touches("first")] == verbs


def test_after_a_hang_up_the_lane_rests_for_two_business_days(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    trial.world.clock.set(datetime(2026, 3, 3, 20, tzinfo=UTC))  # a day late: the next call would be on Thursday

    trial.give("hung_up")

    assert trial.touches("second")[0].due_at == datetime(2026, 3, 5, 14, tzinfo=UTC)


@pytest.mark.parametrize("outcome", ["wrong_person", "already_customer"])
def test_the_owner_of_the_account_is_told_where_there_is_another_one(stage: Stage, outcome: str) -> None:
    trial = Trial.of(stage, "call")
    (owner,) = trial.world.rows("rep", key="ana-diaz")
    trial.change("account", trial.prospect.account_id, owner_id=owner.id)

    trial.give(outcome)

    assert trial.task("tell_owner").rep_id == owner.id


def test_a_no_of_the_company_stops_the_colleagues_for_as_long_as_the_table_says(stage: Stage) -> None:
    trial = Trial.of(stage, "triage")
    world, bea = trial.world, trial.world.add_prospect("Bea Colleague", phone="+12125550111", zone="America/New_York")
    trial.change("prospect", bea, account_id=trial.prospect.account_id)
    world.enroll("try-call", bea)

    trial.give("not_interested_as_company", kind="triage")

    (row,) = world.rows("enrollment", prospect_id=bea)
    assert (row.status, row.end_reason) == ("stopped", "account_reply")
    assert [one.reason for one in world.enroll("two-wave", bea).refused] == ["suppressed"]
    world.clock.set(MONDAY + timedelta(days=181))
    world.tick()
    assert world.enroll("two-wave", bea).refused == ()
    assert [one.lifted_by for one in world.rows("suppression")] == ["engine"]


def test_a_wish_for_ever_outlasts_one_for_a_time(stage: Stage) -> None:
    trial = Trial.of(stage, "triage")
    trial.give("not_interested_as_company", kind="triage")
    account = str(trial.prospect.account_id)
    with trial.world.ctx.database.write() as connection:
        why = {"reason": "opted_out", "proof": "letter", "source": "post"}
        suppressions.add(connection, scope="account", key=account, channel="all", now=MONDAY, **why)

    trial.world.clock.set(MONDAY + timedelta(days=400))
    trial.world.tick()

    assert trial.suppressed == COMPANY


def test_send_info_writes_a_personal_mail_today_beside_the_plan(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    trial.give("send_info")
    trial.world.tick()

    (mail,) = trial.touches("@send_info")
    assert (mail.lane, mail.verb, mail.status) == ("extra:1", "personal_email", "queued")
    assert "Ada" in trial.task("personal_email").script
