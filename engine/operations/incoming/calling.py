"""Click-to-call: one rep, one click, one call. The guard is asked before the rep's phone rings, and again before the
prospect's does, which takes a key pressed by the rep: no voicemail answers for them. How it went is told by the
provider; what came of it is for the rep to say, never for a machine.
"""

import re
from datetime import timedelta

from engine.channels.dialer import Dialer
from engine.channels.twilio import voice as twilio_voice
from engine.channels.twilio.voice import CallNews, Leg
from engine.core.errors import BadInput, Conflict, NotFound
from engine.core.guards import Allowed
from engine.core.outcome import Accepted
from engine.core.task import TaskKind, TaskStatus
from engine.operations import texts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming.hearing import Reading
from engine.operations.queries import reasons
from engine.operations.reaching import reach
from engine.operations.safeguards import clearance
from engine.operations.tasks.work_task import By
from engine.operations.wording import is_chinese, press_a_key
from engine.store import calls, moments, people, plans, tasks
from engine.store.connection import Connection, Record

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_CALL = timedelta(hours=4)  # Twilio ends a call then
_FINAL = frozenset({"completed", "busy", "no_answer", "failed", "cancelled"})
_RANK = {"starting": 0, "ringing_rep": 1, "ringing_prospect": 2, "talking": 3}
# What Twilio says of a line, as the state of the whole call. Of the rep's line only its beginning counts: that it has
# ended says nothing of the prospect's.
_REPS_LINE = {"initiated": "ringing_rep", "ringing": "ringing_rep", "in-progress": "ringing_rep"}
_PROSPECTS_LINE = {
    "initiated": "ringing_prospect", "ringing": "ringing_prospect", "in-progress": "talking",
    "completed": "completed", "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "cancelled",
}  # fmt: skip
_RECORDED = "This call is recorded."
_PROPOSED = {"busy": "busy", "no_answer": "no_answer"}
_ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class MayNotCall(Conflict):
    """They may not be called now."""


def start(ctx: Context, by: By) -> Record:
    """The rep's phone rings; the prospect's will when the rep has picked up. Returns the call as it is now.

    Raises Conflict where nobody dials here, they may not be called now, or the rep is on another call; BadInput for a
    rep without a number.
    """
    dialer = _dialer(ctx)
    with begin(ctx, by.actor) as act:
        made = _write_down(act, by, dialer)
    outcome = dialer.ring(made.id, made.rep_number)
    with begin(ctx, by.actor) as act:
        if isinstance(outcome, Accepted):
            calls.set_values(act.connection, made.id, provider_id=outcome.provider_id)
            _raise_to(act, made.id, "ringing_rep")
        else:
            calls.set_values(act.connection, made.id, status="failed", ended_at=act.now, detail=outcome.detail)
        call = calls.one(act.connection, made.id)
    assert call is not None  # noqa: S101 - it was written down above
    return call


def _dialer(ctx: Context) -> Dialer:
    if ctx.dialer is None:
        raise Conflict("nobody dials here; set twilio: voice_from in channels.yaml, or dial the number yourself")
    return ctx.dialer


def _write_down(act: Act, by: By, dialer: Dialer) -> Record:
    """Before anything rings, so that a second click finds the first."""
    task, rep = tasks.one(act.connection, by.task_id), plans.rep_by_key(act.connection, by.actor)
    if task.kind != TaskKind.CALL.value or not TaskStatus(task.status).is_open:
        raise Conflict(f"task {task.id} is a {task.kind} that is {task.status}; only an open call can be dialled")
    if not _E164.fullmatch(rep.phone or ""):
        raise BadInput(f"{rep.key} has no phone; write it into workspace.yaml, like +12125550100", field="phone")
    number = _number(act, task)
    calls.give_up(act.connection, rep.id, act.now - _LONGEST_CALL, now=act.now)
    made = calls.add(
        act.connection,
        task_id=task.id,
        prospect_id=task.prospect_id,
        rep_id=rep.id,
        rep_number=rep.phone,
        prospect_number=number,
        caller_id=dialer.caller_id,
        started_at=act.now,
    )
    if made is None:
        raise Conflict(f"{rep.key} is on another call; one click is one call")
    act.record("call", "task", task.id, call=made.id)
    return made


def _number(act: Act, task: Record) -> str:
    """Whom to ring, if the guard allows it."""
    due = moments.one(act.connection, task.touch_id) if task.touch_id is not None else None
    if due is None:
        raise Conflict(f"task {task.id} belongs to no step; dial the number yourself")
    cast = texts.cast_of(act.connection, act.workspace, [due])
    ways = reach.ways_to(act, [due], cast)
    verdict = clearance.call_verdict(act, due, ways)
    if not isinstance(verdict, Allowed):
        raise MayNotCall(reasons.of_touch(verdict.reason.value, cast.reps[due.rep_id].locale), reason=verdict.reason)
    address = ways.address_for(due)
    if address is None:
        raise MayNotCall(f"there is no number for prospect {due.prospect_id}")
    return str(address.value)


def next_on_the_line(ctx: Context, news: CallNews) -> str:
    """What the line that tells this shall do."""
    match news.leg:
        case Leg.PICKED_UP:
            return _ask(ctx, news.call_id)
        case Leg.BRIDGE:
            return _bridge(ctx, news.call_id)
        case Leg.ANNOUNCE:
            return twilio_voice.spoken(_RECORDED)
        case _:
            return twilio_voice.silent()


def _ask(ctx: Context, call_id: int) -> str:
    """TwiML for whoever has picked up at the rep's."""
    with ctx.database.read() as connection:
        call = calls.one(connection, call_id)
        if call is None or call.status in _FINAL or ctx.dialer is None:
            return twilio_voice.silent()
        rep, name = _rep_of(connection, call), people.prospect_row(connection, call.prospect_id).name
    return ctx.dialer.ask(call_id, press_a_key(name, rep.locale), is_chinese=is_chinese(rep.locale))


def _bridge(ctx: Context, call_id: int) -> str:
    """TwiML for the rep who has pressed a key. Whoever has opted out since the click is not rung."""
    with begin(ctx) as act:
        call = calls.one(act.connection, call_id)
        if call is None or call.status in _FINAL or ctx.dialer is None:
            return twilio_voice.silent()
        rep = _rep_of(act.connection, call)
        try:
            number = _number(act, tasks.one(act.connection, call.task_id))
        except (Conflict, NotFound) as refusal:
            values = {"status": "cancelled", "ended_at": act.now, "detail": str(refusal)}
            calls.set_values(act.connection, call_id, **values)
            return twilio_voice.spoken(str(refusal), is_chinese=is_chinese(rep.locale))
        return ctx.dialer.bridge(call_id, number)


def _rep_of(connection: Connection, call: Record) -> Record:
    return next(one for one in plans.reps(connection, only_active=False) if one.id == call.rep_id)


def read(ctx: Context, row: Record) -> Reading:
    """A webhook about one of our calls, in whatever order they come."""
    news = twilio_voice.read_call(row.body, (row.headers or {}).get("query", ""), row.received_at)
    with begin(ctx) as act:
        call = calls.one(act.connection, news.call_id, lock=True)
        if call is None or (news.leg is Leg.REP and call.provider_id not in (None, news.sid)):
            return Reading(is_applied=False, note="no call of this installation")
        _apply(act, call, news)
    return Reading(is_applied=True)


def _apply(act: Act, call: Record, news: CallNews) -> None:
    match news.leg:
        case Leg.ANSWERED_BY:
            calls.set_values(act.connection, call.id, answered_by=news.answered_by)
        case Leg.PROSPECT if news.status in _PROSPECTS_LINE:
            _of_prospect(act, call, news)
        case Leg.BRIDGE:
            _raise_to(act, call.id, "ringing_prospect")
        case Leg.REP if news.status in _REPS_LINE:
            _raise_to(act, call.id, _REPS_LINE[news.status])
        case Leg.REP if news.status in _ENDED and call.status not in _FINAL:
            told = f"the rep's line: {news.status}"
            calls.set_values(act.connection, call.id, status="cancelled", ended_at=news.at, detail=told)


def _of_prospect(act: Act, call: Record, news: CallNews) -> None:
    """How the prospect's line ended is how the call ended, whatever was heard of the rep's before."""
    status = _PROSPECTS_LINE[news.status]
    if status == "talking":
        calls.set_values(act.connection, call.id, answered_at=news.at)
    if status in _FINAL:
        calls.set_values(act.connection, call.id, status=status, ended_at=news.at, seconds=news.seconds, detail="")
    else:
        _raise_to(act, call.id, status)


def _raise_to(act: Act, call_id: int, status: str) -> None:
    """News that come late take nothing back."""
    call = calls.one(act.connection, call_id)
    if call is not None and _RANK.get(call.status, len(_RANK)) < _RANK[status]:
        calls.set_values(act.connection, call_id, status=status)


def proposed_outcome(call: Record) -> str | None:
    """What the rep is offered first; nothing is ever set by it."""
    is_machine = (call.answered_by or "").startswith(("machine", "fax"))
    return "voicemail" if is_machine else _PROPOSED.get(call.status)
