"""serve: apart from the other commands, which need no server."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

import typer

from engine.core.errors import BadInput
from engine.core.providers import Channels
from engine.operations.context import Context
from engine.runtime.channels_file import load_channels
from engine.runtime.console import err, say
from engine.runtime.logs import write_plainly
from engine.runtime.serving import address_of, listening, serve_until_stopped
from engine.runtime.settings import Settings, load_settings
from engine.runtime.ways import with_channels
from engine.runtime.ways_told import LIVE, in_short
from engine.runtime.wiring import mailbox_addresses, open_context
from engine.store.dispatcher_lock import only_dispatcher


def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on; 0 picks a free one", min=0, max=65535)] = None,
) -> None:
    """Run the engine on the real clock, and serve the queue."""
    settings = load_settings()
    write_plainly()
    ctx = open_context(settings)
    with (
        only_dispatcher(ctx.database),  # before anything is said to be live, or a port to be taken
        listening(host or settings.host, settings.port if port is None else port) as taken,
    ):
        live = _with_ways(_reached_at(ctx, address_of(taken), settings), settings)
        serve_until_stopped(live, taken, token=settings.token_value(), senders=settings.senders)


def _with_ways(ctx: Context, settings: Settings) -> Context:
    """Says plainly where messages go before the first one does."""
    mailboxes = mailbox_addresses(ctx.database)
    if mailboxes is None:
        say(
            "Nothing was applied yet: there is nobody to write as or to. Run `touchline apply sequences/`.",
            "bold yellow",
        )
    loaded = load_channels(settings, mailboxes)
    _refuse_dead_links(loaded.channels, settings)
    for warning in loaded.warnings:
        err.print(str(warning), style="yellow", markup=False, soft_wrap=True)
    for line in in_short(loaded.channels, mailboxes, settings.outbox):
        say(line, "bold yellow" if line.startswith(LIVE) else "")
    return with_channels(ctx, loaded.channels)


def _refuse_dead_links(channels: Channels, settings: Settings) -> None:
    if channels.is_live and not _is_https(settings.public_url):
        raise BadInput(
            f"nobody outside could unsubscribe: the links would lead to {settings.public_url}; "
            "set TOUCHLINE_PUBLIC_URL to the https address where recipients reach it, or write `deliver: outbox`"
        )


def _is_https(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:  # "[" without "]"
        return False
    return address.scheme == "https" and bool(address.hostname)


def _reached_at(ctx: Context, address: str, settings: Settings) -> Context:
    """The links in mails lead to the port that was taken, unless somebody has said where recipients reach us."""
    is_said = "public_url" in settings.model_fields_set
    return ctx if is_said else replace(ctx, public_url=address)
