"""Links that lead through us: made with the mail, followed by whoever has it, judged a few seconds later.

The target is stored when the mail is written and never told by the request: there is no open redirect. A click is
judged when it is known whether somebody looked at all the links of the mail at once; what a program does
changes nothing.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.clicks import BURST, Visit, is_burst, is_machine
from engine.messages import tracking
from engine.messages.contract import BODIES
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, ingest
from engine.store import tracked_links
from engine.store.connection import Connection, Record

_JUDGED_AFTER = BURST * 2
_SEEN_LATELY = timedelta(minutes=1)
_ID_BYTES = 16
_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # so many bytes in base64


@dataclass(frozen=True, slots=True)
class Link:
    """`id` is what the mail's reader asks us for, and hard to guess."""

    id: str
    url: str


def lead(act: Act, template: Mapping[str, str], parts: Mapping[str, str]) -> tuple[dict[str, str], tuple[Link, ...]]:
    """The rendered parts with the template's own links led through us; the same link is led by one id."""
    ours = tracking.template_links({part: text for part, text in template.items() if part in BODIES})
    website = act.workspace.website
    ours |= {website} if tracking.is_followed(website) else set()
    ids: dict[str, str] = {}

    def redirect(link: str) -> str:
        return f"{act.ctx.public_url.rstrip('/')}/c/{ids.setdefault(link, secrets.token_urlsafe(_ID_BYTES))}"

    led = {part: tracking.tracked(part, parts[part], ours, redirect) for part in BODIES if part in parts}
    return {**parts, **led}, tuple(Link(new, link) for link, new in ids.items())


def keep(act: Act, touch_id: int, links: Iterable[Link]) -> None:
    """Where they lead is stored with the mail."""
    rows = [{"id": link.id, "touch_id": touch_id, "url": link.url, "created_at": act.now} for link in links]
    tracked_links.add_many(act.connection, rows)


def follow(ctx: Context, link_id: str, visit: Visit) -> str | None:
    """Where the link leads; None for one that we did not make."""
    with ctx.database.read() as connection:
        link = tracked_links.find(connection, link_id) if _ID.fullmatch(link_id) else None
    if link is None:
        return None
    if is_machine(visit, link.ended_at or link.created_at):
        _note_machine(ctx, link, visit)
    elif link.visited_at is None and link.clicked_at is None:
        with begin(ctx) as act:
            tracked_links.note_visit(act.connection, link.id, visit.at)
    return str(link.url)


def _note_machine(ctx: Context, link: Record, visit: Visit) -> None:
    """Once a minute at most: a scanner may be thorough. It takes no waiting click of a person away."""
    if link.machine_at is not None and visit.at - link.machine_at < _SEEN_LATELY:
        return
    _tell(ctx, link, "machine_clicked", visit.at)
    if link.visited_at is None:
        with begin(ctx) as act:
            tracked_links.note_machine(act.connection, link.id, visit.at)


def settle(ctx: Context, limit: int = 500) -> int:
    """Judges the visits that are old enough. Returns how many were clicks of people."""
    with ctx.database.read() as connection:
        due = tracked_links.waiting(connection, ctx.now() - _JUDGED_AFTER, limit)
        human = {link.id for link in due if not _is_one_of_many(connection, link)}
    for link in due:
        kind, note = _CLICKED if link.id in human else _MACHINE_CLICKED
        _tell(ctx, link, kind, link.visited_at)  # told first: a click is told again, not lost, if we stop here
        with begin(ctx) as act:
            note(act.connection, link.id, link.visited_at)
    return len(human)


_CLICKED = ("clicked", tracked_links.note_click)
_MACHINE_CLICKED = ("machine_clicked", tracked_links.note_machine)


def _is_one_of_many(connection: Connection, link: Record) -> bool:
    others = [other for other in tracked_links.of_touch(connection, link.touch_id) if other.id != link.id]
    times = [at for other in others for at in (other.visited_at, other.machine_at, other.clicked_at) if at is not None]
    return is_burst(link.visited_at, times)


def _tell(ctx: Context, link: Record, kind: str, at: datetime) -> None:
    """The same link and kind is the same fact: it counts once."""
    key = f"{link.id}-{kind}"
    ingest(ctx, Inbound(kind, link.prospect_id, at, key, "link", link.touch_id, {"url": str(link.url)}))
