"""What a touch counts as when it leaves, and how long it must wait for that."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.core.caps import Delay, HandOff, Scope, counters_asked, delay_of, is_answer
from engine.core.guards import first_send
from engine.core.sequence import AudienceKind, Verb
from engine.core.workspace import Caps
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.days.open_days import calendar_for, place_of
from engine.operations.reaching.companies import company_of
from engine.operations.safeguards.gates import domain_of
from engine.store import hand_offs
from engine.store.connection import Connection, Record


def hand_off_of(act: Act, due: Record, person: Record, *, is_guessed: bool = False) -> HandOff:
    """`due` is a touch with its enrollment and, where it is a mail, its mailbox; `person` is read with the account."""
    verb, plan = Verb(due.verb), act.plan(due.version_id).sequence
    is_inbound = plan.audience.kind is AudienceKind.INBOUND
    is_on_day_one = bool(due.nominal_date == due.day_one and due.repeat == 0)
    mailbox = due.mailbox_address if verb is Verb.EMAIL else None
    return HandOff(
        draw=(due.prospect_id, plan.key, due.step, due.repeat),
        person=due.prospect_id,
        account=company_of(person),
        mailbox=due.mailbox_id if mailbox is not None else None,
        domain=domain_of(mailbox) if mailbox is not None else None,
        provider=act.ctx.channels.provider_of(mailbox) if verb.is_automatic else None,
        is_guessed=is_guessed and mailbox is not None,
        passes=is_answer(plan, due.step, verb, is_promised=due.is_promised, is_on_day_one=is_on_day_one),
        is_new=is_on_day_one and not is_inbound,
    )


def delay_on(connection: Connection, hand_off: HandOff, caps: Caps, now: datetime) -> Delay | None:
    """Decided for one touch at a time; whoever decides about the same counters waits until this transaction ends. The
    caller holds the person.
    """
    counters = counters_asked(hand_off, caps, now)
    hand_offs.hold(connection, (counter for counter in counters if counter.scope is not Scope.PERSON))
    return delay_of(hand_off, caps, hand_offs.usage_of(connection, counters, now), now)


def slot_from(act: Act, due: Record, person: Record, at: datetime) -> datetime:
    """The first instant from `at` on inside the sequence's window: there the delay and its reason can be read."""
    hours = act.plan(due.version_id).sequence.schedule.hours_for(Verb(due.verb))
    calendar, zone = calendar_for(act.workspace, place_of(person), act.now.date()), ZoneInfo(due.zone)
    return first_send(hours, calendar, zone, at)


def forget_old(ctx: Context) -> int:
    """Once a day is enough. Returns how many units are gone."""
    with begin(ctx) as act:
        return hand_offs.forget_before(act.connection, act.now)
