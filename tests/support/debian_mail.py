"""A mail system as companies run it, from Debian's packages: postfix takes and delivers, dovecot keeps the mailboxes.

Both run from a folder of their own, on ports of their own, with a certificate of their own; they need root, as they
always do. `AVAILABLE` says whether the programs are here.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

AVAILABLE = os.geteuid() == 0 and all(shutil.which(name, path="/usr/sbin") for name in ("postfix", "dovecot"))
ABSENT = "nowhere.example"
_NOBODY = 65534
_STARTS_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class MailSystem:
    """Whoever was named has a mailbox; whatever is sent to `ABSENT` is taken and comes back."""

    submission: int
    imap: int
    imaps: int
    certificate: Path
    password: str
    folder: Path

    def delivered(self, who: str) -> list[bytes]:
        """The mails in that person's mailbox, as they lie on the disk."""
        found = [path for part in ("new", "cur") for path in (self.folder / "mail" / who / part).glob("*")]
        return [path.read_bytes() for path in sorted(found)]


@contextmanager
def mail_system(*addresses: str) -> Iterator[MailSystem]:
    with tempfile.TemporaryDirectory(prefix="touchline-mail-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        system = MailSystem(_port(), _port(), _port(), folder / "ca.pem", "correct horse 8", folder)
        _prepare(system, addresses)
        dovecot = ["/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot.conf")]
        postfix = ["/usr/sbin/postfix", "-c", str(folder / "postfix")]
        keeper = subprocess.Popen(dovecot, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            subprocess.run([*postfix, "start"], check=True, capture_output=True)
            for port in (system.submission, system.imap, system.imaps):
                _wait_for(port)
            yield system
        finally:
            subprocess.run([*postfix, "stop"], check=False, capture_output=True)
            keeper.terminate()
            keeper.wait()


def _port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return


def _prepare(system: MailSystem, addresses: tuple[str, ...]) -> None:
    folder, authority = system.folder, trustme.CA()
    authority.cert_pem.write_to_path(str(system.certificate))
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(str(folder / "cert.pem"), append=number > 0)
    (folder / "key.pem").chmod(0o600)
    for name in ("postfix", "queue", "data", "run", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    os.chown(folder / "mail", _NOBODY, _NOBODY)
    (folder / "users").write_text("".join(f"{one}:{{PLAIN}}{system.password}\n" for one in addresses))
    (folder / "mailboxes").write_text("".join(f"{one} {one}/\n" for one in addresses))
    domains = ", ".join(sorted({one.partition("@")[2] for one in addresses}))
    (folder / "dovecot.conf").write_text(_filled(_DOVECOT, system, domains))
    for name, text in (("main.cf", _MAIN), ("master.cf", _MASTER)):
        (folder / "postfix" / name).write_text(_filled(text, system, domains))


def _filled(text: str, system: MailSystem, domains: str) -> str:
    values: Mapping[str, object] = {
        "FOLDER": system.folder, "SUBMISSION": system.submission, "IMAPS": system.imaps, "IMAP": system.imap,
        "DOMAINS": domains, "ABSENT": ABSENT, "NOBODY": _NOBODY,
    }  # fmt: skip
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


_DOVECOT = """
protocols = imap
listen = 127.0.0.1
base_dir = @FOLDER@/run
state_dir = @FOLDER@/run
log_path = @FOLDER@/dovecot.log
ssl = required
ssl_cert = <@FOLDER@/cert.pem
ssl_key = <@FOLDER@/key.pem
disable_plaintext_auth = yes
first_valid_uid = @NOBODY@
mail_location = maildir:@FOLDER@/mail/%u
passdb {
  driver = passwd-file
  args = username_format=%u @FOLDER@/users
}
userdb {
  driver = static
  args = uid=@NOBODY@ gid=@NOBODY@ home=@FOLDER@/mail/%u
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = @IMAP@
  }
  inet_listener imaps {
    port = @IMAPS@
    ssl = yes
  }
}
service auth {
  unix_listener @FOLDER@/sasl {
    mode = 0666
  }
}
"""

_MAIN = """
compatibility_level = 3.6
queue_directory = @FOLDER@/queue
data_directory = @FOLDER@/data
maillog_file = @FOLDER@/postfix.log
maillog_file_prefixes = @FOLDER@
myhostname = mail.touchline.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
smtpd_tls_cert_file = @FOLDER@/cert.pem
smtpd_tls_key_file = @FOLDER@/key.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = @FOLDER@/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
virtual_mailbox_domains = @DOMAINS@
virtual_mailbox_base = @FOLDER@/mail
virtual_mailbox_maps = texthash:@FOLDER@/mailboxes
virtual_uid_maps = static:@NOBODY@
virtual_gid_maps = static:@NOBODY@
virtual_minimum_uid = 100
transport_maps = inline:{{@ABSENT@=error:5.1.1 user unknown there}}
smtpd_reject_unlisted_recipient = no
minimal_backoff_time = 1s
queue_run_delay = 1s
alias_maps =
local_recipient_maps =
"""

_MASTER = """
@SUBMISSION@ inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
showq unix n - n - - showq
"""
