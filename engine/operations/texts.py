"""What a template is told about a person, a touch and us: plain strings; what is not known is absent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.core.sequence import Sequence as Plan
from engine.core.sequence import Verb
from engine.core.workspace import Workspace
from engine.operations import wording
from engine.store import people, plans, touches
from engine.store.connection import Connection, Record

Variables = dict[str, str | Mapping[str, str]]
About = Any  # a touch with its enrollment, read or imagined: prospect_id, rep_id, locale, step, enrollment_id


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody that a batch of touches is about, read with a few queries."""

    workspace: Workspace
    people: Mapping[int, Record]
    addresses: Mapping[int, Sequence[Record]]
    relations: Mapping[tuple[int, str], str]
    reps: Mapping[int, Record]
    previous: Mapping[int, Record] = field(default_factory=dict)

    def usable(self, prospect_id: int, *kinds: str) -> list[Record]:
        """The addresses of these kinds that may work, in the order of the kinds, best first."""
        rows = [row for row in self.addresses.get(prospect_id, ()) if row.dead_reason is None]
        return [row for kind in kinds for row in rows if row.kind == kind and row.quality != "unavailable"]

    def address(self, prospect_id: int, *kinds: str) -> Record | None:
        return next(iter(self.usable(prospect_id, *kinds)), None)

    def had_any(self, prospect_id: int, *kinds: str) -> bool:
        """Whether there once was one that has died."""
        return any(row.dead_reason and row.kind in kinds for row in self.addresses.get(prospect_id, ()))


def cast_of(connection: Connection, workspace: Workspace, cases: Sequence[About]) -> Cast:
    ids = list(dict.fromkeys(case.prospect_id for case in cases))
    return Cast(
        workspace=workspace,
        people={row.id: row for row in people.with_accounts(connection, ids)},
        addresses=people.addresses_of(connection, ids),
        relations=people.relations_of(connection, ids),
        reps={rep.id: rep for rep in plans.reps(connection, only_active=False)},
        previous=touches.last_message_before(connection, list({case.enrollment_id for case in cases})),
    )


def readers_of(connection: Connection, workspace: Workspace, cases: Sequence[About]) -> Cast:
    """The people and how they are reached: what a guard asks, without what only a text needs."""
    ids = list(dict.fromkeys(case.prospect_id for case in cases))
    known = {row.id: row for row in people.with_accounts(connection, ids)}
    return Cast(workspace, known, people.addresses_of(connection, ids), relations={}, reps={})


def variables(cast: Cast, case: About, plan: Plan) -> Variables:
    person, rep, locale = cast.people[case.prospect_id], cast.reps[case.rep_id], case.locale
    made: dict[str, dict[str, str | None]] = {
        "prospect": _prospect(cast, person),
        "account": _account(person),
        "rep": _rep(rep),
        "company": _company(cast.workspace),
        "lead": _lead(person, locale),
        "previous": _previous(cast.previous.get(case.enrollment_id), locale),
        "sequence": {"title": plan.title},
        "step": {"day": _step_day(plan, case.step)},
    }
    return {group: {name: value for name, value in values.items() if value} for group, values in made.items()}


def _prospect(cast: Cast, person: Record) -> dict[str, str | None]:
    email, phone = cast.address(person.id, "email"), cast.address(person.id, "phone")
    return {
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "title": person.title,
        "email": email.value if email else None,
        "phone": phone.value if phone else None,
        "city": person.city,
        "country": person.country,
        "department": person.department,
    }


def _account(person: Record) -> dict[str, str | None]:
    return {
        "name": person.account_name,
        "domain": person.account_domain,
        "industry": person.account_industry,
        "city": person.account_city,
    }


def _rep(rep: Record) -> dict[str, str | None]:
    name = str(rep.name)
    first = name.split(maxsplit=1)[0]
    return {"name": name, "first_name": first, "title": rep.title, "email": rep.email, "phone": rep.phone}


def _company(workspace: Workspace) -> dict[str, str | None]:
    return {"name": workspace.company, "postal_address": workspace.postal_address, "website": workspace.website}


def _lead(person: Record, locale: str) -> dict[str, str | None]:
    received = wording.day(person.received_at.date(), locale) if person.received_at else None
    return {"source": person.source, "message": person.message, "received_on": received}


def _previous(touch: Record | None, locale: str) -> dict[str, str | None]:
    if touch is None:
        return {}
    channel = wording.channel_name(Verb(touch.verb), locale)
    return {"subject": touch.subject, "channel": channel, "date": wording.day(touch.ended_at.date(), locale)}


def _step_day(plan: Plan, key: str) -> str:
    return next((str(step.day) for step in plan.steps if step.key == key), "1")
