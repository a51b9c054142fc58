"""What holds for the people of one company together."""

from collections import Counter
from collections.abc import Sequence

from engine.contacts.free_mail import is_free_mail
from engine.core import caps
from engine.core.caps import Scope
from engine.core.sequence import AudienceKind
from engine.core.sequence import Sequence as Plan
from engine.operations.act import Act
from engine.store import enrollments, hand_offs
from engine.store.connection import Record

_DOORS = 64  # companies that share one wait for each other; a lock for each of thousands would fill PostgreSQL's table


def company_of(person: Record) -> int | None:
    """The account to which the rules of a company apply: people of a free-mail domain have nothing in common."""
    domain = person.account_domain
    return None if person.account_id is None or (domain and is_free_mail(domain)) else int(person.account_id)


class Room:
    """How many more of each company may enter an outbound sequence; whoever came to us is not counted."""

    def __init__(self, act: Act, plan: Plan, rows: Sequence[Record]) -> None:
        most = act.workspace.caps.account_active
        self._most = most if plan.audience.kind is AudienceKind.OUTBOUND else None
        self._inside: Counter[int] = Counter()
        companies = {company for row in rows if (company := company_of(row)) is not None}
        if self._most is not None and companies:
            doors = {caps.Counter(Scope.ACCOUNT, f"enrolling {company % _DOORS}") for company in companies}
            hand_offs.hold(act.connection, doors)
            self._inside.update(enrollments.outbound_at_accounts(act.connection, companies))

    def is_full(self, row: Record) -> bool:
        company = company_of(row)
        return self._most is not None and company is not None and self._inside[company] >= self._most

    def enter(self, row: Record) -> None:
        company = company_of(row)
        if company is not None:
            self._inside[company] += 1
