from time import process_time
from typing import get_args

import pytest

from engine.compiler import compile_sequence
from engine.compiler.sequence_parts import CHANNEL_HOURS
from engine.compiler.words import StepVerb
from engine.core.sequence import Family, Verb
from tests.compiler.texts import GOOD, compiled, expected, found, outbound, workspace

CALL = "{key: a, day: 1, do: call, use: x/y"


def one_call(rest: str) -> str:
    return outbound(f"{CALL}{rest}}}", "1x1x1")


def test_a_good_file_has_no_problem() -> None:
    assert compiled(GOOD) == ()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("missing-key", "¦formula: 1x1x1\naudience: {kind: outbound}\nsteps: [{key: a, day: 1, do: call, use: x}]\n"),
        ("missing-key", outbound("¦{key: a, do: call, use: x/y}", "1x1x1")),
        ("missing-key", one_call(", after: ¦{step: b}")),
        ("unknown-key", f"{GOOD}¦titel: x\n"),
        ("unknown-key", one_call(", ¦foo: 1")),
        ("unknown-value", outbound("{key: a, day: 1, do: ¦emial, use: x/y}", "1x1x1")),
        ("unknown-value", outbound("{key: a, day: 1, do: ¦voicemail, use: x/y}", "1x1x1")),
        ("unknown-value", one_call(", if_late: ¦later")),
        ("unknown-value", f"{GOOD}again: ¦sometimes\n"),
        ("unknown-value", f"{GOOD}allow: [customer, ¦friend]\n"),
        ("unknown-value", f"{GOOD}acknowledge: {{do: ¦call, use: x/y}}\n"),
        ("wrong-type", one_call(", title: ¦12")),
        ("wrong-type", outbound('{key: a, day: ¦"1", do: call, use: x/y}', "1x1x1")),
        ("wrong-type", outbound("{key: a, day: ¦1.5, do: call, use: x/y}", "1x1x1")),
        ("wrong-type", f"{GOOD}allow: ¦customer\n"),
        ("wrong-type", f"{GOOD}schedule: ¦business\n"),
        ("wrong-type", outbound("¦call", "1x1x1")),
        ("wrong-type", "¦- sequence: x\n"),
        ("out-of-range", outbound("{key: a, day: ¦0, do: call, use: x/y}", "1x1x1")),
        ("out-of-range", one_call(", redial: ¦9")),
        ("out-of-range", one_call(', title: ¦""')),
        ("out-of-range", "sequence: x\nformula: 1x1x1\naudience: {kind: outbound}\nsteps: ¦[]\n"),
        ("bare-interval", one_call(", after: ¦3")),
        ("bare-interval", one_call(', after: ¦"3"')),
        ("bare-interval", one_call(", after: {step: a, gap: ¦2}").replace("step: a", "step: b")),
        ("bare-interval", one_call(", if_late: ¦3")),
        ("bare-interval", one_call(", if_late: {skip_after: ¦3}")),
        ("bare-interval", one_call(", if_late: {escalate: manager, after: ¦3}")),
        ("unknown-key", one_call(", if_late: {reassign: team, ¦skip_after: 3bd}")),
        ("unknown-key", one_call(", if_late: {skip_after: 3bd, ¦to: manager}")),
        ("missing-key", one_call(", if_late: ¦{}")),
        ("bad-key", one_call(", if_late: {reassign: ¦Tom Lee}")),
        ("unknown-value", f"{GOOD}schedule: {{anchor: ¦enroled}}\n"),
        ("bare-interval", f"{GOOD}again: ¦90\n"),
        ("bare-interval", f"{GOOD}quiet_since_last_touch: ¦5\n"),
        ("bare-interval", f"{GOOD}respond_within: ¦5\n"),
        ("bad-interval", one_call(", after: ¦3 days")),
        ("bad-interval", f"{GOOD}respond_within: ¦0m\n"),
        ("bad-formula", GOOD.replace("3x2x5", "¦3x2")),
        ("bad-formula", GOOD.replace("3x2x5", "¦7×3×21")),
        ("bad-key", GOOD.replace("trial", "¦Trial Run")),
        ("bad-template", outbound("{key: a, day: 1, do: call, use: ¦../etc/passwd}", "1x1x1")),
        ("bad-word", f"{GOOD}on_exhausted: {{reason: ¦not-reached}}\n"),
        ("bad-locale", GOOD.replace("[en]", "[¦english]")),
        ("bad-days", f"{GOOD}schedule: {{hours: {{¦mon-fry: []}}}}\n"),
        ("bad-days", f'{GOOD}schedule: {{hours: {{mon: ["09:00-10:00"], ¦sun-tue: []}}}}\n'),
        ("bad-window", f'{GOOD}schedule: {{hours: {{mon: ["09:00-10:00", ¦"9-17"]}}}}\n'),
        ("short-window", f'{GOOD}schedule: {{hours: {{mon: [¦"09:00-09:01"]}}}}\n'),
        ("reversed-window", f'{GOOD}schedule: {{hours: {{mon: ["09:00-10:00", ¦"17:00-11:00"]}}}}\n'),
        ("overlapping-windows", f'{GOOD}schedule: {{hours: {{mon: ["09:00-10:00", ¦"09:30-11:00"]}}}}\n'),
        ("day-twice", f'{GOOD}schedule: {{hours: {{mon-fri: ["09:00-10:00"], wed: ¦["09:00-10:00"]}}}}\n'),
        ("yaml-switch-word", GOOD.replace("[en]", "[¦no]")),
        ("yaml-leading-zero", outbound("{key: a, day: ¦01, do: call, use: x/y}", "1x1x1")),
    ],
)
def test_each_mistake_of_shape_is_found_where_it_stands(code: str, text: str) -> None:
    assert found(compiled(text)) == expected(text, code)


@pytest.mark.parametrize(
    "text",
    [
        f"{GOOD}¦account: {{roles: {{finance: {{seniority: [vp], wave: 2, stagger: 2bd}}}}, limits: {{active: 2}}}}\n",
        f"{GOOD}¦personas: {{ceo: {{approve: first_send}}}}\n",
        f"{GOOD}¦replies_to: {{ceo: {{then: [{{otherwise: true, do: call, by: sdr, within: 4h, else: ceo}}]}}}}\n",
        f"{GOOD}¦on_not_now: {{start: nurture, after: 90d}}\n",
        f"{GOOD}¦versions: follow\n",
        f"¦playbook: x\n{GOOD}".split("sequence:", maxsplit=1)[0] + "pipelines: {new: [lead]}\nwhen: []\n",
        GOOD.replace("formula: 3x2x5", "¦formula: 3x2x5x3"),
        GOOD.replace("formula: 3x2x5", "¦formula: 3x2x5x1x2"),
        one_call(", ¦from: ceo"),
        one_call(", ¦by: sdr"),
        one_call(", ¦when: {opened: intro}"),
        one_call(", ¦experiment: {name: one, outcome: human_reply}"),
        one_call(", ¦variants: {pain: {use: a/b, weight: 50}}"),
    ],
)
def test_what_is_executed_later_is_refused_by_name_and_never_ignored(text: str) -> None:
    problems = compiled(text)
    assert found(problems) == expected(text, "not-supported")
    assert "not supported yet" in problems[0].message


def test_the_shape_of_what_comes_later_is_checked_already() -> None:
    text = f"{GOOD}account: {{roles: {{it: {{¦depratment: it}}}}}}\n"
    assert found(compiled(text)) == expected(text, "unknown-key")


def test_a_step_that_only_has_variants_does_not_lack_a_template() -> None:
    text = outbound("{key: a, day: 1, do: email, ¦variants: {pain: {use: a/b, weight: 50}}}", "1x1x1")
    assert found(compiled(text))[0] == ("not-supported", expected(text, "not-supported")[0][1])
    assert "missing-use" not in [problem.code for problem in compiled(text)]


def test_an_interval_without_unit_is_told_the_three_ways_to_write_it() -> None:
    (problem,) = compiled(one_call(", after: 3"))
    assert str(problem) == (
        "trial.yaml:5:49: the interval 3 has no unit; expected a number with its unit; write 3h, 3d or 3bd"
    )


@pytest.mark.parametrize(
    ("written", "advice"),
    [("3 days", "write 3d"), ("2 BD", "write 2bd"), ("15min", "write 15m"), ("4 hours", "write 4h")],
)
def test_an_interval_in_words_is_told_its_short_form(written: str, advice: str) -> None:
    assert compiled(one_call(f", after: {written}"))[0].advice == advice


def test_a_misspelt_key_is_reported_once_and_not_as_missing_too() -> None:
    (problem,) = compiled(GOOD.replace("formula:", "formla:"))
    assert (problem.code, problem.advice) == ("unknown-key", 'did you mean "formula"?')


def test_misspelt_verbs_and_values_are_offered_the_nearest_word() -> None:
    assert compiled(GOOD.replace("do: call", "do: cal", 1))[0].advice == 'did you mean "call"?'
    assert compiled(GOOD.replace("outbound}", "outbond}").replace("kind: outbound", "kind: outbond"))[0].advice == (
        'did you mean "outbound"?'
    )


def test_everything_wrong_with_a_file_is_said_at_once() -> None:
    text = """\
sequence: trial
formula: ¦9x2x5
audience: {kind: outbound, locales: [¦no]}
¦titel: x
steps:
  - {key: intro, day: 1, do: email, use: outbound/intro, ¦day: 2}
  - {key: call-1, day: 2, do: call, use: outbound/call-1, after: ¦3}
  - {key: ¦intro, day: 5, do: call, use: outbound/close, ¦from: ceo}
"""
    codes = ("formula-differs", "yaml-switch-word", "unknown-key", "duplicate-key", "bare-interval", "duplicate-step",
             "not-supported")  # fmt: skip
    assert found(compiled(text)) == expected(text, *codes)


def test_a_step_that_cannot_be_read_leaves_the_formula_unjudged() -> None:
    text = GOOD.replace("do: email", "do: ¦emial")
    assert found(compiled(text)) == expected(text, "unknown-value")


def test_a_file_with_more_than_a_hundred_mistakes_is_cut_short() -> None:
    problems = compiled(GOOD + "".join(f"wrong{number}: 1\n" for number in range(150)))
    assert len(problems) == 101
    assert found(problems[-1:]) == [("too-many-problems", (8 + 100, 1))]


def test_a_thousand_mistakes_of_meaning_are_found_in_no_time() -> None:
    steps = "\n".join(
        f"{{key: s{day}, day: {day}, do: call, use: x, after: {{step: t{day}, gap: 1d}}}}" for day in range(1, 1001)
    )
    started = process_time()
    assert len(compiled(outbound(steps, "1000x1x1000"))) == 101
    assert process_time() - started < 5


def test_no_sequence_comes_out_of_a_file_with_an_error_and_one_does_with_warnings_alone() -> None:
    warned = outbound("{key: a, day: 1, do: email, use: x/y}", "1x1x1")
    result = compile_sequence(warned, "f.yaml", workspace())
    assert [problem.severity for problem in result.problems] == ["warning"]
    assert result.sequence is not None
    assert compile_sequence(warned.replace("1x1x1", "2x1x1"), "f.yaml", workspace()).sequence is None


def test_the_words_for_verbs_and_hours_are_those_of_core() -> None:
    assert set(get_args(StepVerb)) == {verb.value for verb in Verb} - {"voicemail"}
    assert set(CHANNEL_HOURS.values()) == set(Family)
