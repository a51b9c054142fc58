"""A rep is away, comes back, or leaves: what the people in the sequences and the other reps meet of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from sqlalchemy import insert, update

from engine.core.capacity import Flood
from engine.core.errors import BadInput, Conflict, NotFound
from engine.core.leave import Leave, LeavePolicy
from engine.core.outcome import Answer
from engine.core.ranking import Level
from engine.operations import authoring, leaves, steering
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.lifecycle import leavers
from engine.operations.queries.queue import daily_queue
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.operations.validating import Project
from engine.store import enrollments, tables
from engine.store.connection import Record
from tests.support.databases import on_sqlite
from tests.support.world import World, shipped_project

FIRST, LAST = date(2026, 3, 9), date(2026, 3, 20)  # two weeks, from a Monday to a Friday
OPEN = ("open", "claimed")


def _people(world: World, number: int, sequence: str = "outbound-7x3x21") -> None:
    people = [
        world.add_prospect(f"Person {n}", email=f"p{n}@x{n}.example", phone=f"+121255501{n:03}") for n in range(number)
    ]
    world.enroll(sequence, *people, when_too_many=Flood.ENROLL_ALL)


def _go_away(world: World, policy: LeavePolicy, to: str | None = None, rep: str = "tom-lee") -> int:
    leave = Leave(FIRST, LAST, policy, to)
    return int(leaves.add(world.ctx, rep, leave, actor="test", source="cli").id)


def _due(world: World, rep: str) -> list[Record]:
    rep_id = next(row.id for row in world.rows("rep") if row.key == rep)
    return [row for row in world.rows("task", rep_id=rep_id) if row.status in OPEN and row.due_at <= world.clock()]


def _days(world: World, until: date) -> Iterator[date]:
    """Each day at nine and at six in New York, with a tick; in between somebody may work."""
    day = world.clock().date()
    while day <= until:
        world.clock.set(datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC))
        world.tick()
        yield day
        world.clock.set(datetime(day.year, day.month, day.day, 23, tzinfo=UTC))
        world.tick()
        day += timedelta(days=1)


def _work(world: World, rep: str) -> int:
    """Everything that is due for the rep is dealt with."""
    due = _due(world, rep)
    for task in due:
        work_task.skip(world.ctx, By(task.id, rep), "for the test")
    return len(due)


@on_sqlite
def test_a_rep_away_for_two_weeks_comes_back_to_no_overdue_mountain(world: World) -> None:
    _people(world, 120)
    _go_away(world, LeavePolicy.PAUSE)
    worked: Counter[date] = Counter()
    overdue: Counter[date] = Counter()
    for day in _days(world, date(2026, 4, 17)):
        if FIRST <= day <= LAST:
            assert not _due(world, "tom-lee"), day
        else:
            worked[day] = _work(world, "tom-lee")
        overdue[day] = daily_queue(world.ctx, "tom-lee", limit=1).overdue
    assert not +overdue
    assert max(number for day, number in worked.items() if day > LAST) <= 80, worked
    assert {day for day in +worked if day > LAST} >= {date(2026, 3, 23), date(2026, 3, 24)}
    assert sum(worked.values()) == 120 * 5
    assert {row.status for row in world.rows("touch") if row.verb == "call"} == {"skipped"}


def _rep(world: World, key: str) -> int:
    return next(int(row.id) for row in world.rows("rep") if row.key == key)


def _open(world: World, rep: str) -> list[Record]:
    return [row for row in world.rows("task", rep_id=_rep(world, rep)) if row.status in (*OPEN, "snoozed")]


def _at(world: World, day: int, hour: int = 15, minute: int = 0) -> None:
    """That hour of March, UTC, with a tick."""
    world.clock.set(datetime(2026, 3, day, hour, minute, tzinfo=UTC))
    world.tick()


def _answer(world: World, person: int, at: datetime) -> None:
    ingest(world.ctx, Inbound("replied", person, at, f"reply of {person}", body={"text": "Tell me more"}))


def test_a_stand_in_works_the_days_and_gives_back_what_is_left(world: World) -> None:
    _people(world, 12)
    _at(world, 5)
    overdue_call = _due(world, "tom-lee")[0]
    _work(world, "tom-lee")
    assert overdue_call.kind == "call"
    _go_away(world, LeavePolicy.DELEGATE, "ana-diaz")
    _at(world, 9, 4)  # midnight in New York
    _at(world, 9)
    lent = _due(world, "ana-diaz")
    assert len(lent) == 12
    assert not _open(world, "tom-lee")
    assert {row.leave_id for row in lent} == {1}
    assert "Ana" in lent[0].script
    assert "Tom" not in lent[0].script
    assert {row.rep_id for row in world.rows("enrollment")} == {_rep(world, "tom-lee")}
    for task in lent[:4]:
        work_task.skip(world.ctx, By(task.id, "ana-diaz"), "for the test")
    _at(world, 13)
    _at(world, 17)
    _at(world, 20, 23)
    _at(world, 21, 4)
    _at(world, 23, 14)
    assert not _open(world, "ana-diaz")
    back = _open(world, "tom-lee")
    assert {row.prospect_id for row in back} >= {row.prospect_id for row in lent[4:]}
    assert {row.leave_id for row in back} == {None}
    assert daily_queue(world.ctx, "tom-lee", limit=1).overdue == 0


def test_what_is_reassigned_is_somebody_elses_for_good(world: World) -> None:
    _people(world, 6)
    owned = world.add_prospect("Owned", email="o@o.example", phone="+12125550999")
    with world.ctx.database.write() as connection:
        tom = _rep(world, "tom-lee")
        connection.execute(update(tables.account).where(tables.account.c.name == "Owned Ltd").values(owner_id=tom))
    world.enroll("outbound-7x3x21", owned)
    _at(world, 5)
    _go_away(world, LeavePolicy.REASSIGN, "ana-diaz")
    _at(world, 9)
    ana = _rep(world, "ana-diaz")
    mailbox = world.rows("mailbox", rep_id=ana)[0].id
    assert {(row.rep_id, row.mailbox_id) for row in world.rows("enrollment")} == {(ana, mailbox)}
    assert world.rows("account", name="Owned Ltd")[0].owner_id == ana, "else the rules of engagement would stop it"
    assert not _open(world, "tom-lee")
    _at(world, 11)
    _at(world, 24)
    assert not _open(world, "tom-lee")
    assert {row.status for row in world.rows("enrollment")} == {"active"}
    (moved,) = world.rows("audit", action="reassign", subject="enrollment", subject_id="7")
    assert orjson.loads(moved.detail) == {"rep": ana, "before": tom}


@on_sqlite
def test_mails_after_a_move_come_from_the_new_owner_in_a_thread_of_their_own(world: World) -> None:
    person = world.add_prospect("Ada", email="a@a.example", phone="+12125550100")
    world.enroll("outbound-7x3x21", person)
    _at(world, 4)
    (first,) = world.rows("message")
    leavers.leave_for_good(world.ctx, "tom-lee", to="ana-diaz", actor="boss")
    _at(world, 10, 14)
    _at(world, 10, 16)
    second = world.rows("message")[-1]
    assert (first.sender.split("@")[0], second.sender.split("@")[0]) == ("tom.lee", "ana.diaz")
    assert not second.subject.startswith("Re:")
    assert b"In-Reply-To" not in second.payload


def test_nobody_who_waits_for_an_answer_waits_for_a_rep_who_is_away(world: World) -> None:
    promised = world.add_prospect("Pia", email="p@p.example", phone="+12125550101")
    writes = world.add_prospect("Wes", email="w@w.example", phone="+12125550102")
    world.enroll("outbound-7x3x21", promised, writes)
    _at(world, 5)
    call = next(row for row in _due(world, "tom-lee") if row.prospect_id == promised)
    at = datetime(2026, 3, 12, 15, tzinfo=UTC)
    work_task.complete(world.ctx, By(call.id, "tom-lee"), Answer("call_back", at=at))
    _go_away(world, LeavePolicy.PAUSE)
    _at(world, 9)
    _answer(world, writes, world.clock())
    asks = world.add_prospect("Ina", email="i@i.example", phone="+12125550103")
    world.enroll("call-in-15", asks)
    world.tick()
    cover = {(row.kind, row.prospect_id) for row in _open(world, "ana-diaz")}
    assert ("triage", writes) in cover, "the team's other rep reads the answer"
    assert ("call", asks) in cover
    _at(world, 12)
    (call_back,) = [row for row in _due(world, "ana-diaz") if row.prospect_id == promised]
    assert call_back.level == Level.PROMISED_CALL
    assert not _due(world, "tom-lee")
    triage = next(row for row in world.rows("task") if row.kind == "triage")
    assert triage.respond_by < datetime(2026, 3, 11, tzinfo=UTC), "by the clock of whoever is there"
    _at(world, 23, 14)
    assert {row.prospect_id for row in _open(world, "tom-lee")} >= {promised, writes, asks}


def test_leave_that_is_entered_late_or_when_it_is_over_leaves_no_mountain(world: World) -> None:
    _people(world, 90)
    for day in (5, 9, 13):
        _at(world, day, 22)
    assert daily_queue(world.ctx, "tom-lee", limit=1).overdue
    _go_away(world, LeavePolicy.PAUSE)
    world.tick()
    assert not _due(world, "tom-lee")
    leaves.cancel(world.ctx, 1, actor="test")  # back on the Friday, after all
    _at(world, 16, 14)
    queue = daily_queue(world.ctx, "tom-lee", limit=1)
    assert (queue.overdue, queue.total <= 80) == (0, True)
    assert {row.ended_at is not None for row in world.rows("rep_leave")} == {True}
    _at(world, 25, 22)
    assert daily_queue(world.ctx, "tom-lee", limit=1).overdue
    leaves.add(world.ctx, "tom-lee", Leave(date(2026, 3, 16), date(2026, 3, 24)), actor="test", source="cli")
    world.tick()
    assert daily_queue(world.ctx, "tom-lee", limit=1).overdue == 0


def test_what_stands_in_the_way_of_a_leave_is_told(world: World) -> None:
    _go_away(world, LeavePolicy.DELEGATE, "ana-diaz")
    week = (date(2026, 3, 16), date(2026, 3, 17))
    for rep, leave, told in (
        ("tom-lee", Leave(*week), "tom-lee is away from 2026-03-09 to 2026-03-20 already"),
        ("ana-diaz", Leave(*week), "ana-diaz stands in for tom-lee"),
        ("grace-hill", Leave(*week, to="tom-lee"), "tom-lee is away from"),
        ("grace-hill", Leave(*week, LeavePolicy.DELEGATE), "nobody is named"),
        ("grace-hill", Leave(*week, to="grace-hill"), "cannot stand in for"),
        ("grace-hill", Leave(week[1], week[0]), "ends on 2026-03-16, before it begins"),
    ):
        with pytest.raises(BadInput, match=told):
            leaves.add(world.ctx, rep, leave, actor="test", source="cli")
    with pytest.raises(NotFound):
        leaves.add(world.ctx, "nobody", Leave(*week), actor="test", source="cli")
    assert len(world.rows("rep_leave")) == 1


def _applied(world: World, *changes: tuple[str, str]) -> None:
    files = {name: text for name, text in shipped_project().sequences.items() if not name.startswith("simulations")}
    for old, new in changes:
        assert old in files["workspace.yaml"]
        files["workspace.yaml"] = files["workspace.yaml"].replace(old, new, 1)
    authoring.apply(world.ctx, Project(files, shipped_project().templates), actor="test")


TOM = "    team: sdr\n    zone: America/New_York\n"


def test_the_file_says_who_is_away_and_changing_it_changes_that(world: World) -> None:
    def standing() -> list[tuple[date, str, bool]]:
        return [(row.last_day, row.policy, row.cancelled_at is None) for row in world.rows("rep_leave")]

    away = TOM + '    leave: [{from: "2026-03-09", until: "%s"}]\n'
    _applied(world, (TOM, away % "2026-03-20"))
    _applied(world, (TOM, away % "2026-03-20"), ("company: Northgate", "company: Northgates"))
    assert standing() == [(LAST, "pause", True)]
    _applied(world, (TOM, away % "2026-03-13"))
    assert standing() == [(LAST, "pause", False), (date(2026, 3, 13), "pause", True)]
    with pytest.raises(Conflict, match=r"stands in workspace\.yaml"):
        leaves.cancel(world.ctx, 2, actor="test")
    _applied(world)
    assert standing() == [(LAST, "pause", False), (date(2026, 3, 13), "pause", False)]


def test_the_work_of_whoever_leaves_has_new_owners_at_once(world: World) -> None:
    """Two people of one company stay with one rep; what nobody works on belongs to nobody."""
    _people(world, 9)
    idle = world.add_prospect("Idle", email="i@idle.example", owner_id=_rep(world, "tom-lee"))
    _at(world, 5)
    files = shipped_project().sequences["workspace.yaml"]
    start, end = files.index("  - key: tom-lee"), files.index("  - key: ana-diaz")
    _applied(world, (files[start:end], ""))
    tom, ana = _rep(world, "tom-lee"), _rep(world, "ana-diaz")
    assert not _open(world, "tom-lee")
    assert {row.rep_id for row in world.rows("enrollment")} == {ana}, "the team's other rep"
    assert len(_open(world, "ana-diaz")) == 9
    assert world.rows("prospect", id=idle)[0].owner_id is None
    assert world.rows("rep", id=tom)[0].handed_over_at is not None
    _at(world, 9)
    assert not _open(world, "tom-lee")


def test_who_left_by_command_stays_away_until_they_are_back(world: World) -> None:
    _people(world, 2)
    _at(world, 5)
    with pytest.raises(BadInput, match="zoe cannot take over"):
        leavers.leave_for_good(world.ctx, "tom-lee", to="zoe", actor="boss")
    leavers.leave_for_good(world.ctx, "tom-lee", to="grace-hill", actor="boss")
    assert {row.rep_id for row in world.rows("enrollment")} == {_rep(world, "grace-hill")}
    _applied(world, ("company: Northgate", "company: Northgates"))
    assert not world.rows("rep", key="tom-lee")[0].is_active
    leavers.come_back(world.ctx, "tom-lee", actor="boss")
    assert world.rows("rep", key="tom-lee")[0].is_active
    _applied(world, (TOM, TOM + "    leaves_to: ana-diaz\n"))
    assert not world.rows("rep", key="tom-lee")[0].is_active
    with pytest.raises(Conflict, match="did not leave by command"):
        leavers.come_back(world.ctx, "tom-lee", actor="boss")


@on_sqlite
def test_a_wechat_contact_is_with_whoever_made_it_and_the_next_one_is_told(world: World) -> None:
    person = world.add_prospect("李雷", wechat="lilei", phone="+8613800138000", locale="zh", country="CN")
    relation = {"prospect_id": person, "kind": "wechat", "our_account": str(_rep(world, "wei-zhang"))}
    with world.ctx.database.write() as connection:
        connection.execute(insert(tables.relation).values(**relation, state="accepted", changed_at=world.clock()))
    world.enroll("call-in-cn", person, rep="wei-zhang")
    leavers.leave_for_good(world.ctx, "wei-zhang", to="grace-hill", actor="boss")
    for day in (5, 6, 9, 10, 11):
        _at(world, day, 2)
        _at(world, day, 8)
        _work(world, "grace-hill")
    asked = [row for row in world.rows("task", rep_id=_rep(world, "grace-hill")) if row.kind.startswith("wechat")]
    assert asked
    assert all("connected with 张伟: have that contact transferred" in row.script for row in asked)


@on_sqlite
def test_where_nobody_reads_the_answers_nothing_leaves_that_asks_for_one(world: World) -> None:
    _people(world, 1)
    _at(world, 4)
    week = (date(2026, 3, 10), date(2026, 3, 12))
    for rep in ("ana-diaz", "wei-zhang", "grace-hill"):
        leaves.add(world.ctx, rep, Leave(*week), actor="test", source="cli")
    leaves.add(world.ctx, "tom-lee", Leave(*week), actor="test", source="cli")
    _at(world, 10, 15)
    mail = next(row for row in world.rows("touch", verb="email", status="scheduled"))
    assert mail.reason == "rep_away"
    _at(world, 13, 15)
    assert not world.rows("touch", verb="email", status="scheduled", id=mail.id)


def _in_queue_and_to_come(world: World) -> tuple[int, int]:
    """Two people of Tom's: the first one's call is in the queue, the second one's next call is planned."""
    waits, worked = (
        world.add_prospect(name, email=f"{name}@x.example", phone=f"+1212555010{number}")
        for number, name in enumerate(("wyn", "wes"))
    )
    world.enroll("outbound-7x3x21", waits, worked, when_too_many=Flood.ENROLL_ALL)
    _at(world, 5)
    (task,) = [row for row in _due(world, "tom-lee") if row.prospect_id == worked]
    work_task.complete(world.ctx, By(task.id, "tom-lee"), Answer("no_answer"))
    return waits, worked


def _call(world: World, person: int, *statuses: str) -> Record:
    (found,) = [row for row in world.rows("touch", prospect_id=person, verb="call") if row.status in statuses]
    return found


def test_whoever_leaves_for_good_while_away_leaves_nothing_that_waits_for_their_return(world: World) -> None:
    waits, worked = _in_queue_and_to_come(world)
    untouched, planned = _call(world, waits, "queued"), _call(world, worked, "scheduled")
    leaves.add(world.ctx, "tom-lee", Leave(date(2026, 3, 6), date(2026, 8, 31)), actor="test", source="cli")
    _at(world, 6)
    assert _call(world, waits, "queued").late_at is None
    assert _call(world, worked, "scheduled").due_at > datetime(2026, 9, 1, tzinfo=UTC)
    leavers.leave_for_good(world.ctx, "tom-lee", to="ana-diaz", actor="boss")
    taken = _call(world, waits, "queued")
    (task,) = _due(world, "ana-diaz")
    assert (task.prospect_id, task.leave_id, task.due_at.date()) == (waits, None, date(2026, 3, 6))
    assert untouched.late_at < taken.late_at < untouched.late_at + timedelta(days=5), "counted from that day on"
    coming = _call(world, worked, "scheduled")
    assert (coming.reason, coming.due_date, coming.late_at) == (None, planned.due_date, planned.late_at)
    assert (planned.due_at.hour, coming.due_at.hour) == (13, 8), "nine in New York, nine in Berlin"


@on_sqlite
def test_a_task_that_waits_for_a_return_and_is_given_to_somebody_by_hand_is_theirs_for_good(world: World) -> None:
    waits, _ = _in_queue_and_to_come(world)
    _go_away(world, LeavePolicy.PAUSE)
    _at(world, 9)
    (task,) = [row for row in world.rows("task", prospect_id=waits) if row.status == "snoozed"]
    given = work_task.reassign(world.ctx, By(task.id, "grace-hill"), "ana-diaz")
    assert (given.status, given.leave_id, given.due_at.date()) == ("open", None, date(2026, 3, 9))
    assert _call(world, waits, "queued").late_at is not None
    _at(world, 12)
    work_task.snooze(world.ctx, By(task.id, "ana-diaz"), datetime(2026, 4, 1, 15, tzinfo=UTC))
    _at(world, 23, 14)
    assert world.rows("task", id=task.id)[0].rep_id == _rep(world, "ana-diaz")


@on_sqlite
def test_what_is_to_come_is_planned_by_the_days_of_whoever_has_it_now(world: World) -> None:
    """Nobody works at another rep's nine in the morning, and not on a day of a leave of their own."""
    _, worked = _in_queue_and_to_come(world)
    before = _call(world, worked, "scheduled")
    away = Leave(before.due_date, before.due_date + timedelta(days=1))
    leaves.add(world.ctx, "grace-hill", away, actor="test", source="cli")
    leavers.leave_for_good(world.ctx, "tom-lee", to="grace-hill", actor="boss")
    after = _call(world, worked, "scheduled")
    assert after.due_date > away.last
    assert (after.nominal_date, after.reason) == (before.nominal_date, None)


@on_sqlite
def test_where_nobody_is_left_to_stand_in_the_work_waits_and_is_not_given_up(world: World) -> None:
    waits, worked = _in_queue_and_to_come(world)
    for rep in ("tom-lee", "ana-diaz", "wei-zhang", "grace-hill"):
        leave = Leave(FIRST, LAST, LeavePolicy.REASSIGN)
        leaves.add(world.ctx, rep, leave, actor="test", source="cli")
    for day in (9, 10, 16, 18):
        _at(world, day, 5)
        assert not any(_due(world, rep) for rep in ("tom-lee", "ana-diaz", "wei-zhang", "grace-hill")), day
    assert {row.rep_key for row in _owners(world)} == {"tom-lee"}, "nobody is there to whom it could go"
    assert _call(world, waits, "queued", "skipped").status == "queued"
    assert _call(world, worked, "scheduled").reason == "rep_away"
    _at(world, 23, 14)
    assert {row.prospect_id for row in _due(world, "tom-lee")} == {waits, worked}
    assert daily_queue(world.ctx, "tom-lee", limit=1).overdue == 0
    assert _call(world, waits, "queued").late_at > datetime(2026, 3, 26, tzinfo=UTC)


def _owners(world: World) -> list[Record]:
    with world.ctx.database.read() as connection:
        return enrollments.with_people(connection, [row.id for row in world.rows("enrollment")])


@on_sqlite
def test_what_a_rep_has_put_off_beyond_the_return_is_no_later_for_it(world: World) -> None:
    waits, _ = _in_queue_and_to_come(world)
    (task,) = _due(world, "tom-lee")
    work_task.snooze(world.ctx, By(task.id, "tom-lee"), datetime(2026, 3, 23, 20, tzinfo=UTC))
    _go_away(world, LeavePolicy.PAUSE)
    for day in (9, 12, 20, 23):
        _at(world, day, 15)
    assert _call(world, waits, "queued", "skipped").status == "queued"
    assert task.id not in {row.id for row in _due(world, "tom-lee")}
    _at(world, 30, 15)
    assert _call(world, waits, "queued", "skipped").status == "skipped", "in the end it is"


@on_sqlite
def test_whoever_is_back_has_the_leave_of_the_file_and_nobody_is_enrolled_with_them_before(world: World) -> None:
    away = (TOM, TOM + '    leave: [{from: "2026-03-09", until: "2026-03-20"}]\n')
    _applied(world, away)
    leavers.leave_for_good(world.ctx, "tom-lee", to="ana-diaz", actor="boss")
    person = world.add_prospect("Ada", email="a@a.example", phone="+12125550100")
    for dry_run in (True, False):
        with pytest.raises(BadInput, match="tom-lee works here no more; name an active rep"):
            world.enroll("outbound-7x3x21", person, dry_run=dry_run)
    _applied(world, away, ("company: Northgate", "company: Northgates"))
    assert {row.cancelled_at is None for row in world.rows("rep_leave")} == {False}, "nobody is away who has left"
    leavers.come_back(world.ctx, "tom-lee", actor="boss")
    assert [row.first_day for row in world.rows("rep_leave", cancelled_at=None)] == [FIRST]
    world.enroll("outbound-7x3x21", person)
    _at(world, 9)
    assert not _due(world, "tom-lee")


@on_sqlite
def test_what_is_paused_during_a_leave_wakes_neither_at_the_return_nor_before(world: World) -> None:
    _people(world, 2)
    _go_away(world, LeavePolicy.PAUSE)
    _at(world, 6)
    paused, resumed = (row.id for row in world.rows("enrollment"))
    _at(world, 10)
    for one in (paused, resumed):
        steering.pause(world.ctx, one, actor="test")
    _at(world, 11)
    steering.resume(world.ctx, resumed, actor="test")
    _at(world, 12)
    assert not _due(world, "tom-lee")
    _at(world, 24)
    assert {row.enrollment_id for row in _due(world, "tom-lee")} == {resumed}
    steering.resume(world.ctx, paused, actor="test")
    _at(world, 25)
    assert {row.enrollment_id for row in _due(world, "tom-lee")} == {paused, resumed}
    assert all(row.late_at is not None for row in world.rows("touch", status="queued"))
