"""One valid row of every table, referring to each other by id 1; a test changes what it is about."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, func, insert, select

from engine.store.connection import Connection
from engine.store.tables import metadata

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
TODAY = date(2026, 3, 4)

ROWS: Mapping[str, Mapping[str, Any]] = {
    "team": {"id": 1, "name": "sdr"},
    "rep": {
        "id": 1, "key": "tom-lee", "name": "Tom Lee", "email": "tom@example.com", "team_id": 1,
        "zone": "America/New_York", "locale": "en", "aliases": ["Tom"],
    },
    "rep_leave": {
        "id": 1, "rep_id": 1, "first_day": TODAY, "last_day": TODAY, "policy": "pause", "source": "cli",
        "actor": "test", "created_at": NOW, "begins_at": NOW, "ends_at": NOW,
    },
    "line_review": {"id": 1, "rep_id": 1, "at": NOW},
    "mailbox": {"id": 1, "rep_id": 1, "address": "tom@example.com", "display_name": "Tom Lee", "first_used_at": NOW},
    "account": {"id": 1, "name": "Acme", "name_key": "acme", "domain": "acme.example", "created_at": NOW},
    "prospect": {
        "id": 1, "account_id": 1, "owner_id": 1, "name": "Ada Example", "locale": "en",
        "lists": ["spring"], "created_at": NOW,
    },
    "source_ref": {"ref": "crm-1", "prospect_id": 1},
    "address": {
        "id": 1, "prospect_id": 1, "kind": "email", "value": "Ada@Example.com", "key": "ada@example.com",
        "match_key": "ada@example.com", "domain": "example.com",
    },
    "relation": {
        "id": 1, "prospect_id": 1, "kind": "wechat", "our_account": "1", "state": "accepted", "changed_at": NOW,
    },
    "stage_change": {"id": 1, "prospect_id": 1, "new": "cold", "reason": "import", "actor": "test", "at": NOW},
    "import_batch": {"id": 1, "name": "a.csv", "digest": "d", "counts": {"taken": 1}, "actor": "test", "at": NOW},
    "workspace": {"id": 1, "definition": "{}", "hash": "h", "applied_at": NOW},
    "sequence": {"key": "intro", "title": "Intro", "audience": "outbound", "live_version_id": 1, "created_at": NOW},
    "sequence_version": {
        "id": 1, "sequence_key": "intro", "number": 1, "hash": "h", "actor": "test", "created_at": NOW,
    },
    "heartbeat": {"worker": "w", "at": NOW},
    "idempotent_answer": {"key": "k", "request_hash": "h", "status": 200, "created_at": NOW},
    "audit": {"id": 1, "at": NOW, "actor": "test", "action": "send", "subject": "touch", "subject_id": "1"},
    "enrollment": {
        "id": 1, "prospect_id": 1, "sequence_key": "intro", "version_id": 1, "status": "active", "rep_id": 1,
        "mailbox_id": 1, "locale": "en", "zone": "America/New_York", "zone_origin": "prospect", "day_one": TODAY,
        "enrolled_at": NOW, "admitted_at": NOW, "batch": "single", "actor": "test",
    },
    "pause": {"id": 1, "enrollment_id": 1, "cause": "rep", "created_at": NOW},
    "touch": {
        "id": 1, "enrollment_id": 1, "prospect_id": 1, "step": "mail", "lane": "auto", "verb": "email",
        "status": "scheduled", "nominal_date": TODAY, "due_date": TODAY, "due_at": NOW, "address_id": 1,
    },
    "message": {
        "touch_id": 1, "channel": "email", "message_id": "<1@example.com>", "mailbox_id": 1,
        "sender": "tom@example.com", "recipient": "ada@example.com", "locale": "en", "payload": b"\x00\xff",
        "intent_at": NOW,
    },
    "hand_off": {
        "id": 1, "touch_id": 1, "at": NOW, "mailbox_id": 1, "domain": "example.com", "provider": "outbox",
        "prospect_id": 1, "account_id": 1,
    },
    "task": {
        "id": 1, "kind": "call", "status": "open", "level": 6, "rep_id": 1, "prospect_id": 1, "enrollment_id": 1,
        "touch_id": 1, "event_id": 1, "title": "Call", "due_at": NOW, "lead_at": NOW, "created_at": NOW,
        "answer": {"note": "拒接"},
    },
    "event": {
        "id": 1, "kind": "replied", "provider": "api", "dedupe_key": "1", "prospect_id": 1, "enrollment_id": 1,
        "touch_id": 1, "at": NOW, "received_at": NOW, "body": {"text": "Hi"},
    },
    "mail_sync": {"mailbox_id": 1, "folder": "INBOX", "uid_validity": 7, "last_uid": 12, "synced_at": NOW},
    "doubt": {"touch_id": 1, "attempt": 1, "since": NOW, "ask_at": NOW},
    "journaled_send": {
        "id": 1, "touch_id": 9, "attempt": 1, "recipient_key": "ada@example.com", "sequence_key": "intro",
        "step": "mail", "channel": "email", "message_id": "<9@example.com>", "mailbox_id": 1,
        "at": NOW,
    },
    "tracked_link": {"id": "a" * 22, "touch_id": 1, "url": "https://example.com/价格", "created_at": NOW},
    "call": {
        "id": 1, "task_id": 1, "prospect_id": 1, "rep_id": 1, "rep_number": "+12125550100",
        "prospect_number": "+12125550101", "caller_id": "+12125550102", "provider_id": "CA1", "status": "completed",
        "started_at": NOW, "seconds": 42,
    },
    "arrival": {
        "id": 1, "provider": "imap", "dedupe_key": "1", "mailbox_id": 1, "headers": {"a": "退订"},
        "body": b"\x00\xff", "received_at": NOW,
    },
    "consent": {
        "id": 1, "prospect_id": 1, "channel": "sms", "basis": "express", "text": "同意接收短信", "source": "form",
        "actor": "test", "at": NOW,
    },
    "breaker": {"id": 1, "scope": "domain", "key": "example.com", "level": "stop", "reason": "complaints", "at": NOW},
    "suppression": {
        "id": 1, "scope": "person", "key": "1", "channel": "all", "reason": "opted_out", "source": "test",
        "created_at": NOW,
    },
}  # fmt: skip


def put(connection: Connection, name: str, /, **changes: Any) -> None:
    """The table's row with these changes; `id=2` makes it another row."""
    connection.execute(insert(metadata.tables[name]).values(**{**ROWS[name], **changes}))


def fill(connection: Connection, *names: str) -> None:
    """One row in each of these tables, or in all, in an order that every reference allows."""
    for table in metadata.sorted_tables:
        if table.name in (names or ROWS):
            put(connection, table.name)
            _leave_room(connection, table)


def _leave_room(connection: Connection, table: Table) -> None:
    """SQLite numbers on from the greatest id, PostgreSQL from its own count: both leave the ids of a test alone."""
    if connection.dialect.name != "sqlite" and "id" in table.columns and table.name != "workspace":
        number = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(number, 1_000)))
