"""`touchline` as it is typed, in this process."""

import sys
from collections.abc import Callable

import pytest

from engine.runtime.cli import main as cli

Touchline = Callable[..., str]


def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Touchline:
    """Gives back what was printed. `raw`: line by line on standard output; else all of it, in one line."""

    def run(*words: object, code: int = 0, raw: bool = False) -> str:
        monkeypatch.setattr(sys, "argv", ["touchline", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        assert (ended.value.code or 0) == code, shown
        return shown.out if raw else " ".join((shown.out + shown.err).split())

    return run
