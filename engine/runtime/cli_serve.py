"""serve: apart from the other commands, which need no server."""

from typing import Annotated

import typer

from engine.runtime.serving import listening, serve_until_stopped
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context


def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on; 0 picks a free one", min=0, max=65535)] = None,
) -> None:
    """Run the engine on the real clock, and serve the queue."""
    settings = load_settings()
    with listening(host or settings.host, settings.port if port is None else port) as taken:
        serve_until_stopped(open_context(settings), taken, token=settings.token_value(), senders=settings.senders)
