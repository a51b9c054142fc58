"""Rows of the database as an import wants them: what is there already, what changes, and what is to be added."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.contacts.addresses import ascii_domain, email_key
from engine.contacts.identity import phone_key
from engine.contacts.match_keys import match_key, plain_key
from engine.contacts.rows import ContactRow


@dataclass(slots=True, eq=False)
class Draft:
    """`id` is None for what is to be added. `changed` are the columns whose values the database does not have yet."""

    values: dict[str, Any]
    id: int | None = None
    changed: set[str] = field(default_factory=set)

    def put(self, column: str, value: Any) -> None:
        self.values[column] = value
        self.changed.add(column)

    def fill(self, column: str, value: Any) -> None:
        """What is known is kept."""
        if self.values[column] in (None, "") and value not in (None, ""):
            self.put(column, value)

    @property
    def changes(self) -> dict[str, Any]:
        return {column: self.values[column] for column in sorted(self.changed)}


def stored(row: dict[str, Any]) -> Draft:
    return Draft(row, row["id"])


@dataclass(slots=True, eq=False)
class Person(Draft):
    """`line` is the row that brought somebody new. `closed` are the channels on which the person as such is
    suppressed, with the proof of each; `was_closed` those that the database knows. `agreed` are the consents that the
    file adds, `had_agreed` the channel and instant of those in the database, withdrawn or not.
    """

    line: int | None = None
    account: Draft | None = None
    addresses: list[Draft] = field(default_factory=list)
    refs: set[str] = field(default_factory=set)
    new_refs: list[str] = field(default_factory=list)
    stages: list[tuple[str | None, str]] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    was_closed: set[str] = field(default_factory=set)
    agreed: list[dict[str, Any]] = field(default_factory=list)
    had_agreed: set[tuple[str, datetime]] = field(default_factory=set)

    def address(self, kind: str, key: str) -> Draft | None:
        wanted = (kind, key)
        return next((one for one in self.addresses if (one.values["kind"], one.values["key"]) == wanted), None)

    @property
    def who(self) -> str:
        return f"prospect {self.id}" if self.id is not None else f"the person of line {self.line}"

    @property
    def is_touched(self) -> bool:
        """Whether the database differs from the draft in anything."""
        has_news = any(one.changed or one.id is None for one in self.addresses)
        return bool(self.changed or has_news or self.new_refs or self.newly_closed or self.agreed)

    def agree(self, row: ContactRow, file: str) -> bool:
        """Records what the row says that they have agreed to; whether that is any news. What was withdrawn stays so."""
        if row.opt_in is None:
            return False
        new = [channel for channel in row.opt_in.channels if (channel, row.opt_in.at) not in self.had_agreed]
        self.had_agreed |= {(channel, row.opt_in.at) for channel in new}
        source = row.opt_in.source or f"{file}, line {row.line}"
        told = {"basis": "express", "text": row.opt_in.text, "source": source, "at": row.opt_in.at}
        self.agreed += [{"channel": channel, **told} for channel in new]
        return bool(new)

    @property
    def newly_closed(self) -> dict[str, str]:
        return {channel: proof for channel, proof in self.closed.items() if channel not in self.was_closed}


def person_values(row: ContactRow) -> dict[str, Any]:
    """The columns of a prospect that come from the row as they are; an empty cell is None."""
    texts = {
        "first_name": row.first_name,
        "last_name": row.last_name,
        "title": row.title,
        "seniority": row.seniority,
        "department": row.department,
        "city": row.city,
        "region": row.region,
        "source": row.source,
        "message": row.message,
    }
    return {
        **{column: text or None for column, text in texts.items()},
        "name": row.full_name or row.emails[0].value,
        "locale": row.locale,
        "received_at": row.received_at,
        "lists": list(row.lists) or None,
    }


def address_values(row: ContactRow) -> list[dict[str, Any]]:
    """Every address of the row, in the order in which they are tried."""
    found = [
        _address("email", email.value, email_key(email.value), quality=email.quality)
        | {"domain": ascii_domain(email.value.rpartition("@")[2])}
        for email in row.emails
    ]
    found += [
        _address("phone", phone.e164, phone_key(phone), label=phone.kind, extension=phone.extension or "")
        for phone in row.phones
    ]
    others = (("wechat", row.wechat_id), ("linkedin", row.linkedin_url))
    return found + [_address(kind, value, plain_key(kind, value)) for kind, value in others if value]


def _address(kind: str, value: str, key: str, **more: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "value": value,
        "key": key,
        "match_key": match_key(kind, value),
        "domain": None,
        "rank": 0,
        "quality": "unknown",
        "label": "",
        "extension": "",
    } | more
