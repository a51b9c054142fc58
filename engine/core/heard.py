"""A fact as a provider tells it, before we have found out whom it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Clues:
    """What may tell who is meant, strongest first: our touch, Message-IDs of ours that are referred to,
    the tag of a plus-address, the provider's id of the message, and the address that the fact is about.
    """

    touch_id: int | None = None
    message_ids: tuple[str, ...] = ()
    tag: str | None = None
    provider_id: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """`kind` is one of the store's event kinds. The same `dedupe_key` of a provider is the same fact."""

    kind: str
    at: datetime
    dedupe_key: str
    clues: Clues
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """A provider speaks of that attempt of that touch as of something that it has: so it took it.

    `recipient` tells our touch from one that bears its number elsewhere.
    """

    touch_id: int
    attempt: int
    recipient: str
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """All that one webhook says; most say a fact, some only prove that a message was taken."""

    heard: Heard | None = None
    proof: Proof | None = None
