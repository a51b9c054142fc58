"""The small words of `channels.yaml`: where a secret is kept, who a server is, which mailbox is meant."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.compiler.words import matching, refuse, shown

_PLACES = "{env: NAME} or {file: PATH}"
_ENV_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a value is: in the environment, in a file, or here."""

    place: Literal["env", "file", "here"]
    name: str


def _read_secret(value: object) -> Kept:
    if isinstance(value, dict):
        return _read_place(value)
    raise refuse(
        "secret-in-file",
        "a secret stands here in plain text",
        _PLACES,
        "take it out of this file, put it into the environment or a file of its own, and name that; "
        "if this file was shared, have the secret replaced",
    )


def _read_open(value: object) -> Kept:
    if isinstance(value, dict):
        return _read_place(value)
    if isinstance(value, str) and 0 < len(value) <= _LONGEST:
        return Kept("here", value)
    raise refuse("wrong-type", "this is no text", f"text, {_PLACES}", "put it in quotes")


def _read_place(value: dict[str, object]) -> Kept:
    if len(value) != 1:
        raise _no_place("one place must be named")
    (place, name), *_ = value.items()
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST:
        raise _no_place("the place has no name")
    if place == "env" and re.fullmatch(_ENV_NAME, name):
        return Kept("env", name)
    if place == "file":
        return Kept("file", name)
    if place == "env":
        raise _no_place("what stands here is no name of a variable")  # but perhaps the secret itself
    raise _no_place(f"{shown(place)} is no place")


def _no_place(message: str) -> PydanticCustomError:
    return refuse("bad-place", message, _PLACES, "write it like {env: SMTP_PASSWORD} or {file: /run/secrets/smtp}")


_PLACE_SCHEMAS = [
    {
        "type": "object",
        "properties": {"env": {"type": "string", "pattern": f"^{_ENV_NAME}$"}},
        "required": ["env"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {"file": {"type": "string", "minLength": 1, "maxLength": _LONGEST}},
        "required": ["file"],
        "additionalProperties": False,
    },
]
SecretText: TypeAlias = Annotated[Kept, PlainValidator(_read_secret), WithJsonSchema({"oneOf": _PLACE_SCHEMAS})]
OpenText: TypeAlias = Annotated[
    Kept,
    PlainValidator(_read_open),
    WithJsonSchema({"oneOf": [{"type": "string", "minLength": 1, "maxLength": _LONGEST}, *_PLACE_SCHEMAS]}),
]

_NAME = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = rf"{_NAME}(\.{_NAME})*"
Host: TypeAlias = Annotated[
    str,
    Field(max_length=253),
    matching(
        "bad-host",
        rf"^({_HOST}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)\Z",
        "the name or address of a server",
        "write it like smtp.example.com, without port or scheme",
    ),
    WithJsonSchema({"type": "string", "maxLength": 253, "pattern": rf"^({_HOST}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$"}),
]

_MAILBOX = r"(\*|[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+)"
MailboxKey: TypeAlias = Annotated[
    str,
    Field(max_length=254),
    matching("bad-address", rf"^{_MAILBOX}\Z", 'the address of a mailbox, or "*" for all others', "correct it"),
    WithJsonSchema({"type": "string", "maxLength": 254, "pattern": f"^{_MAILBOX}$"}),
]

_PHONE = r"\+[1-9][0-9]{5,14}"
PhoneText: TypeAlias = Annotated[
    str,
    matching("bad-phone", rf"^{_PHONE}\Z", "a number in international form", 'write it like "+14155550100", in quotes'),
    WithJsonSchema({"type": "string", "pattern": f"^{_PHONE}$"}),
]


def _guarded_url(url: str) -> str:
    """Keys go there: encrypted, or not further than this machine."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not is_safe or not parts.hostname or re.search(r"\s", url):
        raise refuse("bad-url", f"{shown(url)} cannot stand here", "an https address", "write it like https://...")
    return url


UrlText: TypeAlias = Annotated[
    str, Field(max_length=2000), AfterValidator(_guarded_url), WithJsonSchema({"type": "string", "maxLength": 2000})
]


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
