"""What a list of people would lack: the variables that a template needs and a person does not have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.errors import CannotRender
from engine.core.sequence import Step
from engine.messages import rendering
from engine.messages.contract import ALWAYS_THERE
from engine.operations import texts
from engine.operations.act import Act
from engine.operations.plans import Plan
from engine.operations.texts import Cast
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Imagined:
    """A touch that is not there yet, as far as templates care."""

    prospect_id: int
    rep_id: int
    locale: str
    step: str
    enrollment_id: int = 0


def missing_variables(act: Act, plan: Plan, people: Sequence[tuple[Record, int]]) -> Counter[str]:
    """For each variable, how many of these (person, rep) would stop at a template for want of it."""
    doubtful = [step for step in plan.sequence.steps if step.use and not _needs_nothing(plan, step)]
    if not doubtful or not people:
        return Counter()
    imagined = [Imagined(person.id, rep, person.locale, "") for person, rep in people]
    cast = texts.cast_of(act.connection, act.workspace, imagined)
    lacking = [_lacks(plan, cast, one, doubtful) for one in imagined]
    return Counter(name for names in lacking for name in names)


def _needs_nothing(plan: Plan, step: Step) -> bool:
    """The template can be written for somebody of whom only the name is known."""
    bare = {name: "x" for name in ALWAYS_THERE if "." not in name}
    groups: dict[str, dict[str, str]] = {}
    for name in ALWAYS_THERE - bare.keys():
        group, _, field = name.partition(".")
        groups.setdefault(group, {})[field] = "x"
    return all(_missing(plan, step, locale, {**groups, **bare}) is None for locale in plan.sequence.audience.locales)


def _lacks(plan: Plan, cast: Cast, one: Imagined, steps: Sequence[Step]) -> set[str]:
    values = {**texts.variables(cast, one, plan.sequence), "unsubscribe_url": "https://example.com"}
    found = (_missing(plan, step, one.locale, values) for step in steps)
    return {name for name in found if name is not None}


def _missing(plan: Plan, step: Step, locale: str, values: texts.Variables) -> str | None:
    fallbacks = (*plan.sequence.audience.locales, "en")
    try:
        rendering.render(plan.templates, step.use or "", step.do, locale, context=values, fallback_locales=fallbacks)
    except CannotRender as problem:
        return str(problem.data.get("variable") or problem.data.get("reason"))
    return None
