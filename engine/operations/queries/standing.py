"""How it is going, on one screen: is anybody at work, who is in what, what was done, what is due, what waits."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.enrollment import EnrollmentStatus
from engine.core.sequence import Verb
from engine.core.touch import Reason, TouchStatus
from engine.operations import wording
from engine.operations.context import Context
from engine.operations.queries import reasons
from engine.operations.queries.beginning import NotBegun, not_begun
from engine.operations.queries.tripped import BreakerView, view
from engine.operations.readiness import OLDEST_BEAT
from engine.store import breakers, heartbeats, held, mail_sync, overview, plans
from engine.store.connection import Connection, Record

LATELY = timedelta(hours=24)
_ASKED_FOR = frozenset({Reason.PAUSED.value, Reason.SEQUENCE_PAUSED.value})  # somebody wants it so, and resumes it


@dataclass(frozen=True, slots=True)
class InSequence:
    """People who are in a sequence now."""

    sequence: str
    pending: int
    active: int
    paused: int


@dataclass(frozen=True, slots=True)
class Done:
    """Touches that came about since then: automatic mails and texts, and what people did."""

    since: datetime
    mails: int
    texts: int
    by_people: int


@dataclass(frozen=True, slots=True)
class Workload:
    """What is in a rep's queue now; `overdue` is the part whose time is over."""

    rep: str
    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class HeldFor:
    """`why` in words; what a pause holds is not among them, because somebody wants it so."""

    reason: str
    why: str
    touches: int


@dataclass(frozen=True, slots=True)
class UnreadInbox:
    """A folder that could not be read at the last try."""

    address: str
    folder: str
    last_read_at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What goes on when a person does something. `stopped` are the domains, imports and channels that did harm; no mail
    leaves from a mailbox whose inbox is `unread`.
    """

    doubts: int
    held: tuple[HeldFor, ...]
    replies_to_triage: int
    unread: tuple[UnreadInbox, ...]
    stopped: tuple[BreakerView, ...]


@dataclass(frozen=True, slots=True)
class NextTouch:
    """The automatic touch that is due first; `zone` is the prospect's, `why` says what it waits for."""

    at: datetime
    zone: str
    what: str
    sequence: str
    prospect_id: int
    name: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """`is_running`: somebody has ticked within the last minute. `is_held`: a restored backup waits to be released."""

    at: datetime
    is_running: bool
    last_tick: datetime | None
    is_applied: bool
    is_sending: bool
    is_held: bool
    held_note: str
    live: tuple[InSequence, ...]
    not_begun: tuple[NotBegun, ...]
    done: Done
    reps: tuple[Workload, ...]
    waiting: Waiting
    next_touch: NextTouch | None


def standing(ctx: Context, *, locale: str = "en") -> Standing:
    """Also before anything was applied."""
    now = ctx.now()
    with ctx.database.read() as connection:
        gate, beat = plans.gate(connection), heartbeats.last_beat(connection)
        first = overview.next_automatic(connection)
        return Standing(
            at=now,
            is_running=beat is not None and now - beat <= OLDEST_BEAT,
            last_tick=beat,
            is_applied=gate is not None,
            is_sending=gate is not None and bool(gate.is_sending),
            is_held=gate is not None and gate.held_since is not None,
            held_note=gate.held_note if gate is not None else "",
            live=_live(connection),
            not_begun=not_begun(connection, now, locale),
            done=_done(connection, now),
            reps=tuple(Workload(row.key, row.due, row.overdue) for row in overview.workload(connection, now)),
            waiting=_waiting(connection, locale),
            next_touch=_next(first, locale) if first is not None else None,
        )


def _live(connection: Connection) -> tuple[InSequence, ...]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in overview.live_by_status(connection):
        found[row.key][row.status] = row.people
    names = (EnrollmentStatus.PENDING, EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
    return tuple(InSequence(key, *(people.get(name, 0) for name in names)) for key, people in found.items())


def _done(connection: Connection, now: datetime) -> Done:
    since = now - LATELY
    by_verb = overview.reached_between(connection, since, now)
    mails, texts = by_verb.pop(Verb.EMAIL.value, 0), by_verb.pop(Verb.SMS.value, 0)
    return Done(since, mails, texts, by_people=sum(by_verb.values()))


def stuck_touches(connection: Connection) -> tuple[int, dict[str, int]]:
    """How many are in doubt, and how many are held for what; without what a pause holds: somebody wants it so."""
    counts, is_held = held.counts(connection), TouchStatus.HELD.value
    kept = {reason: count for (status, reason), count in counts.items() if status == is_held and reason}
    doubts = sum(count for (status, _), count in counts.items() if status != is_held)
    return doubts, {reason: kept[reason] for reason in sorted({*kept} - _ASKED_FOR)}


def _waiting(connection: Connection, locale: str) -> Waiting:
    doubts, kept = stuck_touches(connection)
    return Waiting(
        doubts=doubts,
        held=tuple(HeldFor(reason, reasons.of_touch(reason, locale), count) for reason, count in kept.items()),
        replies_to_triage=overview.replies_to_triage(connection),
        unread=tuple(
            UnreadInbox(row.address, row.folder, row.synced_at, row.error)
            for row in mail_sync.everywhere(connection)
            if row.error
        ),
        stopped=tuple(view(row) for row in breakers.open_now(connection) if row.level == "stop"),
    )


def _next(row: Record, locale: str) -> NextTouch:
    what = wording.step_name(Verb(row.verb), locale)
    why = reasons.of_touch(row.reason, locale) if row.reason else None
    return NextTouch(row.due_at, row.zone, what, row.sequence_key, row.prospect_id, row.name, why)
