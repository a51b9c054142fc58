"""Bugs to be put into the engine on purpose; each takes one promise of the semantics away."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from engine.core import clock
from engine.core.outcome import Deferred, SendOutcome, Unknown
from engine.operations import act, facts, steering
from engine.operations.delivery import results, sending
from engine.operations.delivery.preparing import Ready
from engine.operations.incoming import ingest
from engine.operations.incoming.ingest import Inbound, Receipt
from engine.operations.safeguards import gates
from engine.store import events, locks, plans, reservations
from engine.store.connection import Connection, Record


def drop_the_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locks, "_being_called", lambda *_args: frozenset())
    patch.setattr(locks, "_hold", lambda *_args: None)


def check_before_the_lock(patch: pytest.MonkeyPatch) -> None:
    def call(ctx: Any, ready: Ready) -> None:
        with act.act(ctx) as first:
            cleared = sending._last_check(first, ready)
        if cleared is None:
            return
        with locks.sending(ctx.database, ready.due.prospect_id) as held:
            with held.guard() as connection:
                held.calling(connection, cleared.due.lease_until)
            outcome = sending._transmit(ctx, cleared.envelope)
            with held.record() as connection:
                results.record(act.Act(ctx, connection, ctx.now()), cleared.due, outcome)

    patch.setattr(sending, "_call", call)


def drop_the_attempt_guard(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sending, "_is_attempt", lambda *_args: True)


def retry_on_a_time_out(patch: pytest.MonkeyPatch) -> None:
    record = results.record

    def hopeful(at: Any, intended: Record, outcome: SendOutcome) -> None:
        record(at, intended, Deferred("timed out") if isinstance(outcome, Unknown) else outcome)

    patch.setattr(results, "record", hopeful)


def dedupe_in_memory(patch: pytest.MonkeyPatch) -> None:
    """And the memory is that of another process."""
    store, numbers = events.store, iter(range(1_000))

    def always_new(connection: Connection, *, dedupe_key: str, **values: Any) -> Any:
        return store(connection, dedupe_key=f"{dedupe_key}-{next(numbers)}", **values)

    patch.setattr(events, "store", always_new)


def acknowledge_before_storing(patch: pytest.MonkeyPatch) -> None:
    def later(_ctx: Any, _fact: Inbound) -> Receipt:
        return Receipt(1, is_new=True, is_applied=False)

    patch.setattr(ingest, "ingest", later)
    patch.setattr("tests.operations.machine_fate.ingest", later)


def our_zone_instead_of_theirs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts, "zone_for", lambda *_args: ("America/New_York", "ours"))


def open_in_both_hours_of_an_overlap(patch: pytest.MonkeyPatch) -> None:
    def later_reading(day: Any, at: Any, zone: Any) -> datetime:
        both = (datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC) for fold in (0, 1))
        return max(both)

    patch.setattr(clock, "_closing_instant", later_reading)
    patch.setattr(clock, "spans", clock.spans.__wrapped__)  # computed anew, and not kept for those who come after


def letter_case_matters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steering, "match_key", lambda _kind, value: value)


def a_cursor_instead_of_rows(patch: pytest.MonkeyPatch) -> None:
    reserve, passed = reservations.reserve_due, {True: 0, False: 0}

    def once(connection: Connection, *, automatic: bool, **rest: Any) -> list[Record]:
        rows = [row for row in reserve(connection, automatic=automatic, **rest) if row.id > passed[automatic]]
        passed[automatic] = max([passed[automatic], *(row.id for row in rows)])
        return rows

    patch.setattr(reservations, "reserve_due", once)


def unread_answers_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gates, "hears", lambda *_args: True)


def harm_is_noted_and_nothing_more(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gates, "_harm", lambda *_args: None)


def a_restored_backup_is_as_good_as_any(patch: pytest.MonkeyPatch) -> None:
    verdict_on, gate = gates.verdict_on, plans.gate

    def blind(row: Record | None) -> Any:
        return SimpleNamespace(**{**row._mapping, "held_since": None}) if row is not None else None

    patch.setattr(gates, "verdict_on", lambda act, due: verdict_on(act, blind(due)))
    patch.setattr(plans, "gate", lambda connection: blind(gate(connection)))
