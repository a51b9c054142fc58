"""The templates that ship: complete in both languages, the same in text and HTML, and writable for anybody."""

import re

import pytest

from engine.core.sequence import Verb
from engine.messages.lint import check_set
from engine.messages.rendering import Context, Templates, render
from tests.sequences.shipped import LOCALES, TEMPLATES, texts_of, used_templates

REFS = sorted(used_templates().items())
MAILS = [ref for ref, verb in REFS if verb is Verb.EMAIL]
CALLS = [ref for ref, verb in REFS if verb is Verb.CALL]

# Whom we know least about: a name, and nothing else.
BARE: Context = {
    "prospect": {"name": "Anna Berg"},
    "account": {},
    "rep": {"name": "Grace Hill", "first_name": "Grace", "email": "grace@northgate.example.com"},
    "company": {"name": "Northgate Freight Software", "postal_address": "120 Harbor Street, Albany"},
    "lead": {},
    "previous": {},
    "sequence": {"title": "Outbound"},
    "step": {"day": "1"},
    "unsubscribe_url": "https://northgate.example.com/u/x",
}
_GAP = re.compile(r"[^\S\n]{2,}\S")  # two spaces with a missing value between them
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("ref", "verb"), REFS)
def test_a_template_is_complete_and_sound_in_both_languages(ref: str, verb: Verb) -> None:
    assert [str(problem) for problem in check_set(ref, verb, texts_of(ref), LOCALES)] == []


def test_there_is_no_template_that_nothing_uses() -> None:
    on_disk = {path.parent.parent.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*")}

    assert on_disk == set(used_templates())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("ref", "verb"), REFS)
def test_a_message_can_be_written_for_somebody_of_whom_only_the_name_is_known(
    ref: str, verb: Verb, locale: str
) -> None:
    parts = render(Templates({ref: texts_of(ref)}), ref, verb, locale, context=BARE).parts

    for part, text in parts.items():
        assert text.strip(), part
        assert not re.search(r"[^\S\n]{2,}\S", text.replace("\n  <li>", "")), (
            f"{part} has a gap where a value is missing"
        )


@pytest.mark.parametrize(("ref", "verb"), REFS)
def test_each_language_is_really_written_in_it(ref: str, verb: Verb) -> None:
    def written_in(locale: str) -> str:
        return "".join(render(Templates({ref: texts_of(ref)}), ref, verb, locale, context=BARE).parts.values())

    assert not _CHINESE.search(written_in("en"))
    assert _CHINESE.search(written_in("zh"))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("ref", MAILS)
def test_a_mail_says_the_same_in_text_and_in_html(ref: str, locale: str) -> None:
    parts = texts_of(ref)[locale]
    html = re.sub(r"<head>.*</head>|<[^>]+>", "", parts["body.html"], flags=re.DOTALL)

    assert _letters(html) == _letters(parts["body.txt"])


def _letters(text: str) -> str:
    """Without layout: spaces, list dashes, and the address that HTML keeps in its link."""
    return re.sub(r"[\s:：-]", "", text.replace("{{ unsubscribe_url }}", ""))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("ref", CALLS)
def test_a_call_script_opens_with_the_touch_before_it_and_names_outcomes(ref: str, locale: str) -> None:
    script = texts_of(ref)[locale]["call.md"]

    assert "previous." in script
    assert "`no_answer`" in script


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("ref", [ref for ref, verb in REFS if verb is Verb.LINKEDIN])
def test_a_linkedin_request_fits_into_a_free_account_s_200_characters(ref: str, locale: str) -> None:
    text = render(Templates({ref: texts_of(ref)}), ref, Verb.LINKEDIN, locale, context=BARE).parts["message.txt"]

    assert len(text.strip()) <= 200


@pytest.mark.parametrize("locale", LOCALES)
def test_a_wechat_request_fits_into_the_50_characters_of_its_field(locale: str) -> None:
    ref = "call-in/wechat-add"
    context = {**BARE, "rep": {"name": "张伟", "first_name": "张伟", "email": "wei@northgate.example.com"}}
    text = render(Templates({ref: texts_of(ref)}), ref, Verb.WECHAT_ADD, locale, context=context).parts["message.txt"]

    assert len(text.strip()) <= 50
