"""Warnings: the file can be executed, and somebody who sells for a living would still ask whether it is meant."""

from collections.abc import Iterator
from itertools import pairwise

from engine.compiler.findings import Subject
from engine.compiler.problems import Complaint, Problem
from engine.core.sequence import AudienceKind, DayKind, Step, Verb

_LEAST_DAYS_BETWEEN_MAILS = 2
_FIRST_TOUCHES = 3


def warnings(subject: Subject) -> Iterator[Problem]:
    if not subject.has("steps"):
        return
    yield from _close_mails(subject)
    # A nurture sequence lives on mail and has no end to decide anything at.
    if subject.has("audience") and subject.sequence.audience.kind is not AudienceKind.NURTURE:
        yield from _one_channel(subject)
        yield from _last_mail(subject)


def _close_mails(subject: Subject) -> Iterator[Problem]:
    days = "business days" if subject.sequence.schedule.days is DayKind.BUSINESS else "days"
    mails = [(index, step) for index, step in subject.planned() if step.do is Verb.EMAIL]
    for (_, earlier), (index, later) in pairwise(mails):
        if later.day - earlier.day < _LEAST_DAYS_BETWEEN_MAILS:
            complaint = _close(earlier, days)
            yield subject.at(("steps", index, "day"), complaint, severity="warning")


def _close(earlier: Step, days: str) -> Complaint:
    return Complaint(
        "mails-close",
        f'the mail "{earlier.key}" left on day {earlier.day}, less than {_LEAST_DAYS_BETWEEN_MAILS} {days} before',
        f"at least {_LEAST_DAYS_BETWEEN_MAILS} {days} between two mails",
        f"write day: {earlier.day + _LEAST_DAYS_BETWEEN_MAILS} or later",
    )


def _one_channel(subject: Subject) -> Iterator[Problem]:
    first = [(index, step) for index, step in subject.planned() if step.do.is_counted][:_FIRST_TOUCHES]
    families = {step.do.family for _, step in first}
    if len(first) == _FIRST_TOUCHES and len(families) == 1:
        complaint = Complaint(
            "one-channel",
            f"the first {_FIRST_TOUCHES} touches use one channel ({families.pop()})",
            "a second channel among them",
            "call, write or connect in between",
        )
        yield subject.at(("steps", first[-1][0], "do"), complaint, severity="warning")


def _last_mail(subject: Subject) -> Iterator[Problem]:
    counted = [(index, step) for index, step in subject.planned() if step.do.is_counted]
    if counted and counted[-1][1].do is Verb.EMAIL:
        yield subject.at(("steps", counted[-1][0], "do"), _LAST_MAIL, severity="warning")


_LAST_MAIL = Complaint(
    "last-mail",
    "the last step is an automatic mail",
    "a last touch by a person, which ends with a decision",
    "end with a call or a personal_email",
)
