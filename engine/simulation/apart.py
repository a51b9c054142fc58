"""A play in parts that have nothing to do with each other, so that each can be played in a process of its own.

Chance is drawn for each person and step, and what happens in a part keeps its order: all parts together come to what
the whole comes to. Reps who may meet stay in one part.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import replace

from engine.core.sequence import MANAGER, Late
from engine.simulation.script import Script

_ASKS_OTHERS = frozenset({Late.REASSIGN, Late.ESCALATE})


def parts(script: Script, at_most: int) -> tuple[Script, ...]:
    """Of about as many leads each. One, where all reps hang together, and for a play of what is under way."""
    if at_most == 1 or _is_joined(script):
        return (script,)
    leads, shares = Counter(lead.worker for lead in script.leads), [set[str]() for _ in range(at_most)]

    def size(reps: set[str]) -> int:
        return sum(leads[key] for key in reps)

    for group in sorted(_groups(script), key=size, reverse=True):
        min(shares, key=size).update(group)
    return tuple(_only(script, share) for share in shares if share)


def _only(script: Script, reps: set[str]) -> Script:
    return replace(
        script,
        workers=tuple(worker for worker in script.workers if worker.key in reps),
        leads=tuple(lead for lead in script.leads if lead.worker in reps),
    )


def _is_joined(script: Script) -> bool:
    """Whether something may tie any two reps: whoever stands in during a leave, a cap, companies. Their caps are asked
    for work of people, too, and what the mailroom has promised at an instant holds until the other kind is asked for.
    """
    caps = script.workspace.caps
    return (
        bool(script.standing or script.waiting or caps.providers)
        or caps.workspace_per_day is not None
        or any(worker.leaves for worker in script.workers)
        or _may_help_all(script)
        or any(lead.account is not None for lead in script.leads)
    )


def _helps(script: Script) -> set[str]:
    """Who takes over late work or hears of it: MANAGER, and the keys of those whom steps name."""
    policies = (step.if_late for plan in script.sequences.values() for step in plan.steps)
    return {one.to or MANAGER for one in policies if one.policy in _ASKS_OTHERS}


def _may_help_all(script: Script) -> bool:
    """A rep who is named for everybody's work; and anybody, where the manager whom a rep turns to does not work."""
    helps, working = _helps(script), {worker.key for worker in script.workers}
    managers = {script.workspace.manager_of(key) for key in working} - {None}
    return bool(helps) and not (helps == {MANAGER} and managers <= working)


def _groups(script: Script) -> list[set[str]]:
    """The keys of reps who may meet, since something ties both, or each of them to a third."""
    found: list[tuple[set[str], set[Hashable]]] = []
    for key, ties in _ties(script).items():
        near = [one for one in found if not ties.isdisjoint(one[1])]
        reps, tied = {key}.union(*(one[0] for one in near)), ties.union(*(one[1] for one in near))
        found = [*(one for one in found if one not in near), (reps, tied)]
    return [reps for reps, _ in found]


def _ties(script: Script) -> dict[str, set[Hashable]]:
    """By rep: the people, the mailbox and its domain where that is new, and who helps with late work."""
    workspace, people = script.workspace, defaultdict[str, set[Hashable]](set)
    for lead in script.leads:
        people[lead.worker].add(("person", lead.id))
    found, helps = dict[str, set[Hashable]](), _helps(script)
    for worker in script.workers:
        ties = found[worker.key] = {("rep", worker.key), ("mailbox", worker.mailbox or worker.key), *people[worker.key]}
        domain = (worker.mailbox or "").rpartition("@")[2].casefold()
        if domain in workspace.caps.new_domains:
            ties.add(("domain", domain))
        rep = workspace.rep(worker.key)
        if helps and rep is not None:
            ties |= {("team", rep.team), ("rep", workspace.manager_of(rep.key) or rep.key)}
    return found
