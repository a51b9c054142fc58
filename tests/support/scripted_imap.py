"""An IMAP server that says what the test wants, for manners that no server from pip has."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MAIL = b"Message-ID: <1.a@acme.example>\r\nX-Touchline-Touch: 1\r\nTo: Ada <ada@fieldworks.example>\r\n\r\n"


@dataclass
class Manners:
    """`wants_id`: no folder opens before ID, as at 163. `tokens`: let in by XOAUTH2. `search` answers every search.
    `login` answers each login by password; BYE hangs up.
    """

    wants_id: bool = False
    tokens: tuple[str, ...] = ()
    login: str = "OK done"
    search: dict[str, str] = field(default_factory=dict)
    port: int = 0
    said: list[str] = field(default_factory=list)


class _Conversation(socketserver.StreamRequestHandler):
    manners: Manners

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.manners.said.append(command)
            if not self._answer(tag, command):
                return

    def _answer(self, tag: str, command: str) -> bool:
        match command.split():
            case ["CAPABILITY"]:
                self._say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 ID", f"{tag} OK done")
            case ["AUTHENTICATE", "XOAUTH2"]:
                self._say("+ ")
                token = base64.b64decode(self.rfile.readline()).decode().split("Bearer ")[1].strip("\x01")
                self._say(f"{tag} {'OK done' if token in self.manners.tokens else 'NO [AUTHENTICATIONFAILED] no'}")
            case ["LOGIN", *_]:
                hangs_up = self.manners.login.startswith("BYE")
                self._say(f"{'*' if hangs_up else tag} {self.manners.login}")
                return not hangs_up
            case ["LIST", *_]:
                self._say('* LIST () "/" "INBOX"', '* LIST (\\Sent) "/" "Outbox"', f"{tag} OK done")
            case ["SELECT" | "EXAMINE", *_]:
                is_let_in = not self.manners.wants_id or any(one.startswith("ID (") for one in self.manners.said)
                told = ("* 1 EXISTS", "* OK [UIDVALIDITY 1] x", "* OK [UIDNEXT 2] x", f"{tag} OK done")
                self._say(*(told if is_let_in else (f"{tag} NO SELECT Unsafe Login. Please contact kefu@188.com",)))
            case ["UID", "SEARCH", what, *_]:
                self._say(f"* SEARCH {self.manners.search.get(what, '')}".strip(), f"{tag} OK done")
            case ["UID", "FETCH", uid, *_]:
                self._say(f"* 1 FETCH (UID {uid} BODY[X] {{{len(MAIL)}}}")
                self.wfile.write(MAIL)
                self._say(")", f"{tag} OK done")
            case ["LOGOUT"]:
                self._say("* BYE", f"{tag} OK done")
                return False
            case _:
                self._say(f"{tag} OK done")
        return True

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def scripted_imap(**manners: Any) -> Iterator[Manners]:
    made = Manners(**manners)
    spoken = type("Spoken", (_Conversation,), {"manners": made})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), spoken) as server:
        server.daemon_threads = True
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
