"""The people of the demo read their mail: what left by the outbox comes back as replies, bounces, clicks and forms."""

from datetime import datetime
from functools import partial

from engine.channels.envelope import Envelope, Silence, Transport
from engine.core.outcome import Accepted, SendOutcome
from engine.core.sequence import AudienceKind
from engine.operations.admission.beginnings import ACKNOWLEDGEMENT
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, ingest
from engine.runtime.demo.cast import ASKS_ON_PAGE, Letter, Reaction, react
from engine.runtime.demo.diary import Diary
from engine.runtime.demo.front_desk import FrontDesk
from engine.simulation.dice import Dice
from engine.store import cases, people
from engine.store.connection import Record


class Postman:
    """The outbox, and a note of every mail that it took."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._carried: list[Envelope] = []

    def send(self, envelope: Envelope) -> SendOutcome:
        outcome = self._transport.send(envelope)
        if isinstance(outcome, Accepted):
            self._carried.append(envelope)
        return outcome

    @property
    def silence(self) -> Silence | None:
        return self._transport.silence

    def find(self, envelope: Envelope) -> bool | None:
        return self._transport.find(envelope)

    def take(self) -> list[Envelope]:
        carried, self._carried = self._carried, []
        return carried


class Inboxes:
    """A player: reads what the postman brought and writes into the diary what will come of it."""

    def __init__(self, dice: Dice, postman: Postman, diary: Diary, desk: FrontDesk) -> None:
        self._dice, self._postman, self._diary, self._desk = dice, postman, diary, desk

    def act(self, ctx: Context) -> bool:
        for envelope in self._postman.take():
            self._read(ctx, envelope)
        return False  # nothing happens before somebody reacts, and that stands in the diary

    def next_instant(self, ctx: Context) -> datetime | None:  # noqa: ARG002 - reactions are the diary's
        return None

    def _read(self, ctx: Context, envelope: Envelope) -> None:
        with ctx.database.read() as connection:
            touch = cases.one(connection, envelope.touch_id)
            assert touch is not None  # noqa: S101 - it was sent a moment ago
            known = people.addresses_of(connection, [touch.prospect_id])[touch.prospect_id]
            plan = ctx.shelf.plan(connection, touch.version_id)
        if touch.step == ACKNOWLEDGEMENT:
            return
        letter = Letter(
            person=str(touch.prospect_id),
            step=f"{touch.sequence_key}/{touch.step}",
            at=envelope.at,
            zone=touch.zone,
            locale=touch.locale,
            quality=next((row.quality for row in known if row.value == envelope.recipient), "unknown"),
            is_inbound=plan.sequence.audience.kind is AudienceKind.INBOUND,
        )
        reaction = react(self._dice, letter)
        if reaction is not None:
            self._expect(touch, reaction)

    def _expect(self, touch: Record, reaction: Reaction) -> None:
        if reaction.kind == ASKS_ON_PAGE:
            self._diary.add(reaction.at, partial(self._desk.take, prospect_id=touch.prospect_id))
        else:
            self._diary.add(reaction.at, partial(_tell, touch=touch, reaction=reaction))


def _tell(ctx: Context, touch: Record, reaction: Reaction) -> None:
    ingest(
        ctx,
        Inbound(
            kind=reaction.kind,
            prospect_id=touch.prospect_id,
            at=reaction.at,
            dedupe_key=f"{reaction.kind}-{touch.id}",
            provider="demo",
            touch_id=touch.id,
            body=dict(reaction.body),
        ),
    )
