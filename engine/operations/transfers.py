"""A WeChat contact belongs to the account that made it: whoever takes over is told to have it transferred."""

from collections.abc import Collection, Mapping

from engine.core.task import TaskKind
from engine.operations import wording
from engine.store import people, plans
from engine.store.connection import Connection

_ON_WECHAT = frozenset({TaskKind.WECHAT_ADD, TaskKind.WECHAT_MESSAGE})


def is_on_wechat(kind: str) -> bool:
    return TaskKind(kind) in _ON_WECHAT


def notes(connection: Connection, work: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
    """For each (prospect, rep who is to do it) what that rep must know. Whoever they know already, and people who know
    nobody of ours, are left out.
    """
    if not work:
        return {}
    friends = people.wechat_friends(connection, [prospect_id for prospect_id, _ in work])
    reps = {rep.id: rep for rep in plans.reps(connection, only_active=False)}
    found: dict[tuple[int, int], str] = {}
    for prospect_id, rep_id in work:
        known = [one for one in friends.get(prospect_id, []) if one in reps]
        if known and rep_id not in known:
            name = ", ".join(reps[one].name for one in known)
            found[prospect_id, rep_id] = wording.wechat_is_with(name, reps[rep_id].locale)
    return found
