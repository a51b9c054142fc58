"""`touchline` as it is typed, in this process: a process of its own takes seconds to begin."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from engine.runtime.cli import main as cli

Touchline = Callable[..., str]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Typed = Callable[..., Ran]


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """What a command line prints and how it ends."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["touchline", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return Ran(int(ended.value.code or 0), shown.out, shown.err)

    return run


def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Touchline:
    """Gives back what was printed. `raw`: line by line on standard output; else all of it, in one line."""
    ran = typed(monkeypatch, capsys)

    def run(*words: object, code: int = 0, raw: bool = False) -> str:
        shown = ran(*words)
        assert shown.code == code, shown
        return shown.out if raw else " ".join((shown.out + shown.err).split())

    return run
