"""The sums of rule 30: what a lead of each sequence costs, and how many new ones each rep sustains in a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.core.admission import Limit, share_of
from engine.core.capacity import Capacity, load_of, sustained
from engine.core.sequence import Sequence as Plan
from engine.core.sequence import Verb
from engine.core.workspace import Workspace
from engine.operations.admission.shares import mails_per_day
from engine.operations.context import Context
from engine.operations.queries.beginning import of_limit
from engine.store import plans


@dataclass(frozen=True, slots=True)
class SequenceLoad:
    """What one lead costs when nothing stops the sequence; and how many new ones a day a rep sustains by the tasks and
    the minutes of the workspace's day, `leads` being the smaller of the two. None is no limit.
    """

    sequence: str
    formula: str
    audience: str
    tasks: int
    minutes: float
    mails: int
    by_tasks: float | None
    by_minutes: float | None
    leads: float | None


@dataclass(frozen=True, slots=True)
class RepSustains:
    """New people of this sequence a day, if there are no others; `words` say what a day is full of first."""

    rep: str
    name: str
    sequence: str
    leads_per_day: int | None
    limit: Limit | None
    words: str


@dataclass(frozen=True, slots=True)
class CapacityView:
    """Of the workspace's day, and what follows for each rep by the rep's own."""

    tasks_per_day: int | None
    minutes_per_day: float | None
    sequences: tuple[SequenceLoad, ...]
    reps: tuple[RepSustains, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is reckoned with instead of what everybody's capacity says."""

    tasks_per_day: int | None = None
    minutes_per_day: float | None = None

    def of(self, capacity: Capacity) -> Capacity:
        return replace(
            capacity,
            tasks_per_day=self.tasks_per_day or capacity.tasks_per_day,
            minutes_per_day=self.minutes_per_day or capacity.minutes_per_day,
        )


AS_IT_IS = WhatIf()


def deployed(ctx: Context, *, locale: str = "en") -> CapacityView:
    """Of the live versions of all sequences, and the reps who work here."""
    with ctx.database.read() as connection:
        live = [ctx.shelf.live_plan(connection, row.key).sequence for row in plans.sequences(connection)]
        active = {row.key for row in plans.reps(connection)}
        return capacity(ctx.shelf.workspace(connection), live, reps=active, locale=locale)


def capacity(
    workspace: Workspace,
    sequences: Sequence[Plan],
    *,
    what_if: WhatIf = AS_IT_IS,
    reps: Iterable[str] | None = None,
    locale: str = "en",
) -> CapacityView:
    """`reps` are keys; all who are named and have not left when left out."""
    usual = what_if.of(workspace.capacity)
    wanted = set(reps) if reps is not None else {rep.key for rep in workspace.reps if rep.leaves_to is None}
    return CapacityView(
        tasks_per_day=usual.tasks_per_day,
        minutes_per_day=usual.minutes_per_day,
        sequences=tuple(_load(sequence, usual) for sequence in sequences),
        reps=tuple(
            _sustains(workspace, key, sequence, what_if=what_if, locale=locale)
            for key in sorted(wanted)
            for sequence in sequences
        ),
    )


def _load(sequence: Plan, capacity: Capacity) -> SequenceLoad:
    load, most = load_of(sequence.steps, capacity), sustained(sequence, capacity)
    return SequenceLoad(
        sequence=sequence.key,
        formula=str(sequence.formula),
        audience=sequence.audience.kind.value,
        tasks=load.tasks,
        minutes=load.minutes,
        mails=sum(step.do is Verb.EMAIL for step in sequence.steps),
        by_tasks=_rounded(most.by_tasks),
        by_minutes=_rounded(most.by_minutes),
        leads=_rounded(most.leads),
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)


def _sustains(workspace: Workspace, rep_key: str, sequence: Plan, *, what_if: WhatIf, locale: str) -> RepSustains:
    rep = workspace.rep(rep_key)
    mails = mails_per_day(workspace, has_mailbox=rep is not None and bool(rep.mailboxes))
    one = share_of(sequence, what_if.of(workspace.capacity_of(rep_key)), mails)
    name = rep.name if rep is not None else rep_key
    words = of_limit(one.limit, locale) if one.limit is not None else ""
    return RepSustains(rep_key, name, sequence.key, one.leads_per_day, one.limit, words)
