"""Against postfix and dovecot as Debian ships them: a login over STARTTLS, a signature that survives, a real bounce.

Where they are not installed these tests are reported as not run; in CI they must be there.
"""

import os
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # it has no types
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from engine.core.providers import (
    Channels,
    Dkim,
    ImapServer,
    Login,
    MailWay,
    Replies,
    Secret,
    Security,
    Server,
    SmtpServer,
)
from engine.runtime.ways import with_channels
from tests.support.debian_mail import ABSENT, AVAILABLE, MailSystem, mail_system
from tests.support.world import World, make_world

pytestmark = pytest.mark.skipif(
    not AVAILABLE and "CI" not in os.environ,
    reason="not run: needs postfix, dovecot and root",
)
TOM, ADA = "tom.lee@northgate.example.com", "ada@acme.example"
WEDNESDAY = datetime(2026, 3, 4, 15, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def mail() -> Iterator[MailSystem]:
    assert AVAILABLE, "CI has to install postfix and dovecot-imapd"
    with mail_system(TOM, ADA) as made:
        yield made


def channels_of(mail: MailSystem) -> Channels:
    login = Login(TOM, Secret(mail.password))
    pem = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    signed = Dkim("northgate.example.com", "touchline", Secret(pem.decode()))
    certificate = str(mail.certificate)
    out = SmtpServer(Server("localhost", mail.submission, Security.STARTTLS, login, certificate), signed)
    inbox = ImapServer(Server("localhost", mail.imaps, Security.TLS, login, certificate))
    return Channels(is_live=True, mail={TOM: MailWay(out, inbox, Replies.NONE)})


@pytest.fixture
def world(mail: MailSystem, tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path}/peers.db", tmp_path, WEDNESDAY)
    made.ctx = with_channels(made.ctx, channels_of(mail))
    yield made
    made.ctx.database.close()


def enrolled(world: World, email: str) -> int:
    person = world.add_prospect("Ada Miller", email=email, zone="UTC", zone_origin="own")
    world.enroll("outbound-7x3x21", person, rep="tom-lee")
    return person


def wait_for(found: Callable[[], list[bytes]]) -> list[bytes]:
    give_up = time.monotonic() + 20
    while not (there := found()):
        assert time.monotonic() < give_up, "nothing came"
        time.sleep(0.05)
    return there


def public_key(name: bytes, timeout: int = 5) -> bytes:
    """What the DNS would answer for `touchline._domainkey.northgate.example.com`."""
    del timeout
    assert name == b"touchline._domainkey.northgate.example.com."
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + b64encode(KEY.public_key().public_bytes(*form))


def test_a_signed_mail_arrives_by_a_login_over_starttls_and_its_signature_holds(world: World, mail: MailSystem) -> None:
    enrolled(world, ADA)
    world.tick()
    (raw,) = wait_for(lambda: mail.delivered(ADA))
    assert dkim.verify(raw, dnsfunc=public_key)
    read = message_from_bytes(raw, policy=policy.default)
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [row.status for row in world.rows("touch", verb="email")][:1] == ["sent"]


def test_what_postfix_cannot_deliver_comes_back_as_a_report(world: World, mail: MailSystem) -> None:
    enrolled(world, f"gone@{ABSENT}")
    world.tick()
    (report,) = wait_for(lambda: mail.delivered(TOM))
    assert message_from_bytes(report).get_content_type() == "multipart/report"
    (sent,) = world.rows("message")
    assert sent.message_id.encode() in report
