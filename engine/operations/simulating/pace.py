"""At which pace each rep is asked to begin with new people, beside the pace that the rep sustains (rule 30)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil

from engine.core.admission import Limit, Pile, pile_up, share_of
from engine.core.clock import local_date
from engine.simulation.script import Script, Worker


@dataclass(frozen=True, slots=True)
class Pace:
    """`most_a_day` is the largest number of leads on one working day, and `fills` which part of a day so many make up.
    `sustains` is None where nothing limits it, and `limit` says what does. `pile` is what would be left undone if all
    began at once on their day, and `days_needed` over how many days they begin when no more do than the rep sustains.
    """

    rep: str
    sequence: str
    leads: int
    most_a_day: int
    sustains: int | None
    limit: Limit | None
    days_needed: int
    fills: float
    pile: Pile

    @property
    def too_many(self) -> int:
        return max(0, self.most_a_day - self.sustains) if self.sustains is not None else 0


def paces(script: Script) -> Iterator[Pace]:
    for worker in script.workers:
        for key in sorted({lead.sequence for lead in script.leads if lead.worker == worker.key}):
            yield _pace(script, worker, key)


def _pace(script: Script, worker: Worker, key: str) -> Pace:
    starts, sequence = _starts(script, worker, key), script.sequences[key]
    share = share_of(sequence, worker.capacity, script.workspace.caps.mailbox_per_day)
    sustains, leads, most = share.leads_per_day, sum(starts.values()), max(starts.values())
    return Pace(
        rep=worker.key,
        sequence=key,
        leads=leads,
        most_a_day=most,
        sustains=sustains,
        limit=share.limit,
        days_needed=ceil(leads / sustains) if sustains else 1,
        fills=round(most * share.largest, 3),
        pile=pile_up(starts, sequence, worker.capacity, worker.time.workdays(min(starts))),
    )


def _starts(script: Script, worker: Worker, key: str) -> Counter[date]:
    """By the rep's working days; who comes on a day off comes on the next."""
    days = (
        local_date(lead.at, worker.time.zone)
        for lead in script.leads
        if (lead.worker, lead.sequence) == (worker.key, key)
    )
    return Counter(next(worker.time.workdays(day)) for day in days)
