"""A terminal in which the command line is tried, and a busy day that it finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runtime.wiring import open_context
from tests.support.busy_day import busy_day
from tests.support.terminal import Touchline, terminal
from tests.support.world import World


@pytest.fixture
def touchline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Touchline:
    return terminal(monkeypatch, capsys)


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With the clock at which it was lived."""
    world = busy_day(tmp_path)
    monkeypatch.setenv("TOUCHLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TOUCHLINE_DATABASE_URL", world.ctx.database.url)
    monkeypatch.setattr(open_context, "__kwdefaults__", (open_context.__kwdefaults__ or {}) | {"now": world.clock})
    yield world
    world.ctx.database.close()
