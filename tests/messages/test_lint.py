import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.sequence import Verb
from engine.messages.lint import check_set, check_template
from engine.messages.problems import Severity, TemplateProblem

FOOTER = "\n{{ company.postal_address }}\n{{ unsubscribe_url }}\n"
HTML_FOOTER = '<p>{{ company.postal_address }} <a href="{{ unsubscribe_url }}">Stop</a></p>'
MAIL = {"subject.txt": "Hello", "body.txt": "Hi" + FOOTER, "body.html": "<p>Hi</p>" + HTML_FOOTER}


def problems_of(text: str, part: str = "body.txt") -> tuple[TemplateProblem, ...]:
    return check_template(text, part, "intro/en/" + part)


def codes(problems: tuple[TemplateProblem, ...], severity: Severity = Severity.ERROR) -> list[str]:
    return [problem.code for problem in problems if problem.severity is severity]


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ prospect.name }}, {{ rep.first_name }} here.",
        '{{ prospect.title | default("there") }}',
        "{{ prospect.first_name | default(prospect.name) | first_word | title }}",
        "{% if prospect.title %}{{ prospect.title | truncate(30) }}{% endif %}",
        "{% if prospect.title is defined %}{{ prospect.title }}{% endif %}",
        "{% if prospect.title is not defined %}-{% else %}{{ prospect.title }}{% endif %}",
        "{% if not account.city %}-{% elif prospect.city %}{{ account.city }} {{ prospect.city }}{% endif %}",
        "{% if account.city and prospect.city %}{{ account.city }}{{ prospect.city }}{% endif %}",
        '{% if lead.source and lead.source == "webinar" %}{{ lead.source | upper }}{% endif %}',
        '{% if lead.source | default("") == "webinar" or company.name != "X" %}-{% endif %}',
        "{# a comment #}{% raw %}{{ anything }}{% endraw %}",
        "",
    ],
)
def test_what_the_contract_allows_has_no_problem(text: str) -> None:
    assert problems_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "{{ prospect.title }}",
        "{{ prospect.title | trim | default('x') }}",
        "{% if prospect.title %}-{% else %}{{ prospect.title }}{% endif %}",
        "{% if prospect.title or prospect.city %}{{ prospect.title }}{% endif %}",
        '{% if prospect.country == "CN" %}-{% endif %}',
        "{{ prospect.title | default(prospect.city) }}",
    ],
)
def test_a_variable_that_may_be_missing_without_fallback_is_a_warning(text: str) -> None:
    assert codes(problems_of(text)) == []
    assert codes(problems_of(text), Severity.WARNING) == ["no-fallback"]


def test_an_unknown_variable_says_where_it_stands_and_what_was_meant() -> None:
    (problem,) = problems_of("Hello,\nDear {{ prospect.frist_name }}!")
    assert (problem.line, problem.column) == (2, 9)
    assert problem.code == "unknown-variable"
    assert str(problem).startswith("intro/en/body.txt:2:9: there is no variable prospect.frist_name; expected")
    assert problem.advice == "did you mean prospect.first_name?"


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("postal_address", "did you mean company.postal_address?"),
        ("contact.first_name", "did you mean prospect.first_name?"),
        ("prospect", "write prospect.name"),
        ("zzz", "take it out"),
    ],
)
def test_other_wrong_names_get_advice_too(written: str, advice: str) -> None:
    (problem,) = problems_of(f"{{{{ {written} }}}}")
    assert problem.advice.startswith(advice)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ prospect.name | shout }}", "unknown-filter"),
        ("{{ prospect.name | uper }}", "unknown-filter"),
        ("{{ prospect.name | truncate }}", "filter-arguments"),
        ("{{ prospect.name | truncate(2) }}", "filter-arguments"),
        ("{{ prospect.name | truncate(10, true) }}", "filter-arguments"),
        ("{{ prospect.name | default }}", "filter-arguments"),
        ("{{ prospect.name | default(5) }}", "filter-arguments"),
        ("{{ prospect.name | upper(1) }}", "filter-arguments"),
        ('{% if prospect.name in "ab" %}{% endif %}', "comparison"),
        ("{% if prospect.name == rep.name %}{% endif %}", "comparison"),
        ("{% if step.day > 3 %}{% endif %}", "comparison"),
        ("Hello {{ prospect.name }", "syntax"),
        ("{% if prospect.name %}no end", "syntax"),
        ("{% do x %}", "syntax"),
        ("x" * (64 * 1024 + 1), "too-large"),
        ("王" * 30_000, "too-large"),
        ("{{ " + "(" * 5000 + "prospect.name" + ")" * 5000 + " }}", "too-deep"),
        ("{% if " + "not " * 5000 + "prospect.name %}{% endif %}", "too-deep"),
        ("{% if rep.name %}" * 40 + "{% endif %}" * 40, "too-deep"),
        ("{{ prospect.name" + " | upper" * 40 + " }}", "too-deep"),
        ("{{ prospect.name | truncate(" + "9" * 5000 + ") }}", "syntax"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, code: str) -> None:
    assert codes(problems_of(text)) == [code]


FORBIDDEN = (
    "{{ 'x' * 10**9 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ 1 + 1 }}",
    "{{ -1 }}",
    "{{ 7 // 2 }}",
    "{{ 'a' ~ 'b' }}",
    "{{ 'a' }}",
    "{{ 5 }}",
    "{{ [1] }}",
    "{{ (1, 2) }}",
    "{{ {'a': 1} }}",
    "{{ prospect['name'] }}",
    "{{ prospect.name[0] }}",
    "{{ prospect.name[:5] }}",
    "{{ prospect.name.upper }}",
    "{{ prospect.name.upper() }}",
    "{{ prospect.items() }}",
    "{{ prospect.__class__ }}",
    "{{ prospect.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ prospect.name.__class__ }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ range(10) }}",
    "{{ range }}",
    "{{ lipsum }}",
    "{{ lipsum.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner }}",
    "{{ namespace() }}",
    "{{ dict(a=1) }}",
    "{{ request }}",
    "{{ config }}",
    "{{ loop }}",
    "{{ super() }}",
    "{{ caller() }}",
    "{{ varargs }}",
    "{{ prospect.name if rep.name else company.name }}",
    "{{ prospect.name and rep.name }}",
    "{{ not prospect.name }}",
    "{{ prospect.name == 'x' }}",
    "{{ prospect.name is defined }}",
    "{{ (prospect.name or rep.name) | default('x') }}",
    "{{ prospect.name | attr('__class__') }}",
    "{{ prospect.name | safe }}",
    "{{ prospect.name | format(1) }}",
    "{{ prospect.name | list }}",
    "{{ prospect.name | map('upper') }}",
    "{{ prospect.name | join('x') }}",
    "{{ prospect.name | replace('a', 'b') }}",
    "{{ prospect.name | center(1000000000) }}",
    "{{ prospect.name | indent(1000000000) }}",
    "{{ prospect.name | xmlattr }}",
    "{{ prospect.name | default(*prospect) }}",
    "{{ prospect.name | default(**prospect) }}",
    "{{ prospect.name | default(default_value='x') }}",
    "{{ prospect.name | default('x' * 10**9) }}",
    "{{ prospect.name | default(range(9)) }}",
    "{% for c in prospect.name %}{{ c }}{% endfor %}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% macro m() %}{% endmacro %}",
    "{% call m() %}{% endcall %}",
    "{% include 'body.txt' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block b %}{% endblock %}",
    "{% with a = 1 %}{% endwith %}",
    "{% filter upper %}a{% endfilter %}",
    "{% autoescape false %}{{ prospect.name }}{% endautoescape %}",
    "{% if 1 %}a{% endif %}",
    "{% if true %}a{% endif %}",
    "{% if rep.name is string %}a{% endif %}",
    "{% if rep.name is sameas(1) %}a{% endif %}",
    "{% if rep.name() %}a{% endif %}",
    "{% if (rep.name and rep.title) is defined %}a{% endif %}",
    "{% if 'x' * 10**9 == 'y' %}a{% endif %}",
    "{% if rep.name == 'a' == 'b' %}a{% endif %}",
    "{% if rep.name == 'x' * 10**9 %}a{% endif %}",
)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_nothing_else_of_jinja_is_allowed(text: str) -> None:
    assert codes(problems_of(text))


PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "if", "elif", "else", "endif", "for", "in", "not", "and", "or", "is",
     "defined", "|", "default", "truncate", "(", ")", "[", "]", ".", ",", "=", "==", "*", "**", "~", "'", '"', "-",
     "9", "\n", "\\", "prospect", "name", "title", "unsubscribe_url", "raw", "endraw", "autoescape", "endautoescape",
     "王", "\x00", "\ud800", "é", " "]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(PIECES, max_size=30).map(" ".join), st.sampled_from(["body.txt", "body.html", "subject.txt", "sms.txt"])
)
def test_any_text_is_judged_without_surprise(text: str, part: str) -> None:
    for problem in problems_of(text, part):
        assert problem.line >= 1
        assert problem.column >= 1


@pytest.mark.parametrize(
    "subject", ["Re: our talk", "RE : x", "Fwd: x", "回复：您好", "{% if rep.name %}Re: x{% endif %}"]
)
def test_a_subject_that_pretends_to_be_a_reply_is_refused(subject: str) -> None:
    assert codes(problems_of(subject, "subject.txt")) == ["fake-reply"]


def test_a_subject_about_something_that_begins_alike_is_fine() -> None:
    assert problems_of("Reducing no-shows at {{ company.name }}", "subject.txt") == ()


@pytest.mark.parametrize("part", ["subject.txt", "sms.txt", "call.md", "message.txt"])
def test_an_unsubscribe_link_stands_in_mail_bodies_only(part: str) -> None:
    assert codes(problems_of("See {{ unsubscribe_url }}", part)) == ["unknown-variable"]


@pytest.mark.parametrize(
    ("text", "warned"), [("a" * 160, False), ("a" * 161, True), ("王" * 70, False), ("王" * 71, True)]
)
def test_an_sms_over_one_segment_is_a_warning(text: str, *, warned: bool) -> None:
    assert (codes(problems_of(text, "sms.txt"), Severity.WARNING) == ["sms-segments"]) is warned


def test_an_html_attribute_must_quote_its_variable() -> None:
    (problem,) = problems_of("<p>\n<a href={{ unsubscribe_url }}>x</a>", "body.html")
    assert (problem.code, problem.line) == ("unquoted-attribute", 2)


def test_a_complete_set_has_no_problem() -> None:
    assert check_set("outbound/intro", Verb.EMAIL, {"en": MAIL, "zh": MAIL}, ("en", "zh")) == ()


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.VOICEMAIL])
def test_each_verb_says_which_parts_it_lacks(verb: Verb) -> None:
    problems = check_set("a/b", verb, {"en": {}}, ("en",))
    assert problems
    assert set(codes(problems)) == {"missing-part"}
    assert problems[0].file.startswith("templates/a/b/en/")


def test_a_locale_of_the_audience_without_text_is_a_warning() -> None:
    problems = check_set("a/b", Verb.EMAIL, {"en": MAIL}, ("en", "zh"))
    assert [(p.code, p.severity, p.file) for p in problems] == [("no-locale", Severity.WARNING, "templates/a/b/zh")]


def test_a_regional_locale_is_served_by_its_language() -> None:
    assert check_set("a/b", Verb.EMAIL, {"zh": MAIL}, ("zh-CN",)) == ()


def test_a_template_without_any_locale_does_not_exist() -> None:
    assert codes(check_set("a/b", Verb.CALL, {}, ("en",))) == ["no-template"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Hi", ["no-postal-address", "no-unsubscribe"]),
        ("{{ company.postal_address }}", ["no-unsubscribe"]),
        ("{{ company.postal_address }}{% if prospect.title %}{{ unsubscribe_url }}{% endif %}", ["no-unsubscribe"]),
        ("{# {{ unsubscribe_url }} #}{{ company.postal_address }}", ["no-unsubscribe"]),
    ],
)
@pytest.mark.parametrize("part", ["body.txt", "body.html"])
def test_a_mail_always_shows_how_to_stop_it_and_where_we_live(body: str, found: list[str], part: str) -> None:
    assert codes(check_set("a/b", Verb.EMAIL, {"en": MAIL | {part: body}}, ("en",))) == found


def test_a_mail_that_a_person_sends_has_no_unsubscribe_link() -> None:
    parts = {"subject.txt": "Hi", "body.txt": "Hi\n{{ unsubscribe_url }}"}
    (problem,) = check_set("a/b", Verb.PERSONAL_EMAIL, {"en": parts}, ("en",))
    assert (problem.code, problem.line) == ("unknown-variable", 2)


def test_a_misspelt_part_is_named_with_its_right_name() -> None:
    problems = check_set("a/b", Verb.EMAIL, {"en": MAIL | {"body.htm": "x"}}, ("en",))
    assert [(p.code, p.advice) for p in problems] == [("unknown-part", "rename it to body.html")]


def test_problems_of_the_texts_are_part_of_the_sets() -> None:
    problems = check_set("a/b", Verb.EMAIL, {"en": MAIL | {"subject.txt": "{{ nobody }}"}}, ("en",), folder="t")
    assert [(p.file, p.code) for p in problems] == [("t/a/b/en/subject.txt", "unknown-variable")]
