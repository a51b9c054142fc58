"""Where messages end up in the state machine: a transport that looks at the database at the moment of acceptance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.channels.envelope import Envelope, Silence
from engine.channels.simulated import RecordingTransport
from engine.core.consent import ADDRESS_ONLY
from engine.core.hours import Hours
from engine.core.outcome import SendOutcome
from engine.core.sequence import Verb
from engine.core.touch import TouchStatus
from engine.operations.context import Context
from engine.operations.days.open_days import calendar_for, place_of
from engine.store import cases, moments, people, plans, tables
from engine.store.connection import Connection, Record


class Killed(BaseException):
    """The process is gone: no code of it runs any more, and what it had not committed never was."""


class Death(StrEnum):
    BEFORE_CALL = "before the call"
    AFTER_CALL = "after the call"


@dataclass
class Sink:
    """`violations` collects what should never have been accepted, each under its invariant."""

    transport: RecordingTransport
    ctx: Callable[[], Context]
    dies: Death | None = None
    calls: list[Envelope] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def send(self, envelope: Envelope) -> SendOutcome:
        self.calls.append(envelope)
        self._die_if(Death.BEFORE_CALL)
        before = self._taken()
        outcome = self.transport.send(envelope)
        if self._taken() > before:
            self.violations += witness(self.ctx(), envelope)
        self._die_if(Death.AFTER_CALL)
        return outcome

    @property
    def silence(self) -> Silence | None:
        return self.transport.silence

    def find(self, envelope: Envelope) -> bool | None:
        return self.transport.find(envelope)

    def accepted(self) -> list[Envelope]:
        """Every message that was taken, one that came twice twice."""
        return [call.envelope for call in (*self.transport.accepted, *self.transport.repeated)]

    def _taken(self) -> int:
        return len(self.transport.accepted) + len(self.transport.repeated)

    def _die_if(self, point: Death) -> None:
        if self.dies is point:
            self.dies = None
            raise Killed


def witness(ctx: Context, envelope: Envelope) -> list[str]:
    """What was wrong with accepting this message now, by what has been committed."""
    now = ctx.now()
    with ctx.database.read() as connection:
        due = cases.one(connection, envelope.touch_id)
        if due is None:
            return [f"I2: touch {envelope.touch_id} is not there"]
        sees = _Witness(ctx, connection, due, envelope, now)
        found = [*sees.of_the_touch(), *sees.of_the_person(), *sees.of_the_hour(), *sees.of_everybody()]
    return [f"{problem} (touch {due.id}, {due.step}, at {now.isoformat()})" for problem in found]


@dataclass(frozen=True)
class _Witness:
    ctx: Context
    connection: Connection
    due: Record
    envelope: Envelope
    now: datetime

    def of_the_touch(self) -> list[str]:
        found = []
        if (self.due.status, self.due.attempt) != (TouchStatus.SENDING.value, self.envelope.attempt):
            found.append(
                f"I2: accepted attempt {self.envelope.attempt} of a touch {self.due.status} {self.due.attempt}"
            )
        if self.now < self.due.due_at:
            found.append("I7: accepted before it was due")
        return found

    def of_the_person(self) -> list[str]:
        found = []
        if self.due.enrollment_status != "active":
            found.append(f"I3: accepted for an enrollment that is {self.due.enrollment_status}")
        if not plans.is_sending(self.connection):
            found.append("I3: accepted while sending is switched off")
        moment = moments.one(self.connection, self.due.id)
        if moment is not None and moment.is_sequence_paused:
            found.append("I3: accepted while the sequence is paused")
        return found + [f"I3: accepted although {row.scope} {row.key} is suppressed" for row in self._covering()]

    def of_everybody(self) -> Iterator[str]:
        """What stands in the way of everything automatic, read row by row."""
        (workspace,) = self.connection.execute(select(tables.workspace)).all()
        if workspace.held_since is not None:
            yield "I3: accepted while a restored backup is being checked"
        mine = select(tables.mailbox).where(tables.mailbox.c.id == self.due.mailbox_id)
        mailbox = self.connection.execute(mine).one()
        stops = self.connection.execute(select(tables.breaker).where(tables.breaker.c.cleared_at.is_(None)))
        enrolled = self.due.enrolled_at.isoformat()
        harmful = {("domain", mailbox.address.rpartition("@")[2]), ("batch", f"{self.due.batch} {enrolled}")}
        yield from (f"I3: accepted although {row.scope} {row.key} is stopped" for row in stops if row[1:3] in harmful)
        if mailbox.address.casefold() in self.ctx.replies:
            read = select(tables.mail_sync.c.synced_at).where(tables.mail_sync.c.mailbox_id == mailbox.id)
            last = self.connection.execute(read).scalar_one()
            if last is None or self.now - last > timedelta(minutes=15):
                yield "I3: accepted while answers to the mailbox are not read"

    def _covering(self) -> list[Record]:
        """Read row by row, by no statement of the store's."""
        person = people.with_accounts(self.connection, [self.due.prospect_id])[0]
        mine = self.connection.execute(select(tables.address).where(tables.address.c.prospect_id == person.id)).all()
        keys = {
            "person": {str(person.id)},
            "account": {str(person.account_id)},
            "address": {row.match_key for row in mine},
            "domain": {row.domain for row in mine} | {person.account_domain},
        }
        used = {row.match_key for row in mine if row.value == self.envelope.recipient}
        active = self.connection.execute(select(tables.suppression).where(tables.suppression.c.lifted_at.is_(None)))
        return [
            row
            for row in active
            if row.key.casefold() in keys[row.scope]
            and row.channel in ("all", self.envelope.channel)
            and (row.reason not in ADDRESS_ONLY or row.key.casefold() in used)
        ]

    def of_the_hour(self) -> list[str]:
        if self.due.step == "@ack":
            return []
        plan = self.ctx.shelf.plan(self.connection, self.due.version_id).sequence
        person = people.with_accounts(self.connection, [self.due.prospect_id])[0]
        calendar = calendar_for(self.ctx.shelf.workspace(self.connection), place_of(person), self.now.date())
        zone = ZoneInfo(person.zone)
        day = self.now.astimezone(zone).date()
        hours = plan.schedule.hours_for(Verb(self.due.verb))
        is_closed = day in calendar.closed and day not in calendar.extra_workdays
        if is_closed or not _is_inside(hours, day, zone, self.now):
            return [f"I8: accepted outside the window, {self.now.astimezone(zone).isoformat()} in {zone.key}"]
        return []


def _is_inside(hours: Hours, day: date, zone: ZoneInfo, now: datetime) -> bool:
    """A window opens at the first reading of its start and closes at the earlier one of its end."""

    def readings(at: time) -> list[datetime]:
        local = [datetime.combine(day, at.replace(fold=fold), zone) for fold in (0, 1)]
        return [one.astimezone(UTC) for one in local]

    windows = hours.on(day.weekday())
    return any(readings(window.start)[0] <= now < min(readings(window.end)) for window in windows)
