"""An SMTP server that does at each stage what it was told, however wrong: for what no well-behaved server shows."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

RESET, CLOSE, SILENT = "reset", "close", "silent"

_GOOD = {
    "connect": "220 sink ESMTP",
    "EHLO": "250-sink\r\n250 SIZE 100000000",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go on",
    "final": "250 2.0.0 queued as 1",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 bye",
}


@dataclass(frozen=True)
class Drip:
    """Sends a byte at a time and never ends."""

    first: str
    then: str = "x"


@dataclass(frozen=True)
class Torn:
    """Sends this without an end of line and closes."""

    text: str


Act = str | Drip | Torn | Callable[[int], str]


@dataclass
class ScriptedSmtp:
    """`acts` by stage: a reply, RESET, CLOSE, SILENT, or a function of how often the stage was reached.

    `body` happens after half of the mail's first bytes were read; `taken` are the mails that came to their end.
    """

    acts: Mapping[str, Act] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _reached: dict[str, int] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(_Ended, OSError), connection.makefile("rb") as lines:
            self._act("connect", connection)
            for line in lines:
                command = line.decode().strip()
                self.commands.append(command)
                stage = command.split(" ", maxsplit=1)[0].upper()
                self._act(stage, connection)
                if stage == "DATA" and self._act_of("DATA", count=False).startswith("354"):
                    self._read_mail(lines, connection)
                if stage == "QUIT":
                    return

    def _read_mail(self, lines: Iterator[bytes], connection: socket.socket) -> None:
        mail = b""
        if "body" in self.acts:
            next(lines, b"")
            self._act("body", connection)
        for line in lines:
            if line == b".\r\n":
                self.taken.append(mail)
                self._act("final", connection)
                return
            mail += line

    def _act_of(self, stage: str, *, count: bool = True) -> str:
        act = self.acts.get(stage, _GOOD.get(stage, "500 what?"))
        if count:
            self._reached[stage] = self._reached.get(stage, 0) + 1
        return act(self._reached.get(stage, 1)) if callable(act) else act if isinstance(act, str) else "354"

    def _act(self, stage: str, connection: socket.socket) -> None:
        act = self.acts.get(stage)
        if isinstance(act, Drip):
            self._drip(act, connection)
        if isinstance(act, Torn):
            connection.sendall(act.text.encode())
            raise _Ended
        match self._act_of(stage):
            case "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
                raise _Ended
            case "close":
                raise _Ended
            case "silent":
                self._stopping.wait(30)
                raise _Ended
            case reply:
                connection.sendall(f"{reply}\r\n".encode())
                if reply.startswith("421"):
                    raise _Ended

    def _drip(self, act: Drip, connection: socket.socket) -> None:
        connection.sendall(act.first.encode())
        while not self._stopping.wait(0.02):
            connection.sendall(act.then.encode())
        raise _Ended


class _Ended(Exception):
    """The conversation is over."""


@contextmanager
def scripted_smtp(acts: Mapping[str, Act] | None = None) -> Iterator[ScriptedSmtp]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ScriptedSmtp(acts or {}, port=listener.getsockname()[1])
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        server.stop()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
