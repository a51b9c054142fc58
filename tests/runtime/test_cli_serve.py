"""`touchline serve` up to the moment at which it begins to serve."""

import socket
from pathlib import Path

import pytest

from engine.core.errors import AnotherDispatcher, BadInput
from engine.operations.context import Context
from engine.runtime.cli import serve as cli_serve
from engine.runtime.serving import address_of
from engine.store.database import Database
from engine.store.dispatcher_lock import only_dispatcher


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The address of the port that was taken and the one in the mails, of each server that was started."""
    seen: list[tuple[str, str]] = []

    def serve_nobody(ctx: Context, taken: socket.socket, **_: object) -> None:
        seen.append((address_of(taken), ctx.public_url))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli_serve, "serve_until_stopped", serve_nobody)
    return seen


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("host", "told"), [("a\udcff", "is no address"), ("192.0.2.1", "with --host")])
def test_an_address_that_is_not_this_machines_is_told(host: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        cli_serve.serve(host=host, port=0)


def test_links_in_mails_lead_to_the_port_that_was_taken(served: list[tuple[str, str]]) -> None:
    cli_serve.serve(port=0)
    ((listens, in_mails),) = served
    assert in_mails == listens


def test_a_second_one_on_the_same_file_says_nothing_of_where_mails_go(
    served: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli_serve.serve(port=0)
    assert "mails and SMS go to" in capsys.readouterr().out
    with only_dispatcher(Database(f"sqlite:///{tmp_path}/data/touchline.db")), pytest.raises(AnotherDispatcher):
        cli_serve.serve(port=0)
    assert len(served) == 1
    assert "go to" not in capsys.readouterr().out


def test_links_in_mails_lead_where_recipients_are_said_to_reach_us(
    served: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLINE_PUBLIC_URL", "https://touch.example.com")
    cli_serve.serve(port=0)
    assert [in_mails for _, in_mails in served] == ["https://touch.example.com"]
