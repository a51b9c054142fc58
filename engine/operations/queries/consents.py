"""What somebody has agreed to, with the evidence."""

from dataclasses import dataclass
from datetime import datetime

from engine.operations.context import Context
from engine.store import consents, people
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class ConsentView:
    """`address` is its compared form, where the consent is for one address alone."""

    id: int
    channel: str
    basis: str
    address: str | None
    text: str
    source: str
    actor: str
    at: datetime
    expires_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


def consents_of(ctx: Context, prospect_id: int) -> tuple[ConsentView, ...]:
    """The latest first, those withdrawn included. Raises NotFound."""
    with ctx.database.read() as connection:
        people.prospect_row(connection, prospect_id)
        return tuple(map(view, consents.of_prospect(connection, prospect_id)))


def view(row: Record) -> ConsentView:
    plain = (
        "id", "channel", "basis", "text", "source", "actor", "at", "expires_at", "withdrawn_at", "withdrawn_reason",
    )  # fmt: skip
    return ConsentView(address=row.address_key, **{name: getattr(row, name) for name in plain})
