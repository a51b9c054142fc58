"""What became of a scenario's person, in words, and whether it is what the scenario expects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from engine.compiler.scenario_shape import (
    AgainExpected,
    EnrollmentExpected,
    Expectation,
    FormulaExpected,
    RelationExpected,
    StageExpected,
    StepExpected,
    SuppressedExpected,
    TaskExpected,
)
from engine.core.consent import Cover
from engine.core.guards import WHOLE_PERSON
from engine.core.sequence import Gap, Verb
from engine.core.slots import Setting
from engine.operations import facts
from engine.operations.act import Act
from engine.store import enrollments, events, people, suppressions, tasks, touches
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Everything that is known of the person when the scenario is over. `enrollment` is the scenario's own."""

    zone: ZoneInfo
    person: Record
    enrollment: Record
    formula: str
    setting: Setting
    enrollments: list[Record]
    touches: list[Record]
    tasks: list[Record]
    events: list[Record]
    covers: list[Cover]
    relations: dict[str, str]

    def local(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


def aftermath(act: Act, enrollment_id: int) -> Aftermath:
    connection = act.connection
    row = enrollments.with_people(connection, [enrollment_id])[0]
    person, plan = row.prospect_id, act.plan(row.version_id).sequence
    mine = touches.of_enrollments(connection, [row.id])[row.id]
    return Aftermath(
        zone=ZoneInfo(row.zone),
        person=people.prospect_row(connection, person),
        enrollment=row,
        formula=row.executed or str(facts.executed(plan, row, mine)),
        setting=facts.setting_of(act.workspace, row, act.now),
        enrollments=enrollments.of_prospect(connection, person),
        touches=touches.newer_than(connection, person, 0),
        tasks=tasks.newer_than(connection, person, 0),
        events=events.of_prospect(connection, person),
        covers=suppressions.covering(connection, [person]).get(person, []),
        relations={kind: state for (_, kind), state in people.relations_of(connection, [person]).items()},
    )


def timeline(after: Aftermath) -> list[str]:
    """What happened, in the order in which it did, on the person's own clock."""
    told = [*_told_touches(after), *_told_events(after), *_told_tasks(after), *_told_enrollments(after)]
    return [f"{after.local(at)}  {words}" for at, words in sorted(told, key=lambda pair: pair[0])]


def _told_touches(after: Aftermath) -> Iterator[tuple[datetime, str]]:
    for row in after.touches:
        yield row.ended_at or row.due_at, _touch_words(row)


def _told_events(after: Aftermath) -> Iterator[tuple[datetime, str]]:
    for row in after.events:
        text = (row.body or {}).get("text", "")
        yield row.at, f"they: {row.kind}" + (f' "{text}"' if text else "")


def _told_tasks(after: Aftermath) -> Iterator[tuple[datetime, str]]:
    for row in after.tasks:
        if row.touch_id is None:
            yield row.created_at, f"task {row.kind} opened, now {row.status}"


def _told_enrollments(after: Aftermath) -> Iterator[tuple[datetime, str]]:
    for row in after.enrollments:
        yield row.enrolled_at, f"enrolled in {row.sequence_key}"
        if row.ended_at is not None:
            yield row.ended_at, f"{row.sequence_key} {row.status}: {row.end_reason}, executed {row.executed}"


def _touch_words(row: Record) -> str:
    name = row.step if not row.repeat else f"{row.step} (repeat {row.repeat})"
    why = row.outcome or row.reason
    return f"{name}: {Verb(row.verb)} {row.status}" + (f" ({why})" if why else "")


def mismatch(expected: Expectation, after: Aftermath) -> str | None:
    """What is the case instead; None when the expectation holds."""
    match expected:
        case StepExpected():
            return _step(expected, after)
        case EnrollmentExpected():
            return _enrollment(expected, after)
        case TaskExpected():
            return _task(expected, after)
        case FormulaExpected(formula=formula):
            return _unless(after.formula, formula)
        case SuppressedExpected(suppressed=what):
            closed = {_closed(cover) for cover in after.covers} or {"nothing"}
            return None if what in closed else ", ".join(sorted(closed))
        case StageExpected(stage=stage):
            return _unless(after.person.stage or "no stage", stage)
        case RelationExpected(relation=wanted):
            actual: Mapping[str, str] = {kind: after.relations.get(kind, "none") for kind in wanted}
            return None if actual == wanted else _listed(actual)
        case AgainExpected(again_after=day):
            until = after.person.quiet_until
            return _unless(f"{until.astimezone(after.zone):%Y-%m-%d}" if until else "at any time", day)
        case _:
            assert_never(expected)


def expected_words(expected: Expectation, zone: ZoneInfo) -> str:
    said = [name for name in type(expected).model_fields if name in expected.model_fields_set]
    return _listed({name: _word(getattr(expected, name), zone) for name in said})


def _word(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    return _listed(value) if isinstance(value, dict) else str(value)


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _unless(actual: str, wanted: str) -> str | None:
    return None if actual == wanted else actual


def _step(expected: StepExpected, after: Aftermath) -> str | None:
    rows = [row for row in after.touches if row.step == expected.step and row.verb != Verb.VOICEMAIL.value]
    row = next((row for row in rows if row.repeat == expected.repeat), None)
    if row is None:
        return ", ".join(map(_touch_words, rows)) or "it was never planned"
    at = row.ended_at or row.due_at
    holds = (
        expected.state in (None, row.status)
        and expected.reason in (None, row.reason, row.outcome)
        and expected.at in (None, at)
    )
    return None if holds else f"{_touch_words(row)} at {after.local(at)}"


def _enrollment(expected: EnrollmentExpected, after: Aftermath) -> str | None:
    key = expected.of or after.enrollment.sequence_key
    row = next((row for row in after.enrollments if row.sequence_key == key), None)
    if row is None:
        return f"no enrollment in {key}"
    holds = row.status == expected.enrollment and expected.reason in (None, row.end_reason)
    return None if holds else " ".join(filter(None, (row.status, row.end_reason)))


def _task(expected: TaskExpected, after: Aftermath) -> str | None:
    rows = [row for row in after.tasks if row.kind == expected.task]
    if any(_is_as_expected(row, expected, after) for row in rows):
        return None
    return ", ".join(_task_words(row, after) for row in rows) or "there is no such task"


def _is_as_expected(row: Record, expected: TaskExpected, after: Aftermath) -> bool:
    if expected.state not in (None, row.status):
        return False
    if expected.due_within is None:
        return True
    return row.respond_by is not None and row.respond_by <= _deadline(row, expected.due_within, after.setting)


def _deadline(row: Record, gap: Gap, setting: Setting) -> datetime:
    """Counted in the hours of the rep who must act."""
    return setting.rep.after(row.created_at, gap.as_timedelta())


def _task_words(row: Record, after: Aftermath) -> str:
    due = f", to be done by {after.local(row.respond_by)}" if row.respond_by else ""
    return f"{row.kind} {row.status}, opened {after.local(row.created_at)}{due}"


def _closed(cover: Cover) -> str:
    if cover.channel != "all":
        return cover.channel
    return cover.scope if cover.scope in WHOLE_PERSON else "person"
