import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # it has no types
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from engine.channels.envelope import Envelope, Silence
from engine.channels.smtp.transport import SmtpMail
from engine.channels.xoauth2 import AccessTokens
from engine.core.errors import BadInput
from engine.core.outcome import Accepted, Deferred, SenderBroken
from engine.core.providers import Dkim, Login, OAuth, Secret, Security, Server, SmtpServer
from engine.messages.mail import build_mail
from tests.messages.test_mail import MAIL
from tests.support.mail_servers import (
    PASSWORD,
    USER,
    Certificates,
    SmtpSink,
    TokenServer,
    certificates_in,
    smtp_sink,
    token_server,
)
from tests.support.transport_contract import PROMISES, Promise, envelope_of

RIGHT = Login(USER, Secret(PASSWORD))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates_in(tmp_path_factory.mktemp("tls"))


@contextmanager
def sending(server: Server, signs: Dkim | None = None) -> Iterator[SmtpMail]:
    mail = SmtpMail(SmtpServer(server, signs))
    yield mail
    mail.close()


def plain(sink: SmtpSink) -> Server:
    return Server("127.0.0.1", sink.port, Security.NONE)


def has_mail(sink: SmtpSink, envelope: Envelope) -> bool:
    return any(message_from_bytes(mail.content)["Message-ID"] == envelope.message_id for mail in sink.mails)


class Filed:
    """A transport whose Sent folder is what the server has taken; its mails carry their Message-ID."""

    def __init__(self, mail: SmtpMail) -> None:
        self._mail = mail

    @property
    def silence(self) -> Silence | None:
        return self._mail.silence

    def send(self, envelope: Envelope) -> object:
        head = f"Message-ID: {envelope.message_id}\r\n".encode()
        return self._mail.send(replace(envelope, payload=head + envelope.payload))

    def find(self, envelope: Envelope) -> bool | None:
        return self._mail.find(envelope)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_mailbox_that_files_what_it_sends_keeps_the_contract(promise: Promise) -> None:
    with smtp_sink() as sink:
        mail = SmtpMail(SmtpServer(plain(sink)), sent_folder=lambda envelope: has_mail(sink, envelope))
        promise(Filed(mail))  # type: ignore[arg-type]  # it only adds a header
        mail.close()


def test_plain_smtp_knows_nothing_and_its_silence_proves_nothing() -> None:
    with smtp_sink() as sink, sending(plain(sink)) as mail:
        mail.send(envelope_of())
        assert (mail.find(envelope_of()), mail.silence) == (None, None)


def test_the_sent_folder_must_be_silent_twice_ten_minutes_apart() -> None:
    mail = SmtpMail(SmtpServer(Server("127.0.0.1", 1, Security.NONE)), sent_folder=lambda _: False)
    assert mail.silence == Silence(timedelta(minutes=10), timedelta(minutes=10))


def test_a_mail_arrives_as_it_was_built() -> None:
    built = build_mail(MAIL)
    with smtp_sink() as sink, sending(plain(sink)) as mail:
        outcome = mail.send(replace(envelope_of(), payload=built))
    assert outcome == Accepted("<1.1@touchline.example>")
    (taken,) = sink.mails
    assert (taken.sender, taken.recipients) == ("rep@touchline.example", ("ana@example.com",))
    assert taken.content == built


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_mail_leaves_encrypted_and_logged_in(security: Security, certificates: Certificates) -> None:
    starts = security is Security.TLS
    with smtp_sink(certificates.server, starts_in_tls=starts, wants_login=True) as sink:
        server = Server("127.0.0.1", sink.port, security, RIGHT, certificates.ca_file)
        with sending(server) as mail:
            assert isinstance(mail.send(envelope_of()), Accepted)
    (taken,) = sink.mails
    assert (taken.login, taken.is_encrypted) == (USER, True)


def test_login_is_used_where_plain_is_not_offered(certificates: Certificates) -> None:
    with smtp_sink(certificates.server, wants_login=True, auth_exclude_mechanism=["PLAIN"]) as sink:
        server = Server("127.0.0.1", sink.port, Security.STARTTLS, RIGHT, certificates.ca_file)
        with sending(server) as mail:
            assert isinstance(mail.send(envelope_of()), Accepted)
    assert sink.mails[0].login == USER


def test_a_wrong_password_breaks_the_sender(certificates: Certificates) -> None:
    with smtp_sink(certificates.server, wants_login=True) as sink:
        login = Login(USER, Secret("wrong"))
        server = Server("127.0.0.1", sink.port, Security.STARTTLS, login, certificates.ca_file)
        with sending(server) as mail:
            outcome = mail.send(envelope_of())
            trouble = mail.trouble()
    assert isinstance(outcome, SenderBroken)
    assert trouble == outcome.detail
    assert "535" in outcome.detail
    assert "app password (QQ and 163: 授权码) and SMTP switched on" in outcome.detail
    assert "wrong" not in outcome.detail


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("case", ["nobody vouches", "another host"])
def test_a_server_that_cannot_prove_itself_gets_nothing(
    security: Security, case: str, certificates: Certificates, tmp_path: Path
) -> None:
    host = "127.0.0.1" if case == "nobody vouches" else "mail.example.com"
    shown = certificates_in(tmp_path, host)
    trusted = certificates.ca_file if case == "nobody vouches" else shown.ca_file
    with smtp_sink(shown.server, starts_in_tls=security is Security.TLS, wants_login=True) as sink:
        with sending(Server("127.0.0.1", sink.port, security, RIGHT, trusted)) as mail:
            outcome = mail.send(envelope_of())
        assert isinstance(outcome, Deferred)
        assert "certificate" in outcome.detail.lower()
        assert not sink.mails


def test_a_server_without_starttls_gets_no_password() -> None:
    with smtp_sink() as sink, sending(Server("127.0.0.1", sink.port, Security.STARTTLS, RIGHT)) as mail:
        outcome = mail.send(envelope_of())
    assert isinstance(outcome, SenderBroken)
    assert "offers no STARTTLS" in outcome.detail


def test_a_file_of_certificates_that_holds_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(BadInput, match=r"ca\.pem cannot be used"):
        SmtpMail(SmtpServer(Server("127.0.0.1", 1, Security.TLS, None, str(tmp_path / "ca.pem"))))


# XOAUTH2


def oauth_of(tokens: TokenServer) -> OAuth:
    return OAuth(tokens.url, "client", Secret("client-secret"), Secret("refresh-1"), "mail.send")


@contextmanager
def by_token(certificates: Certificates) -> Iterator[tuple[SmtpSink, TokenServer, SmtpMail]]:
    with smtp_sink(certificates.server, wants_login=True) as sink, token_server() as desk:
        login = Login(USER, oauth=oauth_of(desk))
        server = Server("127.0.0.1", sink.port, Security.STARTTLS, login, certificates.ca_file)
        with sending(server) as mail:
            yield sink, desk, mail


def test_a_refresh_token_buys_the_access_token_that_logs_in(certificates: Certificates) -> None:
    with by_token(certificates) as (sink, desk, mail):
        sink.tokens = {"token-1"}
        assert isinstance(mail.send(envelope_of()), Accepted)
    assert sink.mails[0].login == USER
    assert desk.asked == [
        {
            "grant_type": "refresh_token",
            "client_id": "client",
            "client_secret": "client-secret",
            "refresh_token": "refresh-1",
            "scope": "mail.send",
        }
    ]


def test_a_token_that_was_taken_back_is_replaced_once(certificates: Certificates) -> None:
    with by_token(certificates) as (sink, desk, mail):
        sink.tokens = {"token-2"}
        assert isinstance(mail.send(envelope_of()), Accepted)
        assert (sink.refused, len(desk.asked)) == (["token-1"], 2)


def test_tokens_that_are_refused_again_break_the_sender(certificates: Certificates) -> None:
    with by_token(certificates) as (sink, desk, mail):
        assert isinstance(mail.send(envelope_of()), SenderBroken)
        assert (sink.refused, len(desk.asked)) == (["token-1", "token-2"], 2)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((400, {"error": "invalid_grant", "error_description": "expired or revoked"}), SenderBroken),
        ((401, {"error": "invalid_client"}), SenderBroken),
        ((500, b"<html>oops</html>"), Deferred),
        ((503, {}), Deferred),
        ((429, {"error": "slow_down"}), Deferred),
        ((200, {"token_type": "Bearer"}), Deferred),
        ((200, b"no json"), Deferred),
        ((200, ["a list"]), Deferred),
        ((302, {}), SenderBroken),
        ((200, b"{" + b" " * 100_000), Deferred),
    ],
)
def test_no_token_is_no_mail(answer: tuple[int, object], outcome: type[object], certificates: Certificates) -> None:
    with by_token(certificates) as (sink, desk, mail):
        desk.answers = [answer]
        told = mail.send(envelope_of())
        assert isinstance(told, outcome)
        assert isinstance(told, Deferred | SenderBroken)
        assert "gives no access token" in told.detail
        assert not sink.mails
        assert "refresh-1" not in str(told)


def test_a_token_server_that_is_gone_is_deferred() -> None:
    with token_server() as desk:
        pass
    assert isinstance(AccessTokens(oauth_of(desk)).current(), Deferred)


def test_a_token_is_kept_until_a_minute_before_its_end() -> None:
    with token_server() as desk:
        desk.lives = 3600
        tokens = AccessTokens(oauth_of(desk))
        assert [tokens.current(), tokens.current()] == ["token-1", "token-1"]
        desk.lives = 60
        short = AccessTokens(oauth_of(desk))
        assert [short.current(), short.current()] == ["token-2", "token-3"]


def test_many_who_need_a_token_buy_one() -> None:
    with token_server() as desk:
        tokens, got = AccessTokens(oauth_of(desk)), []
        threads = [threading.Thread(target=lambda: got.append(tokens.current())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (got, len(desk.asked)) == (["token-1"] * 8, 1)


def test_a_refresh_token_that_is_replaced_is_used_from_then_on() -> None:
    with token_server() as desk:
        desk.answers = [(200, {"access_token": "a", "expires_in": 1, "refresh_token": "refresh-2"})]
        tokens = AccessTokens(oauth_of(desk))
        tokens.current()
        tokens.current()
        assert [form["refresh_token"] for form in desk.asked] == ["refresh-1", "refresh-2"]


# DKIM


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey, form: serialization.PrivateFormat = serialization.PrivateFormat.PKCS8) -> Secret:
    made = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return Secret(made.decode())


def published(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    lines = key.public_key().public_bytes(serialization.Encoding.PEM, form).splitlines()
    return b"v=DKIM1; k=rsa; p=" + b"".join(lines[1:-1])


def signed(account: Dkim, at: datetime) -> bytes:
    with smtp_sink() as sink, sending(plain(sink), signs=account) as mail:
        assert isinstance(mail.send(replace(envelope_of(), payload=build_mail(MAIL), at=at)), Accepted)
    return sink.mails[0].content


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORMS = [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]


@pytest.mark.parametrize("form", FORMS)
def test_a_signed_mail_is_verified_by_the_published_key(
    key: rsa.RSAPrivateKey, form: serialization.PrivateFormat
) -> None:
    data = signed(Dkim("touchline.example", "s1", pem(key, form)), NOON)
    names: list[str] = []

    def txt(name: bytes, **_: object) -> bytes:
        names.append(name.decode())
        return published(key)

    assert dkim.verify(data, dnsfunc=txt)
    assert names == ["s1._domainkey.touchline.example."]
    assert not dkim.verify(data.replace(b"how are you", b"who are you"), dnsfunc=txt)
    assert not dkim.verify(data.replace(b"/u/abc", b"/u/abd"), dnsfunc=txt)
    assert not dkim.verify(data.replace(b"One-Click", b"Two-Click"), dnsfunc=txt)
    assert not dkim.verify(b"From: eve@example.com\r\n" + data, dnsfunc=txt)


def test_a_retry_carries_the_same_signature(key: rsa.RSAPrivateKey) -> None:
    account = Dkim("touchline.example", "s1", pem(key))
    assert signed(account, NOON) == signed(account, NOON)
    assert f"t={int(NOON.timestamp())};".encode() in signed(account, NOON)


def test_a_key_that_cannot_sign_is_refused_at_once() -> None:
    with pytest.raises(BadInput, match="store an RSA private key in PEM") as refused:
        SmtpMail(SmtpServer(Server("127.0.0.1", 1, Security.NONE), Dkim("a.example", "s", Secret("nonsense"))))
    assert "nonsense" not in str(refused.value)
