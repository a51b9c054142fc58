import sys

import pytest

from engine.runtime.cli import main as cli


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "9:00"])
def test_a_time_that_is_none_says_how_to_write_one(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["touchline", "snooze", "1", text, "--rep", "tom-lee"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == cli.USAGE
    assert f"'{text}' is no time; write one like 2026-03-31T09:00, or 2026-03-31" in capsys.readouterr().err
