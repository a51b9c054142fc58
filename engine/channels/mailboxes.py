"""Which way a mail takes: that of the mailbox it comes from, else the one for all, else the outbox."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from engine.channels.envelope import Envelope, Silence, Transport, close
from engine.core.outcome import SendOutcome
from engine.core.providers import EVERY_MAILBOX


class Mailboxes:
    """`ways` by mailbox address in small letters, or EVERY_MAILBOX."""

    def __init__(self, ways: Mapping[str, Transport], outbox: Transport) -> None:
        self._ways, self._outbox = dict(ways), outbox

    def way_of(self, sender: str) -> Transport:
        return self._ways.get(sender.casefold()) or self._ways.get(EVERY_MAILBOX) or self._outbox

    def send(self, envelope: Envelope) -> SendOutcome:
        return self.way_of(envelope.sender).send(envelope)

    @property
    def silence(self) -> Silence | None:
        """Long enough for each way whose silence proves anything."""
        return _longest(way.silence for way in (*self._ways.values(), self._outbox))

    def find(self, envelope: Envelope) -> bool | None:
        """Not finding it is no answer where that way's silence proves nothing."""
        way = self.way_of(envelope.sender)
        found = way.find(envelope)
        return found if found or way.silence is not None else None

    def close(self) -> None:
        """All at once: a server that answers no goodbye keeps no other waiting."""
        ways = (*self._ways.values(), self._outbox)
        with ThreadPoolExecutor(len(ways), thread_name_prefix="goodbye") as threads:
            list(threads.map(close, ways))


def _longest(silences: Iterable[Silence | None]) -> Silence | None:
    known = [silence for silence in silences if silence is not None]
    if not known:
        return None
    return Silence(max(one.after for one in known), max(one.apart for one in known))
