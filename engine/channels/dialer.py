"""What rings a rep and then the person whom the rep wants to speak to."""

from typing import Protocol

from engine.core.outcome import SendOutcome


class Dialer(Protocol):
    """`caller_id` is the number that both see. `ring` begins a call to the rep. What the rep's line is then told to do,
    in the provider's language: `ask` for a key, and when one was pressed, `bridge`.
    """

    @property
    def caller_id(self) -> str: ...

    def ring(self, call_id: int, rep_number: str) -> SendOutcome: ...

    def ask(self, call_id: int, words: str, *, is_chinese: bool) -> str: ...

    def bridge(self, call_id: int, prospect_number: str) -> str: ...
