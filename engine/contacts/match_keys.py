"""The form in which addresses meet: opt-outs, answers and the send journal find a person by it."""

from collections.abc import Callable

from engine.contacts.addresses import suppression_keys
from engine.contacts.identity import is_mobile_wechat, linkedin_key


def match_key(kind: str, value: str) -> str:
    """A WeChat account that is named by its mobile number is that number."""
    if kind == "email":
        return suppression_keys(value)[-1]
    if kind == "wechat" and is_mobile_wechat(value):
        return f"+86{value}"
    return plain_key(kind, value)


def plain_key(kind: str, value: str) -> str:
    """One spelling of the same address."""
    return _PLAIN_KEYS[kind](value) if kind in _PLAIN_KEYS else value


_PLAIN_KEYS: dict[str, Callable[[str], str]] = {"wechat": str.casefold, "linkedin": linkedin_key}


def is_same(kind: str, one: str, other: str) -> bool:
    return match_key(kind, one) == match_key(kind, other)
