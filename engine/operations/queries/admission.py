"""What an enrollment order came to, with every refusal in words."""

from dataclasses import dataclass

from engine.operations.enroll import Report
from engine.operations.queries import reasons


@dataclass(frozen=True, slots=True)
class Admitted:
    prospect_id: int
    name: str
    runs: str
    enrollment_id: int | None


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
class Admission:
    """`runs` counts how many people would run which formula, `reasons` the refusals, `missing` what templates lack,
    `unasked` those whose country asks for a consent that they have not given: they run the rest.
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


def admission(report: Report, *, dry_run: bool, locale: str) -> Admission:
    return Admission(
        sequence=report.sequence,
        declared=report.declared,
        dry_run=dry_run,
        enrolled=tuple(Admitted(one.prospect_id, one.name, one.runs, one.enrollment_id) for one in report.enrolled),
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
    )
