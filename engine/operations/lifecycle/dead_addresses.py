"""An address that does not work: nobody uses it again, and an enrollment ends when no channel is left to it."""

from collections.abc import Sequence

from engine.core.consent import channel_of, closes
from engine.core.enrollment import StopReason
from engine.core.sequence import Family, Step
from engine.core.task import TaskKind
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.lifecycle import follow_ups, stopping
from engine.operations.lifecycle.stopping import Stopped
from engine.store import people, reservations, suppressions, tasks, touches
from engine.store.connection import Record


def bury(act: Act, address: Record, family: Family, *, reason: str, proof: str, source: str) -> None:
    """Under whatever name it comes back, it stays dead. `reason` is one of `consent.ADDRESS_ONLY`.

    A number that takes no texts may be a landline: it can still be called. What was about to be sent there goes to
    their next address.
    """
    reservations.give_back_of(act.connection, address.prospect_id)
    if family is not Family.SMS:
        people.mark_dead(act.connection, address.id, reason)
    covers = {"scope": "address", "key": address.match_key, "channel": channel_of(family)}
    suppressions.add(act.connection, now=act.now, **covers, reason=reason, proof=proof, source=source)
    act.record("suppress", "address", address.id, reason=reason, source=source)


def stop_if_unreachable(act: Act, enrollment: Record, reason: StopReason) -> Stopped | None:
    """Stops only when no channel is left for any step that lies ahead."""
    open_families = _open_families(act, enrollment.prospect_id)
    if any(step.do.family in open_families for step in _ahead(act, enrollment)):
        return None
    return stopping.stop_enrollment(act, enrollment, reason)


def ask_whether_they_left(act: Act, enrollment: Record, event_id: int | None) -> None:
    """Once: a second dead address asks nothing new."""
    waiting = tasks.open_of_prospect(act.connection, enrollment.prospect_id)
    if not any(task.kind == TaskKind.HAS_LEFT.value for task in waiting):
        follow_ups.open_task(act, follow_ups.about(enrollment), TaskKind.HAS_LEFT, event_id=event_id)


def _open_families(act: Act, prospect_id: int) -> set[Family]:
    """Where an address works, and nobody has asked us to keep away."""
    kinds = people.usable_kinds(act.connection, [prospect_id]).get(prospect_id, set())
    covers = suppressions.covering(act.connection, [prospect_id]).get(prospect_id, [])
    return {family for family in facts.families_of(kinds) if closes(covers, family) is None}


def _ahead(act: Act, enrollment: Record) -> Sequence[Step]:
    past = touches.of_enrollments(act.connection, [enrollment.id])[enrollment.id]
    ended = {touch.step for touch in past if touch.ended_at}
    steps = act.plan(enrollment.version_id).sequence.steps
    return [step for step in steps if step.key not in ended and step.do.is_counted]
