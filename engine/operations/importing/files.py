"""A contact file comes in: `read` by contacts, planned against what is known, written in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.contacts.countries import country_code
from engine.contacts.leftover import leftover_csv
from engine.contacts.problems import RowProblem
from engine.contacts.reading import read_contact_file
from engine.contacts.rows import ContactFile, ImportDefaults
from engine.contacts.zones import zone_named, zone_of_country
from engine.core.errors import BadInput, Conflict
from engine.core.workspace import Workspace
from engine.operations.act import Act, act_on
from engine.operations.context import Context
from engine.operations.importing.plan import Outcome, Placed, Plan, make_plan
from engine.operations.importing.writes import write
from engine.store import imports
from engine.store.locks import ProspectBusy

_TRIES = 3


@dataclass(frozen=True, slots=True)
class RowReport:
    """What happened to one row of data. `prospect_id` is None for a row that is not taken, and in a dry run for
    whoever would be new.
    """

    line: int
    outcome: Outcome
    name: str
    prospect_id: int | None
    is_suppressed: bool
    notes: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`leftover` is the file of rows that were not taken, to be mended and imported again; empty if there are none."""

    file: str
    format: str
    encoding: str
    is_dry_run: bool
    rows: tuple[RowReport, ...]
    warnings: tuple[str, ...]
    leftover: bytes

    @property
    def counts(self) -> dict[str, int]:
        """`rows` is the sum of the four outcomes; suppressed rows and rows with notes are among them."""
        outcomes = Counter(row.outcome for row in self.rows)
        return {
            "rows": len(self.rows),
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "suppressed": sum(row.is_suppressed for row in self.rows),
            "with_notes": sum(bool(row.notes) for row in self.rows),
        }


@dataclass(frozen=True, slots=True)
class _Origin:
    digest: str
    actor: str


def import_contacts(
    ctx: Context,
    data: bytes,
    *,
    name: str,
    actor: str,
    defaults: ImportDefaults | None = None,
    mapping: Mapping[str, str] | None = None,
    rep: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """The whole file or nothing of it. `rep` is the key of whom people belong to whose owner the file does not name;
    `progress` is told (rows read, rows in all). Raises BadInput for a file that cannot be used, ProspectBusy while
    somebody whom it changes is being sent something.
    """
    workspace = ctx.workspace()
    file = read_contact_file(
        data,
        name=name,
        defaults=defaults or import_defaults(workspace),
        mapping=mapping,
        stage_aliases=_stage_words(workspace),
        progress=progress,
    )
    if dry_run:
        with ctx.database.read() as connection:
            return _report(make_plan(Act(ctx, connection, ctx.now(), actor), file, rep), is_dry_run=True)
    try:
        plan = _carry_out(ctx, file, rep, _Origin(hashlib.sha256(data).hexdigest(), actor))
    except ProspectBusy:
        raise ProspectBusy(
            f"{name}: somebody in it is being sent something just now; nothing was imported, try again in a minute"
        ) from None
    return _report(plan, is_dry_run=False)


def import_defaults(
    workspace: Workspace, *, country: str | None = None, zone: str | None = None, locale: str | None = None
) -> ImportDefaults:
    """What holds where the file is silent, else what holds in the workspace. Raises BadInput for a country or zone
    that does not exist.
    """
    code = country_code(country) if country else workspace.country
    if code is None:
        raise BadInput(f"{country!r} is no country; use its English or Chinese name or the two-letter code, such as DE")
    own_zone = zone_of_country(code) if country else None
    named = zone_named(zone) if zone else own_zone or workspace.zone
    if named is None:
        raise BadInput(f"{zone!r} is no time zone; use an IANA name such as Europe/Berlin")
    return ImportDefaults(code, named, locale or workspace.locale)


def _carry_out(ctx: Context, file: ContactFile, rep: str | None, origin: _Origin) -> Plan:
    """Whom the file changes is known only once it is planned; then they are held, and it is planned again."""
    held: frozenset[int] = frozenset()
    for _ in range(_TRIES):
        with act_on(ctx, *sorted(held), actor=origin.actor) as act:
            imports.wait_for_others(act.connection)
            plan = make_plan(act, file, rep)
            if plan.held <= held:
                write(act, plan)
                _record(act, plan, origin.digest)
                return plan
        held = plan.held
    raise Conflict(f"{file.name}: the people in it keep changing; import it again when less is going on")


def _record(act: Act, plan: Plan, digest: str) -> None:
    counts = _report(plan, is_dry_run=False).counts
    batch = imports.save_batch(
        act.connection, name=plan.file.name, digest=digest, counts=counts, actor=act.actor, now=act.now
    )
    closed = [person.id for person in plan.people.all if person.newly_closed]
    act.record("import", "import_batch", batch, file=plan.file.name, digest=digest, counts=counts, suppressed=closed)


def _report(plan: Plan, *, is_dry_run: bool) -> ImportReport:
    rejected = [placed for placed in plan.rows if placed.outcome is Outcome.NOT_TAKEN]
    return ImportReport(
        file=plan.file.name,
        format=plan.file.format,
        encoding=plan.file.encoding,
        is_dry_run=is_dry_run,
        rows=tuple(_row_report(placed) for placed in plan.rows),
        warnings=plan.warnings,
        leftover=leftover_csv(plan.file, [(one.row, *_in_words(one)) for one in rejected]) if rejected else b"",
    )


def _row_report(placed: Placed) -> RowReport:
    row, person = placed.row, placed.person
    name = row.full_name or (row.emails[0].value if row.emails else "")
    person_id = person.id if person is not None else None
    return RowReport(row.line, placed.outcome, name, person_id, placed.is_suppressed, placed.notes)


def _in_words(placed: Placed) -> tuple[str, str]:
    """All that is wrong with a row, and all that can be done about it."""
    wrong = [f"{note.column}: {note.message}" if note.column else note.message for note in placed.notes]
    return "; ".join(wrong), "; ".join(dict.fromkeys(note.advice for note in placed.notes))


def _stage_words(workspace: Workspace) -> dict[str, str]:
    return {word: stage.key for stage in workspace.stages for word in (stage.key, stage.title, *stage.aliases)}
