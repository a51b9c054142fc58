"""`touchline demo`: three weeks of a sales team in seconds, then its queue to work.

What it needs is imported after its first line: on a slow machine that alone takes seconds.
"""

from pathlib import Path

from engine.runtime.console import say


def run_demo(folder: Path, *, seed: int, days: int, check: bool, host: str, port: int, serve: bool = True) -> int:
    """The exit code: 1 when a promise is broken. `check` tells and ends; otherwise the page is served until Ctrl-C."""
    say(f"Touchline demo: {days} days on a virtual clock, seed {seed}, in {folder}", "bold")
    if serve and not check:
        return _show_and_serve(folder, seed=seed, days=days, host=host, port=port)
    from engine.runtime.demo.showing import show  # noqa: PLC0415 - after the first line

    stage, is_kept = show(folder, seed=seed, days=days, public_url=f"http://{host}:{port}")
    stage.ctx.database.close()
    return 0 if is_kept else 1


def _show_and_serve(folder: Path, *, seed: int, days: int, host: str, port: int) -> int:
    from engine.runtime.demo.serving import serve_page  # noqa: PLC0415 - after the first line
    from engine.runtime.demo.showing import show  # noqa: PLC0415 - after the first line
    from engine.runtime.serving import address_of, listening  # noqa: PLC0415 - after the first line

    with listening(host, port) as taken:
        stage, is_kept = show(folder, seed=seed, days=days, public_url=address_of(taken))
        serve_page(stage, taken)
        return 0 if is_kept else 1
