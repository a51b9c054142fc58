"""The rules of core, repeated in SQL: a wrong row is refused by the database itself, by the rule's name."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, Index, Table, UniqueConstraint, update
from sqlalchemy.exc import IntegrityError

from engine.store.database import Database
from engine.store.tables import metadata
from tests.support import rows
from tests.support.databases import Shelf
from tests.support.rows import NOW

_ENDED = {"status": "done", "ended_at": NOW}
_OTHER_LANE = {"step": "other", "lane": "phone"}
_SENDING = {"status": "sending", "lease_until": NOW}


@dataclass(frozen=True)
class Wrong:
    """A row that the rule refuses: a second one (`id` 2) or, without an id, the first one changed."""

    rule: str
    table: str
    values: Mapping[str, Any]
    first: Mapping[str, Any] = field(default_factory=dict)


WRONG = (
    Wrong("ck_workspace_is_single", "workspace", {"id": 2}),
    Wrong("uq_team_name", "team", {"id": 2}),
    Wrong("uq_rep_key", "rep", {"id": 2}),
    Wrong("ck_rep_leave_policy_is_known", "rep_leave", {"policy": "forget"}),
    Wrong("ck_rep_leave_ends_after_it_begins", "rep_leave", {"last_day": date(2026, 3, 3)}),
    Wrong("ck_rep_leave_stands_in_for_another", "rep_leave", {"to_id": 1}),
    Wrong("uq_mailbox_address", "mailbox", {"id": 2}),
    Wrong("ck_account_relationship_is_known", "account", {"relationship": "friend"}),
    Wrong("uq_account_domain", "account", {"id": 2}),
    Wrong("ck_address_kind_is_known", "address", {"kind": "fax"}),
    Wrong("uq_address_email", "address", {"id": 2, "prospect_id": 2}),
    Wrong("uq_address_prospect_id_kind_key", "address", {"id": 2, "kind": "phone"}, {"kind": "phone"}),
    Wrong("ck_relation_state_is_known", "relation", {"state": "blocked"}),
    Wrong("uq_relation_prospect_id_kind_our_account", "relation", {"id": 2}),
    Wrong("uq_sequence_version_sequence_key_number", "sequence_version", {"id": 2, "hash": "other"}),
    Wrong("uq_sequence_version_sequence_key_hash", "sequence_version", {"id": 2, "number": 2}),
    Wrong("ck_enrollment_status_is_known", "enrollment", {"status": "waiting"}),
    Wrong("ck_enrollment_stop_has_reason", "enrollment", {"status": "stopped", "ended_at": NOW, "end_reason": "bored"}),
    Wrong("ck_enrollment_end_has_instant", "enrollment", {"status": "finished"}),
    Wrong("ck_enrollment_end_has_instant", "enrollment", {"ended_at": NOW}),
    Wrong("ck_enrollment_waits_for_is_known", "enrollment", {"waits_for": "godot"}),
    Wrong("ck_enrollment_wait_has_end", "enrollment", {"status": "pending", "waits_for": "turn"}),
    Wrong("ck_enrollment_wait_has_end", "enrollment", {"status": "pending", "admit_at": NOW}),
    Wrong("ck_enrollment_begun_has_instant", "enrollment", {"admitted_at": None}),
    Wrong("uq_enrollment_live", "enrollment", {"id": 2, "rotation": 2, "status": "paused"}),
    Wrong(
        "uq_enrollment_prospect_id_sequence_key_rotation",
        "enrollment",
        {"id": 2, "status": "finished", "ended_at": NOW},
    ),
    Wrong("ck_pause_cause_is_known", "pause", {"cause": "mood"}),
    Wrong("uq_pause_enrollment_id_cause", "pause", {"id": 2}),
    Wrong("ck_touch_status_is_known", "touch", {"status": "lost", "ended_at": NOW}),
    Wrong("ck_touch_verb_is_known", "touch", {"verb": "fax"}),
    Wrong("ck_touch_no_has_name", "touch", {"status": "held"}),
    Wrong("ck_touch_no_has_name", "touch", {"status": "skipped", "ended_at": NOW}),
    Wrong("ck_touch_no_has_name", "touch", {"status": "cancelled", "ended_at": NOW}),
    Wrong("ck_touch_end_has_instant", "touch", {"status": "sent"}),
    Wrong("ck_touch_end_has_instant", "touch", {"ended_at": NOW}),
    Wrong("ck_touch_sending_has_lease", "touch", {"status": "sending"}),
    Wrong("uq_touch_lane", "touch", {"id": 2, "step": "other"}),
    Wrong("uq_touch_enrollment_id_step_repeat", "touch", {"id": 2, "lane": "phone"}),
    Wrong("uq_touch_sending", "touch", {"id": 2, **_OTHER_LANE, **_SENDING}, _SENDING),
    Wrong("uq_message_message_id", "message", {"touch_id": 2}),
    Wrong("uq_hand_off_touch_id", "hand_off", {"id": 2}),
    Wrong("ck_task_kind_is_known", "task", {"kind": "fax"}),
    Wrong("ck_task_status_is_known", "task", {"status": "lost"}),
    Wrong("ck_task_end_has_instant", "task", {"status": "done"}),
    Wrong("ck_task_end_has_instant", "task", {"status": "skipped"}),
    Wrong("uq_task_touch", "task", {"id": 2, "status": "snoozed"}),
    Wrong("ck_event_kind_is_known", "event", {"kind": "opened"}),
    Wrong("uq_event_provider_dedupe_key", "event", {"id": 2}),
    Wrong("ck_suppression_scope_is_known", "suppression", {"scope": "planet"}),
    Wrong("ck_suppression_channel_is_known", "suppression", {"channel": "pigeon"}),
    Wrong("uq_suppression_active", "suppression", {"id": 2}),
    Wrong("uq_journaled_send_touch_id_attempt", "journaled_send", {"id": 2}),
    Wrong("ck_call_status_is_known", "call", {"status": "singing"}),
    Wrong("uq_call_provider_id", "call", {"id": 2}),
    Wrong("uq_call_live", "call", {"id": 2, "provider_id": "CA2", "status": "talking"}, {"status": "ringing_rep"}),
    Wrong("ck_arrival_status_is_known", "arrival", {"status": "lost"}),
    Wrong("uq_arrival_provider_dedupe_key", "arrival", {"id": 2}),
    Wrong("ck_consent_channel_is_known", "consent", {"channel": "fax"}),
    Wrong("ck_consent_basis_is_known", "consent", {"basis": "hope"}),
    Wrong("ck_breaker_scope_is_known", "breaker", {"scope": "planet"}),
    Wrong("ck_breaker_level_is_known", "breaker", {"level": "panic"}),
    Wrong("uq_breaker_open", "breaker", {"id": 2}),
)
# As near to the rule as allowed: the same row is fine where the rule's condition does not hold.
RIGHT = (
    Wrong("uq_account_domain", "account", {"id": 2, "domain": None}, {"domain": None}),
    Wrong("uq_address_email", "address", {"id": 2, "kind": "phone"}),
    Wrong("uq_enrollment_live", "enrollment", {"id": 2, "rotation": 2, "status": "finished", "ended_at": NOW}),
    Wrong("uq_touch_lane", "touch", {"id": 2, "step": "other"}, _ENDED),
    Wrong("uq_touch_sending", "touch", {"id": 2, **_OTHER_LANE}, _SENDING),
    Wrong("uq_task_touch", "task", {"id": 2}, {"status": "cancelled"}),
    Wrong("uq_suppression_active", "suppression", {"id": 2}, {"lifted_at": NOW}),
    Wrong("uq_breaker_open", "breaker", {"id": 2}, {"cleared_at": NOW}),
    Wrong("uq_call_live", "call", {"id": 2, "provider_id": "CA2", "status": "talking"}),
)


def _rules() -> Iterator[tuple[str, Table, CheckConstraint | UniqueConstraint | Index]]:
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint | UniqueConstraint):
                yield str(constraint.name), table, constraint
        for index in table.indexes:
            if index.unique:
                yield str(index.name), table, index


RULES = {name: (table, rule) for name, table, rule in _rules()}


class _Undo(Exception):
    """Nothing of a test remains."""


@pytest.fixture(scope="module")
def database(migrated: Shelf) -> Iterator[Database]:
    with migrated.copy() as url:
        made = Database(url, durable=False)
        with made.write() as connection:
            rows.fill(connection)
        yield made
        made.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with suppress(_Undo), database.write() as made:
        yield made
        raise _Undo


def test_every_rule_of_the_tables_is_tried() -> None:
    assert {wrong.rule for wrong in WRONG} == set(RULES)
    partial = {name for name, (_, rule) in RULES.items() if isinstance(rule, Index)}
    assert {right.rule for right in RIGHT} == partial


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.rule}-{'-'.join(map(str, wrong.values))}")
def test_a_wrong_row_is_refused_by_the_rules_name(connection: Connection, wrong: Wrong) -> None:
    with pytest.raises(IntegrityError) as refused:
        _store(connection, wrong)
    assert any(sign in str(refused.value.orig) for sign in _signs(connection, wrong.rule))


@pytest.mark.parametrize("right", RIGHT, ids=lambda right: right.rule)
def test_the_rule_goes_no_further_than_its_condition(connection: Connection, right: Wrong) -> None:
    _store(connection, right)


def _store(connection: Connection, row: Wrong) -> None:
    table = metadata.tables[row.table]
    if row.first:
        connection.execute(update(table).values(**row.first))
    if row.values.get("prospect_id") == 2:
        rows.put(connection, "prospect", id=2)
    if row.table == "message":
        rows.put(connection, "touch", id=2, **_OTHER_LANE)
    if {"id", "touch_id"} & set(row.values):
        rows.put(connection, row.table, **row.values)
    else:
        connection.execute(update(table).values(**row.values))


def _signs(connection: Connection, rule: str) -> tuple[str, ...]:
    """SQLite names the columns of a unique rule instead of the rule."""
    table, found = RULES[rule]
    if connection.dialect.name == "sqlite" and isinstance(found, UniqueConstraint | Index):
        return (", ".join(f"{table.name}.{column.name}" for column in found.columns), f"'{rule}'")
    return (rule,)
