"""A rep's work becomes other people's for good: all of it at once, with its owners and its mailboxes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.core.leave import share_out
from engine.core.task import TaskStatus
from engine.operations import transfers
from engine.operations.act import Act
from engine.operations.covering import Cover
from engine.operations.lifecycle.taking_up import take_up
from engine.store import leaves, locks, newcomers, plans, rep_work, tasks, trail
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class _Share:
    """What one taker gets."""

    enrollments: list[int] = field(default_factory=list)
    tasks: list[Record] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


def hand_on(act: Act, rep_id: int, named: int | None, *, even_to_absent: bool = False) -> bool:
    """To the rep who was named, if that one is there; else shared among the team, a company's people to one rep. Those
    who are away get it only if they must, and where nobody else is there. True when nothing is left that could be
    moved; people who are held just now are left to the next time.
    """
    takers = _takers(act, rep_id, named, even_to_absent=even_to_absent)
    if not takers:
        return True
    enrolled = rep_work.live_enrollments(act.connection, rep_id)
    open_tasks = rep_work.all_open_tasks(act.connection, rep_id)
    everybody = {row.prospect_id for row in (*enrolled, *open_tasks)}
    free = locks.hold_free(act.connection, everybody, act.now)
    enrolled, open_tasks = ([row for row in rows if row.prospect_id in free] for rows in (enrolled, open_tasks))
    for taker, share in _shares(enrolled, open_tasks, takers).items():
        _give(act, rep_id, taker, share)
    leaves.begin_again(act.connection, list(takers), act.now)  # a taker may be away
    return everybody == free


def _takers(act: Act, rep_id: int, named: int | None, *, even_to_absent: bool) -> dict[int, int]:
    """How much each of them has to do already."""
    active = {row.id: row for row in plans.reps(act.connection) if row.id != rep_id}
    rep = next(row for row in plans.reps(act.connection, only_active=False) if row.id == rep_id)
    there = [named] if named in active else Cover(act).colleagues(rep) or (list(active) if even_to_absent else [])
    counts = tasks.open_counts(act.connection)
    return {one: counts.get(one, 0) for one in there if one is not None}


def _shares(
    enrolled: Sequence[Record], open_tasks: Sequence[Record], takers: Mapping[int, int]
) -> Mapping[int, _Share]:
    sizes = Counter(_group(row) for row in (*enrolled, *open_tasks))
    whose = share_out(sizes, takers)
    shares: dict[int, _Share] = defaultdict(_Share)
    for row in enrolled:
        shares[whose[_group(row)]].enrollments.append(row.id)
    for row in open_tasks:
        shares[whose[_group(row)]].tasks.append(row)
    for row in (*enrolled, *open_tasks):
        shares[whose[_group(row)]].people.add(row.prospect_id)
    return shares


def _group(row: Record) -> tuple[str, int]:
    """Somebody whose company nobody knows stands alone."""
    return ("account", row.account_id) if row.account_id is not None else ("prospect", row.prospect_id)


def _give(act: Act, old: int, taker: int, share: _Share) -> None:
    """Whoever signs a mail is the one who sends it: the rest of them come from the taker's mailbox, in a new thread."""
    connection = act.connection
    rep_work.give_enrollments(connection, share.enrollments, taker, plans.first_mailbox(connection, taker))
    newcomers.plan_anew(connection, act.now, [taker])
    rep_work.change_tasks(
        connection, [row.id for row in share.tasks], rep_id=taker, claimed_by=None, claimed_until=None
    )
    waited = [row for row in share.tasks if row.away_id == old]
    rep_work.change_tasks(connection, [row.id for row in waited], leave_id=None)
    asleep = {row.id for row in waited if row.status == TaskStatus.SNOOZED.value}
    take_up(act, taker, share.enrollments, share.tasks, waited=asleep)
    rep_work.give_people(connection, share.people, old, taker)
    _tell_of_wechat(act, taker, share)
    moved = [("enrollment", one) for one in share.enrollments] + [("task", row.id) for row in share.tasks]
    trail.record_many(connection, moved, actor=act.actor, action="reassign", now=act.now, rep=taker, before=old)


def _tell_of_wechat(act: Act, taker: int, share: _Share) -> None:
    on_wechat = [row for row in share.tasks if transfers.is_on_wechat(row.kind)]
    told = transfers.notes(act.connection, [(row.prospect_id, taker) for row in on_wechat])
    for row in on_wechat:
        note = told.get((row.prospect_id, taker))
        if note is not None:
            rep_work.change_tasks(act.connection, [row.id], script=f"{note}\n\n{row.script}")
