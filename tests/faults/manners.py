"""How a sink behaves towards one message: it takes it or not, at once or late, and says so or not."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reaction:
    """`before` seconds the message is taken or refused, `after` more the answer goes out, or the connection is reset.

    `code` is the answer of SMTP or HTTP; without it the usual one of that protocol.
    """

    takes: bool = True
    code: int | None = None
    before: float = 0.0
    after: float = 0.0
    resets: bool = False
    retry_after: int | None = None


# The recipient, and how many messages to them came before: what happens to this one.
Manners = Callable[[str, int], Reaction]


@dataclass(frozen=True, slots=True)
class Polite:
    """Takes everything, after up to `before` and answering after up to `after` seconds."""

    seed: int = 0
    before: float = 0.002
    after: float = 0.002

    def __call__(self, recipient: str, nth: int) -> Reaction:
        dice = random.Random(f"{self.seed}:{recipient}:{nth}")
        return Reaction(before=dice.uniform(0, self.before), after=dice.uniform(0, self.after))


class Memory:
    """Counts the messages to each recipient, for the manners that want to know."""

    def __init__(self, manners: Manners) -> None:
        self._manners, self._seen = manners, Counter[str]()

    def reaction_to(self, recipient: str) -> Reaction:
        nth = self._seen[recipient]
        self._seen[recipient] += 1
        return self._manners(recipient, nth)
