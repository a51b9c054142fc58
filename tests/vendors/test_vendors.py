"""The command that runs the SDKs against Prism, without Prism: what it says and how it ends."""

from pathlib import Path

import pytest

from tests.vendors import __main__ as command
from tests.vendors.__main__ import Result
from tests.vendors.checks import FILES, WEBHOOK_SETTINGS


def fill(folder: Path) -> None:
    for name in FILES:
        paths = ", ".join(f'"{path}": {{}}' for path in WEBHOOK_SETTINGS)
        (folder / name).write_text(f'{{"paths": {{{paths}}}}}', "utf-8")


def test_without_the_vendors_files_it_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--specs", str(tmp_path)]) == 64
    told = capsys.readouterr().out
    assert all(name in told for name in FILES)


def test_without_npx_it_says_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command.main(["--specs", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("not run: npx is not installed")


@pytest.mark.parametrize(("problem", "code", "word"), [(None, 0, "pass"), ("refused", 1, "FAIL")])
def test_one_failure_fails_it(capsys: pytest.CaptureFixture[str], problem: str | None, code: int, word: str) -> None:
    assert command._told([Result("a mail", None), Result("a text", problem)]) == code
    assert f"{word}  a text" in capsys.readouterr().out
