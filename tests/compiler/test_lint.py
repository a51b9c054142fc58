import pytest

from engine.compiler import Problem
from tests.compiler.texts import GOOD, compiled, expected, found, outbound

INBOUND = """\
¦sequence: trial
formula: 1x1x1
audience: {kind: inbound, sources: [web_form]}
steps:
  - {key: a, day: 1, do: call, use: x/y}
"""


def errors(text: str) -> tuple[Problem, ...]:
    return tuple(problem for problem in compiled(text) if problem.is_error)


def test_a_formula_that_differs_says_what_is_declared_what_is_measured_and_where() -> None:
    text = GOOD.replace("3x2x5", "¦4x3x5")
    (problem,) = errors(text)
    assert found((problem,)) == expected(text, "formula-differs")
    assert problem.message == (
        "the formula says 4x3x5, the steps add up to 3x2x5: 4 touches declared, 3 measured, "
        "3 channels declared, 2 measured (email, phone)"
    )
    assert problem.advice == "write formula: 3x2x5, or mend the steps"


def test_a_voicemail_counts_as_a_touch_and_a_task_does_not() -> None:
    steps = """
        {key: a, day: 1, do: call, use: x/y, voicemail: leave}
        {key: b, day: 3, do: task, title: Look them up}
    """
    assert errors(outbound(steps, "2x1x1")) == ()


def test_the_second_number_counts_each_verb_when_the_file_says_channels() -> None:
    steps = """
        {key: a, day: 1, do: email, use: x/y}
        {key: b, day: 2, do: personal_email, use: x/y}
        {key: c, day: 3, do: call, use: x/y, voicemail: leave}
    """
    assert errors(outbound(steps, "4x4x3", "count: channels\n")) == ()
    assert errors(outbound(steps, "4x2x3")) == ()


CALL = "{key: a, day: 1, do: call, use: x}"


@pytest.mark.parametrize(
    ("code", "formula", "steps"),
    [
        ("duplicate-step", "2x2x2", CALL + "\n{key: ¦a, day: 2, do: email, use: x}"),
        ("was-exists", "2x2x2", CALL + "\n{key: b, was: ¦a, day: 2, do: maimai, use: x}"),
        ("was-exists", "1x1x1", "{key: a, day: 1, was: ¦a, do: call, use: x}"),
        ("was-twice", "2x2x2", CALL.replace("}", ", was: z}") + "\n{key: b, was: ¦z, day: 2, do: maimai, use: x}"),
        ("days-out-of-order", "2x1x5", "{key: a, day: 5, do: call, use: x}\n{key: b, day: ¦2, do: call, use: x}"),
        ("reply-without-mail", "2x2x2", CALL + "\n{key: b, day: 2, do: personal_email, use: x, thread: ¦reply}"),
        ("thread-without-mail", "1x1x1", "{key: a, day: 1, do: maimai, use: x, thread: ¦reply}"),
        ("calls-only", "2x1x1", "{key: a, day: 1, do: maimai, use: x, ¦voicemail: leave}"),
        ("calls-only", "1x1x1", "{key: a, day: 1, do: linkedin, use: x, ¦redial: 1}"),
        ("missing-use", "1x1x1", "¦{key: a, day: 1, do: call, title: Call them}"),
        ("missing-use", "1x1x1", CALL + "\n¦{key: b, day: 1, do: task}"),
        ("join-to-itself", "1x1x1", "{key: a, day: 1, do: call, use: x, after: {step: ¦a, gap: 1d}}"),
        ("unknown-step", "2x2x2", CALL + "\n{key: b, day: 2, do: maimai, use: x, after: {step: ¦c, gap: 1d}}"),
    ],
)
def test_each_mistake_of_meaning_is_found_where_it_stands(code: str, formula: str, steps: str) -> None:
    text = outbound(steps, formula)
    assert found(errors(text)) == expected(text, code)


TEXT = "{key: b, day: 2, do: ¦sms, use: x}"
ANSWERED = """\
sequence: trial
formula: 1x1x1
audience: {kind: inbound, sources: [web_form]}
respond_within: 5m
acknowledge: {do: ¦sms, use: x/y}
steps:
  - {key: a, day: 1, do: call, use: x/y}
on_exhausted: {start: nurture}
"""


@pytest.mark.parametrize(
    "text",
    [
        outbound(CALL + "\n" + TEXT, "2x2x2"),
        outbound(CALL + "\n" + TEXT, "2x2x2", "consent: {}\n"),
        outbound(CALL + "\n" + TEXT + "\n{key: c, day: 3, do: sms, use: x}", "3x2x3"),
        ANSWERED,
        ANSWERED.replace("do: call", "do: sms"),
    ],
)
def test_a_sequence_that_texts_says_on_what_consent_and_is_told_so_once(text: str) -> None:
    (problem,) = errors(text)
    assert found((problem,)) == expected(text, "sms-without-consent")
    assert problem.expected == "consent: {sms: ...} beside steps"
    assert problem.advice.startswith("add consent: {sms: express} where they agreed to texts")


@pytest.mark.parametrize("basis", ["express", "[request]", "[express, request]"])
def test_one_consent_or_several_are_enough_for_all_texts_of_a_sequence(basis: str) -> None:
    said = f"consent: {{sms: {basis}}}\n"
    assert errors(outbound(CALL + "\n" + TEXT.replace("¦", ""), "2x2x2", said)) == ()
    assert errors(said + ANSWERED.replace("¦", "")) == ()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("unknown-value", "consent: {sms: ¦expres}"),
        ("unknown-value", "consent: {sms: [express, ¦opt_out]}"),
        ("out-of-range", "consent: {sms: ¦[]}"),
        ("unknown-key", "consent: {¦smss: express}"),
        ("wrong-type", "consent: ¦express"),
    ],
)
def test_a_consent_that_cannot_be_read_is_one_error_and_not_a_missing_one_too(code: str, said: str) -> None:
    text = outbound(CALL + "\n" + TEXT.replace("¦", ""), "2x2x2", f"{said}\n")
    assert found(errors(text)) == expected(text, code)


def test_a_misspelt_step_is_offered_the_nearest_key() -> None:
    steps = (
        "{key: call-1, day: 1, do: call, use: x}\n{key: b, day: 2, do: video, use: x, after: {step: call1, gap: 1d}}"
    )
    assert errors(outbound(steps, "2x2x2"))[0].advice == 'did you mean "call-1"?'


def test_lanes_keep_their_own_order() -> None:
    steps = "{key: a, day: 5, do: call, use: x}\n{key: b, day: 2, do: linkedin, use: x}"
    assert errors(outbound(steps, "2x2x5")) == ()


def test_a_personal_mail_may_answer_an_automatic_one() -> None:
    steps = "{key: a, day: 1, do: email, use: x}\n{key: b, day: 4, do: personal_email, use: x, thread: reply}"
    assert errors(outbound(steps, "2x1x4")) == ()


def test_two_steps_that_wait_for_each_other_are_found_once() -> None:
    text = outbound(
        """
        {key: a, day: 1, do: call, use: x, after: ¦{step: b, gap: 1d}}
        {key: b, day: 1, do: maimai, use: x, after: {step: a, gap: 1d}}
        """,
        "2x2x1",
    )
    (problem,) = errors(text)
    assert found((problem,)) == expected(text, "endless-wait")
    assert "a < b < a" in problem.message or "b < a < b" in problem.message


def test_a_circle_through_the_order_of_two_lanes_is_found() -> None:
    text = outbound(
        """
        {key: call-1, day: 1, do: call, use: x, after: ¦{step: mail-2, gap: 0m}}
        {key: call-2, day: 2, do: call, use: x}
        {key: mail-1, day: 1, do: email, use: x, after: {step: call-2, gap: 0m}}
        {key: mail-2, day: 3, do: email, use: x}
        """,
        "4x2x3",
    )
    (problem,) = errors(text)
    assert problem.code == "endless-wait"
    assert (problem.line, problem.column) in {expected(text, "endless-wait")[0][1], (7, 51)}


def test_waiting_for_a_later_step_of_the_own_lane_never_ends() -> None:
    text = outbound(
        """
        {key: a, day: 1, do: call, use: x, after: ¦{step: b, gap: 1d}}
        {key: b, day: 2, do: call, use: x}
        """,
        "2x1x2",
    )
    assert found(errors(text)) == expected(text, "endless-wait")


def test_a_join_to_an_earlier_step_of_another_lane_is_fine() -> None:
    steps = "{key: a, day: 1, do: call, use: x}\n{key: b, day: 1, do: email, use: x, after: {step: a, gap: 15m}}"
    assert errors(outbound(steps, "2x2x1")) == ()


@pytest.mark.parametrize("hours", ["{}", "{mon-fri: []}", '{sat-sun: ["09:00-12:00"]}'])
@pytest.mark.parametrize("name", ["hours", "call_hours", "email_hours", "task_hours"])
def test_hours_that_never_open_on_a_working_day_are_refused(name: str, hours: str) -> None:
    text = f"{GOOD}schedule: {{¦{name}: {hours}}}\n"
    assert found(errors(text)) == expected(text, "never-open")


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("inbound-without-end", "respond_within: 5m\n"),
        ("inbound-without-response", "on_exhausted: {task: Ask why}\n"),
    ],
)
def test_an_inbound_sequence_says_how_fast_it_answers_and_how_it_ends(code: str, rest: str) -> None:
    text = INBOUND + rest
    assert found(errors(text)) == expected(text, code)


def test_an_inbound_sequence_starts_on_day_1() -> None:
    text = f"{INBOUND}respond_within: 5m\non_exhausted: {{start: nurture}}\n".replace("¦", "")
    assert errors(text) == ()
    late = text.replace("day: 1", "day: ¦2").replace("1x1x1", "1x1x2")
    assert found(errors(late)) == expected(late, "inbound-too-late")


def test_a_sequence_does_not_hand_over_to_itself() -> None:
    text = f"{GOOD}on_exhausted: {{start: ¦trial}}\n"
    assert found(errors(text)) == expected(text, "hand-over-to-itself")


def warned(text: str) -> list[tuple[str, tuple[int, int]]]:
    return found(tuple(problem for problem in compiled(text) if not problem.is_error))


CLOSE_MAILS = """
    {key: a, day: 1, do: email, use: x}
    {key: b, day: ¦2, do: email, use: x}
    {key: c, day: 9, do: call, use: x}
"""


def test_mails_on_neighbouring_days_draw_a_warning() -> None:
    text = outbound(CLOSE_MAILS, "3x2x9")
    assert warned(text) == expected(text, "mails-close")
    assert "less than 2 days" in compiled(text)[0].message
    assert (
        "less than 2 business days"
        in compiled(outbound(CLOSE_MAILS, "3x2x9", "schedule: {days: business}\n"))[0].message
    )


def test_three_first_touches_on_one_channel_draw_a_warning() -> None:
    text = outbound(
        """
        {key: a, day: 1, do: call, use: x, voicemail: leave}
        {key: b, day: 2, do: call, use: x}
        {key: c, day: 4, do: ¦call, use: x}
        {key: d, day: 9, do: personal_email, use: x}
        """,
        "5x2x9",
    )
    assert warned(text) == expected(text, "one-channel")


def test_an_automatic_mail_as_the_last_step_draws_a_warning_but_not_in_nurture() -> None:
    text = outbound("{key: a, day: 1, do: call, use: x}\n{key: b, day: 5, do: ¦email, use: x}", "2x2x5")
    assert warned(text) == expected(text, "last-mail")
    assert warned(text.replace("¦", "").replace("kind: outbound", "kind: nurture")) == []
