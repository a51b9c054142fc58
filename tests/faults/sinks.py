"""Where mails and SMS end up: an SMTP server and the part of Twilio's API that sends and lists messages.

Each is a process of its own on a port of loopback, and writes what it takes to its ledger before it answers.
"""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, Envelope

from engine.messages.mail import TOUCH_HEADER
from tests.faults.clocks import Clock
from tests.faults.ledger import ACCEPTED, REFUSED, Ledger
from tests.faults.manners import Manners, Memory, Reaction
from tests.faults.process import fork, kill

LISTING = "listing"  # as a recipient, for the manners: whoever asks what was sent
_SMTP_OK, _HTTP_CREATED = 250, 201
RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # SO_LINGER of no seconds: closing sends RST


@dataclass(frozen=True, slots=True)
class Sink:
    port: int
    ledger: Path


Serve = Callable[[socket.socket, Path, Manners, Clock], None]


@contextmanager
def sink(serve: Serve, ledger: Path, manners: Manners, clock: Clock) -> Iterator[Sink]:
    with listening() as taken:
        process = fork(serve, taken, ledger, manners, clock)
        port = port_of(taken)
    try:
        yield Sink(port, ledger)
    finally:
        kill(process)


def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=512)


def port_of(taken: socket.socket) -> int:
    return int(taken.getsockname()[1])


# Mail


def serve_smtp(taken: socket.socket, ledger: Path, manners: Manners, clock: Clock) -> None:
    loop = asyncio.new_event_loop()
    inbox = _Inbox(Ledger(ledger, clock), Memory(manners))
    loop.run_until_complete(loop.create_server(lambda: SMTP(inbox, hostname="sink.example", loop=loop), sock=taken))
    loop.run_forever()


class _Inbox:
    """A handler of aiosmtpd. What is refused for good is refused at RCPT, all else after the last byte."""

    def __init__(self, ledger: Ledger, memory: Memory) -> None:
        self._ledger, self._memory = ledger, memory

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reaction = self._memory.reaction_to(address)
        session.reaction = reaction
        if reaction.code is not None and reaction.code >= 550 and not reaction.takes:
            self._ledger.write(REFUSED, channel="email", sender=envelope.mail_from or "", recipient=address)
            return f"{reaction.code} 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - as above
        reaction: Reaction = session.reaction
        await asyncio.sleep(reaction.before)
        self._write(envelope, reaction)
        await asyncio.sleep(reaction.after)
        if reaction.resets:
            _reset(server.transport.get_extra_info("socket"))
            server.transport.abort()
            return "421 4.3.2 gone"
        return f"{reaction.code or _SMTP_OK} {'2.0.0 taken' if reaction.takes else '4.7.0 not now'}"

    def _write(self, envelope: Envelope, reaction: Reaction) -> None:
        content, sender = envelope.content, envelope.mail_from or ""
        assert isinstance(content, bytes)
        read = BytesHeaderParser().parsebytes(content)
        touch, message_id = int(read[TOUCH_HEADER] or 0), str(read["Message-ID"])
        for recipient in envelope.rcpt_tos:
            told = {"channel": "email", "sender": sender, "recipient": recipient, "message_id": message_id}
            self._ledger.write(_word(reaction), touch=touch, **told)


def _word(reaction: Reaction) -> str:
    return ACCEPTED if reaction.takes else REFUSED


def _reset(taken: Any) -> None:
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


# SMS


def serve_http(taken: socket.socket, ledger: Path, manners: Manners, clock: Clock) -> None:
    server = _Server(("127.0.0.1", 0), _Twilio, bind_and_activate=False)
    server.socket.close()
    server.socket = taken
    _Twilio.ledger, _Twilio.memory, _Twilio.clock = Ledger(ledger, clock), Memory(manners), clock
    server.serve_forever()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_arguments: Any) -> None:
        """Nothing: those who ask here are killed before they hear the answer."""


class _Twilio(BaseHTTPRequestHandler):
    """`POST` and `GET /2010-04-01/Accounts/{sid}/Messages.json`, as far as sending and searching go."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    ledger: ClassVar[Ledger]
    memory: ClassVar[Memory]
    clock: ClassVar[Clock]
    taken: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        said = {name: values[0] for name, values in form.items()}
        reaction = self.memory.reaction_to(said["To"])
        time.sleep(reaction.before)
        message = self._write(said, reaction)
        time.sleep(reaction.after)
        if reaction.resets:
            _reset(self.connection)
            self.close_connection = True
            self.connection.close()
        elif reaction.code in (None, _HTTP_CREATED):
            self._answer(_HTTP_CREATED, message)
        else:
            self._answer(reaction.code or 0, {"code": 20000, "message": "not now", "status": reaction.code}, reaction)

    def do_GET(self) -> None:
        reaction = self.memory.reaction_to(LISTING)
        if reaction.code is not None:
            self._answer(reaction.code, {"code": 20500, "message": "not now", "status": reaction.code})
            return
        wanted = parse_qs(urlsplit(self.path).query)
        found = [one for one in self.taken if one["to"] in wanted.get("To", [one["to"]])]
        self._answer(200, {"messages": found, "page": 0, "page_size": len(found), "next_page_uri": None})

    def _write(self, said: dict[str, str], reaction: Reaction) -> dict[str, Any]:
        touch = int(parse_qs(urlsplit(said["StatusCallback"]).query)["touch"][0])
        told = {"channel": "sms", "sender": said.get("From", ""), "recipient": said["To"]}
        call = self.ledger.write(_word(reaction), touch=touch, **told)
        message = self._message(said, f"SM{len(self.taken):08x}{int(call.at * 1e6) & 0xFFFFFF:024x}")
        if reaction.takes:
            self.taken.append(message)
        return message

    def _message(self, said: dict[str, str], sid: str) -> dict[str, Any]:
        now = format_datetime(self.clock())
        nothing = dict.fromkeys(("price", "error_code", "error_message", "messaging_service_sid"))
        dates = {"date_created": now, "date_updated": now, "date_sent": now}
        known = {"sid": sid, "account_sid": self.path.split("/")[3], "to": said["To"], "from": said.get("From")}
        fixed = {"status": "queued", "direction": "outbound-api", "num_segments": "1", "num_media": "0",
                 "price_unit": "USD", "api_version": "2010-04-01", "uri": f"{self.path}/{sid}.json",
                 "subresource_uris": {}}  # fmt: skip
        return {**nothing, **dates, **known, **fixed, "body": said.get("Body", "")}

    def _answer(self, status: int, body: Any, reaction: Reaction | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if reaction is not None and reaction.retry_after is not None:
            self.send_header("Retry-After", str(reaction.retry_after))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        """Nothing: the ledger is the log."""
