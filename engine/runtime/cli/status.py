"""status: how it is going, on one screen."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.operations.queries.moments import length
from engine.operations.queries.standing import NextTouch, Standing, Waiting, standing
from engine.runtime.cli.lists import Json
from engine.runtime.console import counted, print_json, print_table, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context


def status(as_json: Json = False) -> None:
    """How it is going: is it running, who is in what, what was done, what is due, what waits for a person."""
    found = standing(open_context(load_settings()))
    if as_json:
        print_json(found)
        return
    _print_gates(found)
    print_table(
        ("people in", "pending", "active", "paused"),
        [(one.sequence, one.pending, one.active, one.paused) for one in found.live],
    )
    for one in found.not_begun:
        say(one.words)
    done = found.done
    say(f"last 24 h: {counted(done.mails, 'mail')}, {counted(done.texts, 'text')}, {done.by_people} by people")
    print_table(("rep", "due now", "overdue"), [(one.rep, one.due, one.overdue) for one in found.reps])
    print_table(("waits for a person", "", "what to do"), list(_waiting(found.waiting)) or [("nothing", "", "")])
    say(_told(found.next_touch, found.at))


def _print_gates(found: Standing) -> None:
    """What must be good for anything to leave."""
    ago = f"last tick {length(found.at - found.last_tick, 'en')} ago" if found.last_tick else "it has never run"
    if found.is_running:
        say(f"running, {ago}", "green")
    else:
        say(f"NOT running, {ago}; start `touchline serve`", "red")
    if not found.is_applied:
        say("no workspace has been applied yet; run `touchline apply sequences/`", "red")
    elif found.is_sending:
        say("sending is on", "green")
    else:
        say("sending is OFF; `touchline sending on` lets it go on", "red")
    if found.is_held:
        say(f"a restored backup is held: {found.held_note}; look, then run `touchline recovery release`", "red")


def _waiting(found: Waiting) -> Iterator[tuple[object, ...]]:
    if found.doubts:
        yield "sends that nobody can prove", found.doubts, "`touchline doubts list`"
    for held in found.held:
        yield f"held: {held.why}", held.touches, "`touchline held list`"
    if found.replies_to_triage:
        yield "replies to triage", found.replies_to_triage, "`touchline queue`"
    for inbox in found.unread:
        yield f"{inbox.folder} of {inbox.address} cannot be read: {inbox.trouble}", "", "`touchline doctor --connect`"
    for stopped in found.stopped:
        yield f"stopped {stopped.scope} {stopped.key}: {stopped.detail}", "", "`touchline breakers list`"


def _told(coming: NextTouch | None, now: datetime) -> str:
    if coming is None:
        return "no automatic touch is planned"
    local = coming.at.astimezone(ZoneInfo(coming.zone))
    when = f"{local:%Y-%m-%d %H:%M} {coming.zone}" if coming.at > now else "due now"
    why = f": {coming.why}" if coming.why else ""
    return f"next automatic touch: {coming.what} to {coming.name} ({coming.sequence}), {when}{why}"
