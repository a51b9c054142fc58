"""Outcome tables: complete in the workspace, and row by row what a sequence does otherwise."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from engine.compiler.document import Document, Path
from engine.compiler.draft import Draft
from engine.compiler.outcome_shape import OutcomeRow
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed
from engine.compiler.words import shown
from engine.core.outcome import OUTCOMES, Consequence, FollowUp, Need, Next, OutcomeTables, Suppress
from engine.core.sequence import Gap

Rows: TypeAlias = Mapping[str, Mapping[str, OutcomeRow]]

# Where there is nothing to build on, every answer simply lets the sequence go on.
PLAIN_TABLES: OutcomeTables = {verb: dict.fromkeys(outcomes, Consequence()) for verb, outcomes in OUTCOMES.items()}


def overlay(tables: OutcomeTables, rows: Rows) -> OutcomeTables:
    """The tables with each given row merged onto the row it replaces, key by key."""
    return {
        verb: {outcome: merged(row, rows.get(verb, {}).get(outcome)) for outcome, row in table.items()}
        for verb, table in tables.items()
    }


def merged(base: Consequence, row: OutcomeRow | None) -> Consequence:
    """`stop` and `next` are alternatives: whichever is given replaces the other, with what belongs to it."""
    if row is None:
        return base
    if row.stop:
        base = replace(base, next=Next.GO_ON, after=None, wait=None)
    elif row.next:
        base = replace(base, stop=None, after=base.after if row.next == "repeat" else None)
    given = {name: getattr(row, name) for name in row.model_fields_set}
    return replace(base, **{name: _core_value(name, value) for name, value in given.items()})


def _core_value(name: str, value: Any) -> Any:
    if isinstance(value, Gap):
        return str(value)
    match name:
        case "next":
            return Next(value)
        case "needs":
            return frozenset(map(Need, value))
        case "suppress":
            return Suppress(value)
        case "follow_up":
            return FollowUp(value)
    return value


def judge_rows(
    draft: Draft[Any], rows: Rows, tables: OutcomeTables, stages: Collection[str] | None
) -> Iterator[Problem]:
    """What is wrong with the rows as written (`rows`) and with what they come to (`tables`). Without `stages` nobody
    knows which there are.
    """
    document = draft.document
    for verb, table in rows.items():
        for outcome, row in table.items():
            path: Path = ("outcomes", verb, outcome)
            if outcome not in OUTCOMES[verb]:
                yield document.problem(path, _unknown_outcome(verb, outcome), at_key=True)
                continue
            if draft.is_intact(*path):
                yield from (document.problem(path, each) for each in _row_complaints(row, tables[verb][outcome]))
            if row.stage and stages is not None and row.stage not in stages:
                yield document.problem((*path, "stage"), _unknown_stage(row.stage, stages))


def missing_rows(document: Document) -> Iterator[Problem]:
    """What a table leaves unanswered, judged by what is written, so that a faulty row does not count as missing."""
    written = document.data.get("outcomes")
    if not isinstance(written, dict):
        return
    for verb, outcomes in OUTCOMES.items():
        table = written.get(verb)
        if table is None:
            yield document.problem(("outcomes",), _missing_table(verb), at_key=True)
        elif isinstance(table, dict) and (missing := [each for each in outcomes if each not in table]):
            yield document.problem(("outcomes", verb), _missing_outcomes(verb, missing), at_key=True)


def _row_complaints(row: OutcomeRow, result: Consequence) -> Iterator[Complaint]:
    if row.stop and (row.next or row.after or row.wait):
        yield _STOP_AND_NEXT
    elif result.next is Next.REPEAT and not result.after and Need.AT not in result.needs:
        yield _REPEAT_WHEN
    elif result.after and result.next is not Next.REPEAT:
        yield _AFTER_WHAT


_STOP_AND_NEXT = Complaint(
    "stop-and-next", "the row stops the enrollment and says how it goes on", "one of the two", "delete one of them"
)
_REPEAT_WHEN = Complaint(
    "repeat-without-time",
    "nobody can say when the repeat falls due",
    "after, or at among the needs",
    "write after: 1bd, or needs: [at] to ask the rep",
)
_AFTER_WHAT = Complaint(
    "after-without-repeat",
    "after says when a repeat falls due, and nothing is repeated",
    "next: repeat beside it",
    "write next: repeat, or wait: for the least time to the next step",
)


def _unknown_outcome(verb: str, outcome: str) -> Complaint:
    advice = did_you_mean(outcome, OUTCOMES[verb], "write one of these")
    return Complaint("unknown-outcome", f"{shown(outcome)} is no outcome of {verb}", listed(OUTCOMES[verb]), advice)


def _unknown_stage(stage: str, stages: Collection[str]) -> Complaint:
    advice = did_you_mean(stage, stages, "add it to the stages in workspace.yaml")
    return Complaint("unknown-stage", f"the workspace has no stage {shown(stage)}", listed(stages), advice)


def _missing_table(verb: str) -> Complaint:
    return Complaint(
        "outcome-missing",
        f"the table of {verb} is missing",
        f"a row for each of {listed(OUTCOMES[verb])}",
        f"add {verb}: with these rows",
    )


def _missing_outcomes(verb: str, missing: list[str]) -> Complaint:
    return Complaint(
        "outcome-missing",
        f"the table of {verb} does not answer {listed(missing)}",
        "a row for every outcome",
        f"add {missing[0]}: {{}} for one that changes nothing",
    )
