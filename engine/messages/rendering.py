"""A template and a person become the texts of a message, or a named reason why they cannot."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from jinja2 import Template, UndefinedError

from engine.core.errors import CannotRender
from engine.core.sequence import Verb
from engine.messages.contract import PART_LIMIT, PARTS, SUBJECT, is_html
from engine.messages.sandbox import TemplateRefused, compiled, flat_name

Context = Mapping[str, str | Mapping[str, str]]

_BREAKS_AND_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPARE_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Templates:
    """The texts of a sequence version, by ref, locale and part."""

    texts: Mapping[str, Mapping[str, Mapping[str, str]]]

    def chosen(self, ref: str, verb: Verb, locales: tuple[str, ...]) -> tuple[str, Mapping[str, str]]:
        """The first of these locales that has every part of the verb; `zh-CN` may use `zh`."""
        of_ref = self.texts.get(ref, {})
        for wanted in locales:
            for locale in (wanted, wanted.partition("-")[0]):
                parts = of_ref.get(locale, {})
                if all(part in parts for part in PARTS[verb]):
                    return locale, {part: parts[part] for part in PARTS[verb]}
        message = f"There is no complete template {ref} for {verb} in {' or '.join(locales)}"
        raise _cannot(f"{message}; write {', '.join(PARTS[verb])}.", "no_template", ref)


@dataclass(frozen=True, slots=True)
class Rendered:
    locale: str
    parts: Mapping[str, str]


def render(
    templates: Templates,
    ref: str,
    verb: Verb,
    locale: str,
    *,
    context: Context,
    fallback_locales: tuple[str, ...] = (),
) -> Rendered:
    """`context` holds plain strings only, and no key for what is missing. Raises CannotRender, whose data say
    ref, part, variable and reason.
    """
    used, texts = templates.chosen(ref, verb, (locale, *fallback_locales))
    values = _flat(context, ref)
    parts = {part: _rendered_part(ref, part, text, values) for part, text in texts.items()}
    return Rendered(used, MappingProxyType(parts))


def _flat(context: Context, ref: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for group, entry in context.items():
        if isinstance(entry, str):
            values[group] = _plain(entry, (group,), ref)
            continue
        for name, value in entry.items():
            values[_flat_name(group, name)] = _plain(value, (group, name), ref)
    return values


@lru_cache(maxsize=1024)
def _flat_name(group: str, name: str) -> str:
    return flat_name(f"{group}.{name}")


def _plain(value: str, variable: tuple[str, ...], ref: str) -> str:
    """Not even a subclass of str: it could bring its own methods and its own idea of what is already escaped."""
    if type(value) is str and len(value) <= PART_LIMIT and (value.isascii() or not _LONE_SURROGATE.search(value)):
        return value
    name = ".".join(variable)
    message = f"{name} is not a plain text of at most {PART_LIMIT // 1024} KB; correct it at its source."
    raise _cannot(message, "bad_value", ref, variable=name)


def _rendered_part(ref: str, part: str, text: str, values: Mapping[str, str]) -> str:
    try:
        written = _written(ref, part, compiled(text, escapes=is_html(part)), values)
    except TemplateRefused as refusal:
        message = f"{ref} cannot be used: in {part}, {refusal}; {refusal.finding.advice}."
        raise _cannot(message, "template_refused", ref, part=part) from None
    except UndefinedError as missing:
        raise _missing(ref, part, str(missing.message)) from None
    if part == SUBJECT:
        written = _BREAKS_AND_CONTROLS.sub(" ", written)
    elif not is_html(part):
        written = _SPARE_LINES.sub("\n\n", written)
    written = written.strip()
    if not written:
        raise _cannot(f"{part} of {ref} comes out empty; write a text for every case.", "empty", ref, part=part)
    return written


def _written(ref: str, part: str, template: Template, values: Mapping[str, str]) -> str:
    """Piece by piece: one long value repeated a thousand times stops at the limit, not in memory."""
    pieces, size = [], 0
    for piece in template.generate(values):
        size += len(piece) if piece.isascii() else len(piece.encode())
        if size > PART_LIMIT:
            message = f"{part} of {ref} grows over {PART_LIMIT // 1024} KB; shorten the template or the values."
            raise _cannot(message, "too_large", ref, part=part)
        pieces.append(piece)
    return "".join(pieces)


def _missing(ref: str, part: str, variable: str) -> CannotRender:
    message = (
        f"{part} of {ref} needs {variable}, which is missing here: fill it in, "
        f'or give the template a fallback, {{{{ {variable} | default("...") }}}}.'
    )
    return _cannot(message, "missing_variable", ref, part=part, variable=variable)


def _cannot(
    message: str, reason: str, ref: str, *, part: str | None = None, variable: str | None = None
) -> CannotRender:
    return CannotRender(message, ref=ref, part=part, variable=variable, reason=reason)
