"""One key per outcome, the same for the same thing in every kind of task. `y` is always the good end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.core.task import TaskKind
from engine.operations.queries.outcomes import Choice

# Keys of the page itself; no outcome may use them.
RESERVED = frozenset("jkzsu?/t") | {"Enter", "Escape"}

KEYS = {
    "interested": "y",
    "sent": "y",
    "requested": "y",
    "done": "y",
    "meeting_booked": "m",
    "call_back": "c",
    "send_info": "i",
    "not_now": "l",
    "later": "l",
    "not_interested": "x",
    "not_interested_as_company": "X",
    "refused": "x",
    "referral": "r",
    "left_company": "f",
    "wrong_person": "p",
    "not_qualified": "q",
    "already_customer": "o",
    "replied": "e",
    "accepted": "a",
    "not_found": "f",
    "unreachable": "w",
    "wrong_number": "w",
    "no_answer": "n",
    "voicemail": "v",
    "busy": "b",
    "hung_up": "h",
    "gatekeeper": "g",
    "do_not_call": "d",
    "do_not_contact": "D",
    "no_more_contact": "D",
}

# Where a network knows both, asking to connect is the usual thing and writing has a key of its own.
_SENT_BESIDE_REQUEST = "i"

# Groups in which the buttons stand: nobody spoke, we spoke and it goes on, it ends.
_UNREACHED = ("no_answer", "voicemail", "busy", "gatekeeper", "hung_up", "wrong_number", "not_found", "unreachable")
_GOOD = (
    "interested", "meeting_booked", "call_back", "send_info", "later", "sent", "requested", "accepted", "done",
    "replied", "referral",
)  # fmt: skip
_ENDED = (
    "not_now", "not_interested", "not_interested_as_company", "not_qualified", "wrong_person", "left_company",
    "already_customer", "refused", "do_not_call", "do_not_contact", "no_more_contact",
)  # fmt: skip
_MAIN = frozenset({"interested", "sent", "requested", "done"})


@dataclass(frozen=True, slots=True)
class Button:
    choice: Choice
    key: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Group:
    """`name` is a word of the page; empty where one group is all there is."""

    name: str
    buttons: tuple[Button, ...]


def groups(choices: Sequence[Choice], kind: TaskKind) -> tuple[Group, ...]:
    named = {choice.outcome: choice for choice in choices}
    others = [outcome for outcome in named if outcome not in (*_UNREACHED, *_GOOD, *_ENDED)]
    made = (
        Group("unreached" if kind is TaskKind.CALL else "", _buttons(_UNREACHED, named)),
        Group("reached" if kind in (TaskKind.CALL, TaskKind.TRIAGE) else "", _buttons(_GOOD, named)),
        Group("ended" if kind in (TaskKind.CALL, TaskKind.TRIAGE) else "", _buttons((*_ENDED, *others), named)),
    )
    order = made if kind is TaskKind.CALL else (made[1], made[0], made[2])
    return tuple(group for group in order if group.buttons)


def _buttons(outcomes: Iterable[str], named: dict[str, Choice]) -> tuple[Button, ...]:
    """An outcome that a workspace adds has a button without a key."""
    return tuple(_button(named[outcome], named) for outcome in outcomes if outcome in named)


def _button(choice: Choice, named: dict[str, Choice]) -> Button:
    if choice.outcome == "sent" and "requested" in named:
        return Button(choice, _SENT_BESIDE_REQUEST, is_main=False)
    return Button(choice, KEYS.get(choice.outcome, ""), choice.outcome in _MAIN)
