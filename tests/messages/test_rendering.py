import time
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from engine.core.errors import CannotRender
from engine.core.sequence import Verb
from engine.messages.contract import VARIABLES
from engine.messages.lint import check_template
from engine.messages.problems import Severity
from engine.messages.rendering import Rendered, Templates, render
from tests.messages.test_lint import FORBIDDEN

CONTEXT: dict[str, str | dict[str, str]] = {
    "prospect": {"name": "Ana García", "first_name": "Ana", "city": "Madrid"},
    "rep": {"name": "Bo Chen", "first_name": "Bo", "email": "bo@touchline.example"},
    "company": {"name": "Touchline", "postal_address": "1 High St, Leeds"},
    "unsubscribe_url": "https://touchline.example/u/1",
}


def rendered(text: str, part: str = "call.md", **values: str) -> str:
    """One text as the only part of a call or, for mail parts, beside others that are plain."""
    verb = Verb.CALL if part == "call.md" else Verb.EMAIL
    parts = {"subject.txt": "s", "body.txt": "t", "body.html": "h"} | {part: text}
    context = CONTEXT | {"prospect": {"name": "Ana García", "first_name": "Ana", "city": "Madrid"} | values}
    return render(Templates({"r": {"en": parts}}), "r", verb, "en", context=context).parts[part]


def refusal(text: str, part: str = "call.md", **values: str) -> CannotRender:
    with pytest.raises(CannotRender) as caught:
        rendered(text, part, **values)
    return caught.value


def test_a_mail_is_rendered_in_all_its_parts() -> None:
    parts = {
        "subject.txt": "For {{ prospect.first_name }}",
        "body.txt": "Hi {{ prospect.name }}",
        "body.html": "<b>{{ rep.name }}</b>",
    }
    message = render(Templates({"r": {"en": parts}}), "r", Verb.EMAIL, "en", context=CONTEXT)
    assert message == Rendered(
        "en", MappingProxyType({"subject.txt": "For Ana", "body.txt": "Hi Ana García", "body.html": "<b>Bo Chen</b>"})
    )


def test_a_missing_variable_stops_the_message_and_is_named() -> None:
    error = refusal("Hello {{ prospect.title }}", "body.txt")
    assert error.data == {"ref": "r", "part": "body.txt", "variable": "prospect.title", "reason": "missing_variable"}
    assert "body.txt of r needs prospect.title, which is missing here" in str(error)


def test_a_whole_group_that_is_missing_is_a_missing_variable_too() -> None:
    assert refusal("{{ lead.source }}").data["variable"] == "lead.source"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{{ prospect.title | default("there") }}', "there"),
        ("{{ prospect.title | default(prospect.name) }}", "Ana García"),
        ("{% if prospect.title %}yes{% else %}no{% endif %}", "no"),
        ("{% if prospect.city %}yes{% else %}no{% endif %}", "yes"),
        ("{% if lead.source is defined %}yes{% else %}no{% endif %}", "no"),
        ("{% if not previous.subject %}first{% endif %}", "first"),
        ('{% if prospect.city == "Madrid" %}Hola{% elif prospect.title %}-{% endif %}', "Hola"),
        ('{% if prospect.title and prospect.title == "CEO" %}a{% else %}b{% endif %}', "b"),
        ("{{ prospect.name | first_word }}", "Ana"),
        ("{{ prospect.name | upper }}", "ANA GARCÍA"),
        ("{{ prospect.name | truncate(8) }}", "Ana..."),
        ("{{ prospect.name | truncate(10) }}", "Ana García"),
    ],
)
def test_fallbacks_conditions_and_filters_work(text: str, written: str) -> None:
    assert rendered(text) == written


def test_a_long_chinese_text_is_truncated_within_its_length() -> None:
    assert rendered("{{ prospect.title | truncate(8) }}", title="负责华东区销售的副总裁") == "负责华东区..."


def test_comparing_what_is_missing_stops_the_message() -> None:
    assert refusal('{% if prospect.title == "CEO" %}a{% endif %}').data["variable"] == "prospect.title"


def test_values_are_escaped_in_html_and_left_alone_in_text() -> None:
    assert rendered("{{ prospect.name }}", "body.html", name='<b>&"') == "&lt;b&gt;&amp;&#34;"
    assert rendered("{{ prospect.name }}", "body.txt", name='<b>&"') == '<b>&"'


@pytest.mark.parametrize("chain", ["upper", "title", "default('x')", "truncate(40)", "first_word", "trim"])
def test_no_filter_takes_the_escaping_away(chain: str) -> None:
    assert "<" not in rendered(f"{{{{ prospect.name | {chain} }}}}", "body.html", name="<script>alert(1)</script>")


def test_values_are_never_rendered_a_second_time() -> None:
    assert (
        rendered("{{ prospect.name }}", name="{{ rep.email }}{% if 1 %}x{% endif %}")
        == "{{ rep.email }}{% if 1 %}x{% endif %}"
    )


def test_control_characters_in_a_subject_become_one_space() -> None:
    assert (
        rendered("For {{ prospect.name }}", "subject.txt", name="A\r\nBcc: x@y.z\x00\x85\u2028B")
        == "For A Bcc: x@y.z B"
    )


@pytest.mark.parametrize("part", ["subject.txt", "body.txt", "body.html", "call.md"])
def test_the_newline_at_the_end_of_a_file_is_not_part_of_the_message(part: str) -> None:
    assert rendered("Hello\n", part) == "Hello"


def test_lines_left_empty_by_conditions_do_not_pile_up() -> None:
    text = "Hi\n\n{% if prospect.title %}\nYou lead it.\n{% endif %}\n\nBye\n"
    assert rendered(text, "body.txt") == "Hi\n\nBye"


@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_stored_text_that_the_allowlist_refuses_is_refused_at_render(text: str) -> None:
    assert refusal(text).data["reason"] == "template_refused"


@pytest.mark.parametrize("value", [Markup("<b>"), 5, None, ["x"], "x" * 70_000, "\ud800"])
def test_only_plain_text_of_moderate_length_may_be_merged(value: object) -> None:
    context = CONTEXT | {"prospect": {"name": value}}
    with pytest.raises(CannotRender) as caught:
        render(Templates({"r": {"en": {"call.md": "x"}}}), "r", Verb.CALL, "en", context=context)  # type: ignore[arg-type]
    assert caught.value.data["variable"] == "prospect.name"
    assert caught.value.data["reason"] == "bad_value"


def test_a_message_that_grows_too_large_stops_early() -> None:
    started = time.perf_counter()
    error = refusal("{{ prospect.name }}" * 3000, name="x" * 60_000)
    assert error.data["reason"] == "too_large"
    assert time.perf_counter() - started < 5


def test_a_message_of_nothing_is_not_sent() -> None:
    assert refusal("{% if prospect.title %}x{% endif %}\n", "body.txt").data["reason"] == "empty"


def locale_used(present: dict[str, dict[str, str]], locale: str, *fallbacks: str) -> str:
    templates = Templates({"r": present})
    return render(templates, "r", Verb.CALL, locale, context=CONTEXT, fallback_locales=fallbacks).locale


def test_the_first_locale_that_has_all_parts_is_used() -> None:
    script = {"call.md": "x"}
    assert locale_used({"en": script, "zh": script}, "zh", "en") == "zh"
    assert locale_used({"en": script, "zh": script}, "zh-CN", "en") == "zh"
    assert locale_used({"en": script, "zh": {"sms.txt": "x"}}, "zh", "en") == "en"


def test_no_locale_at_all_is_named() -> None:
    with pytest.raises(CannotRender, match=r"no complete template r for call in fr or de; write call\.md") as caught:
        locale_used({"en": {"call.md": "x"}}, "fr", "de")
    assert caught.value.data == {"ref": "r", "part": None, "variable": None, "reason": "no_template"}


EVERYTHING = {group: dict.fromkeys(names, "<x>") for group, names in VARIABLES.items()}
NAMES = st.sampled_from([f"{group}.{name}" for group, names in VARIABLES.items() for name in names])
FILTERS = st.sampled_from(["", " | upper", ' | default("-")', " | first_word", " | truncate(9)"])
OUTPUTS = st.builds("{{{{ {}{} }}}}".format, NAMES, FILTERS)
TEXTS = st.recursive(
    st.one_of(OUTPUTS, st.text(alphabet="ab 王<\n", max_size=5)),
    lambda inner: st.one_of(
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, NAMES, inner, inner),
        st.builds("{{% if {} is defined and {} %}}{}{{% endif %}}".format, NAMES, NAMES, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_passes_without_warning_renders_for_everybody(text: str) -> None:
    """The always-there variables suffice, unless the lint has warned."""
    problems = check_template(text, "call.md", "f")
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]
    least = {
        "prospect": {"name": "A"}, "rep": {"name": "B", "first_name": "B", "email": "b@c.d"},
        "company": {"name": "C", "postal_address": "D"}, "sequence": {"title": "E"}, "step": {"day": "1"},
    }  # fmt: skip
    context = EVERYTHING if problems else least
    templates = Templates({"r": {"en": {"call.md": "." + text}}})
    assert render(templates, "r", Verb.CALL, "en", context=context).parts["call.md"].startswith(".")
