"""From `channels.yaml` to where a message goes, and what people are told about it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from engine.channels.mailboxes import Mailboxes
from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.channels.sendgrid.transport import SendGridMail
from engine.channels.smtp.transport import SmtpMail
from engine.channels.twilio.sms import TwilioSms
from engine.core.errors import BadInput
from engine.core.providers import Channels, Replies
from engine.operations import authoring
from engine.operations.context import Context
from engine.runtime.channels_file import load_channels
from engine.runtime.cli import run as cli_run
from engine.runtime.cli import serve as cli_serve
from engine.runtime.cli import validate as cli_validate
from engine.runtime.settings import load_settings
from engine.runtime.ways import longest_send, with_channels
from engine.runtime.wiring import open_context
from tests.support.fake_sendgrid import fake_sendgrid
from tests.support.fake_twilio import SID, fake_twilio
from tests.support.mail_servers import PASSWORD, USER, certificates_in, smtp_sink
from tests.support.world import shipped_project

Write = Callable[[str], Path]
LIVE = """\
deliver: live
mailboxes:
  tom.lee@northgate.example.com:
    smtp: {host: 127.0.0.1, port: 2525, security: none, total_seconds: 100, final_reply_seconds: 200}
    replies: none
  ana.diaz@northgate.example.com: {sendgrid: {api_key: {env: SENDGRID_KEY}}, replies: none}
  grace.hill@northgate.example.com: {}
twilio: {sid: AC1, token: {file: twilio-token}, sms_from: "+14155550100"}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A folder of our own in which channels.yaml is written; its secrets are there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENDGRID_KEY", "SG.canary-of-sendgrid-1234")
    monkeypatch.setenv("TOUCHLINE_TOKEN", "canary-of-the-api")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "twilio-token").write_text("canary-of-twilio-5678\n")

    def written(text: str) -> Path:
        path = tmp_path / "data" / "channels.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def live() -> Context:
    settings = load_settings()
    return with_channels(open_context(settings), load_channels(settings).channels)


def test_without_a_file_nothing_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_channels(load_settings()).channels == Channels()


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOUCHLINE_CHANNELS", "gone.yaml")
    with pytest.raises(BadInput, match=r"gone\.yaml: No such file"):
        load_channels(load_settings())


def test_all_errors_come_in_one_go(write: Write) -> None:
    write("deliver: lively\nmailboxes: {ana: {}}\n")
    with pytest.raises(BadInput, match=r"channels\.yaml:1:10: .*\n.*channels\.yaml:2:13: "):
        load_channels(load_settings())


def test_a_file_without_end_and_a_name_that_is_none_are_told_at_their_place(write: Write) -> None:
    mailbox = "{smtp: {host: s.example, user: a, password: {file: PLACE}, ca_file: PLACE}, replies: none}"
    for place, told in (
        ("/dev/zero", "it is no ordinary file"),
        ('"a\\0b"', "its name holds a NUL"),
        (".", "directory"),
    ):
        write(f"mailboxes: {{a@b.example: {mailbox.replace('PLACE', place)}}}")
        with pytest.raises(BadInput) as refused:
            load_channels(load_settings())
        assert str(refused.value).count(told) == 2
    path = write("#" * 2_000_000)
    with pytest.raises(BadInput, match="it is longer than"):
        load_channels(load_settings())
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(BadInput, match="it is no ordinary file"):
        load_channels(load_settings())


def test_secrets_are_named_from_where_the_file_is(write: Write) -> None:
    write(LIVE)
    twilio = load_channels(load_settings()).channels.twilio
    assert twilio is not None
    assert twilio.token.value == "canary-of-twilio-5678"


TRUSTING = "deliver: live\nmailboxes: {a@b.example: {smtp: {host: s.example, ca_file: ca.pem}, replies: none}}"


def test_an_authority_is_named_from_where_the_file_is(write: Write) -> None:
    path = write(TRUSTING)
    certificates_in(path.parent)
    assert Path.cwd() != path.parent
    assert isinstance(live().transports["email"], Mailboxes)


@pytest.mark.parametrize(("held", "why"), [(None, "No such file"), ("hello", "it holds no certificate in PEM")])
def test_an_authority_that_cannot_be_used_is_told_before_anything_begins(
    held: str | None, why: str, write: Write
) -> None:
    path = write(TRUSTING)
    if held is not None:
        (path.parent / "ca.pem").write_text(held)
    with pytest.raises(BadInput, match=rf"channels\.yaml:2:60: .*ca\.pem cannot be used: {why}"):
        load_channels(load_settings())


def test_outbox_means_outbox_whatever_stands_below(write: Write) -> None:
    write(LIVE.replace("deliver: live", "deliver: outbox"))
    ctx = live()
    assert isinstance(ctx.transports["email"], MailOutbox)
    assert isinstance(ctx.transports["sms"], SmsOutbox)
    assert ctx.replies["tom.lee@northgate.example.com"] is Replies.OUTBOX


def test_each_mailbox_takes_its_way_and_the_others_stay_here(write: Write) -> None:
    write(LIVE)
    ctx = live()
    mail = ctx.transports["email"]
    assert isinstance(mail, Mailboxes)
    ways = ("Tom.Lee@northgate.example.com", "ana.diaz@northgate.example.com", "grace.hill@northgate.example.com")
    kinds = [type(mail.way_of(address)) for address in (*ways, "wei.zhang@northgate.example.com")]
    assert kinds == [SmtpMail, SendGridMail, MailOutbox, MailOutbox]
    assert isinstance(ctx.transports["sms"], TwilioSms)
    assert ctx.replies.get("tom.lee@northgate.example.com") is Replies.NONE
    assert ctx.replies.get("wei.zhang@northgate.example.com") is Replies.OUTBOX


def test_a_mailbox_without_a_way_of_its_own_stays_here_though_there_is_one_for_all(write: Write) -> None:
    write(LIVE.replace("twilio:", '  "*": {sendgrid: {api_key: {env: SENDGRID_KEY}}, replies: none}\ntwilio:'))
    mail = live().transports["email"]
    assert isinstance(mail, Mailboxes)
    assert isinstance(mail.way_of("wei.zhang@northgate.example.com"), SendGridMail)
    assert isinstance(mail.way_of("grace.hill@northgate.example.com"), MailOutbox)


def test_a_lease_outlives_the_longest_send(write: Write) -> None:
    assert longest_send(Channels()) == 0
    write(LIVE)
    ctx = live()
    assert longest_send(ctx.channels) == 300
    assert ctx.lease_seconds > 300


def test_calls_alone_leave_sms_here(write: Write) -> None:
    write(LIVE.replace("sms_from", "voice_from"))
    assert isinstance(live().transports["sms"], SmsOutbox)


# What people are told


def served(monkeypatch: pytest.MonkeyPatch) -> Context:
    """The context that `serve` would serve."""
    seen: list[Context] = []
    monkeypatch.setattr(cli_serve, "serve_until_stopped", lambda ctx, *_, **__: seen.append(ctx))
    cli_serve.serve(port=0)
    return seen[0]


def test_serve_says_that_nothing_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    served(monkeypatch)
    assert "Nothing leaves this machine: mails and SMS go to data/outbox" in capsys.readouterr().out


def test_serve_says_where_mail_goes(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(LIVE)
    monkeypatch.setenv("TOUCHLINE_PUBLIC_URL", "https://touch.example.com")
    authoring.apply(open_context(load_settings()), shipped_project(), actor="test")
    ctx = served(monkeypatch)
    told = capsys.readouterr()
    assert isinstance(ctx.transports["email"], Mailboxes)
    assert "LIVE: mails of tom.lee@northgate.example.com go to 127.0.0.1:2525" in told.out
    assert "LIVE: mails of ana.diaz@northgate.example.com go to SendGrid" in told.out
    stays = "Stays on this machine: mails of wei.zhang@northgate.example.com, grace.hill@northgate.example.com go to"
    assert f"{stays} data/outbox/mail (neither smtp nor sendgrid)" in told.out
    assert "LIVE: SMS go to Twilio from +14155550100" in told.out
    assert "wei.zhang@northgate.example.com" in told.err
    assert "canary" not in told.out + told.err


def test_serve_before_anything_was_applied_says_so_and_where_mails_would_go(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(LIVE.replace("sms_from", "voice_from").replace("grace.hill@northgate.example.com", '"*"'))
    monkeypatch.setenv("TOUCHLINE_PUBLIC_URL", "https://touch.example.com")
    served(monkeypatch)
    told = capsys.readouterr()
    assert "Nothing was applied yet" in told.out
    assert "Run `touchline apply sequences/`" in told.out
    assert "LIVE: mails of tom.lee@northgate.example.com go to 127.0.0.1:2525" in told.out
    assert "Stays on this machine: mails of all other mailboxes go to data/outbox/mail" in told.out
    assert "Stays on this machine: SMS go to data/outbox/sms" in told.out
    assert told.err == ""  # no mailbox is a stranger to a workspace that is not there


@pytest.mark.parametrize("address", [None, "touch.example.com", "http://touch.example.com", "https:///u", "https://[x"])
def test_live_mail_whose_links_lead_nowhere_is_not_begun(
    write: Write, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    write(LIVE)
    if address is not None:
        monkeypatch.setenv("TOUCHLINE_PUBLIC_URL", address)
    with pytest.raises(BadInput, match="set TOUCHLINE_PUBLIC_URL"):
        served(monkeypatch)


def doctor(capsys: pytest.CaptureFixture[str], *, connect: bool = False) -> tuple[dict[str, tuple[str, str]], int]:
    """What it says about each thing, with its advice, and the exit code."""
    with pytest.raises(typer.Exit) as ended:
        cli_run.doctor(connect=connect, as_json=True)
    text = capsys.readouterr().out
    assert "canary" not in text
    rows: list[dict[str, Any]] = json.loads(text)
    return {row["what"]: (row["value"], row["advice"]) for row in rows}, ended.value.exit_code


def test_doctor_shows_every_way_and_no_secret(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(LIVE)
    told, code = doctor(capsys)
    assert told["deliver"][0] == "live"
    assert told["mailbox tom.lee@northgate.example.com"] == (
        "sends by 127.0.0.1:2525 none, without login; replies by none", ""
    )  # fmt: skip
    assert told["TOUCHLINE_TOKEN"][0] == "set"
    by_sendgrid = told["mailbox ana.diaz@northgate.example.com"][0]
    assert by_sendgrid == "sends by SendGrid with the key of env SENDGRID_KEY; replies by none"
    by_twilio = "account AC1 with the token of file twilio-token; SMS: Twilio from +14155550100; calls: no calls"
    assert told["twilio"][0] == by_twilio
    assert told["webhooks of sendgrid events"][0] == "closed: no key"
    assert "https" in told["public address"][1]
    assert code == 1


def test_doctor_counts_what_is_wrong_with_the_file_and_says_where_to_read_it(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("deliver: lively\nmailboxes: {ana: {}}")
    told, code = doctor(capsys)
    assert told["channels"] == (
        "cannot be used: 2 problems",
        f"see `touchline validate {path.relative_to(Path.cwd())}`",
    )
    assert code == 1


@pytest.mark.parametrize("password", [PASSWORD, "canary-wrong"])
def test_doctor_logs_in_where_it_is_asked_to_and_sends_nothing(
    password: str, write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", password)
    certificates = certificates_in(Path.cwd())
    with smtp_sink(certificates.server, wants_login=True) as sink:
        host = f"host: 127.0.0.1, port: {sink.port}"
        smtp = f"{host}, ca_file: {certificates.ca_file}"
        login = f"user: {USER}, password: {{env: SMTP_PASSWORD}}"
        write(f"mailboxes: {{'*': {{smtp: {{{smtp}, {login}}}, replies: none}}}}")
        assert "* by SMTP" not in doctor(capsys)[0]
        value, advice = doctor(capsys, connect=True)[0]["* by SMTP"]
        assert value == ("lets us in" if password == PASSWORD else "does not let us in")
        assert ("535" in advice) == (password != PASSWORD)
        write(f"mailboxes: {{a@b.example: {{smtp: {{{host}, {login}}}, replies: none}}}}")
        _, untrusted = doctor(capsys, connect=True)[0]["a@b.example by SMTP"]
        assert untrusted.endswith("check host, or name its own authority as ca_file")
        assert not sink.mails


def test_doctor_tries_each_key_once_and_sends_nothing(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    with fake_sendgrid() as sendgrid, fake_twilio() as twilio:
        account = f"sendgrid: {{api_key: {{env: SENDGRID_KEY}}, base_url: '{sendgrid.url}'}}, replies: none"
        write(
            f"mailboxes: {{ana@example.com: {{{account}}}, tom@example.com: {{{account}}}}}\n"
            f"twilio: {{sid: {SID}, token: {{file: twilio-token}}, sms_from: '+14155550100', base_url: {twilio.url}}}"
        )
        key, account = "SendGrid with the key of env SENDGRID_KEY", f"Twilio account {SID}"
        assert not {key, account} & doctor(capsys)[0].keys()
        told = doctor(capsys, connect=True)[0]
        assert (told[key], told[account]) == (("lets us send mail", ""), ("lets us in and is active", ""))
        assert [request.method for request in (*sendgrid.requests, *twilio.requests)] == ["GET", "GET"]
        sendgrid.scopes, twilio.status = ["alerts.read"], "suspended"
        told, code = doctor(capsys, connect=True)
        assert told[key] == ("does not let us send", "mail.send is not among the key's scopes; give it *Mail Send*")
        assert told[account] == ("cannot be used", "Twilio says that the account is suspended")
        assert code == 1


@pytest.mark.parametrize(("text", "told"), [(LIVE, []), ("deliver: lively", [(1, 10, "unknown-value")])])
def test_validate_takes_the_file_too(
    text: str, told: list[tuple[int, int, str]], write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(text)
    with pytest.raises(typer.Exit) as ended:
        cli_validate.validate(path, as_json=True)
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert ended.value.exit_code == len(told)
    assert [(one["line"], one["column"], one["code"]) for one in findings] == told
