"""Reads a template and refuses all of Jinja that is not listed here. The sandbox alone is not enough: within it,
`'x' * 10**9` still runs and methods of values can still be called.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from jinja2 import Environment, TemplateSyntaxError, nodes

from engine.messages.contract import ALWAYS_THERE, KNOWN, PART_LIMIT, VARIABLES
from engine.messages.problems import Finding, Severity

FILTERS = ("default", "trim", "title", "upper", "lower", "capitalize", "truncate", "first_word")
_DEEPEST = 24  # no letter nests further; Python's own compiler gives up at about 90
_SHORTEST_CUT = 4
_LANGUAGE = "text, variables, if/elif/else and the filters " + ", ".join(FILTERS)
_ANY_TAG = r"\{\{|\{%"
_PLAIN_NAMES = {
    "For": "a loop", "Call": "a call", "Assign": "set", "AssignBlock": "set", "Macro": "a macro",
    "CallBlock": "call", "Include": "include", "Import": "import", "FromImport": "import", "Extends": "extends",
    "Block": "block", "With": "with", "FilterBlock": "a filter block", "Getitem": "square brackets",
    "Slice": "square brackets", "CondExpr": "an if inside braces", "Concat": "~", "Const": "a literal",
    "List": "a list", "Tuple": "a tuple", "Dict": "a dict", "Test": "a test",
    "Scope": "autoescape",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The parsed template, unless it cannot be parsed, and what was found in it."""

    tree: nodes.Template | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def read(text: str) -> Reading:
    tree = _parsed(text)
    if isinstance(tree, Finding):
        return Reading(None, (tree,))
    if _is_too_deep(tree):
        return Reading(None, (_too_deep(),))
    return Reading(tree, tuple(_statements(tree.body, frozenset())))


def variable_name(expression: nodes.Node | None) -> str | None:
    """`prospect.title` for that very expression, None for any other."""
    match expression:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=nodes.Name(name=group), attr=name):
            return f"{group}.{name}"
        case _:
            return None


def _parsed(text: str) -> nodes.Template | Finding:
    try:
        if len(text.encode()) > PART_LIMIT:
            return _too_large(len(text.encode()))
        return Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        return _finding(error.lineno, _ANY_TAG, "syntax", f"the template cannot be read: {error.message}")
    except RecursionError:
        return _too_deep()
    except ValueError:  # a lone surrogate, or a number of thousands of digits
        return _finding(1, "", "syntax", "the template holds characters or a number that cannot be read")


def _is_too_deep(tree: nodes.Template) -> bool:
    level: list[nodes.Node] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
    return bool(level)


def _statements(body: list[nodes.Node], present: frozenset[str]) -> Iterator[Finding]:
    """`present` are the variables that an `if` around has already found to be there."""
    for node in body:
        match node:
            case nodes.Output(nodes=written):
                for expression in written:
                    if not isinstance(expression, nodes.TemplateData):
                        yield from _value(expression, present)
            case nodes.If():
                yield from _branches(node, present)
            case _:
                yield _not_allowed(node)


def _branches(node: nodes.If, present: frozenset[str]) -> Iterator[Finding]:
    for branch in (node, *node.elif_):
        yield from _condition(branch.test, present)
        yield from _statements(branch.body, present | _present_if(branch.test, holds=True))
        present |= _present_if(branch.test, holds=False)
    yield from _statements(node.else_, present)


def _value(node: nodes.Expr, present: frozenset[str]) -> Iterator[Finding]:
    match node:
        case nodes.Name() | nodes.Getattr(node=nodes.Name()):
            yield from _unknown(node) or _absent(node, present)
        case nodes.Filter(node=nodes.Expr() as inner):
            yield from _filter_problems(node, present)
            yield from _value(inner, present | _named(inner) if node.name == "default" else present)
        case _:
            yield _not_allowed(node)


def _condition(node: nodes.Node, present: frozenset[str]) -> Iterator[Finding]:
    """A condition may ask for a variable that is not there; only using it stops the message."""
    match node:
        case nodes.Name() | nodes.Getattr(node=nodes.Name()):
            yield from _unknown(node)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            yield from _condition(left, present)
            yield from _condition(right, present | _present_if(left, holds=isinstance(node, nodes.And)))
        case nodes.Not(node=inner):
            yield from _condition(inner, present)
        case nodes.Test(name="defined", node=nodes.Name() | nodes.Getattr() as inner):
            yield from _condition(inner, present)
        case nodes.Compare(expr=left, ops=[nodes.Operand(op="eq" | "ne", expr=nodes.Const(value=str()))]):
            yield from _value(left, present)
        case nodes.Filter():
            yield from _value(node, present)
        case nodes.Compare():
            yield _bad_comparison(node)
        case _:
            yield _not_allowed(node)


def _present_if(node: nodes.Node, *, holds: bool) -> frozenset[str]:
    match node:
        case nodes.Name() | nodes.Getattr():
            return _named(node) if holds else frozenset()
        case nodes.Test(node=inner):
            return _named(inner) if holds else frozenset()
        case nodes.Compare(expr=compared):
            return _named(compared)
        case nodes.Not(node=inner):
            return _present_if(inner, holds=not holds)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            sides = _present_if(left, holds=holds), _present_if(right, holds=holds)
            return sides[0] | sides[1] if holds is isinstance(node, nodes.And) else sides[0] & sides[1]
        case _:
            return frozenset()


def _named(node: nodes.Expr) -> frozenset[str]:
    name = variable_name(node)
    return frozenset({name}) if name else frozenset()


def _filter_problems(node: nodes.Filter, present: frozenset[str]) -> Iterator[Finding]:
    place = rf"\|\s*{node.name}\b"
    if node.name not in FILTERS:
        close = get_close_matches(node.name, FILTERS, n=1)
        advice = f"did you mean {close[0]}?" if close else "take the filter out"
        expected = "one of " + ", ".join(FILTERS)
        yield Finding(node.lineno, place, "unknown-filter", f"there is no filter {node.name}", expected, advice)
    elif not _has_good_arguments(node):
        expected, advice = _FILTER_USE.get(node.name, (f"{node.name} without arguments", f"write | {node.name}"))
        message = f"the filter {node.name} is not used as it can be"
        yield Finding(node.lineno, place, "filter-arguments", message, expected, advice)
    elif node.name == "default" and not isinstance(node.args[0], nodes.Const):
        yield from _value(node.args[0], present)


_FILTER_USE = {
    "default": ("a fallback text or another variable", 'write | default("there")'),
    "truncate": (f"a number of characters, at least {_SHORTEST_CUT}", "write | truncate(40)"),
}


def _has_good_arguments(node: nodes.Filter) -> bool:
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        return False
    match node.name, node.args:
        case "default", [fallback] | [fallback, nodes.Const(value=True)]:
            is_text = isinstance(fallback, nodes.Const) and isinstance(fallback.value, str)
            return is_text or variable_name(fallback) is not None
        case "truncate", [nodes.Const(value=int() as length)]:
            return _SHORTEST_CUT <= length <= PART_LIMIT and not isinstance(length, bool)
        case "default" | "truncate", _:
            return False
        case _, arguments:
            return not arguments


def _unknown(node: nodes.Expr) -> tuple[Finding, ...]:
    name = variable_name(node)
    if name is None or name in KNOWN:
        return ()
    message = f"there is no variable {name}"
    expected = _names_like(name.partition(".")[0])
    return (Finding(node.lineno, _place(name), "unknown-variable", message, expected, _did_you_mean(name)),)


def _place(name: str) -> str:
    return r"\b" + r"\s*\.\s*".join(name.split(".")) + r"\b"


def _names_like(group: str) -> str:
    if group in VARIABLES:
        return f"{group}. and one of " + ", ".join(VARIABLES[group])
    return "a variable of " + ", ".join(VARIABLES) + ", or unsubscribe_url"


def _did_you_mean(name: str) -> str:
    if name in VARIABLES:
        return f"write {name}.{VARIABLES[name][0]}"
    same_word = sorted(known for known in KNOWN if known.rpartition(".")[2] == name)
    close = same_word or get_close_matches(name, sorted(KNOWN), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else "take it out, or write the text itself"


def _absent(node: nodes.Expr, present: frozenset[str]) -> tuple[Finding, ...]:
    name = variable_name(node)
    if name is None or name in ALWAYS_THERE | present:
        return ()
    return (
        Finding(
            node.lineno,
            _place(name),
            "no-fallback",
            f"{name} may be missing for a person, and then nothing is sent",
            "a fallback for it",
            f'write {{{{ {name} | default("...") }}}}, or put {{% if {name} %}} around it',
            Severity.WARNING,
        ),
    )


def _bad_comparison(node: nodes.Compare) -> Finding:
    expected = "a variable, == or !=, and a text in quotes"
    advice = 'write {% if prospect.country == "CN" %}, and join several with or'
    return Finding(node.lineno, _ANY_TAG, "comparison", "this comparison is not allowed", expected, advice)


def _not_allowed(node: nodes.Node) -> Finding:
    kind = type(node).__name__
    what = _PLAIN_NAMES.get(kind, "arithmetic" if isinstance(node, nodes.BinExpr | nodes.UnaryExpr) else kind.lower())
    # The scope that Jinja puts around autoescape has no line; what stands in it has.
    line = node.lineno or next((inner.lineno for inner in node.find_all(nodes.Node) if inner.lineno), 1)
    return _finding(line, _ANY_TAG, "not-allowed", f"a template may not use {what}")


def _finding(line: int, pattern: str, code: str, message: str) -> Finding:
    return Finding(line, pattern, code, message, _LANGUAGE, "write it with these, or as plain text")


def _too_deep() -> Finding:
    return _finding(1, "", "too-deep", "the template is nested too deeply")


def _too_large(size: int) -> Finding:
    message = f"the text has {size // 1024} KB"
    return Finding(1, "", "too-large", message, f"at most {PART_LIMIT // 1024} KB", "shorten it")
