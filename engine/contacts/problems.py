"""Everything that can be wrong with a row of a contact file: its code, what it says, and what to do about it.

A fatal problem keeps the row out; it goes to the leftover file with these words. All others only inform.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.contacts.cells import Cell

# code: (what is wrong, what to do)
_WORDS: Mapping[str, tuple[str, str]] = {
    "cells_do_not_fit": (
        "the row has {found} cells, the header has {expected}",
        "put quotes around cells that contain the delimiter or a line break, or add the missing cells",
    ),
    "unreachable": (
        "no usable email address, phone, WeChat id or LinkedIn profile",
        "add one way to reach this person",
    ),
    "nameless": ("neither a name nor an email address", "add a name or an email address"),
    "quote_left_open": (
        "a quotation mark is opened and never closed; the row was read up to the end of its line",
        "check the row, and close the quotation mark in the file",
    ),
    "unreadable_bytes": (
        "some characters could not be read as {encoding}",
        "check the row; save the file as UTF-8 where it comes from",
    ),
    "formula_text": (
        "the cell looks like a spreadsheet formula; it is kept as plain text",
        "put in the real value before this text reaches a message",
    ),
    "email_mended": ("read as {address}", "check the address"),
    "email_several": (
        "{count} addresses in one cell; {address} is used first",
        "keep the address you want to write to, or put the others into a column of their own",
    ),
    "email_unreadable": ("not an email address: {reason}", "correct the address; the row was read without it"),
    "email_status_unknown": (
        "not a known address quality",
        "use Verified, Guessed or Unavailable",
    ),
    "phone_impossible": (
        "not a phone number: {reason}",
        "write the number with its country code, such as +49 30 1234567; the row was read without it",
    ),
    "phone_country_differs": (
        "the number belongs to {number_country}, the person is in {country}",
        "check the number; the time zone is taken from the place, not from the number",
    ),
    "phone_two_extensions": ("two extensions behind one number; {extension} is used", "check the extension"),
    "wechat_unreadable": (
        "not a WeChat id (a letter, then 5 to 19 letters, digits, _ or -) and not a phone number",
        "correct the id; the row was read without it",
    ),
    "linkedin_unreadable": (
        "not a LinkedIn profile address",
        "use the form https://www.linkedin.com/in/name; the row was read without it",
    ),
    "country_unreadable": (
        "not a known country",
        "use the English or Chinese name or the two-letter code; the row was read as {country}",
    ),
    "zone_is_offset": (
        "an offset or abbreviation is no time zone: it does not know daylight saving time",
        "use a name such as Europe/Berlin; the zone was taken from elsewhere ({origin})",
    ),
    "zone_unknown": (
        "not a known time zone",
        "use an IANA name such as Asia/Shanghai; the zone was taken from elsewhere ({origin})",
    ),
    "stage_unknown": ("not a stage of this workspace", "add the word to a stage's `aliases` in workspace.yaml"),
    "date_unreadable": ("not a date that can be read", "use 2026-01-31 15:04"),
    "date_ambiguous": (
        "day and month could be either way round; read as {read_as}",
        "use 2026-01-31 if that is wrong",
    ),
    "opt_out_unclear": (
        "neither a clear yes nor a clear no; taken as an opt-out",
        "write true or false",
    ),
    "consent_unclear": (
        "it does not say to which channel they agreed; no consent was recorded",
        "write email, sms or phone, or several with commas between them",
    ),
    "consent_without_date": (
        "a consent without the day on which it was given is no evidence; none was recorded",
        "put the day into a column `consent_at`",
    ),
    "refused_in_remark": (
        "the remark says that the person refused",
        "read it before you enroll them; set the stage to Do Not Contact if they do not want to hear from us",
    ),
}  # fmt: skip

_FATAL = frozenset({"cells_do_not_fit", "unreachable", "nameless"})


@dataclass(frozen=True, slots=True)
class RowProblem:
    column: str
    value: str
    reason_code: str
    message: str
    advice: str
    fatal: bool = False


def problem(code: str, cell: Cell, **facts: object) -> RowProblem:
    message, advice = _WORDS[code]
    return RowProblem(
        column=cell.column,
        value=cell.value,
        reason_code=code,
        message=message.format(**facts),
        advice=advice.format(**facts),
        fatal=code in _FATAL,
    )


def row_problem(code: str, **facts: object) -> RowProblem:
    """A problem of the whole row, of no single cell."""
    return problem(code, Cell("", ""), **facts)
