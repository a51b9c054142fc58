"""What happens to the state machine in an order that a bug would not survive."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.channels.envelope import Envelope
from engine.channels.simulated import Reply
from engine.core.outcome import SendOutcome
from engine.operations import steering
from engine.operations.delivery import dispatch, sending
from engine.operations.delivery.recovery import recover
from engine.operations.steering import Ban
from engine.store import locks
from tests.operations.machine import Machine
from tests.support import invariants

NEW_YORK = ["America/New_York", "America/New_York"]
WEDNESDAY = datetime(2026, 3, 4, 13, tzinfo=UTC)  # 08:00 in New York, an hour before the first window
SENDS = WEDNESDAY + timedelta(hours=1)
_A_WHILE = 0.3


def begin(machine: Machine, start: datetime = WEDNESDAY, zones: list[str] = NEW_YORK, *, proof: bool = True) -> None:
    machine.begin(start=start, zones=zones, proof=proof)
    machine.holds()


def tick_at(machine: Machine, at: datetime) -> None:
    machine.world.clock.set(at)
    machine.tick_again()
    machine.holds()


def expect_mails(machine: Machine, count: int) -> None:
    found = len(machine.sink.accepted())
    assert found == count, f"I6: {count} mails were due and {found} were sent"


def a_stop_comes_during_the_call(machine: Machine) -> None:
    """The stop is asked for while the provider has the message in hand."""
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    send, stop = machine.sink.transport.send, threading.Thread(target=lambda: machine.stop(which=0))

    def slow(envelope: Envelope) -> SendOutcome:
        stop.start()
        stop.join(_A_WHILE)
        return send(envelope)

    machine.sink.transport.send = slow  # type: ignore[method-assign]
    tick_at(machine, SENDS)
    stop.join()
    expect_mails(machine, 1)


def a_stop_comes_just_before_the_lock(machine: Machine) -> None:
    """The intent is committed, and somebody else takes the person first."""
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    take = locks.sending

    def later(*args: Any) -> Any:
        machine.stop(which=0)
        return take(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "sending", later)
        tick_at(machine, SENDS)
    expect_mails(machine, 0)


def an_answer_is_lost_after_the_message_was_taken(machine: Machine) -> None:
    begin(machine, proof=False)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.tell_transport([Reply.ACCEPT_THEN_UNKNOWN])
    tick_at(machine, SENDS)
    tick_at(machine, SENDS + timedelta(hours=1))
    expect_mails(machine, 1)


def a_sender_comes_back_with_an_old_attempt(machine: Machine) -> None:
    """Its touch was taken over meanwhile, and is on its way again."""
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    ctx, call = machine.world.ctx, sending._call
    stale: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "_call", lambda _ctx, ready: stale.append(ready))
        tick_at(machine, SENDS)
        tick_at(machine, SENDS + timedelta(minutes=3))  # the lease is over: a doubt, proven absent, intended again
    assert [row.attempt for row in stale] == [1, 2]
    machine.before = before = invariants.read(ctx)
    call(ctx, stale[0])
    assert invariants.read(ctx) == before, "I5: a stale attempt changed something"


def the_same_webhook_comes_twice(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    fact = machine.hear(which=0, kind="replied", back=None, of=0)
    machine.holds()
    machine.hear_again(fact)
    machine.holds()


def the_process_ends_right_after_an_opt_out_was_acknowledged(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.hear(which=0, kind="opted_out", back=None, of=0)
    machine.restart()
    tick_at(machine, SENDS)
    expect_mails(machine, 0)


def a_person_lives_on_the_other_side_of_the_world(machine: Machine) -> None:
    begin(machine, zones=["Asia/Shanghai", "America/New_York"])
    machine.enroll(which=0, sequence="outbound-7x3x21")
    tick_at(machine, SENDS)  # 22:00 in Shanghai
    expect_mails(machine, 0)
    tick_at(machine, datetime(2026, 3, 5, 1, tzinfo=UTC))  # 09:00 there
    expect_mails(machine, 1)


def a_window_ends_in_the_hour_that_comes_twice(machine: Machine) -> None:
    """From 00:15 to 01:30 in New York; at 01:10 for the second time it has been closed for 40 minutes."""
    begin(machine, datetime(2026, 11, 1, 4, 10, tzinfo=UTC))
    machine.enroll(which=0, sequence="at-night")
    machine.switch_sending(is_on=False)
    tick_at(machine, datetime(2026, 11, 1, 5, 20, tzinfo=UTC))
    machine.switch_sending(is_on=True)
    tick_at(machine, datetime(2026, 11, 1, 6, 10, tzinfo=UTC))
    expect_mails(machine, 0)
    tick_at(machine, datetime(2026, 11, 1, 7, 20, tzinfo=UTC))
    expect_mails(machine, 1)


def somebody_opts_out_in_capital_letters(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    steering.suppress(machine.world.ctx, Ban("address", "P0@ACME0.Example", "opted_out", channel="email"), actor="test")
    tick_at(machine, SENDS)
    expect_mails(machine, 0)


def a_worker_dies_with_touches_reserved(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.world.clock.set(SENDS)
    ctx = machine.world.ctx
    dispatch.one_pass(ctx, lambda _ctx, _touches: None)
    recover(ctx, at_start=True)
    tick_at(machine, SENDS + timedelta(minutes=2))
    expect_mails(machine, 1)


def nobody_reads_the_answers(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.read_answers(hears=False)
    tick_at(machine, SENDS)
    expect_mails(machine, 0)
    machine.stop_reading()
    tick_at(machine, SENDS + timedelta(minutes=5))
    expect_mails(machine, 1)


def a_backup_was_put_back(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.hold_everything(is_held=True)
    tick_at(machine, SENDS)
    expect_mails(machine, 0)
    machine.hold_everything(is_held=False)
    tick_at(machine, SENDS + timedelta(minutes=5))
    expect_mails(machine, 1)


def people_have_complained(machine: Machine) -> None:
    begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.trip(scope="domain")
    tick_at(machine, SENDS)
    expect_mails(machine, 0)
    machine.trip(scope="none")
    tick_at(machine, SENDS + timedelta(minutes=5))
    expect_mails(machine, 1)
