"""Whom a row is about, and what it adds to them. The rules are those of docs/import.md: what is known is kept, a better
quality wins, stages only close, nothing is ever taken away. So a file that is imported again changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.contacts.cells import fold
from engine.contacts.identity import identity_keys, source_ref, with_name
from engine.contacts.problems import RowProblem
from engine.contacts.rows import ContactRow
from engine.contacts.stages import is_never
from engine.core.workspace import Workspace
from engine.operations.importing.companies import is_named
from engine.operations.importing.drafts import Draft, Person, address_values, person_values

# Each of these reaches one person alone; a number may be shared.
_EXCLUSIVE = frozenset({"email", "linkedin", "wechat"})
_QUALITIES = ("unknown", "unavailable", "guessed", "verified")
_ZONE_ORIGINS = ("default", "country", "region", "phone", "own column")
_KEPT = ("title", "seniority", "department", "source", "received_at")
_COLUMNS = (
    "account_id", "owner_id", "name", "first_name", "last_name", "title", "seniority", "department", "city", "region",
    "country", "locale", "zone", "zone_origin", "stage", "source", "message", "lists", "received_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every row of a file. `system` is the file's format."""

    workspace: Workspace
    system: str
    now: datetime
    closing: Mapping[str | None, int]

    @classmethod
    def of(cls, workspace: Workspace, system: str, now: datetime) -> "Setting":
        """`closing` tells how far each stage keeps somebody from outbound."""
        closing: dict[str | None, int] = {None: 0}
        for one in workspace.stages:
            closing[one.key] = 3 if is_never(one.key) else 2 if one.blocks_outbound else 1
        return cls(workspace, system, now, closing)


@dataclass(slots=True)
class People:
    """Everybody whom a row can mean: `index` has them by identity key, those of the database first."""

    setting: Setting
    index: dict[tuple[str, str], list[Person]] = field(default_factory=lambda: defaultdict(list))
    all: list[Person] = field(default_factory=list)

    def know(self, person: Person) -> None:
        self.all.append(person)
        self._index(person)

    def place(self, row: ContactRow, owner_id: int | None) -> tuple[Person, list[RowProblem], bool]:
        """The person of the row with all that the row adds, what was doubtful about it, and whether it was any news."""
        keys = identity_keys(row, self.setting.system)
        person = self._choose(row, owner_id, keys)
        is_new = person is None
        if person is None:
            person = Person(_empty(self.setting.now), line=row.line)
            self.all.append(person)
        doubts = self._disagreements(person, row, keys)
        changed = self._merge(person, row, owner_id)
        self._index(person)
        return person, doubts, is_new or changed

    def known_by_source(self, row: ContactRow) -> Person | None:
        """Whom a row names that cannot be taken."""
        ref = source_ref(row, self.setting.system)
        return next(iter(self.index.get(("source", ref), ())), None) if ref else None

    def _choose(self, row: ContactRow, owner_id: int | None, keys: Iterable[tuple[str, str]]) -> Person | None:
        """By the surest key that is known. Of several who share it, the one to whom the row is no news, else the one
        known longest.
        """
        found = next((self.index[key] for key in keys if self.index.get(key)), [])
        if len(found) > 1:
            return next((one for one in found if self._is_no_news(one, row, owner_id)), found[0])
        return found[0] if found else None

    def _is_no_news(self, person: Person, row: ContactRow, owner_id: int | None) -> bool:
        if person.account is None and is_named(row):
            return False
        addresses = [Draft(dict(one.values), one.id) for one in person.addresses]
        trial = Person(dict(person.values), person.id, addresses=addresses, refs=set(person.refs))
        return not self._merge(trial, row, owner_id, tried_for=person)

    def _merge(self, person: Person, row: ContactRow, owner_id: int | None, tried_for: Person | None = None) -> bool:
        before = dict(person.values)
        _fill_name(person, row)
        said = person_values(row)
        for column in _KEPT:
            person.fill(column, said[column])
        _fill_place(person, row, said, self.setting)
        _fill_zone(person, row, self.setting)
        _add_words(person, row)
        person.fill("locale", row.locale)
        person.fill("owner_id", owner_id)
        self._close_stage(person, row)
        has_more = self._add_addresses(person, row, tried_for or person)
        return self._add_ref(person, row) or has_more or person.values != before

    def _add_ref(self, person: Person, row: ContactRow) -> bool:
        """The surest key: if anybody had it, the row is theirs."""
        ref = source_ref(row, self.setting.system)
        if ref is None or ref in person.refs:
            return False
        person.refs.add(ref)
        person.new_refs.append(ref)
        return True

    def _close_stage(self, person: Person, row: ContactRow) -> None:
        old = person.values["stage"]
        closing = self.setting.closing
        if row.stage is not None and closing[row.stage] > closing.get(old, 1):
            person.put("stage", row.stage)
            person.stages.append((old, row.stage))

    def _add_addresses(self, person: Person, row: ContactRow, owner: Person) -> bool:
        has_more = False
        for values in address_values(row):
            kind, key = values["kind"], values["key"]
            known = person.address(kind, key)
            if known is not None:
                has_more |= _improve(known, values)
            elif not self._others(owner, kind, key):
                values["rank"] = sum(one.values["kind"] == kind for one in person.addresses)
                person.addresses.append(Draft(values))
                has_more = True
        return has_more

    def _others(self, person: Person, kind: str, key: str) -> list[Person]:
        return [one for one in self.index.get((kind, key), ()) if one is not person] if kind in _EXCLUSIVE else []

    def _disagreements(self, person: Person, row: ContactRow, keys: Iterable[tuple[str, str]]) -> list[RowProblem]:
        """Keys of the row under which we know somebody else, and a name that is not this person's."""
        doubts = [_other_name(person, row)] if _is_other_name(person, row) else []
        for kind, key in keys:
            found = self.index.get((kind, key), ())
            if kind == "phone" and found and person not in found:
                doubts.append(_doubt("matches_another", (kind, key.split("|")[0]), found[0], person))
        for values in address_values(row):
            others = self._others(person, values["kind"], values["key"])
            if others and person.address(values["kind"], values["key"]) is None:
                doubts.append(_doubt("address_of_another", (values["kind"], values["value"]), others[0], person))
        return doubts

    def _index(self, person: Person) -> None:
        for key in _keys(person):
            known = self.index[key]
            if person not in known:
                known.append(person)


def _doubt(code: str, key: tuple[str, str], other: Person, person: Person) -> RowProblem:
    (kind, value), name = key, other.values["name"]
    taken_for = f"the row was taken for {person.who}" if code == "matches_another" else "it stays there"
    message = f"this {kind} belongs to {other.who} ({name}); {taken_for}"
    return RowProblem(kind, value, code, message, "check which of the two it belongs to; merge them if they are one")


def _is_other_name(person: Person, row: ContactRow) -> bool:
    known = person.values["name"]
    return bool(known and row.full_name and "@" not in known and fold(known) != fold(row.full_name))


def _other_name(person: Person, row: ContactRow) -> RowProblem:
    message = f"taken for {person.who}, {person.values['name']}, who has the same id, address or number"
    return RowProblem(
        "name", row.full_name, "name_differs", message, "if they are two, give each an address of their own"
    )


def _keys(person: Person) -> Iterable[tuple[str, str]]:
    name = person.values["name"]
    for ref in person.refs:
        yield "source", ref
    for address in person.addresses:
        kind, key = address.values["kind"], address.values["key"]
        if kind in _EXCLUSIVE:
            yield kind, key
        if kind == "email":
            yield "email+name", with_name(key, name)
        if kind == "phone":
            yield "phone", with_name(key, name)


def _empty(now: datetime) -> dict[str, Any]:
    return {**dict.fromkeys(_COLUMNS), "name": "", "created_at": now}


def _fill_name(person: Person, row: ContactRow) -> None:
    """The parts of a name come from one row. Where only the address was known, it stood for the name."""
    said, known = person_values(row), person.values["name"]
    if not known or ("@" in known and row.full_name and "@" not in row.full_name):
        person.put("name", said["name"])
    if not (person.values["first_name"] or person.values["last_name"]):
        person.fill("first_name", said["first_name"])
        person.fill("last_name", said["last_name"])


def _fill_place(person: Person, row: ContactRow, said: Mapping[str, Any], setting: Setting) -> None:
    """Town and region go with the country. One that is only our own by default is nobody's."""
    is_assumed = row.country_origin == "default" and row.country == setting.workspace.country
    country = None if is_assumed else row.country
    if country and person.values["country"] not in (None, country):
        return
    person.fill("country", country)
    person.fill("city", said["city"])
    person.fill("region", said["region"])


def _fill_zone(person: Person, row: ContactRow, setting: Setting) -> None:
    """A zone that is only the workspace's by default is left to account, rep and workspace (rule 2)."""
    if row.zone_origin == "default" and row.zone == setting.workspace.zone:
        return
    known = person.values["zone_origin"]
    is_better = known in _ZONE_ORIGINS and _ZONE_ORIGINS.index(row.zone_origin) > _ZONE_ORIGINS.index(known)
    if person.values["zone"] is None or is_better:
        person.put("zone", row.zone)
        person.put("zone_origin", row.zone_origin)


def _add_words(person: Person, row: ContactRow) -> None:
    """Lists and remarks add up."""
    known = person.values["lists"] or []
    new = [name for name in row.lists if name not in known]
    if new:
        person.put("lists", [*known, *new])
    message = person.values["message"] or ""
    if row.message and row.message not in message:
        person.put("message", f"{message}\n{row.message}".lstrip("\n"))


def _improve(known: Draft, values: Mapping[str, Any]) -> bool:
    """Verified over guessed over unavailable over unknown; the kind of a number where none was told."""
    before = dict(known.values)
    if _QUALITIES.index(values["quality"]) > _QUALITIES.index(known.values["quality"]):
        known.put("quality", values["quality"])
    if known.values["label"] in ("", "other") and values["label"] not in ("", known.values["label"]):
        known.put("label", values["label"])
    return known.values != before
