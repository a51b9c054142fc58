"""One scenario, lived through: the person enters the sequence, the clock runs, and what came of it is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.compiler.scenario_shape import EnrollmentExpected, ScenarioShape
from engine.compiler.scenarios import Scenario
from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import EngineError
from engine.core.outcome import Answer
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.enroll import Order, enroll
from engine.runtime.clock import ManualClock
from engine.runtime.scenarios import checks as scenario_checks
from engine.runtime.scenarios import people as scenario_people
from engine.runtime.scenarios.events import Script
from engine.runtime.virtual import Hands, Player, plain_answer, run_until
from engine.store import cases, enrollments, plans
from engine.store.connection import Record

_LONGEST = timedelta(days=500)  # a scenario in which there is still something to come then goes round in circles


@dataclass(frozen=True, slots=True)
class Failure:
    line: int
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Result:
    """`failures` are the expectations that do not hold, `timeline` is what happened, in words."""

    name: str
    file: str
    line: int
    passed: bool
    failures: tuple[Failure, ...] = ()
    timeline: tuple[str, ...] = ()

    @property
    def told(self) -> list[str]:
        """For people, where it did not pass: what was expected, what is the case, and how it came to that."""
        wrong = [f"{self.file}:{one.line}: expected {one.expected}, found {one.actual}" for one in self.failures]
        return [*wrong, *self.timeline] if wrong else []


@dataclass(frozen=True, slots=True)
class _Begun:
    prospect_id: int
    enrollment: Record
    actor: str


def play(ctx: Context, clock: ManualClock, scenario: Scenario) -> Result:
    """`clock` stands at the instant of enrollment, and `ctx` tells the time by it."""
    try:
        begun = _begin(ctx, scenario.shape)
    except EngineError as problem:
        return _result(scenario, [Failure(scenario.line, "a scenario that can begin", str(problem))])
    if isinstance(begun, str):
        return _judge_refusal(scenario, begun)
    script = Script(begun.prospect_id, begun.actor, begun.enrollment.day_one, ZoneInfo(begun.enrollment.zone))
    script.add(scenario.shape.events)
    players: list[Player] = [script]
    if scenario.shape.hands == "on":
        players.append(Hands(_unless_named(ctx, script)))
    over = _is_over(ctx, begun.enrollment.id, script)
    run_until(ctx, clock, clock() + _LONGEST, players=players, is_over=over)
    return _judge(ctx, scenario, begun.enrollment.id, script)


def _begin(ctx: Context, shape: ScenarioShape) -> _Begun | str:
    """The enrollment, or the name of the rule that refuses it."""
    rep = shape.rep or ctx.workspace().reps[0].key
    with begin(ctx) as act:
        prospect_id = scenario_people.add(act, shape.prospect, plans.rep_by_key(act.connection, rep).id)
    report = enroll(ctx, Order(shape.sequence, (prospect_id,), actor=rep, reps=(rep,)))
    for refused in report.refused:
        return refused.reason.value
    with ctx.database.read() as connection:
        return _Begun(prospect_id, enrollments.of_prospect(connection, prospect_id)[0], rep)


def _unless_named(ctx: Context, script: Script) -> Callable[[Record], Answer | None]:
    """The plainest answer, but for a step that an event is still to work."""

    def answer(task: Record) -> Answer | None:
        said = plain_answer(task)
        if said is None:
            return None
        with ctx.database.read() as connection:
            touch = cases.one(connection, task.touch_id)
        return None if touch is not None and script.names(touch.step) else said

    return answer


def _is_over(ctx: Context, enrollment_id: int, script: Script) -> Callable[[], bool]:
    def is_over() -> bool:
        if not script.is_over:
            return False
        with ctx.database.read() as connection:
            (row,) = enrollments.with_people(connection, [enrollment_id])
        return not EnrollmentStatus(row.status).is_live

    return is_over


def _judge(ctx: Context, scenario: Scenario, enrollment_id: int, script: Script) -> Result:
    with begin(ctx) as act:
        after = scenario_checks.aftermath(act, enrollment_id)
    failures = [Failure(scenario.line, "an event that can happen", refusal) for refusal in script.refused]
    for line, expected in zip(scenario.expectation_lines, scenario.shape.expect, strict=True):
        actual = scenario_checks.mismatch(expected, after)
        if actual is not None:
            failures.append(Failure(line, scenario_checks.expected_words(expected, after.zone), actual))
    return _result(scenario, failures, scenario_checks.timeline(after))


def _judge_refusal(scenario: Scenario, reason: str) -> Result:
    """Nobody was enrolled: that is all there is to expect."""
    zone, actual = ZoneInfo(scenario.shape.prospect.zone), f"an enrollment refused: {reason}"
    failures = [
        Failure(line, scenario_checks.expected_words(expected, zone), actual)
        for line, expected in zip(scenario.expectation_lines, scenario.shape.expect, strict=True)
        if not (isinstance(expected, EnrollmentExpected) and _is_that_refusal(expected, reason))
    ]
    return _result(scenario, failures)


def _is_that_refusal(expected: EnrollmentExpected, reason: str) -> bool:
    return expected.enrollment == "refused" and expected.reason in (None, reason)


def _result(scenario: Scenario, failures: list[Failure], timeline: list[str] | None = None) -> Result:
    return Result(
        name=scenario.shape.scenario,
        file=scenario.file,
        line=scenario.line,
        passed=not failures,
        failures=tuple(failures),
        timeline=tuple(timeline or ()),
    )
