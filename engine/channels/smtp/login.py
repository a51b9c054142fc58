"""A connection that is ready for mails: greeted, encrypted, logged in. Or the outcome of a send that gets none."""

import base64
import ssl

from engine.channels.deadline import Deadline
from engine.channels.envelope import Refusal
from engine.channels.login_advice import app_password
from engine.channels.smtp.line import Line
from engine.channels.smtp.replies import DONE, GO_ON, Reply, Stage, refusal
from engine.channels.xoauth2 import AccessTokens, initial_response
from engine.core.outcome import Deferred, SenderBroken
from engine.core.providers import Login, Security, Server


def ready_line(
    server: Server, context: ssl.SSLContext | None, tokens: AccessTokens | None, deadline: Deadline
) -> Line | Refusal:
    line = Line(server, context, deadline)
    trouble: Refusal | None
    try:
        trouble = _greeted(line, server) or _logged_in(line, server, tokens)
    except OSError as problem:
        trouble = Deferred(f"{server.host}:{server.port} cannot be reached: {problem}")
    if trouble is not None:
        line.leave()
        return trouble
    return line


def _greeted(line: Line, server: Server) -> Refusal | None:
    opening = line.open()
    if opening.kind != DONE:
        return refusal(Stage.GREETING, opening)
    if refused := _ehlo(line):
        return refused
    return _encrypted(line, server) if server.security is Security.STARTTLS else None


def _ehlo(line: Line) -> Refusal | None:
    reply = line.greet()
    return None if reply.kind == DONE else refusal(Stage.EHLO, reply)


def _encrypted(line: Line, server: Server) -> Refusal | None:
    """Without encryption nothing is sent, whatever the reason."""
    if not line.has_extn("starttls"):
        return SenderBroken(f"{server.host}:{server.port} offers no STARTTLS; try `security: tls` with port 465")
    reply = line.ask("STARTTLS")
    if reply.kind != DONE:
        return refusal(Stage.STARTTLS, reply)
    line.encrypt()
    return _ehlo(line)


def _logged_in(line: Line, server: Server, tokens: AccessTokens | None) -> Refusal | None:
    login = server.login
    if login is None:
        return None
    offered = line.esmtp_features.get("auth", "").upper().split()
    if tokens is not None:
        return _by_token(line, login.user, tokens)
    if "PLAIN" in offered:
        reply = line.ask(f"AUTH PLAIN {_base64(_plain(login))}")
    elif "LOGIN" in offered:
        reply = _by_login(line, login)
    else:
        ways = ", ".join(offered) or "no login at all"
        return SenderBroken(f"{server.host}:{server.port} offers {ways}; Touchline logs in by PLAIN, LOGIN or XOAUTH2")
    return None if reply.kind == DONE else _advised(refusal(Stage.AUTH, reply))


def _advised(trouble: Refusal) -> Refusal:
    if isinstance(trouble, SenderBroken):
        return SenderBroken(f"{trouble.detail}; {app_password('SMTP')}")
    return trouble


def _by_login(line: Line, login: Login) -> Reply:
    reply = line.ask("AUTH LOGIN")
    for answer in (login.user, _password(login)):
        if reply.kind != GO_ON:
            break
        reply = line.ask(_base64(answer))
    return reply


def _by_token(line: Line, user: str, tokens: AccessTokens) -> Refusal | None:
    """A token that the server no longer takes, though its time is not over, is replaced once."""
    used, reply = "", Reply(0, "")
    for _ in range(2):
        token = tokens.current()
        if not isinstance(token, str):
            return token
        if token == used:
            break
        reply, used = _xoauth2(line, user, token), token
        if reply.kind == DONE:
            return None
        if reply.kind != 5:  # noqa: PLR2004 - the first digit of "no"
            break
        tokens.forget(token)
    return refusal(Stage.AUTH, reply)


def _xoauth2(line: Line, user: str, token: str) -> Reply:
    reply = line.ask(f"AUTH XOAUTH2 {initial_response(user, token)}")
    return line.ask("") if reply.kind == GO_ON else reply  # the reason comes first, the refusal after an empty line


def _plain(login: Login) -> str:
    return f"\0{login.user}\0{_password(login)}"


def _password(login: Login) -> str:
    return login.password.value if login.password is not None else ""


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
