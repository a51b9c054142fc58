"""What rings a rep and then the person whom the rep wants to speak to."""

from typing import Protocol

from engine.core.outcome import SendOutcome


class Dialer(Protocol):
    """`caller_id` is the number that both see. `ring` begins a call to the rep; `bridge` is what the rep's line is then
    told to do, in the provider's language.
    """

    @property
    def caller_id(self) -> str: ...

    def ring(self, call_id: int, rep_number: str) -> SendOutcome: ...

    def bridge(self, call_id: int, prospect_number: str) -> str: ...
