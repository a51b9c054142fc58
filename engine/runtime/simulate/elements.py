"""HTML and SVG as a tree: text is escaped wherever it stands, and what is written is well-formed."""

from typing import TypeAlias
from xml.etree.ElementTree import Element, tostring

Child: TypeAlias = "Element | str"


def make(tag: str, /, *children: Child, **attributes: object) -> Element:
    """`class_` is class and `stroke_width` stroke-width; None leaves an attribute out."""
    known = {name: value for name, value in attributes.items() if value is not None}
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _written(value) for name, value in known.items()})
    add(made, *children)
    return made


def add(parent: Element, /, *children: Child) -> None:
    for child in children:
        if isinstance(child, Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + child
        else:
            parent.text = (parent.text or "") + child


def below(parent: Element, tag: str, /, *children: Child, **attributes: object) -> Element:
    """Makes it inside `parent`."""
    made = make(tag, *children, **attributes)
    parent.append(made)
    return made


def page(root: Element) -> str:
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _written(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
