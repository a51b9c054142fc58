"""Settings and the secrets of channels.yaml are read from the process's environment over `.env`."""

from pathlib import Path

import pytest

from engine.core.errors import BadInput
from engine.runtime.channels_file import load_channels
from engine.runtime.settings import load_settings

CHANNELS = """\
mailboxes: {a@b.example: {smtp: {host: s.example, user: ana, password: {env: MAIL_PASSWORD}}, replies: none}}
twilio: {sid: AC1, token: {env: TWILIO_TOKEN}, sms_from: "+14155550100"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_settings_and_secrets_come_from_the_process_over_dotenv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "channels.yaml").write_text(CHANNELS)
    (folder / "token").write_text("from a file\n")
    written = (
        "TOUCHLINE_PORT=1\nTOUCHLINE_SENDERS=7\nTOUCHLINE_TOKEN_FILE=token\nMAIL_PASSWORD=nearer\nTWILIO_TOKEN='t'"
    )
    (folder / ".env").write_text(written, encoding="utf-8-sig")
    monkeypatch.setenv("TOUCHLINE_PORT", "2")
    monkeypatch.setenv("MAIL_PASSWORD", "nearest")
    settings = load_settings()
    assert (settings.port, settings.senders, settings.token_value()) == (2, 7, "from a file")
    channels = load_channels(settings).channels
    assert channels.twilio is not None
    assert channels.twilio.token.value == "t"
    assert "nearest" in {way.out.server.login.password.value for way in channels.mail.values()}  # type: ignore[union-attr]  # it logs in

    monkeypatch.setenv("TOUCHLINE_TOKEN", "of the process")
    assert load_settings().token_value() == "of the process"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"TOUCHLINE_PRT=1", r"^\.env: TOUCHLINE_PRT is no setting; did you mean TOUCHLINE_PORT\?"),
        (b"TOUCHLINE_TOKEN_FILE=gone", "TOUCHLINE_TOKEN_FILE: gone cannot be read: No such file"),
        (b"A=1\n\nthis is no line\n", r"^\.env: line 2 or the next that is not empty is not understood"),
        (b"A=\xff", r"^\.env is not UTF-8"),
        (b"TOUCHLINE_DATA=a\0b", r"^\.env: the value of 'TOUCHLINE_DATA' holds a NUL"),
    ],
)
def test_what_is_wrong_in_dotenv_is_told_with_its_name(
    folder: Path, written: bytes, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / ".env").write_bytes(written)
    with pytest.raises(BadInput, match=told):
        load_settings()
    assert not caplog.records  # once is enough
