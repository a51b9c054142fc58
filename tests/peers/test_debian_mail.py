"""Against postfix and dovecot as Debian ships them: a login over STARTTLS, a signature that survives, a real bounce.

Where they are not installed these tests are reported as not run; in CI they must be there.
"""

import os
import smtplib
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

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
from engine.runtime.mail_reader import MailReaders
from engine.runtime.ways import with_channels
from tests.support.debian_mail import ABSENT, AVAILABLE, MailSystem, mail_system
from tests.support.world import World, make_world

pytestmark = pytest.mark.skipif(
    not AVAILABLE and "CI" not in os.environ,
    reason="not run: needs postfix, dovecot and root",
)
T = TypeVar("T")
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
    return Channels(is_live=True, mail={TOM: MailWay(out, inbox, Replies.IMAP)})


@pytest.fixture
def world(mail: MailSystem, tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path}/peers.db", tmp_path, WEDNESDAY)
    made.ctx = with_channels(made.ctx, channels_of(mail))
    readers = MailReaders(made.ctx)
    readers.start()
    wait_for(lambda: [row for row in made.rows("mail_sync") if row.synced_at])  # until then nothing may leave
    yield made
    readers.stop()
    made.ctx.database.close()


def enrolled(world: World, email: str) -> int:
    person = world.add_prospect("Ada Miller", email=email, zone="UTC", zone_origin="own")
    world.enroll("outbound-7x3x21", person, rep="tom-lee")
    return person


def wait_for(found: Callable[[], list[T]]) -> list[T]:
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


def test_a_real_bounce_is_read_and_closes_the_address(world: World, mail: MailSystem) -> None:
    person = enrolled(world, f"gone@{ABSENT}")
    world.tick()
    (report,) = wait_for(lambda: mail.delivered(TOM))
    assert message_from_bytes(report).get_content_type() == "multipart/report"
    wait_for(lambda: [row for row in world.rows("event", kind="bounced") if row.applied_at])
    (address,) = world.rows("address", prospect_id=person)
    assert address.dead_reason == "bounced"


def test_an_answer_ends_the_sequence_a_moment_after_it_has_come(world: World, mail: MailSystem) -> None:
    enrolled(world, ADA)
    world.tick()
    (sent,) = world.rows("message")
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = ADA, TOM, f"Re: {sent.subject}"
    answer["Message-ID"], answer["In-Reply-To"] = "<yes@acme.example>", sent.message_id
    answer.set_content("Tuesday at ten suits me.\n")
    with smtplib.SMTP("localhost", mail.submission) as line:
        line.starttls(context=ssl.create_default_context(cafile=str(mail.certificate)))
        line.login(ADA, mail.password)
        line.send_message(answer)
    wait_for(lambda: [row for row in world.rows("enrollment") if row.status == "stopped"])
    (task,) = world.rows("task", kind="triage")
    assert task.script.strip() == "Tuesday at ten suits me."
