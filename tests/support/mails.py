"""Mails as somebody's mail program or mail server writes them."""

from email.message import EmailMessage
from email.utils import make_msgid

OURS = "tom.lee@acme.example"


def mail_of(sender: str, text: str, *, to: str = OURS, answers: str | None = None, **fields: str) -> bytes:
    """`answers` is a Message-ID of ours; `fields` are further headers, `_` for `-`."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Message-ID"] = fields.pop("message_id", None) or make_msgid(domain=sender.rpartition("@")[2].strip("> "))
    if answers is not None:
        mail["In-Reply-To"] = mail["References"] = answers
    mail["Subject"] = fields.pop("subject", "Re: Hello")
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def report_of(recipient: str, status: str, *, about: str | None, action: str = "failed", words: str = "") -> bytes:
    """A delivery status notification (RFC 3464) about the mail with that Message-ID."""
    original = f"Message-ID: {about}\n" if about else ""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@relay.acme.example\n"
        f"To: {OURS}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: {make_msgid(domain='relay')}\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\n\nYour message could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.acme.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} {words}\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nSubject: Hello\n{original}\n--b--\n"
    ).encode()
