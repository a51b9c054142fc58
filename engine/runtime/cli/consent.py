"""suppressions, suppress, unsuppress and consent: who must not be contacted, and who has agreed to be."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.operations import steering
from engine.operations.bans import understood
from engine.operations.queries.consents import ConsentView, consents_of, view
from engine.operations.queries.suppressed import every_suppression, people_known_by
from engine.operations.reaching import consents
from engine.operations.reaching.consents import Grant
from engine.operations.steering import Ban
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import an_id, an_instant
from engine.runtime.console import counted, print_csv, print_json, print_table, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

Person = Annotated[int, typer.Argument(help="the person's id, as `people` shows it", parser=an_id, metavar="ID")]
_SHOWN = 50
_SCOPES = ("address", "person", "account", "domain")
_KINDS = ("email", "phone", "wechat", "linkedin")
_CHANNELS = ("all", "email", "phone", "sms", "wechat", "social")
_COLUMNS = ("id", "scope", "key", "channel", "reason", "proof", "source", "since", "until")


def _one_of(word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(known)}")
    return word


def suppressions(as_json: Json = False, as_csv: Csv = False) -> None:
    """List who must not be contacted: every address, person, company and domain, with the reason and its proof."""
    found = list(every_suppression(open_context(load_settings())))
    rows = [
        (one.id, one.scope, one.key, one.channel, one.reason, one.proof, one.source, one.created_at, one.ends_at)
        for one in found
    ]
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(_COLUMNS, rows)
    else:
        print_table(_COLUMNS[:5], [row[:5] for row in rows[:_SHOWN]], counted(len(rows), "suppression"))
        if len(rows) > _SHOWN:
            say(f"and {len(rows) - _SHOWN} more; --csv lists them all")


def suppress(
    value: Annotated[str, typer.Argument(help="an address, a domain, or the id of a person or an account")],
    reason: Annotated[str, typer.Option(help="why, in a word or two: opted_out, legal, asked by phone")],
    scope: Annotated[str, typer.Option(help="address, person, account or domain")] = "address",
    kind: Annotated[str, typer.Option(help="of an address: email, phone, wechat or linkedin")] = "email",
    channel: Annotated[str, typer.Option(help="all, email, phone, sms, wechat or social")] = "all",
    proof: Annotated[str, typer.Option(help="their words, or where they can be seen")] = "",
) -> None:
    """Leave somebody alone, from the next decision on; what is live for them ends."""
    ban = Ban(_one_of(scope, _SCOPES), value, reason, _one_of(kind, _KINDS), _one_of(channel, _CHANNELS), proof, "cli")
    ctx = open_context(load_settings())
    row, is_new = steering.suppress(ctx, understood(ban), actor="cli")
    say(f"{row.scope} {row.key} is suppressed on {row.channel} ({'now' if is_new else 'since ' + str(row.created_at)})")
    say(_whom(people_known_by(ctx, row.scope, row.key), row.channel))


def _whom(count: int, channel: str) -> str:
    if not count:
        return "nobody is known by it yet; whoever comes to be will be left alone"
    known = "1 person known by it is" if count == 1 else f"{count} people known by it are"
    return f"{known} stopped" if channel == "all" else f"{known} left alone on {channel}"


def unsuppress(
    ids: Annotated[list[int], typer.Argument(help="as `suppressions` shows them", parser=an_id, metavar="ID")],
    proof: Annotated[str, typer.Option(help="how we know that they want to hear from us again")],
) -> None:
    """Lift suppressions, because somebody has opted in again; kept with the proof."""
    ctx = open_context(load_settings())
    for one in ids:
        row = steering.lift(ctx, one, actor="cli", proof=proof)
        say(f"{row.scope} {row.key} may be contacted again on {row.channel}")


consent = typer.Typer(help="What people have agreed to, with the evidence.", no_args_is_help=True)


@consent.command("list")
def list_consents(person: Person, as_json: Json = False, as_csv: Csv = False) -> None:
    """All of one person's, those withdrawn included."""
    ctx = open_context(load_settings())
    zone = ZoneInfo(ctx.workspace().zone)
    columns = ("id", "channel", "basis", "state", f"agreed at ({zone.key})", "to what", "source")
    print_list(consents_of(ctx, person), columns, lambda one: _row(one, zone), as_json=as_json, as_csv=as_csv)


@consent.command()
def grant(
    person: Person,
    channel: Annotated[str, typer.Argument(help="email, sms or phone")],
    text: Annotated[str, typer.Option(help="what they agreed to, in its words")],
    source: Annotated[str, typer.Option(help="where that can be seen: a form, a recording, a contract")],
    basis: Annotated[str, typer.Option(help="express, implied, request, contract or opt_out_notice")] = "express",
    at: Annotated[
        datetime | None, typer.Option(help="when, with an offset; now when left out", parser=an_instant, metavar="TIME")
    ] = None,
) -> None:
    """Record that somebody has agreed to a channel."""
    given = Grant(person, channel, text, source, basis, at)
    made = view(consents.grant(open_context(load_settings()), given, actor="cli"))
    say(f"consent {made.id}: person {person} has agreed to {made.channel} ({made.basis})")


@consent.command()
def withdraw(
    person: Person,
    reason: Annotated[str, typer.Option(help="their words, or where they can be seen")],
    channel: Annotated[str | None, typer.Option(help="email, sms or phone; all when left out")] = None,
) -> None:
    """They no longer agree: the channel is closed at the next decision."""
    ctx = open_context(load_settings())
    ended = consents.withdraw(ctx, person, channel=channel, actor="cli", reason=reason)
    say(f"{counted(len(ended), 'consent')} of person {person} ended; {channel or 'every channel'} is closed for them")


def _row(one: ConsentView, zone: ZoneInfo) -> tuple[object, ...]:
    until = f"until {one.expires_at.astimezone(zone):%Y-%m-%d}" if one.expires_at else "holds"
    state = "withdrawn" if one.withdrawn_at else until
    return one.id, one.channel, one.basis, state, f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", one.text, one.source
