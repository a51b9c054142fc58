"""Checks of templates before anything is sent: one text, and all the texts behind one `use:` of a sequence."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache

from jinja2 import nodes

from engine.core.sequence import Verb
from engine.messages.allowlist import Reading, read, variable_name
from engine.messages.contract import (
    BODIES,
    HTML_BODY,
    KNOWN_PARTS,
    PARTS,
    POSTAL_ADDRESS,
    SMS,
    SUBJECT,
    UNSUBSCRIBE_URL,
)
from engine.messages.problems import Finding, Severity, TemplateProblem, located
from engine.messages.sms import CHINESE_OPT_OUT, missing_words, sms_segments

_FAKE_REPLY = re.compile(r"\s*(?:re|aw|sv|fwd?|回复|答复|转发)\s*[:：]", re.IGNORECASE)
_UNQUOTED = re.compile(r"=\s*\{\{")
_TAGS_AND_COMMENTS = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)


def check_template(text: str, part: str, file: str) -> tuple[TemplateProblem, ...]:
    """All that is wrong with one text, whatever step uses it."""
    reading = _reading(text)
    findings = reading.findings
    if reading.tree is not None:
        findings += tuple(_of_part(reading.tree, text, part))
    return located(findings, text, file)


@lru_cache(maxsize=512)
def _reading(text: str) -> Reading:
    """A text is looked at alone and in each set that it belongs to; nothing here changes the tree."""
    return read(text)


def check_set(
    ref: str,
    verb: Verb,
    locales_present: Mapping[str, Mapping[str, str]],
    audience_locales: tuple[str, ...],
    *,
    folder: str = "templates",
) -> tuple[TemplateProblem, ...]:
    """All that is wrong with `<folder>/<ref>` when a step does `verb` with it; checks each part too."""
    base = f"{folder}/{ref}"
    problems = list(_missing_locales(base, locales_present, audience_locales))
    for locale, parts in sorted(locales_present.items()):
        problems += _missing_parts(f"{base}/{locale}", verb, parts)
        problems += _strange_parts(f"{base}/{locale}", parts)
        for part in PARTS[verb]:
            if part in parts:
                file = f"{base}/{locale}/{part}"
                problems += check_template(parts[part], part, file)
                found = (*_of_verb(verb, part, parts[part]), *_of_locale(locale, part, parts[part]))
                problems += located(found, parts[part], file)
    return tuple(problems)


def _of_part(tree: nodes.Template, text: str, part: str) -> Iterator[Finding]:
    if part == SUBJECT:
        yield from _fake_reply(tree)
    if part == SMS:
        yield from _long_sms(text)
    if part == HTML_BODY:
        yield from _unquoted_attributes(text)
    if part not in BODIES and UNSUBSCRIBE_URL in _names_in(tree):
        yield Finding(
            _first_line_with(text, UNSUBSCRIBE_URL),
            UNSUBSCRIBE_URL,
            "unknown-variable",
            f"{part} has no {UNSUBSCRIBE_URL}",
            "it in the body of an email only",
            "take it out here",
        )


def _of_verb(verb: Verb, part: str, text: str) -> Iterator[Finding]:
    tree = _reading(text).tree
    if tree is None or part not in BODIES:
        return
    if verb is Verb.EMAIL:
        for variable in (UNSUBSCRIBE_URL, POSTAL_ADDRESS):
            if variable not in _always_written(tree):
                yield _must_contain(part, variable)
    elif UNSUBSCRIBE_URL in _names_in(tree):
        message = f"a {verb} has no {UNSUBSCRIBE_URL}: a person sends it"
        line = _first_line_with(text, UNSUBSCRIBE_URL)
        yield Finding(line, UNSUBSCRIBE_URL, "unknown-variable", message, "it in an email only", "take it out here")


def _of_locale(locale: str, part: str, text: str) -> Iterator[Finding]:
    """A Chinese text goes to Chinese numbers: without these words their carriers drop it, and the law forbids it."""
    if part != SMS or not locale.startswith("zh"):
        return
    for words in missing_words(text, signature=True, opt_out=CHINESE_OPT_OUT):
        yield Finding(
            1,
            "",
            "sms-wording",
            f"a Chinese SMS lacks {words}",
            f"【{{{{ company.name }}}}】 in front and {CHINESE_OPT_OUT} at the end",
            "write them",
        )


def _must_contain(part: str, variable: str) -> Finding:
    code = "no-unsubscribe" if variable == UNSUBSCRIBE_URL else "no-postal-address"
    return Finding(
        1,
        "",
        code,
        f"{part} of an email does not always show {variable}",
        f"{{{{ {variable} }}}} outside of any if",
        "add it at the end of the text",
    )


def _fake_reply(tree: nodes.Template) -> Iterator[Finding]:
    for data in tree.find_all(nodes.TemplateData):
        if match := _FAKE_REPLY.match(data.data):
            prefix = match[0].strip()
            yield Finding(
                data.lineno,
                re.escape(prefix),
                "fake-reply",
                f"the subject pretends to be a reply with {prefix!r}",
                "a subject of its own",
                "take it out; write `thread: reply` in the step, and the real thread's subject is used",
            )


def _long_sms(text: str) -> Iterator[Finding]:
    segments = sms_segments(_TAGS_AND_COMMENTS.sub("", text).strip())
    if segments > 1:
        yield Finding(
            1,
            "",
            "sms-segments",
            f"the SMS takes {segments} segments even before its variables are filled in",
            "one segment: 160 characters, or 70 when one of them is outside GSM-7 (all Chinese is)",
            "shorten it, or accept the cost",
            Severity.WARNING,
        )


def _unquoted_attributes(text: str) -> Iterator[Finding]:
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if _UNQUOTED.search(line):
            yield Finding(
                number,
                _UNQUOTED.pattern,
                "unquoted-attribute",
                "an attribute takes a variable without quotes, and its value could add others",
                "quotes around it",
                'write href="{{ unsubscribe_url }}"',
            )


def _missing_locales(
    base: str, present: Mapping[str, Mapping[str, str]], audience_locales: tuple[str, ...]
) -> Iterator[TemplateProblem]:
    if not present:
        yield TemplateProblem(
            base, 1, 1, "no-template", "there is no such template", "a folder per locale", f"create {base}/en/"
        )
        return
    for locale in audience_locales:
        if not present.keys() & {locale, locale.partition("-")[0]}:
            yield TemplateProblem(
                f"{base}/{locale}",
                1,
                1,
                "no-locale",
                f"the audience reads {locale}, and there is no text in it",
                f"{base}/{locale}",
                "write it, or people of that locale get another language",
                Severity.WARNING,
            )


def _missing_parts(base: str, verb: Verb, parts: Mapping[str, str]) -> Iterator[TemplateProblem]:
    for part in PARTS[verb]:
        if part not in parts:
            expected = " and ".join(PARTS[verb])
            yield TemplateProblem(
                f"{base}/{part}", 1, 1, "missing-part", f"{verb} needs {part}", expected, f"create {base}/{part}"
            )


def _strange_parts(base: str, parts: Mapping[str, str]) -> Iterator[TemplateProblem]:
    for part in sorted(set(parts) - KNOWN_PARTS):
        close = get_close_matches(part, sorted(KNOWN_PARTS), n=1)
        yield TemplateProblem(
            f"{base}/{part}",
            1,
            1,
            "unknown-part",
            f"no verb has a part {part}",
            "one of " + ", ".join(sorted(KNOWN_PARTS)),
            f"rename it to {close[0]}" if close else "remove it; messages have no attachments",
        )


def _names_in(tree: nodes.Template) -> frozenset[str]:
    return frozenset(node.name for node in tree.find_all(nodes.Name))


def _always_written(tree: nodes.Template) -> frozenset[str | None]:
    outputs = [node for node in tree.body if isinstance(node, nodes.Output)]
    return frozenset(variable_name(expression) for output in outputs for expression in output.nodes)


def _first_line_with(text: str, word: str) -> int:
    return len(re.split(r"\r\n|\r|\n", text[: text.index(word)]))
