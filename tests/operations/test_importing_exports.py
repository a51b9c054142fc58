"""The three exports that users really bring, on both databases: nothing is lost, nothing happens twice."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.operations.enroll import Order, enroll
from engine.operations.importing.files import ImportReport
from tests.operations.conftest import MORNING
from tests.support.databases import Shelf, on_sqlite
from tests.support.importing import EXPORTS, bring, bring_sample, everything, sample
from tests.support.world import World, make_world

pytestmark = pytest.mark.xdist_group("exports")  # four thousand people are imported once for each database
Imported = tuple[World, dict[str, ImportReport]]


@pytest.fixture(scope="module")
def imported(migrated: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    with migrated.copy() as url:
        world = make_world(url, tmp_path_factory.mktemp("world"), MORNING)
        yield world, {name: bring_sample(world, name) for name in EXPORTS}
        world.ctx.database.close()


def raw_rows(name: str, encoding: str, delimiter: str = ",") -> list[dict[str, str]]:
    """As any spreadsheet reads the file: without the code under test."""
    return list(csv.DictReader(io.StringIO(sample(name).decode(encoding), newline=""), delimiter=delimiter))


def marked_rows() -> list[dict[str, str]]:
    apollo = raw_rows("apollo_export.csv", "utf-8-sig")
    hubspot = raw_rows("hubspot_export.csv", "utf-8", ";")
    return [row for row in apollo if row["Stage"] in {"Do Not Contact", "Replied"}] + [
        row for row in hubspot if row["Lead Status"] == "IN_PROGRESS"
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("apollo_export.csv", (2100, 2000, 100, 0, 0, 411)),
        ("hubspot_export.csv", (1000, 1000, 0, 0, 0, 238)),
        ("call_in_cn.csv", (1000, 973, 12, 0, 15, 0)),
    ],
)
def test_every_row_is_taken_merged_or_reported_and_the_sums_add_up(
    imported: Imported, name: str, expected: tuple[int, ...]
) -> None:
    report = imported[1][name]
    counts = report.counts
    names = ("rows", "new", "merged", "unchanged", "not_taken", "suppressed")
    assert tuple(counts[one] for one in names) == expected
    assert counts["rows"] == sum(counts[one] for one in ("new", "merged", "unchanged", "not_taken"))
    assert all((row.prospect_id is None) == (row.outcome == "not_taken") for row in report.rows)


def test_there_is_one_person_for_each_row_that_was_new(imported: Imported) -> None:
    world, reports = imported
    ids = [row.id for row in world.rows("prospect")]
    new = [row.prospect_id for report in reports.values() for row in report.rows if row.outcome == "new"]
    assert sorted(ids) == sorted(one for one in new if one is not None)
    assert len(ids) == 3973
    assert {row.prospect_id for report in reports.values() for row in report.rows if row.prospect_id} == set(ids)


@on_sqlite
def test_the_rows_that_are_not_taken_come_back_as_a_file(imported: Imported) -> None:
    leftover = imported[1]["call_in_cn.csv"].leftover
    rows = list(csv.DictReader(io.StringIO(leftover.decode("utf-8-sig"), newline="")))
    original = raw_rows("call_in_cn.csv", "gb18030")
    assert len(rows) == 15
    assert all("add one way to reach this person" in row["advice"] for row in rows)
    assert all({column: row[column] for column in original[0]} in original for row in rows)


def test_everybody_marked_or_unsubscribed_is_suppressed(imported: Imported) -> None:
    world, reports = imported
    people = {row.key: row.channel for row in world.rows("suppression", scope="person")}
    apollo, hubspot = reports["apollo_export.csv"], reports["hubspot_export.csv"]
    for row, raw in zip(apollo.rows, raw_rows("apollo_export.csv", "utf-8-sig"), strict=True):
        assert row.is_suppressed == (raw["Stage"] == "Do Not Contact")
        assert not row.is_suppressed or people[str(row.prospect_id)] == "all"
    for row, raw in zip(hubspot.rows, raw_rows("hubspot_export.csv", "utf-8", ";"), strict=True):
        assert row.is_suppressed == (raw["Unsubscribed from all email"] == "true")
        assert not row.is_suppressed or people[str(row.prospect_id)] == "email"


def test_a_second_import_changes_nothing(imported: Imported) -> None:
    world, first = imported
    before = everything(world)
    for name in EXPORTS:
        report = bring_sample(world, name)
        assert report.counts["unchanged"] == report.counts["rows"] - report.counts["not_taken"]
        assert [row.prospect_id for row in report.rows] == [row.prospect_id for row in first[name].rows]
        assert report.leftover == first[name].leftover
    assert everything(world) == before


@on_sqlite
def test_nobody_marked_replied_or_in_progress_can_be_enrolled_in_outbound(imported: Imported) -> None:
    world, _ = imported
    everybody = tuple(row.id for row in world.rows("prospect"))
    order = Order("outbound-7x3x21", everybody, "test", reps=("tom-lee", "ana-diaz"))
    dry = enroll(world.ctx, Order(order.sequence, everybody, "test", reps=order.reps, dry_run=True))
    assert len(world.rows("enrollment")) == 0
    real = enroll(world.ctx, order)
    enrolled = {row.prospect_id for row in world.rows("enrollment")}
    assert {one.prospect_id for one in dry.enrolled} == {one.prospect_id for one in real.enrolled} == enrolled
    assert len(enrolled) + len(real.refused) == len(everybody)
    assert len(enrolled) > 1000

    marked = marked_rows()
    reached = {row.value.lower() for row in world.rows("address", kind="email") if row.prospect_id in enrolled}
    assert not reached & {row["Email"].strip().lower() for row in marked}
    profiles = {row.key for row in world.rows("address", kind="linkedin") if row.prospect_id in enrolled}
    assert not profiles & {row.get("Person Linkedin Url", "").lower().removeprefix("http://www.") for row in marked}
    refs = {row.ref for row in world.rows("source_ref") if row.prospect_id in enrolled}
    assert not refs & {f"hubspot:{row['Record ID']}" for row in marked if "Record ID" in row}


@on_sqlite
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_one_list_in_another_encoding_is_no_news(imported: Imported, encoding: str) -> None:
    world, first = imported
    data = sample("call_in_cn.csv").decode("gb18030").encode(encoding)
    report = bring(world, data, "CN", name="call_in_cn.csv", dry_run=True)
    assert [row.prospect_id for row in report.rows] == [row.prospect_id for row in first["call_in_cn.csv"].rows]
    assert report.counts["unchanged"] == 985


@on_sqlite
def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    before = everything(world, besides=())
    dry = bring_sample(world, "apollo_export.csv", dry_run=True)
    assert everything(world, besides=()) == before
    real = bring_sample(world, "apollo_export.csv")
    assert dry.counts == real.counts
    assert {row.prospect_id for row in dry.rows} == {None}


def test_the_rows_of_a_leftover_file_are_taken_once_they_are_mended(world: World, tmp_path: Path) -> None:
    left = tmp_path / "call_in_cn.not-taken.csv"
    left.write_bytes(bring_sample(world, "call_in_cn.csv").leftover)
    with left.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row | {"手机": f"138000000{number:02}"} for number, row in enumerate(reader, start=10)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    report = bring(world, text.getvalue().encode("utf-8-sig"), "CN", name=left.name)
    assert (report.counts["new"], report.counts["not_taken"], report.leftover) == (15, 0, b"")
