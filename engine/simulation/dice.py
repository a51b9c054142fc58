"""Chance that can be repeated: every roll is a pure function of the seed and of what it is about."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Dice:
    seed: int

    def roll(self, *about: object) -> float:
        """Evenly in [0, 1), always the same for the same seed and words."""
        words = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8]) / 2**64

    def one_of(self, items: Sequence[Item], *about: object) -> Item:
        return items[int(self.roll(*about) * len(items))]

    def weighted(self, weights: Mapping[str, float], *about: object) -> str:
        """A key in proportion to its weight."""
        left = self.roll(*about) * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return [*weights][-1]

    def between(self, low: int, high: int, *about: object) -> int:
        """A whole number, both ends included."""
        return low + int(self.roll(*about) * (high - low + 1))
