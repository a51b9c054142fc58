"""A connection to a mailbox: encrypted, logged in, and introduced where the server asks who we are."""

import ast
import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from engine.channels.login_advice import app_password
from engine.channels.tls import tls_context
from engine.channels.xoauth2 import AccessTokens
from engine.core.errors import EngineError
from engine.core.outcome import SenderBroken
from engine.core.providers import Login, Security, Server

# RFC 2971. 163 and QQ open no folder for a client that has not said who it is.
_WHO_WE_ARE = '("name" "Touchline" "version" "1" "vendor" "Touchline")'
_BROKEN = (OSError, imaplib.IMAP4.error, ImapToolsError)
_BAD = re.compile(r"command error: BAD (\[.*\])\Z", re.DOTALL)  # imaplib prints its list of what the server said


class ImapTrouble(EngineError):
    """The mailbox cannot be read."""


class LoginRefused(ImapTrouble):
    """The server does not let us in; who tries again and again may find the account locked."""


@contextmanager
def told_as_trouble(server: Server) -> Iterator[None]:
    """Whatever the network, the server or the libraries complain of, in one form."""
    try:
        yield
    except _BROKEN as problem:
        raise ImapTrouble(f"{server.host}:{server.port}: {_words(problem)}") from problem


def logged_in(server: Server, tokens: AccessTokens | None) -> BaseMailBox:
    """Raises ImapTrouble, and BadInput for a certificate that cannot be used."""
    context = tls_context(server)
    with told_as_trouble(server):
        box = _connected(server, context)
        try:
            _log_in(box, server, tokens)
            _introduce(box)
        except BaseException:
            close(box)
            raise
        box.client.sock.settimeout(server.total_seconds)
        return box


def close(box: BaseMailBox) -> None:
    """Without waiting for a server that does not answer."""
    with suppress(*_BROKEN):
        box.client.sock.settimeout(1)
        box.client.logout()
    with suppress(*_BROKEN):
        box.client.shutdown()


def capabilities(box: BaseMailBox) -> frozenset[str]:
    """Servers offer more once one has logged in."""
    told = box.client.capability()[1]
    return frozenset(b" ".join(part for part in told if part).decode("ascii", "replace").upper().split())


def _connected(server: Server, context: object) -> BaseMailBox:
    limit = server.connect_seconds
    match server.security:
        case Security.TLS:
            return MailBox(server.host, server.port, timeout=limit, ssl_context=context)
        case Security.STARTTLS:
            return MailBoxStartTls(server.host, server.port, timeout=limit, ssl_context=context)
        case Security.NONE:
            return MailBoxUnencrypted(server.host, server.port, timeout=limit)


def _log_in(box: BaseMailBox, server: Server, tokens: AccessTokens | None) -> None:
    login = server.login
    if login is None:
        raise ImapTrouble(f"{server.host}:{server.port}: there is no login; give user and password, or oauth")
    if tokens is not None:
        _by_token(box, server, tokens)
        return
    try:
        _by_password(box, login)
    except imaplib.IMAP4.abort:
        raise  # the connection broke, and nobody has refused anything
    except (ImapToolsError, imaplib.IMAP4.error) as refused:
        raise LoginRefused(
            f"{server.host}:{server.port} refuses the login of {login.user}: {_words(refused)}; {app_password('IMAP')}"
        ) from refused


def _by_password(box: BaseMailBox, login: Login) -> None:
    password = login.password.value if login.password is not None else ""
    is_plain = login.user.isascii() and password.isascii()
    (box.login if is_plain else box.login_utf8)(login.user, password, initial_folder=None)


def _by_token(box: BaseMailBox, server: Server, tokens: AccessTokens) -> None:
    """A token that the server no longer takes, though its time is not over, is replaced once."""
    user = server.login.user if server.login is not None else ""
    first = _token(tokens)
    try:
        _show_token(box, server, user, first)
    except LoginRefused:
        tokens.forget(first)
        another = _token(tokens)
        if another == first:
            raise
        _show_token(box, server, user, another)


def _token(tokens: AccessTokens) -> str:
    token = tokens.current()
    if isinstance(token, str):
        return token
    raise LoginRefused(token.detail) if isinstance(token, SenderBroken) else ImapTrouble(token.detail)


def _show_token(box: BaseMailBox, server: Server, user: str, token: str) -> None:
    try:
        box.xoauth2(user, token, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (ImapToolsError, imaplib.IMAP4.error) as refused:
        raise LoginRefused(
            f"{server.host}:{server.port} refuses the access token of {user}: {_words(refused)}"
        ) from refused


def _introduce(box: BaseMailBox) -> None:
    if "ID" in capabilities(box):
        with suppress(imaplib.IMAP4.error):  # who does not want it after all can be read without
            box.client.xatom("ID", _WHO_WE_ARE)


def _words(problem: BaseException) -> str:
    """What the server said, where it said something; the libraries wrap it in the forms of Python."""
    if isinstance(problem, UnexpectedCommandStatusError):
        return _said(problem.command_result[1]) or str(problem.command_result[0])
    if found := _BAD.search(str(problem)):
        return _said(ast.literal_eval(found[1]))
    return str(problem) or type(problem).__name__


def _said(lines: object) -> str:
    parts = lines if isinstance(lines, list) else [lines]
    return " ".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))
