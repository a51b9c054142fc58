"""What a person decides: stop, pause, resume, release what is held, suppress, the kill switch."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from engine.contacts.addresses import ascii_domain
from engine.contacts.match_keys import match_key
from engine.core.enrollment import EnrollmentStatus, PauseCause, StopReason
from engine.core.errors import BadInput, Busy, Conflict, NotFound
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming.ingest import STOP_ASKED, Inbound, ingest
from engine.operations.lifecycle import admitting, advance, holding, pausing, stopping
from engine.operations.safeguards import senders
from engine.store import cases, enrollments, people, plans, suppressions, touches
from engine.store.connection import Record
from engine.store.locks import ProspectBusy

_TRIES = 3


def stop(ctx: Context, enrollment_id: int, *, actor: str, note: str = "") -> bool:
    """True when it is stopped; False when a send to the person is under way: the stop is kept and applied next.

    Raises NotFound, and IllegalTransition when it has ended already.
    """
    person = _person_of(ctx, enrollment_id)
    try:
        with act_on(ctx, person, actor=actor) as act:
            row = enrollments.one(act.connection, enrollment_id)
            stopping.stop_enrollment(act, row, StopReason.MANUAL, note)
    except Busy:
        now, body = ctx.now(), {"enrollment": enrollment_id, "actor": actor, "text": note}
        key = f"{enrollment_id}-{now.isoformat()}"
        return ingest(ctx, Inbound(STOP_ASKED, person, now, key, provider="touchline", body=body)).is_applied
    return True


def pause(ctx: Context, enrollment_id: int, *, actor: str, note: str = "", resume_at: datetime | None = None) -> None:
    """Until somebody resumes it, or until `resume_at`. Raises IllegalTransition when it has ended."""
    with act_on(ctx, _person_of(ctx, enrollment_id), actor=actor) as act:
        if resume_at is not None and resume_at <= act.now:
            raise BadInput(f"{resume_at.isoformat()} has passed; name a later instant", field="resume_at")
        row = enrollments.one(act.connection, enrollment_id)
        pausing.pause(act, row, PauseCause.REP, note=note, resume_at=resume_at)


def resume(ctx: Context, enrollment_id: int, *, actor: str) -> None:
    """Every cause of the pause is cleared. Raises Conflict when it is not paused."""
    with act_on(ctx, _person_of(ctx, enrollment_id), actor=actor) as act:
        row = enrollments.one(act.connection, enrollment_id)
        is_waiting = row.status == EnrollmentStatus.PENDING.value
        if row.status != EnrollmentStatus.PAUSED.value and not (is_waiting and _is_paused(act, row)):
            raise Conflict(f"enrollment {enrollment_id} is {row.status}; only a paused one can be resumed")
        pausing.resume(act, row)


def admit(ctx: Context, enrollment_id: int, *, actor: str) -> None:
    """Begins now, whatever its rep has to do. Raises Conflict when it does not wait for its turn, or is paused."""
    with act_on(ctx, _person_of(ctx, enrollment_id), actor=actor) as act:
        row = enrollments.one(act.connection, enrollment_id)
        if row.status != EnrollmentStatus.PENDING.value:
            raise Conflict(f"enrollment {enrollment_id} is {row.status}; only a pending one waits to begin")
        if _is_paused(act, row):
            raise Conflict(f"enrollment {enrollment_id} is paused; resume it first")
        admitting.begin_with(act, [row])


def _is_paused(act: Act, row: Record) -> bool:
    return bool(enrollments.pauses_of(act.connection, row.id))


def release(ctx: Context, touch_id: int, *, actor: str) -> None:
    """The cause of a hold has been mended: the touch is due again, and the guard decides. A sender that works again
    frees everything that was held for it.

    Raises NotFound, and Conflict when it is not held or waits for a pause to end.
    """
    others = None
    with _held(ctx, touch_id, actor) as (act, row):
        if row.mailbox_id is None:
            enrollments.set_mailbox(act.connection, row.enrollment_id, plans.first_mailbox(act.connection, row.rep_id))
        if row.reason == Reason.SENDER_BROKEN.value:
            others = senders.mend(act, row)
        if not pausing.release_held(act, [row]):
            raise Conflict(f"touch {touch_id} waits for a pause to end; resume its enrollment")
    if others is not None:
        holding.release_all(ctx, others, actor=actor)


def skip_held(ctx: Context, touch_id: int, *, actor: str, reason: str) -> None:
    """The step is given up with a reason, the lane goes on. Raises as `release`."""
    if not reason.strip():
        raise BadInput("a skipped touch needs a reason; say why", field="reason")
    with _held(ctx, touch_id, actor) as (act, row):
        why = {"reason": Reason.BY_REP.value, "detail": reason}
        touches.move(act.connection, row, TouchEvent.SKIP, now=act.now, **why)
        act.record("skip", "touch", touch_id, reason=reason)
        advance.proceed(act, [row.enrollment_id])


@contextmanager
def _held(ctx: Context, touch_id: int, actor: str) -> Iterator[tuple[Act, Record]]:
    """An act that holds the person of a held touch."""
    with ctx.database.read() as connection:
        found = cases.one(connection, touch_id)
    if found is None:
        raise NotFound(f"there is no touch {touch_id}", id=touch_id)
    with act_on(ctx, found.prospect_id, actor=actor) as act:
        row = cases.one(act.connection, touch_id)
        if row is None or row.status != TouchStatus.HELD.value:
            raise Conflict(f"touch {touch_id} is {row.status if row else 'gone'}; only a held one can be released")
        yield act, row


def _person_of(ctx: Context, enrollment_id: int) -> int:
    with ctx.database.read() as connection:
        person: int = enrollments.one(connection, enrollment_id).prospect_id
        return person


@dataclass(frozen=True, slots=True)
class Ban:
    """Whom to leave alone. `value` is an address (with its `kind`), a domain, or the id of a person or an account."""

    scope: str
    value: str
    reason: str
    kind: str = "email"
    channel: str = "all"
    proof: str = ""
    source: str = "api"


def suppress(ctx: Context, ban: Ban, *, actor: str) -> tuple[Record, bool]:
    """The suppression, and whether it is new. What is live for the people it covers ends in the same transaction.

    Whom it covers is held; should somebody be enrolled meanwhile, they are held, too. Raises ProspectBusy, and NotFound
    for a person or an account that is not there.
    """
    key = _key(ctx, ban)
    with ctx.database.read() as connection:
        covered = suppressions.covered(connection, ban.scope, key)
    for _ in range(_TRIES):
        held = covered
        with act_on(ctx, *held, actor=actor) as act:
            covered = suppressions.covered(act.connection, ban.scope, key)
            if set(covered) <= set(held):
                return _suppress(act, ban, key, covered)
    raise ProspectBusy


def _suppress(act: Act, ban: Ban, key: str, covered: Iterable[int]) -> tuple[Record, bool]:
    told = {"reason": ban.reason, "proof": ban.proof, "source": ban.source}
    added = suppressions.add(act.connection, scope=ban.scope, key=key, channel=ban.channel, now=act.now, **told)
    if added is not None:
        act.record("suppress", ban.scope, key, channel=ban.channel, reason=ban.reason)
    if ban.channel == "all":
        for person in covered:
            stopping.stop_person(act, person, StopReason.OPTED_OUT, ban.reason)
    return suppressions.active_one(act.connection, ban.scope, key, ban.channel), added is not None


def lift(ctx: Context, suppression_id: int, *, actor: str, proof: str) -> Record:
    """Somebody wants to hear from us again: the one way out of a suppression, and `proof` says how we know.

    Nothing that has ended begins anew. Raises NotFound, Conflict when it is lifted already, BadInput without a proof.
    """
    if not proof.strip():
        raise BadInput("a suppression is lifted only by an opt-in; say how we know of it", field="proof")
    with begin(ctx, actor) as act:
        row = suppressions.find(act.connection, suppression_id)
        if row is None:
            raise NotFound(f"there is no suppression {suppression_id}", id=suppression_id)
        if not suppressions.lift(act.connection, suppression_id, actor=actor, reason=proof, now=act.now):
            raise Conflict(f"suppression {suppression_id} is lifted already")
        act.record("opt_in", row.scope, row.key, suppression=suppression_id, channel=row.channel, proof=proof)
        return suppressions.by_id(act.connection, suppression_id)


def _key(ctx: Context, ban: Ban) -> str:
    """The form in which suppressions are compared."""
    match ban.scope:
        case "address":
            return match_key(ban.kind, ban.value)
        case "domain":
            return ascii_domain(ban.value.strip().rstrip("."))
        case "person" if _is_number(ban.value):
            with ctx.database.read() as connection:
                return str(people.prospect_row(connection, int(ban.value)).id)
        case "account" if _is_number(ban.value):
            return _account(ctx, int(ban.value))
        case _:
            raise BadInput(f"{ban.value!r} is no id; give the number of the {ban.scope}", field="value")


def _account(ctx: Context, account_id: int) -> str:
    with ctx.database.read() as connection:
        if not people.has_account(connection, account_id):
            raise NotFound(f"there is no account {account_id}", id=account_id)
    return str(account_id)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - digits of a 64-bit id


def is_sending(ctx: Context) -> bool:
    with ctx.database.read() as connection:
        return plans.is_sending(connection)


def switch_sending(ctx: Context, *, is_on: bool, actor: str) -> None:
    """The kill switch: off stops every automatic send at its next decision. Raises BadInput before the first apply."""
    with begin(ctx, actor) as act:
        plans.set_sending(act.connection, is_on=is_on)
        act.record("sending", "workspace", 1, is_on=is_on)
