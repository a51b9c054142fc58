"""START: what somebody's own STOP by text message has closed is opened again, for texts alone. All else stays closed.

A STOP closes every channel of the person; who wants texts again has said nothing of mails and calls. So each
suppression that the STOP made is lifted, with audit, and a narrower one takes its place.
"""

from collections.abc import Iterator

from engine.operations.act import Act
from engine.store import events, people, suppressions
from engine.store.connection import Record

_BY_TEXT = "sms"
_WHY = "they texted START"
# Everything but texts, by the kind of the address that is closed; a WeChat account can be found by its number.
_LEFT_CLOSED = {
    "email": ("email",),
    "phone": ("phone", "wechat"),
    "wechat": ("wechat",),
    "linkedin": ("social",),
    "maimai": ("social",),
}
_LEFT_CLOSED_OF_PERSON = ("email", "phone", "wechat", "social")


def reopen(act: Act, start: Record) -> None:
    """The event of somebody we know. The last word counts, in whatever order they are heard."""
    stops = events.of_kind(act.connection, start.prospect_id, "opted_out")
    stops = [stop for stop in stops if _is_same_number(stop, start)]
    if all(stop.at < start.at for stop in stops):
        for stop in stops:
            _narrow(act, start.prospect_id, f"event {stop.id}")
        _lift_what_the_provider_said(act, str((start.body or {}).get("phone", "")))


def honour_later_start(act: Act, stop: Record) -> None:
    """A STOP that is heard after the START that followed it."""
    starts = events.of_kind(act.connection, stop.prospect_id, "opted_in")
    if any(_is_same_number(stop, start) and stop.at < start.at and start.applied_at for start in starts):
        _narrow(act, stop.prospect_id, f"event {stop.id}")


def reopen_number(act: Act, provider: str, key: str) -> bool:
    """Of a number that belongs to nobody we know. True when it was closed by their own text."""
    rows = suppressions.active_of(act.connection, "address", key)
    own = [row for row in rows if row.source.startswith(f"{provider} ")]
    for row in own:
        _replace(act, row, _LEFT_CLOSED["phone"])
    return bool(own)


def _lift_what_the_provider_said(act: Act, key: str) -> None:
    """A send that was refused because of their STOP has closed texts to the number: START ends that at Twilio too."""
    for row in suppressions.active_of(act.connection, "address", key):
        if (row.channel, row.reason) == (_BY_TEXT, "opted_out") and row.source.startswith("touch "):
            _replace(act, row, ())


def _is_same_number(stop: Record, start: Record) -> bool:
    told, asked = stop.body or {}, start.body or {}
    return told.get("channel") == _BY_TEXT and bool(told.get("phone")) and told["phone"] == asked.get("phone")


def _narrow(act: Act, prospect_id: int, source: str) -> None:
    kinds = {row.match_key: row.kind for row in people.addresses_of(act.connection, [prospect_id])[prospect_id]}
    for row in _made_by(act, source):
        is_person = row.scope == "person"
        _replace(act, row, _LEFT_CLOSED_OF_PERSON if is_person else _LEFT_CLOSED.get(kinds.get(row.key, ""), ()))


def _made_by(act: Act, source: str) -> Iterator[Record]:
    for one in suppressions.of_source(act.connection, source):
        row = suppressions.by_id(act.connection, one)
        if row.channel == "all":
            yield row


def _replace(act: Act, row: Record, channels: tuple[str, ...]) -> None:
    suppressions.lift(act.connection, row.id, actor=act.actor, reason=_WHY, now=act.now)
    act.record("lift", "suppression", row.id, reason=_WHY)
    told = {"reason": row.reason, "proof": row.proof, "source": row.source}
    for channel in channels:
        suppressions.add(act.connection, scope=row.scope, key=row.key, channel=channel, now=act.now, **told)
