"""There is one way out, and the guard stands in it: whoever is suppressed, by whatever scope, is not written to."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import api
import engine
from engine.channels.simulated import RecordingTransport
from engine.operations.delivery import sending
from engine.store import suppressions
from tests.support.stage import Stage, stage_in
from tests.support.world import World

START = datetime(2026, 3, 4, 15, tzinfo=UTC)  # Wednesday, ten in the morning in New York
ROOMS = [Path(str(room.__file__)).parent for room in (engine, api)]
SENDING = "operations/delivery/sending.py"
WAY_OUT = {(SENDING, "_transmit")}
PLAYED = {("runtime/demo/inboxes.py", "send")}  # the demo's postman stands behind the way out, as a transport itself


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function outside the rooms where transports are made, with the path of its file."""
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")):
            name = path.relative_to(room).as_posix()
            if room.name == "engine" and name.startswith("channels/"):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from ((name, node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def calls_of(function: ast.FunctionDef) -> Iterator[ast.expr]:
    return (node.func for node in ast.walk(function) if isinstance(node, ast.Call))


def test_one_function_alone_hands_anything_to_a_transport() -> None:
    found = {
        (path, function.name)
        for path, function in functions()
        for called in calls_of(function)
        if isinstance(called, ast.Attribute) and called.attr == "send" and "transport" in ast.unparse(called).casefold()
    }
    assert found == WAY_OUT | PLAYED


def test_the_way_out_is_reached_through_the_guard_alone() -> None:
    callers = {
        (path, function.name)
        for path, function in functions()
        for called in calls_of(function)
        if ast.unparse(called).rpartition(".")[2] == "_transmit"
    }
    assert callers == {(SENDING, "_call")}
    (call,) = (function for path, function in functions() if (path, function.name) == (SENDING, "_call"))
    order = [ast.unparse(called) for called in calls_of(call)]
    assert order.index("_last_check") < order.index("_transmit")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def ready(stage: Stage) -> tuple[World, RecordingTransport, int]:
    """Somebody whose first mail is due."""
    world = stage.world(START)
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    who = world.add_prospect(
        email="Ada+fair@Acme.example", zone="America/New_York", zone_origin="own", account={"domain": "acme.example"}
    )
    world.enroll("outbound-7x3x21", who)
    return world, sink, who


def ban(world: World, scope: str, who: int, channel: str) -> None:
    (person,), (address,) = world.rows("prospect", id=who), world.rows("address", prospect_id=who)
    key = {
        "address": address.match_key,
        "person": str(who),
        "account": str(person.account_id),
        "domain": "acme.example",
    }
    told = {"reason": "opted_out", "proof": "", "source": "test"}
    with world.ctx.database.write() as connection:
        suppressions.add(connection, scope=scope, key=key[scope], channel=channel, now=world.clock(), **told)


@pytest.mark.parametrize("channel", ["all", "email"])
@pytest.mark.parametrize("scope", ["address", "person", "account", "domain"])
@pytest.mark.parametrize("moment", ["before the tick", "between intent and call"])
def test_whoever_is_suppressed_is_not_written_to(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, scope: str, channel: str, moment: str
) -> None:
    world, sink, who = ready(stage)
    if moment == "before the tick":
        ban(world, scope, who, channel)
    else:
        _ban_after_intent(monkeypatch, lambda: ban(world, scope, who, channel))
    world.tick()
    assert sink.accepted == []
    touch = next(row for row in world.rows("touch", prospect_id=who) if row.step == "intro")
    assert touch.status in ("skipped", "cancelled")
    assert touch.reason in ("opted_out", "channel_opted_out")


def test_whoever_is_not_is(stage: Stage) -> None:
    world, sink, _ = ready(stage)
    world.tick()
    assert len(sink.accepted) == 1


def _ban_after_intent(monkeypatch: pytest.MonkeyPatch, act_now: Callable[[], None]) -> None:
    """The intent is committed and the prospect's lock not taken yet: the last moment at which a stop must be heard."""
    real = sending._call

    def late(*given: Any) -> None:
        act_now()
        real(*given)

    monkeypatch.setattr(sending, "_call", late)
