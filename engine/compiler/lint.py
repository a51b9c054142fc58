"""Errors of meaning: the file has the right shape and still does not say something that can be executed."""

from collections.abc import Iterator
from itertools import islice

from engine.compiler.document import Path
from engine.compiler.findings import Subject
from engine.compiler.hours import never_open
from engine.compiler.problems import Complaint, Problem
from engine.compiler.sequence_parts import CHANNEL_HOURS
from engine.core.policy import EVIDENCE
from engine.core.sequence import AudienceKind, Formula, Step, Thread, Verb, measured_formula

# What a step may have wrong without changing what the formula counts.
_UNCOUNTED = frozenset({"use", "title", "thread", "redial", "if_late", "after", "was", "from", "by", "experiment",
                        "variants"})  # fmt: skip

_MAIL = (Verb.EMAIL, Verb.PERSONAL_EMAIL)


def errors(subject: Subject) -> Iterator[Problem]:
    yield from _formula(subject)
    yield from _keys(subject)
    yield from _order(subject)
    yield from _threads(subject)
    yield from _verbs(subject)
    yield from _windows(subject)
    yield from _texts(subject)
    yield from _inbound(subject)
    yield from _exhausted(subject)


def _formula(subject: Subject) -> Iterator[Problem]:
    sequence = subject.sequence
    is_known = subject.has("formula") and subject.has("count") and not any(map(_counts, subject.draft.lost))
    measured = measured_formula(sequence)
    if is_known and sequence.formula != measured:
        yield subject.at(("formula",), _differs(sequence.formula, measured, _channels(subject)))


def _counts(path: Path) -> bool:
    """Whether the formula cannot be measured without what stood there."""
    return path[:1] in ((), ("steps",)) and not any(key in _UNCOUNTED for key in path[2:3])


def _differs(declared: Formula, measured: Formula, channels: str) -> Complaint:
    parts = {
        "touches": (declared.touches, measured.touches, ""),
        "channels": (declared.channels, measured.channels, f" ({channels})"),
        "days": (declared.days, measured.days, ""),
    }
    differing = [
        f"{said} {name} declared, {real} measured{note}" for name, (said, real, note) in parts.items() if said != real
    ]
    return Complaint(
        "formula-differs",
        f"the formula says {declared}, the steps add up to {measured}: {', '.join(differing)}",
        "the formula that the steps add up to",
        f"write formula: {measured}, or mend the steps" if measured.touches else "add a step that reaches the prospect",
    )


def _channels(subject: Subject) -> str:
    verbs = [step.do for step in subject.sequence.steps if step.do.is_counted]
    names = [verb.value if subject.sequence.count_channels else verb.family.value for verb in verbs]
    return ", ".join(dict.fromkeys(names)) or "none"


def _keys(subject: Subject) -> Iterator[Problem]:
    first: dict[str, int] = {}
    former: set[str] = set()
    for index, step in subject.steps():
        if step.key in first:
            yield subject.at(("steps", index, "key"), _same_key(step.key, subject, first[step.key]))
        first.setdefault(step.key, index)
    for index, step in subject.steps():
        if step.was is not None and step.was in first:
            yield subject.at(("steps", index, "was"), _was_exists(step.was))
        elif step.was is not None and step.was in former:
            yield subject.at(("steps", index, "was"), _was_twice(step.was))
        former.add(step.was or "")


def _same_key(key: str, subject: Subject, first: int) -> Complaint:
    line, column = subject.draft.document.mark(("steps", first, "key"))
    return Complaint(
        "duplicate-step",
        f'the step key "{key}" is taken (first at {line}:{column})',
        "a key of its own for each step",
        "rename the newer step; the key of a step that runs already stays for ever",
    )


def _was_exists(key: str) -> Complaint:
    return Complaint(
        "was-exists", f'"{key}" is still the key of a step', "the former key of this step", "delete was, or that step"
    )


def _was_twice(key: str) -> Complaint:
    return Complaint("was-twice", f'two steps say they were "{key}"', "one successor", "delete one of the two")


def _order(subject: Subject) -> Iterator[Problem]:
    latest: dict[str, Step] = {}
    for index, step in subject.steps():
        before = latest.get(step.lane)
        if before and step.day < before.day:
            yield subject.at(("steps", index, "day"), _out_of_order(step, before))
        else:
            latest[step.lane] = step


def _out_of_order(step: Step, before: Step) -> Complaint:
    return Complaint(
        "days-out-of-order",
        f'day {step.day} stands below day {before.day} of "{before.key}" in the same lane ({step.lane})',
        f"day {before.day} or later, as steps of a lane follow each other",
        "move the step up, or correct its day",
    )


def _threads(subject: Subject) -> Iterator[Problem]:
    mails: set[Verb] = set()
    for index, step in subject.planned():
        if step.thread is Thread.REPLY and step.do not in _MAIL:
            yield subject.at(("steps", index, "thread"), _NO_THREAD)
        elif step.thread is Thread.REPLY and not mails and subject.has("steps"):
            yield subject.at(("steps", index, "thread"), _NOTHING_TO_REPLY_TO)
        mails.update({step.do}.intersection(_MAIL))


_NO_THREAD = Complaint("thread-without-mail", "only mails have a thread", "email or personal_email", "delete thread")
_NOTHING_TO_REPLY_TO = Complaint(
    "reply-without-mail",
    "there is no earlier mail to reply to",
    "a mail on an earlier day, or above on the same day",
    "write thread: new, or add that mail",
)


def _verbs(subject: Subject) -> Iterator[Problem]:
    for index, step in subject.steps():
        here = ("steps", index)
        for name, is_set in (("voicemail", step.voicemail), ("redial", step.redial > 0)):
            if is_set and step.do is not Verb.CALL:
                yield subject.at((*here, name), _calls_only(name), at_key=True)
        if all(subject.has(*here, name) for name in ("use", "title", "variants")) and _lacks_text(step):
            yield subject.at(here, _without_use(step))


def _lacks_text(step: Step) -> bool:
    return step.use is None and (step.do is not Verb.TASK or step.title is None)


def _calls_only(name: str) -> Complaint:
    return Complaint("calls-only", f"{name} is for calls", "do: call beside it", f"delete {name}")


def _without_use(step: Step) -> Complaint:
    if step.do is Verb.TASK:
        return Complaint("missing-use", f'the task "{step.key}" says nothing', "use or title", "add title: ...")
    return Complaint(
        "missing-use", f'the step "{step.key}" has no template', f"use, as {step.do} needs a text", "add use: ..."
    )


def _windows(subject: Subject) -> Iterator[Problem]:
    schedule = subject.sequence.schedule
    hours = {name: schedule.channel_hours.get(family) for name, family in CHANNEL_HOURS.items()}
    hours["hours"] = schedule.hours if ("schedule", "hours") in subject.draft.document.keys else None
    for name, written in hours.items():
        if written is not None and subject.has("schedule", name) and never_open(written):
            yield subject.at(("schedule", name), NEVER_OPEN, at_key=True)


NEVER_OPEN = Complaint(
    "never-open",
    "these hours are empty on every working day",
    "a window on at least one day from Monday to Friday",
    'write hours like {mon-fri: ["09:00-17:00"]}',
)


def _texts(subject: Subject) -> Iterator[Problem]:
    """Said once, where the first text stands."""
    if subject.sequence.texts_rest_on is not None or not subject.has("consent"):
        return
    answer = subject.sequence.acknowledge
    if answer is not None and answer.do is Verb.SMS and subject.has("acknowledge"):
        yield subject.at(("acknowledge", "do"), _TEXT_WITHOUT_CONSENT)
        return
    texting = (index for index, step in subject.steps() if step.do is Verb.SMS)
    for index in islice(texting, 1):
        yield subject.at(("steps", index, "do"), _TEXT_WITHOUT_CONSENT)


_TEXT_WITHOUT_CONSENT = Complaint(
    "sms-without-consent",
    "the sequence texts people and does not say on what consent",
    "consent: {sms: ...} beside steps",
    f"add consent: {{sms: express}} where they agreed to texts, else one or more of {', '.join(EVIDENCE)}",
)


def _inbound(subject: Subject) -> Iterator[Problem]:
    sequence = subject.sequence
    if not subject.has("audience") or sequence.audience.kind is not AudienceKind.INBOUND:
        return
    if sequence.on_exhausted is None and subject.has("on_exhausted"):
        yield subject.at(("sequence",), _INBOUND_EXHAUSTED, at_key=True)
    if sequence.respond_within is None and subject.has("respond_within"):
        yield subject.at(("sequence",), _INBOUND_RESPOND, at_key=True)
    counted = [(index, step) for index, step in subject.planned() if step.do.is_counted]
    if counted and counted[0][1].day > 1 and subject.has("steps"):
        yield subject.at(("steps", counted[0][0], "day"), _INBOUND_LATE)


_INBOUND_EXHAUSTED = Complaint(
    "inbound-without-end",
    "an inbound lead would be dropped after the last step",
    "on_exhausted",
    "add on_exhausted: {start: nurture} or a task for somebody",
)
_INBOUND_RESPOND = Complaint(
    "inbound-without-response",
    "an inbound lead waits and nobody knows how long it may",
    "respond_within",
    "add respond_within: 5m",
)
_INBOUND_LATE = Complaint(
    "inbound-too-late", "the first touch of an inbound lead comes after day 1", "a touch on day 1", "write day: 1"
)


def _exhausted(subject: Subject) -> Iterator[Problem]:
    end = subject.sequence.on_exhausted
    if end is None or not subject.has("on_exhausted"):
        return
    if end.start and end.start == subject.sequence.key and subject.has("sequence"):
        yield subject.at(("on_exhausted", "start"), _TO_ITSELF)


_TO_ITSELF = Complaint(
    "hand-over-to-itself", "the sequence hands over to itself", "another sequence", "name that one, or use again:"
)
