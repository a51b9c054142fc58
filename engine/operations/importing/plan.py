"""What a contact file would do to the database: read in bulk, decided row by row, nothing written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.contacts.cells import fold
from engine.contacts.identity import source_ref
from engine.contacts.match_keys import match_key
from engine.contacts.problems import RowProblem
from engine.contacts.rows import ContactFile, ContactRow
from engine.operations.act import Act
from engine.operations.importing.companies import Companies, is_named, key_of
from engine.operations.importing.drafts import Person, address_values, stored
from engine.operations.importing.opt_outs import OptOuts, is_wish
from engine.operations.importing.people import People, Setting
from engine.store import imports, plans
from engine.store.connection import Connection, Record


class Outcome(StrEnum):
    """Each row has one: somebody new, added to somebody known or to an earlier row, no news, or kept out."""

    NEW = "new"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    NOT_TAKEN = "not_taken"


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and what becomes of it. `is_suppressed` tells that it is marked, and that the mark is kept."""

    row: ContactRow
    outcome: Outcome
    person: Person | None
    is_suppressed: bool
    notes: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`bounces` are suppressions that say less than an opt-out of the same address and channel, by (scope, key,
    channel); `held` are the people who must not be sent anything while this is carried out.
    """

    file: ContactFile
    setting: Setting
    people: People
    companies: Companies
    opt_outs: OptOuts
    rows: tuple[Placed, ...]
    bounces: Mapping[tuple[str, str, str], int]
    holders: frozenset[int]

    @property
    def held(self) -> frozenset[int]:
        changed = (person.id for person in self.people.all if person.id is not None and person.is_touched)
        return self.holders.union(changed)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What concerns many rows, said once."""
        unread = (
            f"column `{header}` is not read; a mapping can name its field" for header in self.file.unknown_headers
        )
        codes = ("owner_unknown", "stage_unknown")
        notes = (note for placed in self.rows for note in placed.notes if note.reason_code in codes)
        counted = Counter((note.column, note.value, note.message, note.advice) for note in notes)
        told = (
            f"{column} `{value}`: {what} ({n} rows); {do}" for (column, value, what, do), n in counted.most_common()
        )
        return (*unread, *told)


def make_plan(act: Act, file: ContactFile, rep: str | None) -> Plan:
    """`rep` is the key of whom people belong to whose owner the file does not name. Raises NotFound for it."""
    setting = Setting.of(act.workspace, file.format, act.now)
    people, companies = _known(act, file, setting)
    suppressions = _active_suppressions(act.connection, file, people)
    wishes = [one for one in suppressions if is_wish(one)]
    _mark_closed(people, wishes)
    opt_outs = OptOuts(file.name, {(one.key, one.channel) for one in wishes if one.scope == "address"})
    desk = _Desk(people, companies, opt_outs, _owners(act.connection, rep))
    rows = desk.place_all(file.rows)
    opt_outs.cover(people.all)
    return Plan(
        file=file,
        setting=setting,
        people=people,
        companies=companies,
        opt_outs=opt_outs,
        rows=rows,
        bounces={(one.scope, one.key, one.channel): one.id for one in suppressions if not is_wish(one)},
        holders=frozenset(imports.holders_of_match_keys(act.connection, (key for key, _ in opt_outs.new))),
    )


def _known(act: Act, file: ContactFile, setting: Setting) -> tuple[People, Companies]:
    """Everybody and every company that the file can mean."""
    connection = act.connection
    refs = _known_refs(connection, file)
    rows = imports.prospects(connection, _known_ids(connection, file).union(refs.values()))
    refs_of: dict[int, set[str]] = defaultdict(set)
    for ref, owner in refs.items():
        refs_of[owner].add(ref)
    taken = [row for row in file.rows if row.is_taken and is_named(row)]
    accounts = imports.accounts(
        connection,
        ids={row["account_id"] for row in rows if row["account_id"] is not None},
        domains={row.domain for row in taken if row.domain},
        name_keys={key_of(row) for row in taken},
    )
    companies, people, addresses = Companies(accounts, act.now), People(setting), defaultdict(list)
    for address in imports.addresses(connection, (row["id"] for row in rows)):
        addresses[address["prospect_id"]].append(stored(address))
    agreed = imports.consents(connection, (row["id"] for row in rows)) if any(row.opt_in for row in file.rows) else {}
    for row in rows:
        account = companies.by_id.get(row["account_id"])
        person = Person(row, row["id"], account=account, addresses=addresses[row["id"]], refs=refs_of[row["id"]])
        person.had_agreed |= agreed.get(row["id"], set())
        people.know(person)
    return people, companies


def _known_refs(connection: Connection, file: ContactFile) -> dict[str, int]:
    refs = (source_ref(row, file.format) for row in file.rows)
    return imports.prospects_of_refs(connection, (ref for ref in refs if ref))


def _known_ids(connection: Connection, file: ContactFile) -> set[int]:
    keys: dict[str, set[str]] = defaultdict(set)
    for row in file.rows:
        for address in address_values(row):
            keys[address["kind"]].add(address["key"])
    return set().union(*(imports.holders(connection, kind, wanted) for kind, wanted in keys.items()))


def _active_suppressions(connection: Connection, file: ContactFile, people: People) -> list[Record]:
    keys = {address["match_key"] for row in file.rows for address in address_values(row)}
    keys |= {match_key(kind, value) for row in file.rows for kind, value in row.salvaged}
    keys |= {address.values["match_key"] for person in people.all for address in person.addresses}
    ids = {str(person.id) for person in people.all}
    return [
        *imports.active_suppressions(connection, "address", keys),
        *imports.active_suppressions(connection, "person", ids),
    ]


def _mark_closed(people: People, wishes: Iterable[Record]) -> None:
    by_id = {str(person.id): person for person in people.all}
    for wish in wishes:
        if wish.scope == "person":
            by_id[wish.key].closed[wish.channel] = wish.proof
            by_id[wish.key].was_closed.add(wish.channel)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the rows are decided, one after the other. `owners` are the ids of reps by the ways to write them, "" the
    one where the file names nobody.
    """

    people: People
    companies: Companies
    opt_outs: OptOuts
    owners: Mapping[str, int]

    def place_all(self, rows: Sequence[ContactRow]) -> tuple[Placed, ...]:
        """In their order, but for those kept out: they may be marks on people who come further down."""
        taken = {row.line: self._take(row) for row in rows if row.is_taken}
        return tuple(taken.get(row.line) or self._keep_out(row) for row in rows)

    def _take(self, row: ContactRow) -> Placed:
        owner = self.owners.get(fold(row.owner))
        person, doubts, is_news = self.people.place(row, owner)
        is_news |= self._place_at_company(person, row)
        is_news |= self.opt_outs.read(row, person)
        is_news |= person.agree(row, self.opt_outs.file)
        if row.owner and owner is None:
            doubts.append(_owner_unknown(row))
        if row.do_not_contact is None and self.opt_outs.covers(row):
            doubts.append(_closed_before())
        return Placed(
            row=row,
            outcome=_outcome(row, person, is_news=is_news),
            person=person,
            is_suppressed=row.do_not_contact is not None,
            notes=(*row.problems, *doubts),
        )

    def _place_at_company(self, person: Person, row: ContactRow) -> bool:
        account, is_news = self.companies.place(person.account, row)
        if account is not person.account:
            person.account = account
            person.changed.add("account_id")
        return is_news

    def _keep_out(self, row: ContactRow) -> Placed:
        """The row stays out; what it says about not being contacted does not."""
        person = self.people.known_by_source(row)
        self.opt_outs.read(row, person)
        is_kept = row.do_not_contact is not None and bool(person or row.suppressions)
        notes = row.problems if is_kept or row.do_not_contact is None else (*row.problems, _opt_out_lost())
        return Placed(row, Outcome.NOT_TAKEN, None, is_kept, notes)


def _outcome(row: ContactRow, person: Person, *, is_news: bool) -> Outcome:
    if person.line == row.line:
        return Outcome.NEW
    return Outcome.MERGED if is_news or person.line is not None else Outcome.UNCHANGED


def _owners(connection: Connection, rep: str | None) -> dict[str, int]:
    """What two reps share names neither."""
    words: dict[str, set[int]] = defaultdict(set)
    for one in plans.reps(connection):
        for word in (one.key, one.name, one.email, *(one.aliases or ())):
            words[fold(word)].add(one.id)
    if rep is not None:
        words[""] = {plans.rep_by_key(connection, rep).id}
    return {word: next(iter(ids)) for word, ids in words.items() if len(ids) == 1}


def _owner_unknown(row: ContactRow) -> RowProblem:
    advice = "add it to the `aliases` of a rep in workspace.yaml and import the file again"
    return RowProblem("owner", row.owner, "owner_unknown", "no rep of the workspace goes by that name", advice)


def _closed_before() -> RowProblem:
    said = "an address of this row is suppressed already; nobody will write to this person"
    return RowProblem("", "", "suppressed_before", said, "nothing; an opt-in must be recorded by hand")


def _opt_out_lost() -> RowProblem:
    said = "marked not to be contacted, but there is nothing to recognise the person by"
    return RowProblem("", "", "opt_out_without_address", said, "add an address, so that the mark can be kept")
