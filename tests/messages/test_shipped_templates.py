from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.core.sequence import Verb
from engine.messages.contract import HTML_BODY, PARTS, SUBJECT, TEXT_BODY
from engine.messages.lint import check_set
from engine.messages.mail import Mail, build_mail
from engine.messages.rendering import Context, Templates, render

ROOT = Path(__file__).parents[2] / "templates"
LEAST: Context = {
    "prospect": {"name": "王伟"},
    "rep": {"name": "Bo Chen", "first_name": "Bo", "email": "bo@touchline.example"},
    "company": {"name": "Touchline", "postal_address": "1 High St, Leeds"},
    "sequence": {"title": "Outbound"},
    "step": {"day": "1"},
    "unsubscribe_url": "https://touchline.example/u/1",
}


def shipped() -> dict[str, dict[str, dict[str, str]]]:
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted(ROOT.rglob("*.*")):
        *ref, locale, part = path.relative_to(ROOT).parts
        texts.setdefault("/".join(ref), {}).setdefault(locale, {})[part] = path.read_text(encoding="utf-8")
    return texts


TEXTS = shipped()


def verb_of(ref: str) -> Verb:
    """The verb that the parts of the English text are made for."""
    return next(verb for verb, parts in PARTS.items() if set(parts) == set(TEXTS[ref]["en"]))


@pytest.mark.parametrize("ref", TEXTS)
def test_a_shipped_template_has_neither_error_nor_warning(ref: str) -> None:
    assert check_set(ref, verb_of(ref), TEXTS[ref], ("en", "zh")) == ()


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("ref", TEXTS)
def test_a_shipped_template_can_be_sent_to_somebody_of_whom_only_the_name_is_known(ref: str, locale: str) -> None:
    verb = verb_of(ref)
    parts = render(Templates(TEXTS), ref, verb, locale, context=LEAST).parts
    assert set(parts) == set(PARTS[verb])
    if SUBJECT in parts:
        mail = Mail(
            sender_name="Bo Chen",
            sender_address="bo@touchline.example",
            recipient_name="王伟",
            recipient_address="wang@example.com",
            subject=parts[SUBJECT],
            text=parts[TEXT_BODY],
            html=parts.get(HTML_BODY),
            message_id="<1.a@touchline.example>",
            date=datetime(2026, 3, 2, 9, tzinfo=UTC),
            touch_id=1,
        )
        assert build_mail(mail)
