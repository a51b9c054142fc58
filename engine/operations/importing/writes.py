"""Carries out the plan of an import, in the transaction it was made in."""

from typing import Any

from engine.core.enrollment import StopReason
from engine.core.sequence import AudienceKind
from engine.operations.act import Act
from engine.operations.importing.opt_outs import REASON
from engine.operations.importing.plan import Plan
from engine.operations.lifecycle import stopping
from engine.store import consents, enrollments, imports, plans

_BLOCKING = 2


def write(act: Act, plan: Plan) -> None:
    _write_accounts(act, plan)
    _write_people(act, plan)
    _write_refs(act, plan)
    _write_addresses(act, plan)
    _write_stages(act, plan)
    _write_suppressions(act, plan)
    _write_consents(act, plan)
    _stop(act, plan)


def _write_accounts(act: Act, plan: Plan) -> None:
    every = plan.companies.all
    known = {account.id: account.changes for account in every if account.id is not None and account.changed}
    new = [account for account in every if account.id is None]
    imports.change_accounts(act.connection, known)
    ids = imports.add_accounts(act.connection, [account.values for account in new])
    for account, account_id in zip(new, ids, strict=True):
        account.id = account_id


def _write_people(act: Act, plan: Plan) -> None:
    for person in plan.people.all:
        person.values["account_id"] = person.account.id if person.account else None
    new = [person for person in plan.people.all if person.id is None]
    known = {person.id: person.changes for person in plan.people.all if person.id is not None and person.changed}
    ids = imports.add_prospects(act.connection, [person.values for person in new])
    for person, person_id in zip(new, ids, strict=True):
        person.id = person_id
    imports.change_prospects(act.connection, known)


def _write_refs(act: Act, plan: Plan) -> None:
    rows = [{"ref": ref, "prospect_id": person.id} for person in plan.people.all for ref in person.new_refs]
    imports.add_source_refs(act.connection, rows)


def _write_addresses(act: Act, plan: Plan) -> None:
    every = [(person.id, address) for person in plan.people.all for address in person.addresses]
    new = [{**address.values, "prospect_id": owner} for owner, address in every if address.id is None]
    imports.add_addresses(act.connection, new)
    known = {address.id: address.changes for _, address in every if address.id is not None and address.changed}
    imports.change_addresses(act.connection, known)


def _write_stages(act: Act, plan: Plan) -> None:
    about = {"reason": REASON, "actor": act.actor, "at": act.now}
    moves = ((person.id, old, new) for person in plan.people.all for old, new in person.stages)
    rows = [{"prospect_id": owner, "old": old, "new": new, **about} for owner, old, new in moves]
    imports.add_stage_changes(act.connection, rows)


def _write_suppressions(act: Act, plan: Plan) -> None:
    """A bounce on record becomes the opt-out: there can be one active row for an address and a channel."""
    closed = {("address", key, channel): proof for (key, channel), proof in plan.opt_outs.new.items()}
    for person in plan.people.all:
        closed |= {("person", str(person.id), channel): proof for channel, proof in person.newly_closed.items()}
    source = f"import of {plan.file.name}"
    changed: dict[int, dict[str, Any]] = {}
    new: list[dict[str, Any]] = []
    for where, proof in closed.items():
        why = {"reason": REASON, "proof": proof, "source": source}
        if where in plan.bounces:
            changed[plan.bounces[where]] = why
        else:
            new.append({**dict(zip(("scope", "key", "channel"), where, strict=True)), **why, "created_at": act.now})
    imports.change_suppressions(act.connection, changed)
    imports.add_suppressions(act.connection, new)


def _write_consents(act: Act, plan: Plan) -> None:
    every = ((person.id, given) for person in plan.people.all for given in person.agreed)
    consents.add_many(act.connection, [{"prospect_id": owner, "actor": act.actor, **given} for owner, given in every])


def _stop(act: Act, plan: Plan) -> None:
    """People who are in a sequence while the file says that nobody may write to them."""
    keys = (key for key, channel in plan.opt_outs.new if channel == "all")
    opted_out = imports.holders_of_match_keys(act.connection, keys)
    opted_out |= {person.id for person in plan.people.all if person.id is not None and "all" in person.newly_closed}
    closing = plan.setting.closing
    moved = {one.id for one in plan.people.all if one.id and one.stages and closing[one.stages[-1][1]] >= _BLOCKING}
    audiences = plans.audience_kinds(act.connection)
    note = f"import of {plan.file.name}"
    for row in enrollments.live_of(act.connection, sorted(opted_out | moved)):
        if row.prospect_id in opted_out:
            stopping.stop_enrollment(act, row, StopReason.OPTED_OUT, note)
        elif audiences.get(row.sequence_key) == AudienceKind.OUTBOUND:
            stopping.stop_enrollment(act, row, StopReason.STAGE_CHANGED, note)
