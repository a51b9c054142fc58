"""What the demo promises of itself. Each promise looks at the evidence and names what breaks it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.core.clock import is_open, local_date
from engine.core.enrollment import EnrollmentStatus
from engine.core.outcome import EXECUTED
from engine.core.policy import Basis
from engine.core.sequence import Verb
from engine.core.slots import QUIET_FROM, QUIET_UNTIL
from engine.core.touch import TouchStatus
from engine.operations.admission.beginnings import ACKNOWLEDGEMENT
from engine.operations.days.open_days import calendar_for, place_of
from engine.operations.importing.plan import Outcome
from engine.runtime.demo.evidence import Evidence
from engine.store.connection import Record

if TYPE_CHECKING:
    from datetime import datetime

Findings = Iterator[str]


@dataclass(frozen=True, slots=True)
class Promise:
    says: str
    broken_by: Callable[[Evidence], Findings]


def broken(evidence: Evidence) -> dict[str, list[str]]:
    """What breaks each promise; an empty list where it holds."""
    return {promise.says: list(promise.broken_by(evidence)) for promise in PROMISES}


def _reached(evidence: Evidence) -> Iterator[Record]:
    """The touches that really reached out."""
    for touch in evidence.touches:
        if touch.status == TouchStatus.SENT.value or (
            touch.status == TouchStatus.DONE.value and touch.outcome in EXECUTED and Verb(touch.verb).is_counted
        ):
            yield touch


def _sent_mails(evidence: Evidence) -> Iterator[Record]:
    return (row for row in evidence.touches if row.status == "sent" and row.verb == Verb.EMAIL.value)


def _sent_twice(evidence: Evidence) -> Findings:
    """The outbox against the touches: one file for each, by name and by Message-ID."""
    ids = Counter(letter.message_id for letter in evidence.letters)
    yield from (f"{count} mails in the outbox are {one}" for one, count in ids.items() if count > 1)
    sent = {f"touch-{row.id}-{row.attempt}" for row in _sent_mails(evidence)}
    files = {letter.file.partition(":")[0] for letter in evidence.letters}
    yield from (f"{name} was sent and is not in the outbox" for name in sorted(sent - files))
    yield from (f"{name} is in the outbox and no touch sent it" for name in sorted(files - sent))
    known = {row.message_id for row in evidence.mails if row.status == "sent"}
    yield from (f"{one} is no message of a sent touch" for one in sorted(set(ids) - known))


def _touched_after_stop(evidence: Evidence) -> Findings:
    for touch in _reached(evidence):
        if touch.enrollment_ended_at is not None and touch.ended_at > touch.enrollment_ended_at:
            yield f"touch {touch.id} ({touch.verb}) at {touch.ended_at}, stopped at {touch.enrollment_ended_at}"


def _touched_while_forbidden(evidence: Evidence) -> Findings:
    """Nobody who must not be contacted at all, by import or by their own word."""
    since: dict[int, datetime] = {}
    for row in evidence.suppressions:
        if row.scope == "person" and row.channel == "all" and row.lifted_at is None:
            since[int(row.key)] = min(row.created_at, since.get(int(row.key), row.created_at))
    for touch in _reached(evidence):
        if touch.prospect_id in since and touch.ended_at > since[touch.prospect_id]:
            yield f"touch {touch.id} ({touch.verb}) reached prospect {touch.prospect_id} at {touch.ended_at}"


def _mailed_unasked(evidence: Evidence) -> Findings:
    """Where the country wants a consent for mail, whoever got one had given it before, or had asked us."""
    given: dict[int, datetime] = {}
    for row in evidence.consents:
        if row.channel == "email":
            given[row.prospect_id] = min(row.at, given.get(row.prospect_id, row.at))
    for touch in _sent_mails(evidence):
        asks = touch.home_country and evidence.workspace.policy_for(touch.home_country).email.basis is Basis.CONSENT
        if asks and (touch.prospect_id not in given or given[touch.prospect_id] > touch.ended_at):
            yield f"mail {touch.id} went to prospect {touch.prospect_id} in {touch.home_country}, who had not agreed"


def _outside_window(evidence: Evidence) -> Findings:
    """Mails by the recipient's own clock; answers to people who asked leave at once and do not count."""
    for touch in _sent_mails(evidence):
        if touch.step != ACKNOWLEDGEMENT and not _is_in_window(evidence, touch):
            yield f"mail {touch.id} left at {touch.ended_at.astimezone(ZoneInfo(touch.zone))}"


def _is_in_window(evidence: Evidence, touch: Record) -> bool:
    hours = evidence.plans[touch.version_id].sequence.schedule.hours_for(Verb(touch.verb))
    zone = ZoneInfo(touch.zone)
    calendar = calendar_for(evidence.workspace, place_of(touch), local_date(touch.ended_at, zone))
    return is_open(hours, calendar, zone, touch.ended_at)


def _called_at_night(evidence: Evidence) -> Findings:
    """A promised call may leave the window, never the quiet hours."""
    for touch in _reached(evidence):
        local = touch.ended_at.astimezone(ZoneInfo(touch.zone))
        is_quiet = not QUIET_FROM <= local.time() < QUIET_UNTIL
        if touch.verb == Verb.CALL.value and (is_quiet or not (touch.is_promised or _is_in_window(evidence, touch))):
            yield f"call {touch.id} was made at {local}"


def _unfit_mail(evidence: Evidence) -> Findings:
    address = _spaceless(evidence.workspace.postal_address)
    for letter in evidence.letters:
        mail = letter.mail
        missing = [name for name in ("From", "To", "Subject", "Date", "Message-ID") if not mail[name]]
        if not str(mail["List-Unsubscribe"] or "").startswith("<http"):
            missing.append("List-Unsubscribe")
        if address not in _spaceless(letter.text):
            missing.append("the postal address")
        if mail.defects or missing:
            yield f"{letter.file}: {', '.join([*missing, *map(str, mail.defects)])}"


def _spaceless(text: str) -> str:
    return "".join(text.split())


def _forgotten(evidence: Evidence) -> Findings:
    """Whoever is in a sequence has a next action, or a cause for which they wait."""
    has_open = {row.enrollment_id for row in evidence.touches if not TouchStatus(row.status).is_terminal}
    for row in evidence.enrollments:
        has_a_turn = row.admit_at is not None and row.admit_at > evidence.at
        if EnrollmentStatus(row.status).is_live and row.id not in has_open and not row.pauses and not has_a_turn:
            yield f"enrollment {row.id} ({row.sequence_key}) is {row.status} and nothing will happen"
    for touch in evidence.touches:
        if touch.status == TouchStatus.HELD.value and not touch.reason:
            yield f"touch {touch.id} is held and nobody knows why"


def _beyond_plan(evidence: Evidence) -> Findings:
    """No step runs twice: what goes beyond the declared formula is a repeat, a voicemail or an outcome's own touch."""
    done: dict[int, list[Record]] = defaultdict(list)
    for touch in _reached(evidence):
        if touch.step != ACKNOWLEDGEMENT:
            done[touch.enrollment_id].append(touch)
    for row in evidence.enrollments:
        declared, touches = evidence.plans[row.version_id].sequence.formula, done[row.id]
        planned = sum(touch.repeat == 0 and not touch.step.startswith("@") for touch in touches)
        if planned > declared.touches:
            yield f"enrollment {row.id} ran {planned} steps of {declared}"
        if row.executed and int(row.executed.partition("x")[0]) != len(touches):
            yield f"enrollment {row.id} says {row.executed}, and {len(touches)} touches reached out"


def _lost_rows(evidence: Evidence) -> Findings:
    """The outcomes add up to the records of the file, and whoever is new is there."""
    for one in evidence.imports:
        report, outcomes = one.report, Counter(row.outcome for row in one.report.rows)
        if outcomes.total() != one.records or len({row.line for row in report.rows}) != one.records:
            yield f"{report.file} has {one.records} records, and {outcomes.total()} are accounted for"
        for row in report.rows:
            if (row.prospect_id is None) != (row.outcome is Outcome.NOT_TAKEN):
                yield f"{report.file}:{row.line} is {row.outcome} and belongs to {row.prospect_id}"
    new = sum(row.outcome is Outcome.NEW for one in evidence.imports for row in one.report.rows)
    if new != evidence.people:
        yield f"{new} people are new, and {evidence.people} are there"


PROMISES = (
    Promise("every mail that was sent is in the outbox once", _sent_twice),
    Promise("no touch after its enrollment was stopped", _touched_after_stop),
    Promise("nobody is touched who must not be contacted", _touched_while_forbidden),
    Promise("every mail left inside its recipient's window", _outside_window),
    Promise("every call was made inside the window, or promised and not at night", _called_at_night),
    Promise("every mail can be read, unsubscribed from, and says where we are", _unfit_mail),
    Promise("whoever is in a sequence has a next action or a reason", _forgotten),
    Promise("no plan was exceeded, and what ran is what is said to have run", _beyond_plan),
    Promise("every row of the imported files is accounted for", _lost_rows),
    Promise("nobody was mailed whose country wants them asked first, and who had not agreed", _mailed_unasked),
)
