"""What an enrollment order came to, with every refusal in words."""

from dataclasses import dataclass
from datetime import datetime

from engine.core.admission import Limit, Pile
from engine.core.capacity import Flood
from engine.operations.admission.staggering import Newcomers
from engine.operations.enroll import Report
from engine.operations.queries import beginning, reasons


@dataclass(frozen=True, slots=True)
class Admitted:
    prospect_id: int
    name: str
    runs: str
    enrollment_id: int | None
    begins_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedPerson:
    prospect_id: int
    name: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class UnaskedPeople:
    policy: str
    channel: str
    people: int
    words: str


@dataclass(frozen=True, slots=True)
class ComingToRep:
    """So many of the `people` begin now, the others wait behind the `ahead` who wait already, the last until `last_at`.

    `per_day` of them make up a day of the rep, by `limit`, so they are new work for so many `days`; `at_once` is what
    would pile up if all of them began at once, null where nothing would.
    """

    rep: str
    name: str
    people: int
    begin_now: int
    waiting: int
    ahead: int
    last_at: datetime
    per_day: int | None
    limit: Limit | None
    days: int
    when_too_many: Flood
    at_once: Pile | None
    words: str


@dataclass(frozen=True, slots=True)
class Admission:
    """`runs` counts how many people would run which formula, `reasons` the refusals, `missing` what templates lack,
    `unasked` those whose country asks for a consent that they have not given: they run the rest. `newcomers` is what
    comes to each rep, where people begin in turn.
    """

    sequence: str
    declared: str
    dry_run: bool
    enrolled: tuple[Admitted, ...]
    refused: tuple[RefusedPerson, ...]
    runs: dict[str, int]
    reasons: dict[str, int]
    missing: dict[str, int]
    unasked: tuple[UnaskedPeople, ...]
    newcomers: tuple[ComingToRep, ...]


def admission(report: Report, now: datetime, *, dry_run: bool, locale: str) -> Admission:
    return Admission(
        sequence=report.sequence,
        declared=report.declared,
        dry_run=dry_run,
        enrolled=tuple(
            Admitted(one.prospect_id, one.name, one.runs, one.enrollment_id, one.begins_at) for one in report.enrolled
        ),
        refused=tuple(
            RefusedPerson(one.prospect_id, one.name, one.reason.value, reasons.of_refusal(one.reason, locale))
            for one in report.refused
        ),
        runs=dict(report.runs),
        reasons=dict(report.reasons),
        missing=dict(report.missing),
        unasked=tuple(
            UnaskedPeople(one.policy, one.channel, one.people, reasons.of_unasked(one, locale))
            for one in report.unasked
        ),
        newcomers=tuple(_coming(one, now, locale) for one in report.newcomers),
    )


def _coming(one: Newcomers, now: datetime, locale: str) -> ComingToRep:
    return ComingToRep(
        rep=one.rep,
        name=one.name,
        people=one.people,
        begin_now=one.people - one.waiting,
        waiting=one.waiting,
        ahead=one.ahead,
        last_at=one.last_at,
        per_day=one.per_day,
        limit=one.limit,
        days=one.days,
        when_too_many=one.when_too_many,
        at_once=one.at_once,
        words=beginning.what_comes(one, now, locale),
    )
