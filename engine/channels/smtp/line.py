"""One SMTP connection, command by command, under deadlines that hold also against a server that drips bytes."""

import smtplib
import socket
import ssl
from typing import Any

from engine.channels.deadline import Deadline
from engine.channels.smtp.replies import DONE, Reply
from engine.core.providers import Security, Server

_LONGEST_LINE = 8192
_MOST_LINES = 200
_CHUNK = 64 * 1024
_CLOSING = 421
_QUIT_SECONDS = 2.0


class Line(smtplib.SMTP):
    """smtplib sets a time limit on each read alone and hides where it fails; this one has neither habit.

    `deadline` holds for whatever is awaited next. `has_begun` once the first byte of a mail may have left.
    Raises OSError, of which smtplib's errors are a kind.
    """

    def __init__(self, server: Server, context: ssl.SSLContext | None, deadline: Deadline) -> None:
        super().__init__(local_hostname="localhost")  # a name given: none is looked up
        self.deadline = deadline
        self.has_begun = False
        self.is_closing = False
        self.mails = 0
        self._server, self._context = server, context
        self._read = bytearray()

    @property
    def is_lost(self) -> bool:
        return self.sock is None or self.is_closing

    def open(self) -> Reply:
        """Connects and reads the greeting."""
        self.sock = _connected(self._server, self.deadline.within(self._server.connect_seconds))
        self.local_hostname = _literal(self.sock)
        if self._server.security is Security.TLS:
            self.encrypt()
        return self.reply()

    def encrypt(self) -> None:
        """From here on nothing that was read in clear counts (RFC 3207, section 6)."""
        if self.sock is None or self._context is None:
            raise smtplib.SMTPServerDisconnected("there is no connection to encrypt")
        self.sock.settimeout(self.deadline.within(self._server.connect_seconds).left())
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self._server.host)
        self._read.clear()

    def ask(self, command: str) -> Reply:
        self.putcmd(command)
        return self.reply()

    def greet(self) -> Reply:
        return Reply(*_in_words(self.ehlo()))

    def reply(self) -> Reply:
        return Reply(*_in_words(self.getreply()))

    def is_alive(self, seconds: float) -> bool:
        """Asked before a kept-open connection is used again: is it there, and is nothing left of the mail before?"""
        limit, self.deadline = self.deadline, self.deadline.within(seconds)
        try:
            return self.ask("RSET").kind == DONE
        except OSError:
            return False
        finally:
            self.deadline = limit

    def leave(self) -> None:
        """Says goodbye; whatever comes of it changes nothing any more."""
        self.deadline = Deadline.after(_QUIT_SECONDS)
        try:
            if not self.is_lost:
                self.ask("QUIT")
        except OSError:
            pass  # the other side was quicker
        finally:
            self.close()

    def send(self, s: Any) -> None:
        rest = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        while rest:
            rest = rest[self._with_socket(lambda sock, part=rest[:_CHUNK]: sock.send(part)) :]

    def getreply(self) -> tuple[int, bytes]:
        """A reply counts only when its last line is complete."""
        lines: list[bytes] = []
        while len(lines) < _MOST_LINES:
            line = self._line()
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                code = int(line[:3]) if line[:3].isdigit() else 0
                self.is_closing = self.is_closing or code == _CLOSING
                return code, b"\n".join(lines)
        raise self._broken("the reply does not end")

    def _line(self) -> bytes:
        while (end := self._read.find(b"\n")) < 0:
            if len(self._read) > _LONGEST_LINE:
                raise self._broken("the line does not end")
            data = self._with_socket(lambda sock: sock.recv(_LONGEST_LINE))
            if not data:
                raise self._broken("the server closed the connection")
            self._read += data
        line = bytes(self._read[: end + 1])
        del self._read[: end + 1]
        return line

    def _with_socket(self, act: Any) -> Any:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        try:
            self.sock.settimeout(self.deadline.left())
            return act(self.sock)
        except OSError:
            self.close()
            raise

    def _broken(self, why: str) -> OSError:
        self.close()
        return smtplib.SMTPServerDisconnected(why)


def _connected(server: Server, deadline: Deadline) -> socket.socket:
    """The first address that answers; each gets its share of the time, so that a dead one leaves some to the next."""
    found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    trouble = OSError(f"{server.host} has no address")
    for tried, (family, kind, protocol, _, address) in enumerate(found):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left() / (len(found) - tried))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as problem:
            sock.close()
            trouble = problem
        else:
            return sock
    raise trouble


def _literal(sock: socket.socket) -> str:
    """Our name in EHLO as RFC 5321, 4.1.3 has it for a client without one of its own: no resolver is asked."""
    host = str(sock.getsockname()[0])
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def _in_words(answer: tuple[int, bytes]) -> tuple[int, str]:
    code, text = answer
    return code, " ".join(text.decode(errors="replace").split())
