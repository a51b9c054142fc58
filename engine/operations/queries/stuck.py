"""What waits for a person beside the queue: sends that nobody can prove, and touches that are held."""

from dataclasses import dataclass
from datetime import datetime

from engine.core.sequence import Verb
from engine.core.touch import TouchStatus
from engine.operations import wording
from engine.operations.context import Context
from engine.operations.queries import pages, reasons
from engine.operations.queries.pages import Page
from engine.operations.queries.people import company
from engine.operations.queries.queue import Company, Person
from engine.store import plans, queue
from engine.store.connection import Record

DOUBTS = (TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED)
HELD = (TouchStatus.HELD,)


@dataclass(frozen=True, slots=True)
class StuckTouch:
    """`why` in words, `what_to_do` to get it moving; `id` is the touch's."""

    id: int
    status: str
    reason: str | None
    why: str
    detail: str | None
    what_to_do: str
    verb: str
    title: str
    step: str
    attempt: int
    prospect: Person
    account: Company | None
    enrollment_id: int
    sequence: str
    sequence_title: str
    rep: str
    subject: str | None
    recipient: str | None
    due_at: datetime
    zone: str


def doubts(
    ctx: Context, rep_key: str | None = None, *, limit: int = 50, cursor: str | None = None, locale: str = "en"
) -> Page[StuckTouch]:
    """Sends whose result is not known; of everybody, or of one rep's people."""
    return _stuck(ctx, DOUBTS, rep_key, limit=limit, cursor=cursor, locale=locale)


def held(
    ctx: Context, rep_key: str | None = None, *, limit: int = 50, cursor: str | None = None, locale: str = "en"
) -> Page[StuckTouch]:
    """Touches that go on when somebody does something."""
    return _stuck(ctx, HELD, rep_key, limit=limit, cursor=cursor, locale=locale)


def _stuck(
    ctx: Context, states: tuple[TouchStatus, ...], rep_key: str | None, *, limit: int, cursor: str | None, locale: str
) -> Page[StuckTouch]:
    with ctx.database.read() as connection:
        rep_id = plans.rep_by_key(connection, rep_key).id if rep_key is not None else None
        rows = queue.stuck(connection, states, rep_id=rep_id, after=pages.id_of(cursor), limit=limit + 1)
    return pages.page_of(rows, limit, lambda row: _view(row, locale), lambda row: row.id)


def _view(row: Record, locale: str) -> StuckTouch:
    plain = (
        "id", "status", "reason", "detail", "verb", "step", "attempt", "enrollment_id", "sequence_title", "subject",
        "recipient", "due_at", "zone",
    )  # fmt: skip
    facts = {name: getattr(row, name) for name in plain}
    return StuckTouch(
        **facts,
        why=reasons.of_touch(row.reason, locale) if row.reason else "",
        what_to_do=reasons.what_to_do(row.reason, locale),
        title=wording.step_name(Verb(row.verb), locale),
        prospect=Person(row.prospect_id, row.prospect_name, row.prospect_title),
        account=company(row),
        sequence=row.sequence_key,
        rep=row.rep_key,
    )
