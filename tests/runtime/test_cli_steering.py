"""What the page can do, done in a terminal: how it is going, enrollments, doubts, replies, and who acts."""

import csv
import io
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import orjson
import pytest
from sqlalchemy import insert, update

from engine.runtime.cli.main import USAGE
from engine.store import locks, mail_sync, tables
from engine.store.connection import Record
from tests.support.terminal import Touchline
from tests.support.world import World


def enrollment_of(world: World, name: str) -> Record:
    return world.rows("enrollment", prospect_id=world.people[name])[-1]


def stop_a_domain(world: World) -> None:
    row = {"scope": "domain", "key": "example.com", "level": "stop", "reason": "complaints", "detail": "3 of 90"}
    with world.ctx.database.write() as connection:
        connection.execute(insert(tables.breaker).values(**row, at=world.clock()))


def test_one_screen_says_how_it_is_going(day: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch) -> None:
    told = touchline("status")
    assert "running, last tick less than a minute ago sending is on" in told
    assert "outbound-7x3x21 0 " in told
    assert "sends that nobody can prove 1" in told
    assert "replies to triage 2" in told
    assert "next automatic touch: " in told
    with monkeypatch.context() as his:
        his.setenv("TOUCHLINE_REP", "wei-zhang")
        told = touchline("status")
        assert told.startswith("运行中，上次运行：不到 1 分钟前 发送已开启 序列人数 尚未开始 进行中 已暂停")
        assert "无法确认是否已发送 1 `touchline doubts list`" in told
        assert "下一次自动触达：" in told
    stop_a_domain(day)
    touchline("sending", "off")
    day.clock.set(day.clock() + timedelta(hours=2))
    told = touchline("status")
    assert "NOT running, last tick 2 hours ago; start `touchline serve` sending is OFF" in told
    assert "stopped domain example.com: 3 of 90" in told
    assert orjson.loads(touchline("status", "--json"))["waiting"]["doubts"] == 1


def test_the_status_names_an_inbox_that_cannot_be_read(day: World, touchline: Touchline) -> None:
    with day.ctx.database.write() as connection:
        read = {"uid_validity": 1, "last_uid": 1, "synced_at": None}
        mail_sync.put(connection, 1, "INBOX", **read, error="")
        mail_sync.put(connection, 1, "Bounces", **read, error="NO the password is not right")
    (unread,) = orjson.loads(touchline("status", "--json"))["waiting"]["unread"]
    assert (unread["folder"], unread["trouble"]) == ("Bounces", "NO the password is not right")
    assert "Bounces of " in touchline("status")


def test_the_status_says_what_the_next_mail_waits_for(day: World, touchline: Touchline) -> None:
    waiting = {"status": "scheduled", "verb": "email"}
    with day.ctx.database.write() as connection:
        connection.execute(update(tables.touch).filter_by(**waiting).values(reason="inbox_stale"))
    assert "replies to the mailbox cannot be read just now" in touchline("status")


def test_the_status_can_be_told_before_anything_was_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touchline: Touchline
) -> None:
    monkeypatch.setenv("TOUCHLINE_DATA", str(tmp_path / "new"))
    told = touchline("status")
    assert "it has never run" in told
    assert "run `touchline apply sequences/`" in told


def test_enrollments_are_listed_and_exported_whole(day: World, touchline: Touchline) -> None:
    everybody = day.rows("enrollment")
    assert [one["id"] for one in orjson.loads(touchline("enrollment", "list", "--json"))] == [
        one.id for one in everybody
    ]
    head, *rows = csv.reader(io.StringIO(touchline("enrollment", "list", "--csv", raw=True)))
    assert (head[:2], len(rows)) == (["id", "who"], len(everybody))
    mina = day.people["Mina Kovács"]
    (one,) = orjson.loads(touchline("enrollment", "list", "--person", mina, "--rep", "tom-lee", "--json"))
    assert one["prospect"]["name"] == "Mina Kovács"
    paused = orjson.loads(touchline("enrollment", "list", "--status", "paused", "--json"))
    assert {one["status"] for one in paused} == {"paused"}
    assert len(orjson.loads(touchline("enrollment", "list", "--limit", 3, "--json"))) == 3
    assert "there is no rep 'nobody'" in touchline("enrollment", "list", "--rep", "nobody", code=1)
    assert "there is no sequence 'x'" in touchline("enrollment", "list", "--sequence", "x", code=1)
    touchline("enrollment", "list", "--status", "asleep", code=USAGE)


def test_one_enrollment_is_shown_with_its_pause_its_touches_and_what_comes(
    day: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = touchline("enrollment", "show", enrollment_of(day, "Greg Lindqvist").id)
    assert "Greg Lindqvist at Fjord Logistics in outbound-7x3x21 (7x3x21, version 1): paused" in told
    assert "rep tom-lee; day one Mon 2 Mar; times are Europe/Stockholm" in told
    assert "paused until it is resumed: paused by a rep (asked for quiet until the audit is over)" in told
    assert "the enrollment is paused" in told
    assert " close Call 21" in told  # foreseen, not there yet
    with monkeypatch.context() as his:
        his.setenv("TOUCHLINE_REP", "wei-zhang")
        told = touchline("enrollment", "show", enrollment_of(day, "Greg Lindqvist").id)
        assert "Greg Lindqvist（Fjord Logistics），序列 outbound-7x3x21（7x3x21，版本 1）：已暂停" in told
        assert "暂停，直至恢复：由同事暂停（asked for quiet until the audit is over）" in told
        assert "之后 步骤 内容 第几天" in told
        listed = touchline("enrollment", "list", "--status", "paused")
        assert listed.startswith("编号 联系人 公司 序列 状态 说明 同事 第一天")
        assert "已暂停" in listed
        assert touchline("enrollment", "list", "--csv").startswith("id,who,company")
        assert touchline("rep", "list").startswith("同事 姓名 团队 时区 状态 代办人")
    ended = touchline("enrollment", "show", enrollment_of(day, "Jonas Weber").id)
    assert "ended because: they replied" in ended
    assert "then step what day" not in ended


def test_enrollments_are_stopped_paused_and_resumed_each_by_itself(day: World, touchline: Touchline) -> None:
    mina, greg = enrollment_of(day, "Mina Kovács").id, enrollment_of(day, "Greg Lindqvist").id
    told = touchline(
        "enrollment", "pause", mina, "--until", "2026-03-10T09:00", "--note", "audit", "--rep", "wei-zhang"
    )
    assert told == f"enrollment {mina} is paused until Tue 10 Mar 09:00 Asia/Shanghai"
    (pause,) = day.rows("pause", enrollment_id=mina)
    assert (pause.resume_at.isoformat(), pause.note) == ("2026-03-10T01:00:00+00:00", "audit")
    told = touchline("enrollment", "resume", mina, greg, greg, code=1)
    assert f"enrollment {mina} goes on enrollment {greg} goes on" in told
    assert f"enrollment {greg}: enrollment {greg} is active; only a paused one can be resumed" in told
    assert "is stopped" in touchline("enrollment", "stop", mina, 999_999, "--note", "asked by phone", code=1)
    assert enrollment_of(day, "Mina Kovács").end_note == "asked by phone"


def test_a_stop_or_a_reply_during_a_send_is_kept(
    day: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STOP_WAIT_SECONDS", 0.05)
    mina = enrollment_of(day, "Mina Kovács")
    with day.ctx.database.write() as connection:
        called = update(tables.prospect).where(tables.prospect.c.id == mina.prospect_id)
        connection.execute(called.values(calling_until=day.clock() + timedelta(minutes=1)))
    assert "as soon as the send to this person that is under way" in touchline("enrollment", "stop", mina.id)
    assert "kept; a send to them is under way" in touchline("reply", mina.prospect_id, "Yes", "--channel", "sms")
    assert enrollment_of(day, "Mina Kovács").status == "active"
    day.clock.set(day.clock() + timedelta(minutes=2))
    day.tick()
    assert enrollment_of(day, "Mina Kovács").status == "stopped"


def test_a_doubt_is_listed_and_settled_in_words(day: World, touchline: Touchline) -> None:
    (doubt,) = orjson.loads(touchline("doubts", "list", "--json"))
    assert "Emily Hart" in touchline("doubts", "list")
    assert "emily.hart@example.com" in touchline("doubts", "list", "--csv")
    touchline("doubts", "settle", doubt["id"], code=USAGE)  # sent or not: nobody may guess
    assert "is not in quarantine" in touchline("doubts", "release", doubt["id"], code=1)
    told = touchline("doubts", "settle", doubt["id"], "--not-sent")
    assert "was not sent: the step is left out, and not tried again; its sequence goes on with the next step" in told
    assert day.rows("touch", id=doubt["id"])[0].status == "skipped"
    assert "is not in doubt" in touchline("doubts", "settle", doubt["id"], "--sent", code=1)
    with day.ctx.database.write() as connection:
        one = update(tables.touch).where(tables.touch.c.id == doubt["id"])
        connection.execute(one.values(status="quarantined", reason="workers_died", ended_at=None))
    assert "leaves quarantine" in touchline("doubts", "release", doubt["id"])


def test_a_reply_from_elsewhere_stops_the_sequences_once(day: World, touchline: Touchline) -> None:
    ana, enrolled = day.people["Ana Souza"], enrollment_of(day, "Ana Souza").id
    words = ("reply", "ana.souza@example.com", "Yes, call me", "--channel", "phone")
    told = touchline(*words)
    assert f"stopped: Ana Souza in outbound-7x3x21 (enrollment {enrolled})" in told
    (task,) = day.rows("task", prospect_id=ana, kind="triage")
    assert f"task {task.id} asks for triage" in told
    assert task.script == "Yes, call me"
    assert "known already" in touchline(*words)
    assert len(day.rows("task", prospect_id=ana, kind="triage")) == 1
    assert enrollment_of(day, "Ana Souza").end_reason == "replied"
    assert "no prospect" in touchline("reply", "999999", "Hello", code=1)
    assert "lies in the future" in touchline("reply", ana, "Hello", "--at", "2026-03-09", code=1)
    assert "is empty" in touchline("reply", ana, " ", code=1)
    assert "is no id, no mail address and no number" in touchline("reply", "Ana", "Hello", code=1)


def test_who_acts_is_named_once_for_all_or_asked_for(
    day: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = touchline("queue", code=1)
    assert "say who you are with --rep or TOUCHLINE_REP; at work are: " in told
    assert "tom-lee" in told
    monkeypatch.setenv("TOUCHLINE_REP", "wei-zhang")
    assert "Asia/Shanghai" in touchline("queue")
    assert "America/New_York" in touchline("queue", "--rep", "tom-lee")
    task = day.rows("task", status="open", kind="call")[0]
    touchline("skip", task.id, "on holiday")
    assert day.rows("task", id=task.id)[0].closed_by == "wei-zhang"
    monkeypatch.setenv("TOUCHLINE_REP", "nobody")
    assert "there is no rep 'nobody'" in touchline("queue", code=1)
    monkeypatch.delenv("TOUCHLINE_REP")
    with day.ctx.database.write() as connection:
        connection.execute(update(tables.rep).where(tables.rep.c.key != "tom-lee").values(is_active=False))
    assert "America/New_York" in touchline("queue")


def test_a_refusal_is_told_by_its_name_and_in_words(
    day: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = day.add_prospect("Ada Example", email="ada@example.com", phone="+12125559000", stage="new")
    assert "no_rep has no rep; name one (reps, --rep)" in touchline("enroll", "outbound-7x3x21", fresh)
    monkeypatch.setenv("TOUCHLINE_REP", "tom-lee")
    assert "1 enrolled" in touchline("enroll", "outbound-7x3x21", fresh)


@pytest.mark.usefixtures("day")
def test_a_filter_that_names_what_nobody_knows_is_no_empty_answer(touchline: Touchline) -> None:
    for verb in (("people",), ("enroll", "two-wave", "--rep", "tom-lee")):
        assert "there is no country 'Germany'; did you mean DE?" in touchline(*verb, "--country", "Germany", code=1)
        assert "there is no country 'XX'; name it by its ISO code" in touchline(*verb, "--country", "XX", code=1)
        assert "there is no stage 'colt'; did you mean \"cold\"?" in touchline(*verb, "--stage", "colt", code=1)
        assert "there is no list 'fair'; known are: none yet" in touchline(*verb, "--list", "fair", code=1)
    assert "0 people" in touchline("people", "--country", "AR")
    assert "0 people" in touchline("people", "--stage", "cold")


def test_who_is_enrolled_waits_or_is_refused_can_be_exported(day: World, touchline: Touchline) -> None:
    fresh = [day.add_prospect(f"Ada {one}", email=f"ada{one}@example.com", stage="new") for one in range(60)]
    gone = day.add_prospect("Bob Left", email="bob@example.com", stage="changed-job")
    words = ("enroll", "two-wave", *fresh, gone, "--rep", "ana-diaz", "--csv", "--dry-run")
    found = {row["name"]: row for row in csv.DictReader(io.StringIO(touchline(*words, raw=True)))}
    assert len(found) == 61
    assert found["Bob Left"]["status"] == "refused"
    assert found["Bob Left"]["reason"] == "stage"
    assert found["Bob Left"]["in words"]
    first, last = found["Ada 0"], found["Ada 59"]
    assert (first["status"], first["begins on"], first["rep"]) == ("enrolled", "2026-03-04", "ana-diaz")
    assert (last["status"], last["rep"]) == ("pending", "ana-diaz")
    assert last["begins on"] > "2026-03-04"
    assert first["runs"] == last["runs"] != ""
    touchline(*words[:-1])
    assert {row.prospect_id: str(row.day_one) for row in day.rows("enrollment") if row.prospect_id in fresh} == {
        int(row["id"]): row["begins on"] for row in found.values() if row["status"] != "refused"
    }


def test_ids_that_nobody_has_are_named(day: World, touchline: Touchline) -> None:
    assert "nobody has the id 998, 999" in touchline("enroll", "two-wave", 998, 999, code=1)
    fresh = day.add_prospect("Ada Example", email="ada@example.com", phone="+12125559000", stage="new")
    told = touchline("enroll", "outbound-7x3x21", fresh, 999, "--rep", "tom-lee")
    assert "1 enrolled in outbound-7x3x21" in told
    assert "nobody has the id 999" in told
    assert "Ada Example" in touchline("people", "--all", "--csv")
    (day.folder / "ids.txt").write_text(f"{fresh}\n{2**63}\n")
    assert f"'{2**63}' is none" in touchline("enroll", "two-wave", "--from", day.folder / "ids.txt", code=1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", 2**63), "is no number that anything has"),
        (("enrollment", "stop", "9" * 5_000), "is no number that anything has"),
        (("enrollment", "pause", 1, "--until", "9999-12-31T23:00"), "is no time"),
        (
            ("consent", "grant", 1, "sms", "--text", "x", "--source", "y", "--at", "0001-01-01T00:00+05:00"),
            "no instant",
        ),
    ],
)
def test_what_no_database_could_hold_is_wrong_usage(touchline: Touchline, words: tuple[object, ...], told: str) -> None:
    assert told in touchline(*words, code=USAGE).replace("│", "").replace("  ", " ")


def test_every_list_can_be_exported(day: World, touchline: Touchline) -> None:
    stop_a_domain(day)
    touchline("consent", "grant", 1, "email", "--text", "yes", "--source", "form")
    for words in (("held", "list"), ("breakers", "list"), ("consent", "list", 1)):
        _, *rows = csv.reader(io.StringIO(touchline(*words, "--csv", raw=True)))
        assert len(rows) == len(orjson.loads(touchline(*words, "--json"))) > 0
    _, *rows = csv.reader(io.StringIO(touchline("queue", "--rep", "tom-lee", "--csv", raw=True)))
    assert len(rows) == orjson.loads(touchline("queue", "--rep", "tom-lee", "--json"))["total"]


def test_the_version_is_told(touchline: Touchline) -> None:
    assert touchline("--version") == f"touchline {version('touchline')}"
