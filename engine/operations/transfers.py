"""A WeChat contact belongs to the account that made it: whoever takes over is told to have it transferred."""

from collections.abc import Iterator, Sequence

from engine.core.task import TaskKind
from engine.operations import wording
from engine.store import people, plans
from engine.store.connection import Connection, Record

ON_WECHAT = frozenset({TaskKind.WECHAT_ADD, TaskKind.WECHAT_MESSAGE})


def notes(connection: Connection, work: Sequence[tuple[Record, int]]) -> Iterator[tuple[Record, str]]:
    """For each row with a `prospect_id` and the rep who is to do it: what that one must know. Rows whose people know
    the rep already, or nobody of ours, are left out.
    """
    if not work:
        return
    friends = people.wechat_friends(connection, [row.prospect_id for row, _ in work])
    reps = {rep.id: rep for rep in plans.reps(connection, only_active=False)}
    for row, rep_id in work:
        known = friends.get(row.prospect_id, [])
        if known and rep_id not in known:
            name = ", ".join(reps[one].name for one in known if one in reps)
            yield row, wording.wechat_is_with(name, reps[rep_id].locale)
