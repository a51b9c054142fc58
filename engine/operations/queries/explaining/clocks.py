"""By whose clock and calendar a step has its hours."""

from collections.abc import Iterator
from datetime import date, datetime, time

from engine.core.sequence import Verb
from engine.core.slots import open_hours
from engine.operations.days import named_days
from engine.operations.queries.explaining.case import Case
from engine.operations.queries.explaining.phrases import PARTS
from engine.operations.queries.explaining.values import Link
from engine.operations.wording import law_of


def zone(case: Case) -> Link:
    """The first that was known (rule 2); which one that was is stored with the enrollment."""
    origin = str(case.row.zone_origin).removeprefix("prospect (").removesuffix(")")
    known = f"zone_{origin}" in PARTS
    told = case.voice.part(f"zone_{origin}") if known else origin
    return case.voice.link("zone", case.row.zone, zone=case.row.zone, origin=told)


def window(case: Case, key: str, due: date) -> Iterator[Link]:
    """The hours of that day, and what has made them so."""
    yield zone(case)
    step = case.step(key)
    if step is None:
        return
    yield from _make_up(case, due)
    hours, is_legal = open_hours(case.plan, step.do, case.setting)
    windows = case.voice.windows(case.setting.calendar.windows(hours, due))
    if windows:
        yield case.voice.link("window", windows, day=case.voice.day(due), windows=windows)
    yield from _law(case, step.do, is_legal=is_legal)
    yield from _clock_change(case, due)


def _make_up(case: Case, due: date) -> Iterator[Link]:
    if due in case.setting.calendar.extra_workdays:
        why = named_days.worked_day(case.act.workspace, case.place, due, case.voice.locale)
        yield case.voice.link("make_up_day", due.isoformat(), day=case.voice.day(due), why=why)


def _law(case: Case, verb: Verb, *, is_legal: bool) -> Iterator[Link]:
    """Where the law of their country has a word in it."""
    if verb.family in case.setting.law:
        policy = case.act.workspace.policy_for(case.place.country)
        whose = law_of(policy, case.place.country, case.voice.locale)
        yield case.voice.link("law" if is_legal else "law_leaves_none", policy.key, policy=whose)


def _clock_change(case: Case, due: date) -> Iterator[Link]:
    """Where it happens between day 1 and the end of the step's day."""
    before, after = _offset(case, case.row.day_one, time.min), _offset(case, due, time.max)
    if before != after:
        yield case.voice.link("clock_change", after, before=before, after=after)


def _offset(case: Case, day: date, at: time) -> str:
    return f"UTC{datetime.combine(day, at, case.zone):%z}"
