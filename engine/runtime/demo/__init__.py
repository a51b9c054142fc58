"""`touchline demo`: three weeks of a sales team in seconds, then its queue to work."""

from pathlib import Path

from engine.runtime.console import say
from engine.runtime.demo import report
from engine.runtime.demo.check import broken
from engine.runtime.demo.evidence import Evidence, gather
from engine.runtime.demo.setting import Stage, import_exports, set_up
from engine.runtime.demo.story import live_through, outbound_lists


def run_demo(folder: Path, *, seed: int, days: int, check: bool, host: str, port: int, serve: bool = True) -> int:
    """The exit code: 1 when a promise is broken. `check` tells and ends; otherwise the page is served until Ctrl-C."""
    say(f"Touchline demo: {days} days on a virtual clock, seed {seed}, in {folder}", "bold")
    if check or not serve:
        return _tell(folder, seed=seed, days=days, public_url=f"http://{host}:{port}")[1]
    from engine.runtime.demo.serving import address_of, listening, serve_page  # noqa: PLC0415 - a second of imports

    with listening(host, port) as taken:
        stage, code = _tell(folder, seed=seed, days=days, public_url=address_of(taken))
        serve_page(stage, taken)
        return code


def _tell(folder: Path, *, seed: int, days: int, public_url: str) -> tuple[Stage, int]:
    stage = set_up(folder, seed=seed, public_url=public_url)
    imported = import_exports(stage)
    report.imports(imported)
    entering = outbound_lists(stage.ctx)
    report.lists(entering)
    report.day_header()
    live_through(stage, entering, seed=seed, days=days, day_done=report.day)
    evidence = gather(stage.ctx, stage.outbox, imported)
    _report_end(stage, evidence)
    is_kept = report.promises(broken(evidence))
    return stage, 0 if is_kept else 1


def _report_end(stage: Stage, evidence: Evidence) -> None:
    report.results(stage.ctx, evidence)
    report.queues(stage.ctx, evidence.workspace)
    say(f"\nThe outbox is {stage.outbox}, a Maildir of {len(evidence.letters)} mails that any mail client opens")
