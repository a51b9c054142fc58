"""One record of a contact file -> one ContactRow, with everything that was wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from engine.contacts.cells import clean_line, clean_text, looks_like_formula
from engine.contacts.columns import Cells, Columns, cells_by_field, first_cell, line_of
from engine.contacts.grid import Record
from engine.contacts.instants import Order, read_instant
from engine.contacts.names import Name, read_name
from engine.contacts.opt_ins import read_opt_in
from engine.contacts.opt_outs import read_opt_out
from engine.contacts.problems import RowProblem, problem, row_problem
from engine.contacts.reach import Reach, read_reach
from engine.contacts.rows import ContactRow, ImportDefaults
from engine.contacts.salvage import misfit_row, salvaged_addresses
from engine.contacts.stages import read_stage
from engine.contacts.whereabouts import Country, read_country, read_locale
from engine.contacts.zones import Place, Zone, resolve_zone

_NAME_FIELDS = ("first_name", "last_name", "full_name")
_TEXT_FIELDS = (*_NAME_FIELDS, "title", "seniority", "department", "company", "industry", "city", "region", "message")
_LIST_SEPARATORS = re.compile(r"[;,；，、|\n]")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every row of a file."""

    columns: Columns
    defaults: ImportDefaults
    zone: ZoneInfo
    stage_words: Mapping[str, str]
    date_order: Order
    encoding: str


def read_row(record: Record, setting: Setting) -> ContactRow:
    """Nothing is thrown away: what cannot be read stays in `raw` and is told in `problems`."""
    raw = record.cells[setting.columns.skip :]
    problems = _general_problems(record, setting.encoding)
    if len(record.cells) != setting.columns.width:
        misfit = misfit_row(record.line, raw, setting.columns, _countries(None, setting))
        return replace(misfit, problems=(*problems, *misfit.problems))
    cells = cells_by_field(raw, setting.columns)
    name = read_name(*(_name_part(cells, field) for field in _NAME_FIELDS))
    country, country_problems = read_country(cells, setting.defaults.country)
    own_country = country.code if country.origin == "own column" else None
    reach, reach_problems = read_reach(cells, _countries(country.stated, setting), own_country)
    zone, zone_problems = _zone(cells, reach, country, setting)
    stage, stage_problems = read_stage(cells.get("stage", ()), setting.stage_words)
    opt_out, opt_out_problems = read_opt_out(cells, stage.key)
    opt_in, opt_in_problems = read_opt_in(cells, setting.date_order, setting.zone)
    received_at, date_problems = read_instant(first_cell(cells, "received_at"), setting.date_order, setting.zone)
    return ContactRow(
        line=record.line,
        raw=raw,
        first_name=name.first,
        last_name=name.last,
        full_name=name.full,
        title=line_of(cells, "title"),
        seniority=line_of(cells, "seniority"),
        department=line_of(cells, "department"),
        company=line_of(cells, "company"),
        domain=reach.domain,
        website=line_of(cells, "website"),
        industry=line_of(cells, "industry"),
        employees=_count(line_of(cells, "employees")),
        city=line_of(cells, "city"),
        region=line_of(cells, "region"),
        country=country.code,
        country_origin=country.origin,
        locale=read_locale(cells, name.full, country.known, setting.defaults.locale),
        emails=reach.emails,
        phones=reach.phones,
        wechat_id=reach.wechat_id,
        linkedin_url=reach.linkedin_url,
        zone=zone.name,
        zone_origin=zone.origin,
        stage=stage.key,
        stage_raw=stage.raw,
        owner=line_of(cells, "owner"),
        source=line_of(cells, "source"),
        source_id=line_of(cells, "source_id") or None,
        message=_message(cells),
        received_at=received_at,
        do_not_contact=opt_out.reason,
        no_contact_by=opt_out.channels,
        salvaged=salvaged_addresses(cells) if opt_out.reason else (),
        opt_in=opt_in if opt_out.reason is None else None,
        lists=_lists(line_of(cells, "lists")),
        problems=(
            *problems,
            *_formulas(cells),
            *country_problems,
            *reach_problems,
            *zone_problems,
            *stage_problems,
            *date_problems,
            *opt_out_problems,
            *opt_in_problems,
            *_fatal_problems(name, reach),
        ),
    )


def _countries(stated: str | None, setting: Setting) -> tuple[str, ...]:
    """Whose national numbers these may be: a colleague in Hong Kong may carry a mainland mobile."""
    return tuple(dict.fromkeys(code for code in (stated, setting.defaults.country) if code))


def _name_part(cells: Cells, field: str) -> str:
    return next((cell.value for cell in cells.get(field, ()) if cell.value.strip()), "")


def _general_problems(record: Record, encoding: str) -> list[RowProblem]:
    problems = [row_problem("quote_left_open")] if record.has_open_quote else []
    if any("\ufffd" in cell for cell in record.cells):
        problems.append(row_problem("unreadable_bytes", encoding=encoding))
    return problems


def _formulas(cells: Cells) -> list[RowProblem]:
    texts = (cell for field in _TEXT_FIELDS for cell in cells.get(field, ()))
    return [problem("formula_text", cell) for cell in texts if looks_like_formula(cell.value)]


def _zone(cells: Cells, reach: Reach, country: Country, setting: Setting) -> tuple[Zone, list[RowProblem]]:
    place = Place(country.known, country.code, line_of(cells, "region"), line_of(cells, "city"))
    return resolve_zone(first_cell(cells, "zone"), reach.phones, place, Zone(setting.defaults.zone, "default"))


def _count(text: str) -> int | None:
    """The least number of employees: 51-200 are 51, 10000+ are 10000, 1,200 are 1200."""
    match = re.search(r"\d{1,3}(?:[,.' ]\d{3})+(?!\d)|\d{1,9}", text, re.ASCII)
    return int(re.sub(r"\D", "", match[0])) if match else None


def _message(cells: Cells) -> str:
    return "\n".join(text for cell in cells.get("message", ()) if (text := clean_text(cell.value)))


def _lists(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in _LIST_SEPARATORS.split(text) if (name := clean_line(part))))


def _fatal_problems(name: Name, reach: Reach) -> list[RowProblem]:
    problems = [row_problem("unreachable")] if reach.is_empty else []
    if not name.full and not reach.emails:
        problems.append(row_problem("nameless"))
    return problems
