"""The country gate of an enrollment: what the law of each person's country leaves of a sequence."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.hours import Hours
from engine.core.sequence import AudienceKind, Family, Verb
from engine.core.sequence import Sequence as SequencePlan
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.reaching.permission import CHANNELS, permits_of
from engine.store import consents, people
from engine.store.connection import Record

_ASKED_BY = ("email", "phone")  # how we may answer whoever asked us; a text needs a consent of its own


@dataclass(frozen=True, slots=True)
class Unasked:
    """So many of those who enter, where that policy holds, have not agreed to a channel: its steps are skipped.
    `countries` are those of these people, as far as they are known.
    """

    policy: str
    channel: str
    people: int
    countries: tuple[str, ...] = ()


class CountryGate:
    """`is_follow_on`: another sequence hands them over, so this enrollment is no request of theirs."""

    def __init__(self, act: Act, sequence: SequencePlan, rows: Sequence[Record], *, is_follow_on: bool) -> None:
        self._act, self._plan = act, sequence
        self._verbs = frozenset(step.do for step in sequence.steps)
        self._has_asked = sequence.audience.kind is AudienceKind.INBOUND and not is_follow_on
        addresses = people.addresses_of(act.connection, [row.id for row in rows])
        self._permits = permits_of(act, rows, addresses, self._verbs)
        self._closed: dict[int, frozenset[Verb]] = {}

    def closed(self, row: Record) -> frozenset[Verb]:
        """The verbs that need a consent which they have not given."""
        if row.id not in self._closed:
            permit, now = self._permits[row.id], self._act.now
            asked = permit.asking(_ASKED_BY, now) if self._has_asked else permit
            self._closed[row.id] = asked.closed_verbs(self._verbs, now, self._plan)
        return self._closed[row.id]

    def law(self, row: Record) -> dict[Family, Hours]:
        return facts.law_for(self._permits[row.id].policy, row.region)

    def unasked(self, rows: Sequence[Record], kinds: Mapping[int, set[str]]) -> tuple[Unasked, ...]:
        """Whom the sequence reaches on fewer channels than they have, for want of a consent."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            families, permit = facts.families_of(kinds.get(row.id, ())), self._permits[row.id]
            for channel in {CHANNELS[verb] for verb in self.closed(row) if verb.family in families}:
                found[permit.policy.title, channel].append(permit.country or "")
        return tuple(
            Unasked(where, channel, len(people), tuple(sorted({*people} - {""})))
            for (where, channel), people in sorted(found.items())
        )

    def record_requests(self, rows: Sequence[Record], *, source: str, actor: str) -> None:
        """They came to us: that is why we may answer by mail and telephone, and here is what they said."""
        if self._has_asked:
            requests = [one for row in rows for one in self._requests(row, source, actor)]
            consents.add_many(self._act.connection, requests)

    def _requests(self, row: Record, source: str, actor: str) -> list[dict[str, Any]]:
        evidence = {
            "prospect_id": row.id,
            "basis": "request",
            "text": row.message or "",
            "source": row.source or source,
            "actor": actor,
            "at": row.received_at or self._act.now,
        }
        return [{**evidence, "channel": channel} for channel in _ASKED_BY]
