"""The values that reading a contact file gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.contacts.opt_ins import OptIn
from engine.contacts.problems import RowProblem


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """What holds where the file is silent: the ISO country whose national numbers are written without a prefix,
    the zone of its dates and of people nobody can place, and the language to write in.
    """

    country: str | None
    zone: str
    locale: str


@dataclass(frozen=True, slots=True)
class Email:
    """`value` is fit to send to: the local part as written, the domain in lower-case ASCII form.
    `quality` is verified, guessed, unavailable or unknown.
    """

    value: str
    quality: str = "unknown"


@dataclass(frozen=True, slots=True)
class Phone:
    """`kind` is direct, mobile, corporate or other. `is_valid` tells whether the numbering plan assigns the number;
    its length is possible in any case.
    """

    e164: str
    extension: str | None = None
    kind: str = "other"
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One data row. `raw` are its cells as they stood, for the leftover file.

    `no_contact_by` says how far a `do_not_contact` reaches: `any`, or only `email` or `phone`. `suppressions` are
    the addresses it covers as (kind, value); they are there even when the row is not taken. `salvaged` names
    addresses that are too doubtful to write to and good enough never to write to.
    """

    line: int
    raw: tuple[str, ...]
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    title: str = ""
    seniority: str = ""
    department: str = ""
    company: str = ""
    domain: str = ""
    website: str = ""
    industry: str = ""
    employees: int | None = None
    city: str = ""
    region: str = ""
    country: str | None = None
    country_origin: str | None = None
    locale: str = ""
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    wechat_id: str | None = None
    linkedin_url: str | None = None
    zone: str = ""
    zone_origin: str = "default"
    stage: str | None = None
    stage_raw: str = ""
    owner: str = ""
    source: str = ""
    source_id: str | None = None
    message: str = ""
    received_at: datetime | None = None
    do_not_contact: str | None = None
    no_contact_by: frozenset[str] = frozenset()
    salvaged: tuple[tuple[str, str], ...] = ()
    opt_in: OptIn | None = None
    lists: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()

    @property
    def is_taken(self) -> bool:
        return not any(problem.fatal for problem in self.problems)

    @property
    def suppressions(self) -> tuple[tuple[str, str], ...]:
        if self.do_not_contact is None:
            return ()
        reachable = [*self._addresses(), *self.salvaged]
        covered = [(kind, value) for kind, value in reachable if {kind, "any"} & self.no_contact_by]
        return tuple(dict.fromkeys(covered))

    def _addresses(self) -> list[tuple[str, str]]:
        others = [("wechat", self.wechat_id), ("linkedin", self.linkedin_url)]
        return [
            *(("email", email.value) for email in self.emails),
            *(("phone", phone.e164) for phone in self.phones),
            *((kind, value) for kind, value in others if value),
        ]


@dataclass(frozen=True, slots=True)
class ContactFile:
    """`format` is apollo, hubspot, salesforce, chinese, mapped or generic. `columns` maps recognised headers to
    fields; what stands under `unknown_headers` is not read.
    """

    name: str
    encoding: str
    delimiter: str
    format: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    unknown_headers: tuple[str, ...]
    rows: tuple[ContactRow, ...]
