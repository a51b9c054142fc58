"""What came of an order to enroll: on the screen, and a row for each person for a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime

from engine.core.guards import Refusal
from engine.operations.enroll import Report
from engine.operations.queries.beginning import what_comes
from engine.operations.queries.reasons import of_refusal, of_unasked
from engine.runtime.cli.spoken import spoken
from engine.runtime.console import print_csv, print_table, say

SHOWN = 20
_COLUMNS = ("id", "name", "status", "reason", "in words", "begins on", "rep", "runs")
_WORDS = {
    "enrolled": (
        "{count} enrolled in {sequence} ({formula}), {refused} refused",
        "{sequence}（{formula}）：{count} 人已加入，{refused} 人被拒绝",
    ),
    "would_be": (
        "{count} would be enrolled in {sequence} ({formula}), {refused} refused",
        "{sequence}（{formula}）：{count} 人将加入，{refused} 人被拒绝",
    ),
    "runs": ("people|can run", "人数|可执行"),
    "because": ("people|refused because|in words", "人数|拒绝代码|原因"),
    "refused": ("id|refused|because", "编号|被拒绝|拒绝代码"),
    "more": ("and {count} more; --csv and --json name them all", "另有 {count} 人；--csv 和 --json 可列出全部"),
    "lack": ("people|lack", "人数|缺少"),
}


def print_people(report: Report, locale: str) -> None:
    """As CSV."""
    print_csv(_COLUMNS, _people(report, locale))


def _people(report: Report, locale: str) -> Iterator[tuple[object, ...]]:
    for one in report.enrolled:
        status = "pending" if one.begins_at else "enrolled"
        yield one.prospect_id, one.name, status, "", "", one.day_one, one.rep, one.runs
    for no in report.refused:
        yield no.prospect_id, no.name, "refused", no.reason.value, of_refusal(no.reason, locale), "", "", ""


def print_report(report: Report, now: datetime, locale: str, *, dry_run: bool) -> None:
    word, refused = spoken(_WORDS, locale), len(report.refused)
    whom = {"count": len(report.enrolled), "sequence": report.sequence, "formula": report.declared}
    say(word("would_be" if dry_run else "enrolled", **whom, refused=refused), "bold")
    if report.runs:
        print_table(word("runs").split("|"), [(count, runs) for runs, count in report.runs.most_common()])
    for newcomers in report.newcomers:
        say(what_comes(newcomers, now, locale), "" if newcomers.at_once is None else "yellow")
    for one in report.unasked:
        say(of_unasked(one, locale))
    if report.refused:
        counted = report.reasons.most_common()
        because = [(count, reason, of_refusal(Refusal(reason), locale)) for reason, count in counted]
        print_table(word("because").split("|"), because)
    if report.refused and dry_run:
        who = [(one.prospect_id, one.name, one.reason.value) for one in report.refused[:SHOWN]]
        print_table(word("refused").split("|"), who)
        if refused > SHOWN:
            say(word("more", count=refused - SHOWN))
    if report.missing:
        print_table(word("lack").split("|"), [(count, name) for name, count in report.missing.most_common()])
