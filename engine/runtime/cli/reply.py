"""reply: an answer that came where no machine reads, on somebody's phone or in a forwarded mail."""

import sys
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

import typer

from engine.core.errors import BadInput
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.incoming.whose import Named, whose
from engine.operations.queries import enrollments, pages
from engine.operations.queries.enrollments import EnrollmentRow
from engine.runtime.cli.acting import RepOption, at_desk, instant
from engine.runtime.cli.spelling import a_time, is_id
from engine.runtime.console import say
from engine.store import tasks


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WECHAT = "wechat"
    LINKEDIN = "linkedin"
    PHONE = "phone"


def reply(
    person: Annotated[str, typer.Argument(help="who answered: their id, mail address, or number such as +12125550100")],
    text: Annotated[str, typer.Argument(help="what they wrote or said; - reads it from standard input")],
    channel: Annotated[Channel, typer.Option(help="how it came")] = Channel.EMAIL,
    at: Annotated[
        datetime | None, typer.Option(help="when, in your time; now when left out", parser=a_time, metavar="TIME")
    ] = None,
    rep: RepOption = None,
) -> None:
    """Enter an answer that came some other way: their sequences stop, and somebody decides what follows."""
    ctx, actor = at_desk(rep)
    words = (sys.stdin.read() if text == "-" else text).strip()
    if not words:
        raise BadInput("the reply is empty; say what they wrote, in a few words at least")
    who, now = whose(ctx, _named(person)).prospect_id, ctx.now()
    when = instant(ctx, actor, at) if at else now
    if when > now:
        raise BadInput(f"{when.isoformat()} lies in the future; give the time at which they answered")
    _take(ctx, Inbound("replied", who, when, _key(who, channel, words, when), "cli", body=_body(channel, words)))


def _named(text: str) -> Named:
    if is_id(text):
        return Named(prospect_id=int(text))
    if "@" in text:
        return Named(email=text)
    if text.startswith("+"):
        return Named(phone=text)
    raise BadInput(f"{text!r} is no id, no mail address and no number with its country code; `people` lists the ids")


def _body(channel: Channel, words: str) -> dict[str, str]:
    return {"channel": channel.value, "text": words}


def _key(who: int, channel: Channel, words: str, when: datetime) -> str:
    """The same words of one day are the same reply: whoever presses the key twice makes no second task."""
    return f"{who}-{channel}-{when:%Y-%m-%d}-{sha256(words.encode()).hexdigest()[:16]}"


def _take(ctx: Context, fact: Inbound) -> None:
    before = _live(ctx, fact.prospect_id)
    receipt = ingest(ctx, fact)
    if not receipt.is_applied:
        say("kept; a send to them is under way, and their sequences stop as soon as it has its result", "yellow")
        return
    if not receipt.is_new:
        say("that reply is known already; nothing new follows")
        return
    left = {one.id for one in _live(ctx, fact.prospect_id)}
    stopped = [one for one in before if one.id not in left]
    for one in stopped:
        say(f"stopped: {one.prospect.name} in {one.sequence} (enrollment {one.id})")
    if not stopped:
        say("they were in no sequence; nothing had to be stopped")
    _tell_task(ctx, fact.prospect_id, receipt.event_id)


def _live(ctx: Context, person: int) -> list[EnrollmentRow]:
    asked = {"prospect_id": person}
    found = pages.every(lambda cursor: enrollments.list_enrollments(ctx, asked, limit=pages.LARGEST, cursor=cursor))
    return [one for one in found if one.ended_at is None]


def _tell_task(ctx: Context, person: int, event_id: int) -> None:
    with ctx.database.read() as connection:
        opened = [row.id for row in tasks.open_of_prospect(connection, person) if row.event_id == event_id]
    for one in opened:
        say(f"task {one} asks for triage; `touchline show {one}` has it")
