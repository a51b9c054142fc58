"""The send journal: a line for each call, whole or not at all, one file a day, old ones gone."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.core.errors import BadInput
from engine.store.journal import KEPT_FOR, Entry, Journal

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def entry(touch_id: int = 1, at: datetime = NOON) -> Entry:
    return Entry(touch_id, 1, 7, "intro", "mail", 0, "email", "k" * 64, f"<{touch_id}@example.com>", at)


def known(folder: Path) -> list[Entry]:
    return [one for day in Journal(folder).days() for one in day]


def test_what_was_written_is_read_by_the_next_process_in_its_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    written = [entry(one, NOON + timedelta(hours=5 * one)) for one in range(1, 7)]
    for one in written:
        journal.write(one)
    journal.close()
    assert known(tmp_path) == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-03-04.jsonl", "2026-03-05.jsonl"]


def test_a_new_journal_knows_nothing(tmp_path: Path) -> None:
    assert known(tmp_path / "journal") == []


def test_days_that_are_too_old_are_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for days in range(20):
        journal.write(entry(days, NOON + timedelta(days=days)))
    assert known(tmp_path)[0].at == NOON + timedelta(days=19) - KEPT_FOR
    (tmp_path / "notes-of-mine.txt").touch()
    journal.write(entry(99, NOON + timedelta(days=30)))
    journal.close()
    assert max(path.name for path in tmp_path.iterdir()) == "notes-of-mine.txt"


def test_a_line_that_a_crash_tore_in_two_spoils_no_other(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    first.write(entry(1))
    first.close()
    with (tmp_path / "2026-03-04.jsonl").open("ab") as file:
        file.write(b'{"touch_id": 2, "att')
    second = Journal(tmp_path)
    second.write(entry(3))
    second.close()
    assert [one.touch_id for one in known(tmp_path)] == [1, 3]


def test_a_full_disk_is_told_and_the_journal_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.write(entry(1))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:10]))
    with pytest.raises(OSError, match="only 10 of"):
        journal.write(entry(2))
    monkeypatch.undo()
    journal.write(entry(3))
    journal.close()
    assert [one.touch_id for one in known(tmp_path)] == [1, 3]


def test_threads_that_write_at_once_lose_no_line_and_share_their_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, threads, lines = Journal(tmp_path), 8, 40
    syncs, fsync = [0], os.fsync

    def counted(file: int) -> None:
        syncs[0] += 1
        fsync(file)

    monkeypatch.setattr(os, "fsync", counted)
    start = threading.Barrier(threads)

    def write_lines(first: int) -> None:
        start.wait()
        for one in range(lines):
            journal.write(entry(first * lines + one))

    together(threads, write_lines)
    assert {one.touch_id for one in known(tmp_path)} == set(range(threads * lines))
    assert syncs[0] < threads * lines
    journal.close()


def test_a_new_day_begins_in_the_middle_of_a_crowd(tmp_path: Path) -> None:
    journal, threads, lines = Journal(tmp_path), 6, 30

    def write_lines(first: int) -> None:
        for one in range(lines):
            journal.write(entry(first * lines + one, NOON + timedelta(days=one % 2)))

    together(threads, write_lines)
    assert {one.touch_id for one in known(tmp_path)} == set(range(threads * lines))
    journal.close()


def test_two_processes_may_share_the_folder(tmp_path: Path) -> None:
    one, other = Journal(tmp_path), Journal(tmp_path)
    for number in range(20):
        (one if number % 2 else other).write(entry(number))
    one.close()
    other.close()
    assert [each.touch_id for each in known(tmp_path)] == list(range(20))


def test_a_line_is_durable_before_the_call_it_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)

    def broken(_file: int) -> None:
        raise OSError(5, "the disk does not answer")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="does not answer"):
        journal.write(entry())


def test_a_folder_that_cannot_be_made_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    with pytest.raises(BadInput, match="cannot be kept in"):
        Journal(tmp_path / "journal")


def together(count: int, work: Callable[[int], None]) -> None:
    crowd = [threading.Thread(target=work, args=(one,)) for one in range(count)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
