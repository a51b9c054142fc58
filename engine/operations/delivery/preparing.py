"""Between reservation and intent: what is due is judged and rendered, many touches with a few queries.

Nothing leaves before its own intent and guard, which ask again; here a batch is safe, and saves most of the reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.caps import HandOff
from engine.core.errors import CannotRender
from engine.core.guards import Allowed
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.core.workspace import Caps
from engine.operations import texts
from engine.operations.act import Act
from engine.operations.delivery import rendering
from engine.operations.delivery.refusing import refuse
from engine.operations.delivery.rendering import Prepared
from engine.operations.incoming import clicks
from engine.operations.reaching import reach
from engine.operations.reaching.reach import Ways
from engine.operations.safeguards import restoring
from engine.operations.safeguards.capping import hand_off_of
from engine.operations.safeguards.clearance import SOON, verdict_on
from engine.store import locks, messages, moments, reservations, touches
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Ready:
    """A touch that may leave as this attempt, and within which caps. `message` is None where an earlier attempt has
    stored it: a retry never renders again.
    """

    due: Record
    attempt: int
    message: Prepared | None
    hand_off: HandOff
    caps: Caps


@dataclass(frozen=True, slots=True)
class Batch:
    """`broken` are the errors of touches that could not even be judged; they come again in a moment."""

    ready: tuple[Ready, ...] = ()
    broken: tuple[Exception, ...] = ()


def prepare(act: Act, reserved: Sequence[Record]) -> Batch:
    """`reserved` have `id` and `prospect_id`, and are this worker's."""
    due = _of_free_people(act, reserved)
    together = _ways_together(act, due)
    used, ready, broken = restoring.attempts_used(act), [], []
    for row in due:
        try:
            made = _prepare_one(act, row, together or _ways(act, [row]), used)
        except Exception as problem:  # noqa: BLE001 - whatever it is, other people's touches go on
            reservations.lay_by(act.connection, [row.id], act.ctx.worker, act.now + SOON)
            broken.append(problem)
        else:
            ready += [made] if made is not None else []
    return Batch(tuple(ready), tuple(broken))


def _of_free_people(act: Act, reserved: Sequence[Record]) -> list[Record]:
    """Their people are held from here to the commit, and nothing is on its way to them."""
    connection, people = act.connection, [row.prospect_id for row in reserved]
    free = locks.hold_free(connection, people, act.now) - reservations.people_sent_to(connection, people)
    busy = [row.id for row in reserved if row.prospect_id not in free]
    reservations.lay_by(connection, busy, act.ctx.worker, act.now + SOON)
    read = moments.of(connection, [row.id for row in reserved if row.prospect_id in free])
    return [row for row in read if (row.status, row.reserved_by) == (TouchStatus.SCHEDULED.value, act.ctx.worker)]


def _ways_together(act: Act, due: Sequence[Record]) -> Ways | None:
    """None where somebody's cannot be read: then everybody's are read alone, and only that one's touch is broken."""
    try:
        return _ways(act, due)
    except Exception:  # noqa: BLE001 - it is met again, and told, with the touch that it comes from
        return None


def _ways(act: Act, due: Sequence[Record]) -> Ways:
    return reach.ways_to(act, due, texts.cast_of(act.connection, act.workspace, due))


def _prepare_one(act: Act, due: Record, ways: Ways, used: int) -> Ready | None:
    """What it writes is written whole or not at all: the batch goes on after one that breaks."""
    verdict = verdict_on(act, due, ways)
    if not isinstance(verdict, Allowed):
        with act.connection.begin_nested():
            refuse(act, due, verdict)
        return None
    try:
        message = rendering.prepare(act, due, ways) if due.message_id is None else None
    except CannotRender as problem:
        why = {"reason": Reason.CANNOT_RENDER.value, "detail": str(problem)}
        touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, **why)
        return None
    if used:
        with act.connection.begin_nested():
            if _was_sent_before(act, due, message):
                return None
    recipient = message.recipient if message is not None else due.recipient
    attempt = max(due.attempt, used) + 1
    return Ready(due, attempt, message, _hand_off(act, due, ways, recipient), act.workspace.caps)


def _hand_off(act: Act, due: Record, ways: Ways, recipient: str) -> HandOff:
    addresses = ways.cast.addresses.get(due.prospect_id, ())
    is_guessed = any(row.value == recipient and row.quality == "guessed" for row in addresses)
    return hand_off_of(act, due, ways.cast.people[due.prospect_id], is_guessed=is_guessed)


def _was_sent_before(act: Act, due: Record, message: Prepared | None) -> bool:
    """Its message is kept then: it is what will be looked for. The call in the journal counts against the cap."""
    recipient = message.recipient if message is not None else due.recipient
    if not restoring.was_sent_before(act, due, recipient):
        return False
    if message is not None:
        keep(act, due, message)
    return True


def keep(act: Act, due: Record, message: Prepared) -> None:
    """Stored with the intent, and with it where its links lead."""
    messages.save(act.connection, due.id, **message.stored(due), intent_at=act.now)
    clicks.keep(act, due.id, message.links)
