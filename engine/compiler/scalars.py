"""Plain (unquoted) YAML scalars: text, whole numbers, decimals and true/false, and the traps that are refused.

YAML 1.1 and 1.2 read the same characters differently (`no`, `09:00`, `010`). Whoever writes one of them means
something else than some parser will understand, so none of them is guessed at.
"""

import re

from engine.compiler.problems import Complaint

Scalar = str | int | float | bool

_SWITCH_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_NOTHING = frozenset({"~", "null", "Null", "NULL"})
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?")
_UNDERSCORES = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?")
_OTHER_BASE = re.compile(r"[-+]?0[xXoObB][0-9a-fA-F_]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_LONGEST_NUMBER = 15  # digits; longer ones are identifiers or phone numbers and lose digits as decimals


def read_plain(text: str) -> Scalar | Complaint:
    if text in _TRUTH:
        return _TRUTH[text]
    trap = _trap(text)
    if trap:
        return trap
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _trap(text: str) -> Complaint | None:
    if not text or text in _NOTHING:
        return Complaint("missing-value", "there is no value here", "a value", "write one, or leave the key out")
    if text.lower() in _SWITCH_WORDS:
        return Complaint(
            "yaml-switch-word",
            f"{text} without quotes is text to some and true or false to others",
            "quotes, or true or false",
            f'write "{text}" for the word, true or false for a switch',
        )
    if text[0] not in "+-.0123456789":
        return None
    return _number_trap(text)


def _number_trap(text: str) -> Complaint | None:
    if _CLOCK.fullmatch(text):
        return _quote("yaml-time", f"{text} without quotes is a number in base 60 to some", "a time in quotes", text)
    if _DATE.fullmatch(text):
        return _quote("yaml-date", f"{text} without quotes is a date object to some", "a date in quotes", text)
    if _OTHER_BASE.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return _number("yaml-number-form", f"{text} is a number form that not everybody reads alike", text)
    if _LEADING_ZERO.fullmatch(text):
        plain = text.replace("_", "").lstrip("+-0") or "0"
        return _number("yaml-leading-zero", f"{text} starts with 0 and is octal to some", text, plain)
    if _UNDERSCORES.fullmatch(text):
        return _number("yaml-underscore", f"{text} is a number to some and text to others", text, text.replace("_", ""))
    if len(text) > _LONGEST_NUMBER and _DECIMAL.fullmatch(text):
        return _quote("yaml-long-number", f"{text[:40]} is too long for a number", "text in quotes", text)
    return None


def _quote(code: str, message: str, expected: str, text: str) -> Complaint:
    return Complaint(code, message, expected, f'write "{text[:60]}"')


def _number(code: str, message: str, text: str, plain: str | None = None) -> Complaint:
    advice = f'write {plain} for the number, "{text}" for the text' if plain else f'write "{text}" for the text'
    return Complaint(code, message, "a plain decimal number, or quotes", advice)
