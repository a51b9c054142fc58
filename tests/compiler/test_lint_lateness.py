"""Late steps and joins: somebody must be there to take over or to hear, and no join hangs on a step nobody ends."""

from dataclasses import replace

import pytest

from engine.compiler import Problem, compile_sequence
from engine.core.workspace import Workspace
from tests.compiler.texts import MARKER, expected, found, outbound, workspace


def errors(text: str, where: Workspace | None = None) -> tuple[Problem, ...]:
    problems = compile_sequence(text.replace(MARKER, ""), "trial.yaml", where or workspace()).problems
    return tuple(problem for problem in problems if problem.is_error)


def one_step(if_late: str, do: str = "call") -> str:
    return outbound(f"{{key: a, day: 1, do: {do}, use: x, if_late: {if_late}}}", "1x1x1")


@pytest.mark.parametrize("if_late", ["{reassign: ¦tom-leee}", "{escalate: ¦tom-leee, after: 2bd}"])
def test_whoever_is_named_is_a_rep(if_late: str) -> None:
    text = one_step(if_late)
    assert found(errors(text)) == expected(text, "unknown-rep")
    assert errors(text)[0].advice == 'did you mean "tom-lee"?'


@pytest.mark.parametrize("if_late", ["¦escalate", "¦{escalate: manager, after: 2bd}", "¦{reassign: manager}"])
def test_nobody_is_told_who_is_not_named_in_the_workspace(if_late: str) -> None:
    leaderless = replace(workspace(), teams=())
    text = one_step(if_late)
    assert found(errors(text, leaderless)) == expected(text, "no-manager")
    assert errors(text) == ()


def test_a_personal_mail_that_says_nothing_is_no_error_where_there_is_no_manager() -> None:
    text = outbound("{key: a, day: 1, do: personal_email, use: x}", "1x1x1")
    assert errors(text, replace(workspace(), teams=())) == ()


@pytest.mark.parametrize("if_late", ["escalate", "{reassign: nobody}"])
def test_without_any_rep_in_the_workspace_nothing_is_said_of_reps(if_late: str) -> None:
    assert errors(one_step(if_late), replace(workspace(), reps=(), teams=())) == ()


@pytest.mark.parametrize("if_late", ["{skip_after: 3bd}", "reassign", "{escalate: tom-lee, after: 1bd}"])
@pytest.mark.parametrize("do", ["email", "sms"])
def test_what_the_engine_does_is_never_given_up_or_passed_on(do: str, if_late: str) -> None:
    text = one_step(f"¦{if_late}", do).replace("1x1x1", "1x1x1\nconsent: {sms: express}", 1)
    assert found(errors(text)) == expected(text, "late-automatic")
    assert errors(one_step("proceed", do).replace("1x1x1", "1x1x1\nconsent: {sms: express}", 1)) == ()


def joined(if_late: str, *, more: str = "", target: str = "a", formula: str = "2x2x3") -> str:
    """A WeChat request, then a mail that waits for it."""
    steps = f"""
        {{key: a, day: 1, do: wechat_add, use: x{if_late}}}
        {more}
        {{key: b, day: 3, do: email, use: x, after: {{step: ¦{target}, gap: 1bd}}}}
    """
    return outbound("\n".join(line for line in steps.splitlines() if line.strip()), formula)


@pytest.mark.parametrize("if_late", ["", ", if_late: wait", ", if_late: proceed"])
def test_a_join_that_only_a_person_can_end_may_wait_for_ever(if_late: str) -> None:
    text = joined(if_late)
    (problem,) = errors(text)
    assert found((problem,)) == expected(text, "open-ended-wait")
    assert '"b" may wait for ever: nothing ends "a"' in problem.message
    assert problem.advice == 'write if_late: {skip_after: 5bd} or if_late: escalate at "a"'


@pytest.mark.parametrize("if_late", ["{skip_after: 5bd}", "reassign", "escalate", "{escalate: tom-lee, after: 4h}"])
def test_a_join_ends_where_the_step_is_given_up_or_somebody_asks_about_it(if_late: str) -> None:
    assert errors(joined(f", if_late: {if_late}")) == ()


FRIEND = "{{key: c, day: {day}, do: wechat_message, use: x, if_late: {{skip_after: 1bd}}}}"


def test_a_step_that_proceeds_ends_when_the_next_of_its_lane_falls_due() -> None:
    text = joined(", if_late: proceed", more=FRIEND.format(day=3), formula="3x2x3")
    assert errors(text) == ()


def test_a_join_is_as_patient_as_what_stands_before_its_step() -> None:
    text = joined("", more=FRIEND.format(day=2), target="c", formula="3x2x3")
    (problem,) = errors(text)
    assert found((problem,)) == expected(text, "open-ended-wait")
    assert 'nothing ends "a"' in problem.message


def test_an_automatic_step_ends_by_itself() -> None:
    steps = "{key: a, day: 1, do: email, use: x}\n{key: b, day: 2, do: call, use: x, after: {step: a, gap: 1bd}}"
    assert errors(outbound(steps, "2x2x2")) == ()
