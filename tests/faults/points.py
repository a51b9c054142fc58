"""Twelve places in the life of a send at which a process may end. The engine knows nothing of them: in the process
that is to die its functions are wrapped, and the wrapping ends it with SIGKILL, so that nothing runs any more.
"""

import http.client
import itertools
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.channels.smtp.line import Line
from engine.channels.smtp.transport import SmtpMail
from engine.channels.twilio.sms import TwilioSms
from engine.core.touch import TouchEvent
from engine.operations.delivery import results, sending
from engine.operations.safeguards import journaling
from engine.runtime.heartbeat import Heart
from engine.store import locks, reservations, touches
from tests.faults.process import put

Pass = Callable[[], None]  # tells that the point is passed; does not return from the one that kills
_ANSWERED = 10.0


@dataclass(frozen=True, slots=True)
class Point:
    """`put` wraps the engine of this process. It kills at one of the first `passes`."""

    name: str
    put: Callable[[Pass], None]
    passes: int = 4


def dies_at(point: Point, nth: int) -> None:
    passed = itertools.count(1)

    def one() -> None:
        if next(passed) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    point.put(one)


def _always(*_arguments: Any, **_options: Any) -> bool:
    return True


def before(owner: Any, name: str, one: Pass, when: Callable[..., bool] = _always) -> None:
    wrapped = getattr(owner, name)

    def wrapping(*arguments: Any, **options: Any) -> Any:
        if when(*arguments, **options):
            one()
        return wrapped(*arguments, **options)

    put(owner, name, wrapping)


def after(owner: Any, name: str, one: Pass, when: Callable[..., bool] = _always) -> None:
    wrapped = getattr(owner, name)

    def wrapping(*arguments: Any, **options: Any) -> Any:
        result = wrapped(*arguments, **options)
        if when(*arguments, **options):
            one()
        return result

    put(owner, name, wrapping)


def _before_reservation(one: Pass) -> None:
    after(reservations, "reserve_due", one, lambda *_rest, automatic, **_options: automatic)


def _after_reservation(one: Pass) -> None:
    before(Heart, "_hand_over", one, lambda _heart, _ctx, ids: bool(ids))


def _before_intent(one: Pass) -> None:
    after(reservations, "intend", one)


def _after_intent(one: Pass) -> None:
    before(sending, "_call", one)


def _locked(one: Pass) -> None:
    taken = locks.sending

    @contextmanager
    def wrapping(*arguments: Any) -> Iterator[Any]:
        with taken(*arguments) as held:
            one()
            yield held

    put(locks, "sending", wrapping)


def _after_journal(one: Pass) -> None:
    after(journaling, "write", one)


def before_call(one: Pass) -> None:
    before(SmtpMail, "send", one)
    before(TwilioSms, "send", one)


def _within_message(one: Pass) -> None:
    """Half of it has left: the body of a mail, or that of a request."""
    mail, request = Line.send, http.client.HTTPConnection.send

    def half_a_mail(line: Line, data: Any) -> None:
        if line.has_begun:
            mail(line, data[: len(data) // 2])
            one()
            data = data[len(data) // 2 :]
        mail(line, data)

    def half_a_request(connection: Any, data: Any) -> None:
        if isinstance(data, bytes) and b"StatusCallback=" in data:
            request(connection, data[: len(data) // 2])
            one()
            data = data[len(data) // 2 :]
        request(connection, data)

    put(Line, "send", half_a_mail)
    put(http.client.HTTPConnection, "send", half_a_request)


def _before_answer(one: Pass) -> None:
    """The sink has taken it and said so; its words lie in this machine's buffer."""

    def is_answered(socket: Any) -> bool:
        return bool(select.select([socket], [], [], _ANSWERED)[0])

    before(Line, "reply", one, lambda line: line.has_begun and is_answered(line.sock))
    before(http.client.HTTPConnection, "getresponse", one, lambda connection: is_answered(connection.sock))


def _before_record(one: Pass) -> None:
    before(results, "record", one)


def _after_record(one: Pass) -> None:
    after(sending, "_call", one)


def _while_settling(one: Pass) -> None:
    """The doubt, or what proves it one way or the other, is written and not committed."""
    settles = {TouchEvent.DOUBT, TouchEvent.PROVE_SENT, TouchEvent.PROVE_ABSENT}
    after(touches, "move", one, lambda _connection, _row, event, **_values: event in settles)


BEFORE_CALL = Point("before the call", before_call)
BEFORE_ANSWER = Point("taken, the answer not read", _before_answer)
SETTLING = Point("while a dead send is settled", _while_settling, passes=1)
POINTS = (
    Point("before the reservation is committed", _before_reservation, passes=2),
    Point("after the reservation", _after_reservation, passes=2),
    Point("before the intent is committed", _before_intent),
    Point("after the intent", _after_intent),
    Point("with the lock taken", _locked),
    Point("after the journal's line", _after_journal),
    BEFORE_CALL,
    Point("in the middle of the message", _within_message),
    BEFORE_ANSWER,
    Point("before the result is recorded", _before_record),
    Point("after the result is recorded", _after_record),
    SETTLING,
)
