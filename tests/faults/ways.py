"""The real ways out, SMTP and Twilio's SDK, to the sinks of the bench."""

from collections.abc import Mapping
from dataclasses import dataclass

import twilio.rest.api  # noqa: F401 - the SDK imports it at its first call, and every fork would wait for it

from engine.channels.envelope import Transport
from engine.channels.smtp.transport import SmtpMail
from engine.channels.twilio.sms import TwilioSms
from engine.core.providers import Secret, Security, Server, SmtpServer, TwilioAccount
from tests.faults.clocks import Clock

PUBLIC_URL = "https://touch.example.com"
_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ways:
    """Ports of loopback, and how long an answer may take."""

    smtp: int
    http: int
    clock: Clock
    answer_seconds: float = 10

    def __call__(self) -> Mapping[str, Transport]:
        """Made in the process that uses them: they keep connections open."""
        server = Server(_HERE, self.smtp, Security.NONE, total_seconds=self.answer_seconds)
        account = TwilioAccount(
            "AC" + "0" * 32,
            Secret("bench-token"),
            sms_from="+15185550100",
            base_url=f"http://{_HERE}:{self.http}",
            timeout_seconds=self.answer_seconds,
        )
        return {
            "email": SmtpMail(SmtpServer(server, final_reply_seconds=self.answer_seconds)),
            "sms": TwilioSms(account, PUBLIC_URL, self.clock),
        }
