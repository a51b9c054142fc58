"""Every "no" of the engine has words in both languages, and a way out where there is one."""

from collections.abc import Iterable

import pytest
from sqlalchemy import insert, update

from engine.core.admission import Limit, WaitsFor
from engine.core.enrollment import PauseCause, StopReason
from engine.core.guards import Refusal
from engine.core.sequence import Late
from engine.core.slots import Shut
from engine.core.touch import Reason
from engine.operations.queries.explaining import remedies
from engine.operations.queries.explaining.explanation import explain
from engine.operations.queries.explaining.phrases import PARTS, PHRASES
from engine.operations.queries.explaining.values import Explanation
from engine.operations.queries.reasons import of_end, of_pause, of_touch
from engine.runtime.cli.main import COMMANDS
from engine.store import tables
from tests.support.databases import on_sqlite
from tests.support.world import World

# They pass by themselves, or nothing that anybody does would change them.
_PASS = {Reason.TRANSIENT, Reason.REP_WROTE, Reason.STOP_PENDING, Reason.BACKLOG, Reason.BY_REP, Reason.CHANNEL_ENDED}
_FOR_GOOD = {StopReason.ERASED}
_NEVER = {Refusal.ALREADY_IN, Refusal.TOO_MANY_ROUNDS, Refusal.REPLIED_RECENTLY}
_OWN_DATE = {WaitsFor.OUT_OF_OFFICE, WaitsFor.REP_WROTE}

_STATUS = {Reason.NO_PROOF: "in_doubt", Reason.SENT_BEFORE_RESTORE: "in_doubt", Reason.WORKERS_DIED: "quarantined"}


def test_whatever_can_be_changed_says_how() -> None:
    assert set(Reason) - remedies.OF_REASON.keys() == _PASS
    assert set(StopReason) - remedies.OF_END.keys() == _FOR_GOOD
    assert set(Refusal) - remedies.OF_REFUSAL.keys() == _NEVER
    assert set(WaitsFor) - remedies.OF_WAIT.keys() == _OWN_DATE
    assert set(PauseCause) == remedies.OF_PAUSE.keys()
    assert set(Limit) == remedies.OF_LIMIT.keys()


def test_whoever_waits_in_line_is_told_to_raise_what_is_used_up_first() -> None:
    told = {limit: remedies.for_wait(WaitsFor.TURN, limit)[-1].english for limit in Limit}
    names = {Limit.TASKS: "tasks_per_day", Limit.MINUTES: "minutes_per_day", Limit.MAILS: "mailbox_per_day",
             Limit.NEWCOMERS: "new_leads_per_day"}  # fmt: skip
    assert all(name in told[limit] for limit, name in names.items())
    assert "hours" in told[Limit.MINUTES]
    assert remedies.for_wait(WaitsFor.REP_AWAY, Limit.TASKS) == remedies.OF_WAIT[WaitsFor.REP_AWAY]


def every_remedy() -> Iterable[remedies.Remedy]:
    tables_ = (remedies.OF_REASON, remedies.OF_END, remedies.OF_REFUSAL, remedies.OF_WAIT, remedies.OF_PAUSE)
    return {one for table in tables_ for found in table.values() for one in found} | set(remedies.OF_LIMIT.values())


def test_every_command_is_one_that_there_is() -> None:
    named = {tuple(one.command.split()[:2]) for one in every_remedy() if one.command}
    assert {program for program, _ in named} == {"touchline"}
    assert {command for _, command in named} <= COMMANDS


def test_every_sentence_has_the_same_values_in_both_languages() -> None:
    for english, chinese in (*PHRASES.values(), *PARTS.values()):
        assert fields(english) == fields(chinese), english
        assert not english.isascii() or not chinese.isascii()
    assert {f"late_{one.value}" for one in Late} <= PARTS.keys()
    assert {one.value for one in Shut} == {"closed", "no_hours", "law", "over", "rep_off"}


def fields(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


@pytest.fixture
def enrolled(world: World) -> int:
    zone = {"zone": "America/New_York", "zone_origin": "own"}
    who = world.add_prospect("Ada Example", email="ada@example.com", phone="+12125550100", **zone)
    world.enroll("outbound-7x3x21", who)
    return int(world.rows("enrollment", prospect_id=who)[0].id)


def told(found: Explanation) -> str:
    links = [*found.why, *(link for touch in found.touches for link in touch.why)]
    return " ".join(link.words for link in links).casefold()


@on_sqlite
def test_a_touch_that_has_a_reason_says_it_whatever_it_is(world: World, enrolled: int) -> None:
    one = world.rows("touch", enrollment_id=enrolled, step="intro")[0].id
    for reason in Reason:
        row = {"status": _STATUS.get(reason, "held"), "reason": reason.value}
        with world.ctx.database.write() as connection:
            connection.execute(update(tables.touch).where(tables.touch.c.id == one).values(**row))
        for locale in ("en", "zh"):
            found = explain(world.ctx, enrolled, locale=locale)
            assert of_touch(reason.value, locale).casefold() in told(found), reason
            intro = next(touch for touch in found.touches if touch.id == one)
            assert bool(intro.changes) == (reason not in _PASS), reason


@on_sqlite
def test_every_pause_and_every_end_is_told(world: World, enrolled: int) -> None:
    paused = update(tables.enrollment).where(tables.enrollment.c.id == enrolled)
    with world.ctx.database.write() as connection:
        connection.execute(paused.values(status="paused"))
        for cause in PauseCause:
            row = {"enrollment_id": enrolled, "cause": cause.value, "created_at": world.clock()}
            connection.execute(insert(tables.pause).values(**row))
    for locale in ("en", "zh"):
        found = explain(world.ctx, enrolled, locale=locale)
        assert all(of_pause(cause.value, locale) in told(found) for cause in PauseCause)
        assert found.changes
    for status, reasons in (("stopped", tuple(StopReason)), ("finished", ("completed", "a_word_of_ours"))):
        for reason in reasons:
            with world.ctx.database.write() as connection:
                ended = {"status": status, "end_reason": str(reason), "ended_at": world.clock()}
                connection.execute(paused.values(**ended))
            for locale in ("en", "zh"):
                found = explain(world.ctx, enrolled, locale=locale)
                assert of_end(str(reason), locale).casefold() in told(found), reason
                assert bool(found.changes) == (reason not in _FOR_GOOD), reason
