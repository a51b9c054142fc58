"""demo: apart from the other commands, because its first line must not wait for what they import."""

from pathlib import Path
from typing import Annotated

import typer

from engine.runtime.demo import run_demo


def demo(
    folder: Annotated[Path, typer.Option(help="where the demo keeps its files; made anew each time")] = Path(
        "touchline-demo"
    ),
    seed: Annotated[int, typer.Option(help="another seed is another cast of prospects")] = 7,
    days: Annotated[int, typer.Option(help="virtual days to run", min=1, max=60)] = 21,
    check: Annotated[bool, typer.Option("--check", help="verify the run's own invariants and exit")] = False,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on; 0 picks a free one", min=0, max=65535)] = 8000,
) -> None:
    """Watch 21 days of a sales team in seconds, then work its queue."""
    raise typer.Exit(run_demo(folder, seed=seed, days=days, check=check, host=host, port=port))
