"""Who must not be contacted any more: the people a file marks, and every address that is theirs, known or salvaged.

An opt-out is only ever added. It is kept under an address's widest key, so that another spelling does not escape it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.contacts.match_keys import match_key
from engine.contacts.rows import ContactRow
from engine.core.consent import ADDRESS_ONLY
from engine.operations.importing.drafts import Person, address_values
from engine.store.connection import Record

REASON = "imported"
_SHARED = "corporate"
# Who must not be called must not get text messages either.
_CHANNELS = {"any": ("all",), "email": ("email",), "phone": ("phone", "sms")}
_KINDS = {"all": None, "email": {"email"}, "phone": {"phone"}, "sms": {"phone"}}


@dataclass(slots=True)
class OptOuts:
    """`file` names the proof. `known` are the addresses closed in the database, as (key, channel); `new` has the
    proofs of those that the file adds.
    """

    file: str
    known: set[tuple[str, str]]
    new: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, row: ContactRow, person: Person | None) -> bool:
        """Whether the row closes anything that was open."""
        if row.do_not_contact is None:
            return False
        before = len(self.new), person and len(person.closed)
        proof = f"{self.file}, line {row.line}: {row.do_not_contact}"
        for channel in channels_of(row):
            if person is not None:
                person.closed.setdefault(channel, proof)
            for kind, value in _own_addresses(row):
                self._close(kind, match_key(kind, value), channel, proof)
        return (len(self.new), person and len(person.closed)) != before

    def cover(self, people: Iterable[Person]) -> None:
        """Who said no by one address said no: all others that we know of them are closed, too."""
        for person in people:
            for channel, proof in person.closed.items():
                for address in _own(person):
                    self._close(address["kind"], address["match_key"], channel, proof)

    def covers(self, row: ContactRow) -> bool:
        """Whether an address of the row is closed altogether, under whatever spelling."""
        keys = ((address["match_key"], "all") for address in address_values(row))
        return any(key in self.known or key in self.new for key in keys)

    def _close(self, kind: str, key: str, channel: str, proof: str) -> None:
        kinds = _KINDS.get(channel)
        if (kinds is None or kind in kinds) and (key, channel) not in self.known:
            self.new.setdefault((key, channel), proof)


def channels_of(row: ContactRow) -> tuple[str, ...]:
    if "any" in row.no_contact_by:
        return _CHANNELS["any"]
    return tuple(channel for by in sorted(row.no_contact_by) for channel in _CHANNELS[by])


def is_wish(suppression: Record) -> bool:
    """A bounce or a wrong number says nothing about what somebody wants."""
    return suppression.reason not in ADDRESS_ONLY


def _own_addresses(row: ContactRow) -> list[tuple[str, str]]:
    """A switchboard is everybody's: it is closed only where the row knows no other address."""
    shared = {phone.e164 for phone in row.phones if phone.kind == _SHARED}
    has_own = row.emails or row.wechat_id or row.linkedin_url or any(one.kind != _SHARED for one in row.phones)
    return [(kind, value) for kind, value in row.suppressions if not has_own or value not in shared]


def _own(person: Person) -> list[Mapping[str, Any]]:
    every: list[Mapping[str, Any]] = [address.values for address in person.addresses]
    return [one for one in every if one["label"] != _SHARED] or every
