"""The Jinja environments of Touchline: immutable sandbox, strict about what is missing, a handful of filters."""

from functools import lru_cache

from jinja2 import StrictUndefined, Template, nodes
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS
from jinja2.visitor import NodeTransformer

from engine.messages.allowlist import FILTERS, read, variable_name
from engine.messages.problems import Finding


class TemplateRefused(Exception):
    """The text uses what a template may not use."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def flat_name(variable: str) -> str:
    """Variables reach Jinja as flat names, so that a missing one can say which it is."""
    return variable.replace(".", "__")


class _Absent(StrictUndefined):
    """May be asked whether it is there; anything else stops, naming the variable."""

    def __bool__(self) -> bool:  # type: ignore[override]  # strict Undefined says it never returns
        return False

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name).replace("__", ".")


class _Flattened(NodeTransformer):
    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Name:  # noqa: N802 - Jinja's visitor asks for this name
        return nodes.Name(flat_name(variable_name(node) or ""), "load", lineno=node.lineno)


def _first_word(text: str) -> str:
    return next(iter(str(text).split()), "")


def _environment(*, escapes: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=escapes, undefined=_Absent)
    environment.globals.clear()
    environment.tests = {"defined": JINJA_TESTS["defined"]}
    environment.filters = {name: JINJA_FILTERS[name] for name in FILTERS if name != "first_word"}
    environment.filters["first_word"] = _first_word
    environment.policies["truncate.leeway"] = 0
    return environment


_PLAIN = _environment(escapes=False)
_ESCAPING = _environment(escapes=True)


@lru_cache(maxsize=4096)
def compiled(text: str, *, escapes: bool) -> Template:
    """Stored versions pass here too: what the allowlist refuses today is refused whenever it was written."""
    reading = read(text)
    if reading.errors or reading.tree is None:
        raise TemplateRefused(reading.errors[0])
    environment = _ESCAPING if escapes else _PLAIN
    return environment.from_string(_Flattened().visit(reading.tree))
