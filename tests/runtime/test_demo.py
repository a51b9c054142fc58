"""`touchline demo` in small: a few dozen people live through some days, and the run is held to what it promises."""

import csv
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from itertools import islice
from pathlib import Path
from threading import Thread
from time import sleep
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from engine.core.errors import BadInput
from engine.operations.context import Context
from engine.runtime.demo import run_demo
from engine.runtime.demo.check import PROMISES, broken
from engine.runtime.demo.evidence import Evidence, Letter, gather
from engine.runtime.demo.serving import going_on
from engine.runtime.demo.setting import DATA, Imported, Stage, import_exports, last_instant, set_up
from engine.runtime.demo.story import live_through, outbound_lists
from engine.runtime.serving import address_of, listening, server_of
from engine.store import overview

pytestmark = pytest.mark.xdist_group("demo")  # one week is lived through for most of these
DAYS = 4  # to Friday morning in New York
ENCODINGS = {"prospects.csv": "utf-8-sig", "call_in_cn.csv": "gb18030"}

Change = Callable[[Evidence], Evidence]


@dataclass(frozen=True)
class Run:
    stage: Stage
    imported: tuple[Imported, ...]
    evidence: Evidence
    days: tuple[datetime, ...]


def few_people(folder: Path, every: int) -> Path:
    """Some of the people of the bundled exports, in the same shape."""
    folder.mkdir(parents=True)
    for name, encoding in ENCODINGS.items():
        text = StringIO((DATA / name).read_bytes().decode(encoding), newline="")
        head, *rows = csv.reader(text)
        made = StringIO(newline="")
        csv.writer(made).writerows([head, *islice(rows, 0, None, every)])
        (folder / name).write_bytes(made.getvalue().encode(encoding))
    return folder


def live(folder: Path, *, seed: int = 7, days: int = DAYS, every: int = 4) -> Run:
    data = few_people(folder / "data", every)
    stage = set_up(folder / "demo", seed=seed, public_url="http://127.0.0.1:8000")
    imported = import_exports(stage, data)
    ended: list[datetime] = []

    def day_done(_ctx: Context, day: datetime) -> None:
        ended.append(day)

    live_through(stage, outbound_lists(stage.ctx), seed=seed, days=days, day_done=day_done)
    return Run(stage, imported, gather(stage.ctx, stage.outbox, imported), tuple(ended))


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = live(tmp_path_factory.mktemp("week"))
    yield run
    run.stage.ctx.database.close()


def test_a_short_demo_keeps_every_promise(week: Run) -> None:
    assert broken(week.evidence) == {promise.says: [] for promise in PROMISES}


def test_everything_that_a_demo_shows_has_happened(week: Run) -> None:
    with week.stage.ctx.database.read() as connection:
        events = overview.events_by_kind(connection)
        outcomes = {(row.kind, row.outcome) for row in overview.tasks_with_an_outcome(connection)}
    assert sum(events.values()) > 3
    assert ("call", "no_answer") in outcomes
    assert {row.sequence_key for row in week.evidence.enrollments} >= {"outbound-7x3x21", "two-wave", "call-in-15"}
    assert {row.verb for row in week.evidence.touches if row.status == "done"} >= {"call", "linkedin"}
    assert len(week.evidence.letters) > 20
    assert len(week.days) == DAYS


def test_work_is_left_for_the_reps_today(week: Run) -> None:
    assert any(row.status == "queued" for row in week.evidence.touches)


def test_the_same_seed_lives_the_same_days(tmp_path: Path) -> None:
    first, second = (traces(live(tmp_path / name, days=2, every=8)) for name in ("first", "second"))
    assert first == second


def traces(run: Run) -> list[tuple[object, ...]]:
    run.stage.ctx.database.close()
    mails = [(letter.file, letter.message_id) for letter in run.evidence.letters]
    return [*((row.id, row.step, row.status, row.outcome, row.ended_at) for row in run.evidence.touches), *mails]


def altered(row: Any, **values: object) -> Any:
    return SimpleNamespace(**{**row._mapping, **values})


def alter_touch(is_meant: Callable[[Any], bool], **values: object) -> Change:
    def change(evidence: Evidence) -> Evidence:
        one = next(row for row in evidence.touches if is_meant(row))
        computed = {name: value(one) if callable(value) else value for name, value in values.items()}
        changed = [altered(row, **computed) if row is one else row for row in evidence.touches]
        return replace(evidence, touches=tuple(changed))

    return change


def is_sent_mail(row: Any) -> bool:
    return bool(row.status == "sent" and row.verb == "email" and row.step != "@ack")


def is_call(row: Any) -> bool:
    return bool(row.status == "done" and row.verb == "call" and row.outcome == "no_answer")


def without_header(name: str) -> Change:
    def change(evidence: Evidence) -> Evidence:
        first = evidence.letters[0]
        del first.mail[name]
        return replace(evidence, letters=(Letter(first.file, first.mail), *evidence.letters[1:]))

    return change


def with_a_suppression_before_the_first_touch(evidence: Evidence) -> Evidence:
    touch = next(row for row in evidence.touches if is_sent_mail(row))
    made: Any = SimpleNamespace(
        scope="person",
        key=str(touch.prospect_id),
        channel="all",
        lifted_at=None,
        created_at=touch.ended_at - timedelta(hours=1),
    )
    return replace(evidence, suppressions=(*evidence.suppressions, made))


def without_consents(evidence: Evidence) -> Evidence:
    return replace(evidence, consents=())


def without_open_touches(evidence: Evidence) -> Evidence:
    return replace(evidence, touches=tuple(row for row in evidence.touches if row.ended_at is not None))


def with_one_touch_more_than_said(evidence: Evidence) -> Evidence:
    one = next(row for row in evidence.enrollments if row.executed)
    said = f"{int(one.executed.partition('x')[0]) + 1}x1x1"
    changed = [altered(row, executed=said) if row is one else row for row in evidence.enrollments]
    return replace(evidence, enrollments=tuple(changed))


def with_a_row_less(evidence: Evidence) -> Evidence:
    first, *others = evidence.imports
    fewer = replace(first.report, rows=first.report.rows[1:])
    return replace(evidence, imports=(replace(first, report=fewer), *others))


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, alter_touch(is_sent_mail, status="skipped")),
        (1, alter_touch(is_sent_mail, enrollment_ended_at=lambda row: row.ended_at - timedelta(seconds=1))),
        (2, with_a_suppression_before_the_first_touch),
        (3, alter_touch(is_sent_mail, ended_at=lambda row: row.ended_at - timedelta(hours=10))),
        (4, alter_touch(is_call, ended_at=lambda row: row.ended_at + timedelta(hours=12))),
        (5, without_header("List-Unsubscribe")),
        (6, without_open_touches),
        (7, with_one_touch_more_than_said),
        (8, with_a_row_less),
        (9, without_consents),
    ],
    ids=[promise.says for promise in PROMISES],
)
def test_a_promise_that_is_broken_on_purpose_is_named(week: Run, place: int, change: Change) -> None:
    fresh = gather(week.stage.ctx, week.stage.outbox, week.imported)
    assert broken(change(fresh))[PROMISES[place].says]


def test_a_mail_that_lies_in_the_outbox_twice_is_found(week: Run, tmp_path: Path) -> None:
    outbox = tmp_path / "mail"
    shutil.copytree(week.stage.outbox, outbox)
    first = min((outbox / "new").iterdir())
    shutil.copy(first, outbox / "cur" / f"{first.name}:2,S")
    findings = broken(gather(week.stage.ctx, outbox, week.imported))
    assert [says for says, found in findings.items() if found] == [PROMISES[0].says]


def test_the_whole_command_tells_its_story_and_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo(tmp_path / "demo", seed=7, days=1, check=True, host="127.0.0.1", port=8000) == 0
    told = capsys.readouterr().out
    for part in ("prospects.csv", "gb18030", "Mon 20 Apr", "outbound-7x3x21", "tasks now", "Maildir", "ok "):
        assert part in told
    assert "FAIL" not in told


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadInput, match="no demo made it"):
        set_up(tmp_path, seed=7, public_url="http://127.0.0.1:8000")
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_the_folder_of_an_earlier_demo_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    set_up(folder, seed=7, public_url="http://127.0.0.1:8000").ctx.database.close()
    (folder / "left over").write_text("old")
    set_up(folder, seed=7, public_url="http://127.0.0.1:8000").ctx.database.close()
    assert not (folder / "left over").exists()


def test_a_port_that_is_in_use_is_known_before_the_first_day() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BadInput, match="--port"), listening("127.0.0.1", port):
            pass


def test_port_0_is_any_free_port_and_the_address_names_it() -> None:
    with listening("127.0.0.1", 0) as taken:
        assert address_of(taken) == f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert taken.getsockname()[1] > 0


def test_the_page_is_served_on_the_clock_of_the_last_morning(tmp_path: Path) -> None:
    stage = set_up(tmp_path / "demo", seed=7, public_url="http://127.0.0.1:8000")
    stage.clock.set(last_instant(1))
    with listening("127.0.0.1", 0) as taken:
        server, address = server_of(going_on(stage), "t"), address_of(taken)
        thread = Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        headers = {"Authorization": "Bearer t"}
        told = httpx.get(f"{address}/api/v1/queue", params={"rep": "grace-hill"}, headers=headers).json()
        server.should_exit = True
        thread.join(timeout=10)
    stage.ctx.database.close()
    now = datetime.fromisoformat(told["at"])
    assert timedelta() <= now - last_instant(1) < timedelta(minutes=5)


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        sleep(0.05)
    raise AssertionError("it never became so")
