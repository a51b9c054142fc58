"""serve: apart from the other commands, which need no server."""

from typing import Annotated

import typer

from engine.runtime.serving import address_of, listening, serve_until_stopped
from engine.runtime.settings import Settings, load_settings
from engine.runtime.wiring import open_context


def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on; 0 picks a free one", min=0, max=65535)] = None,
) -> None:
    """Run the engine on the real clock, and serve the queue."""
    settings = load_settings()
    with listening(host or settings.host, settings.port if port is None else port) as taken:
        ctx = open_context(_reached_at(address_of(taken), settings))
        serve_until_stopped(ctx, taken, token=settings.token_value(), senders=settings.senders)


def _reached_at(address: str, settings: Settings) -> Settings:
    """The links in mails lead to the port that was taken, unless somebody has said where recipients reach us."""
    is_said = "public_url" in settings.model_fields_set
    return settings if is_said else settings.model_copy(update={"public_url": address})
