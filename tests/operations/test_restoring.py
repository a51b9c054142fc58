"""A backup is put back: what left after it was made never leaves again, and nothing does until somebody has looked."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from engine.core import caps
from engine.core.caps import Scope
from engine.core.errors import Conflict
from engine.operations.delivery.recovery import settle_by_hand
from engine.operations.incoming.unsubscribing import read_link, unsubscribe
from engine.operations.queries.stuck import doubts
from engine.operations.safeguards import restoring
from engine.store import hand_offs
from engine.store.journal import Journal
from tests.support.databases import Databases, Shelf
from tests.support.world import World, open_world

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # Wednesday
HOUR = timedelta(hours=1)


@dataclass
class House:
    """A database that can be backed up and put back; the outbox and the journal stay as they are."""

    databases: Databases
    url: str
    folder: Path
    world: World
    backup: str = ""

    def open(self, url: str, now: datetime) -> None:
        self.url = url
        self.world = open_house(url, self.folder, now)

    def back_up(self) -> None:
        now = self.world.clock()
        self.world.ctx.database.close()
        self.backup = self.databases.keep(self.url)()
        self.open(self.url, now)

    def put_back(self) -> None:
        now = self.world.clock()
        self.world.ctx.database.close()
        self.databases.drop(self.url)
        self.open(self.backup, now)

    def live(self, hours: int) -> None:
        for _ in range(hours):
            self.world.clock.set(self.world.clock() + HOUR)
            self.world.tick()

    def mails(self) -> Counter[tuple[str, str]]:
        """How often each person got each subject."""
        read = [message_from_bytes(path.read_bytes()) for path in (self.folder / "mail" / "new").iterdir()]
        return Counter((str(mail["To"]), str(mail["Subject"])) for mail in read)

    def token(self, name: str) -> str:
        """Of the link in the mail that they got."""
        for path in (self.folder / "mail" / "new").iterdir():
            mail = message_from_bytes(path.read_bytes())
            if f"{name}@" in str(mail["To"]):
                return str(mail["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
        raise LookupError(name)

    def touch(self, person: int, step: str = "@ack") -> str:
        (row,) = self.world.rows("touch", prospect_id=person, step=step)
        return str(row.status)


def open_house(url: str, folder: Path, now: datetime) -> World:
    world = open_world(url, folder, now)
    world.ctx = replace(world.ctx, journal=Journal(folder / "journal", durable=False))
    return world


@pytest.fixture
def house(databases: Databases, filled: Shelf, tmp_path: Path) -> Iterator[House]:
    with filled.copy() as url:
        copied = databases.keep(url)()
    made = House(databases, copied, tmp_path, open_house(copied, tmp_path, NOON))
    yield made
    made.world.ctx.database.close()
    databases.drop(made.url)


def ask(house: House, *names: str) -> list[int]:
    people = [house.world.add_prospect(name, email=f"{name}@{name}.example", zone="UTC") for name in names]
    assert len(house.world.enroll("call-in-15", *people).enrolled) == len(names)
    return people


def test_what_left_after_the_backup_is_not_sent_again_and_everything_waits_for_a_person(house: House) -> None:
    ada, bob = ask(house, "ada", "bob")
    house.back_up()
    house.world.tick()
    house.put_back()
    assert restoring.compare(house.world.ctx) == 2
    held = restoring.status(house.world.ctx)
    assert (held.is_held, held.note, held.unsettled) == (True, "2 touches were sent after this backup", 2)
    assert [one.reason for one in doubts(house.world.ctx).items] == ["sent_before_restore"] * 2
    late = ask(house, "eve")
    house.live(3)
    assert set(house.mails().values()) == {1}
    assert len(house.mails()) == 2
    assert house.touch(late[0]) == "scheduled"
    restoring.release(house.world.ctx, actor="admin")
    house.live(3)
    assert [house.touch(person) for person in (ada, bob, late[0])] == ["sent"] * 3
    assert len(house.mails()) == 3
    assert restoring.status(house.world.ctx).unsettled == 0


def test_people_who_are_enrolled_again_get_no_step_a_second_time(house: House) -> None:
    """Their enrollments and touches get other ids, or those of somebody else."""
    house.back_up()
    ask(house, "ada", "bob")
    house.live(30)
    before = house.mails()
    assert len(before) >= 4
    house.put_back()
    assert restoring.compare(house.world.ctx) == len(before)
    ask(house, "eve", "bob", "ada")
    restoring.release(house.world.ctx, actor="admin")
    house.live(72)
    after = house.mails()
    assert set(after.values()) == {1}
    assert before.keys() < after.keys()
    assert {row.attempt // 1_000 for row in house.world.rows("touch", status="sent")} <= {0, 1}


def test_without_the_journal_they_would_get_them_twice(house: House) -> None:
    """The test above can fail."""
    house.back_up()
    ask(house, "ada", "bob")
    house.live(2)
    house.put_back()
    ask(house, "eve", "bob", "ada")
    house.live(2)
    assert 2 in house.mails().values()


def test_what_only_the_journal_knows_counts_against_the_mailbox_that_it_left_from(house: House) -> None:
    """Until a day later: the gap after the last of them holds, and so would the cap."""
    house.back_up()
    used = sent_cold(house, "ada", "bob")
    house.put_back()
    ctx = house.world.ctx
    assert caps_used(house) == []
    restoring.compare(ctx)
    assert caps_used(house) == used
    restoring.release(ctx, actor="admin")
    write_first(house, "eve")
    house.world.tick()
    (late,) = house.world.rows("touch", step="intro")
    assert (late.status, late.reason) == ("scheduled", "mailbox_gap")
    assert late.due_at > house.world.clock()


def test_what_is_met_again_after_a_restore_counts_once(house: House) -> None:
    """When it left, and not also when it would have left once more."""
    house.back_up()
    used = sent_cold(house, "ada", "bob")
    house.put_back()
    restoring.compare(house.world.ctx)
    restoring.release(house.world.ctx, actor="admin")
    house.world.clock.set(house.world.clock() + HOUR / 2)
    write_first(house, "ada", "bob")
    for _ in range(2):
        house.world.tick()
        house.world.clock.set(house.world.clock() + HOUR / 6)
    assert {row.status for row in house.world.rows("touch", step="intro")} <= {"in_doubt", "sent"}
    assert caps_used(house) == used


def sent_cold(house: House, *names: str) -> list[datetime]:
    """One cold mail each, as far apart as the mailbox's gap asks for."""
    write_first(house, *names)
    for later in range(len(names)):
        house.world.clock.set(NOON + later * timedelta(minutes=10))
        house.world.tick()
    assert sum(house.mails().values()) == len(names)
    return caps_used(house)


def write_first(house: House, *names: str) -> None:
    there = {"zone": "America/Los_Angeles", "zone_origin": "own"}  # nine in the morning
    people = [house.world.add_prospect(name, email=f"{name}@{name}.example", **there) for name in names]
    assert len(house.world.enroll("outbound-7x3x21", *people, rep="tom-lee").enrolled) == len(names)


def caps_used(house: House) -> list[datetime]:
    (mailbox,) = house.world.rows("mailbox", address="tom.lee@northgate.example.com")
    with house.world.ctx.database.read() as connection:
        box = caps.Counter(Scope.MAILBOX, str(mailbox.id))
        return [unit.at for unit in hand_offs.usage_of(connection, [box], house.world.clock()).of(box)]


def test_a_second_restore_of_the_same_backup_uses_no_attempt_twice(house: House) -> None:
    house.back_up()
    first = house.backup
    ask(house, "ada")
    house.live(2)
    house.backup = house.databases.keep(first)()
    house.put_back()
    restoring.compare(house.world.ctx)
    restoring.release(house.world.ctx, actor="admin")
    ask(house, "bob")
    house.live(2)
    house.backup = first
    house.put_back()
    assert restoring.compare(house.world.ctx) == 1  # the same touch id in both timelines
    assert restoring.status(house.world.ctx).epoch == 2
    restoring.release(house.world.ctx, actor="admin")
    ask(house, "carol", "ada", "bob")
    house.live(2)
    assert set(house.mails().values()) == {1}


def test_without_evidence_a_person_says_what_became_of_it(house: House) -> None:
    """The journal tells of the call; that nothing is found proves nothing."""
    (ada,) = ask(house, "ada")
    house.back_up()
    house.world.tick()
    for path in (house.folder / "mail" / "new").iterdir():
        path.unlink()
    house.put_back()
    restoring.compare(house.world.ctx)
    restoring.release(house.world.ctx, actor="admin")
    house.live(48)
    assert house.touch(ada) == "in_doubt"
    (doubt,) = doubts(house.world.ctx).items
    settle_by_hand(house.world.ctx, doubt.id, was_sent=False, actor="tom")
    house.live(2)
    assert house.touch(ada) == "skipped"


def test_the_link_in_a_mail_that_the_backup_does_not_know_still_closes_every_channel(house: House) -> None:
    """Once for a touch that is there again, once for one that is gone, whose number somebody else has now."""
    (ada,) = ask(house, "ada")
    house.back_up()
    ask(house, "bob")
    house.world.tick()
    token = {name: house.token(name) for name in ("ada", "bob")}
    house.put_back()
    restoring.compare(house.world.ctx)
    assert read_link(house.world.ctx, token["bob"]) is None
    eve, bob = ask(house, "eve", "bob")
    for name, person in (("ada", ada), ("bob", bob)):
        link = read_link(house.world.ctx, token[name])
        assert link is not None
        assert link.prospect_id == person
        assert unsubscribe(house.world.ctx, link, how="one click").is_applied
    assert [row.end_reason for row in house.world.rows("enrollment", status="stopped")] == ["opted_out"] * 2
    assert house.touch(eve) == "scheduled"
    assert read_link(house.world.ctx, token["bob"][:-1] + "x") is None


Calm = Callable[[House], None]


def _nothing_happened(house: House) -> None:
    house.world.tick()


def _the_journal_is_new(house: House) -> None:
    house.world.tick()
    house.world.ctx = replace(house.world.ctx, journal=Journal(house.folder / "another"))


def _there_is_none(house: House) -> None:
    house.world.tick()
    house.world.ctx = replace(house.world.ctx, journal=None)


def _a_process_died_in_the_call(house: House) -> None:
    house.world.tick()
    house.live(5)


@pytest.mark.parametrize("calm", [_nothing_happened, _the_journal_is_new, _there_is_none, _a_process_died_in_the_call])
def test_what_is_no_restore_holds_nothing(house: House, calm: Calm) -> None:
    ask(house, "ada", "bob")
    calm(house)
    assert restoring.compare(house.world.ctx) == 0
    assert not restoring.status(house.world.ctx).is_held
    with pytest.raises(Conflict, match="nothing is held"):
        restoring.release(house.world.ctx, actor="admin")


def test_comparing_again_finds_nothing_new_and_does_not_hold_what_was_released(house: House) -> None:
    ask(house, "ada")
    house.back_up()
    house.world.tick()
    house.put_back()
    assert restoring.compare(house.world.ctx) == 1
    assert restoring.compare(house.world.ctx) == 0
    restoring.release(house.world.ctx, actor="admin")
    assert restoring.compare(house.world.ctx) == 0
    assert not restoring.status(house.world.ctx).is_held


def test_the_journal_names_nobody(house: House) -> None:
    ask(house, "ada")
    house.world.tick()
    (file,) = (house.folder / "journal").iterdir()
    assert b"ada" not in file.read_bytes()


def test_what_cannot_be_journaled_is_not_sent_and_burns_no_try(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    ask(house, "ada")
    monkeypatch.setattr(Journal, "write", full)
    house.world.tick()
    (touch,) = house.world.rows("touch", step="@ack")
    assert (touch.status, touch.reason, touch.tries) == ("scheduled", "transient", 0)
    assert "No space left" in touch.detail
    assert house.mails() == Counter()
    monkeypatch.undo()
    house.live(1)
    assert house.touch(touch.prospect_id) == "sent"
