"""The demo from its first row to its last promise."""

from pathlib import Path

from engine.runtime.console import say
from engine.runtime.demo import report
from engine.runtime.demo.check import broken
from engine.runtime.demo.evidence import Evidence, gather
from engine.runtime.demo.setting import Stage, import_exports, set_up
from engine.runtime.demo.story import live_through, outbound_lists


def show(folder: Path, *, seed: int, days: int, public_url: str) -> tuple[Stage, bool]:
    """The stage as the last day left it, and whether every promise was kept."""
    stage = set_up(folder, seed=seed, public_url=public_url)
    imported = import_exports(stage)
    report.imports(imported)
    entering = outbound_lists(stage.ctx)
    report.lists(entering)
    report.day_header()
    live_through(stage, entering, seed=seed, days=days, day_done=report.day)
    evidence = gather(stage.ctx, stage.outbox, imported)
    _report_end(stage, evidence)
    return stage, report.promises(broken(evidence))


def _report_end(stage: Stage, evidence: Evidence) -> None:
    report.results(stage.ctx, evidence)
    report.queues(stage.ctx, evidence.workspace)
    say(f"\nThe outbox is {stage.outbox}, a Maildir of {len(evidence.letters)} mails that any mail client opens")
