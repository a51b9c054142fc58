"""Whom a person names to leave alone, in the form that can meet an address: a typing error must not lose a no."""

from dataclasses import replace

from engine.contacts.phones import readings
from engine.core.errors import BadInput
from engine.operations.steering import Ban


def understood(ban: Ban) -> Ban:
    """Raises BadInput for what could never be anybody's."""
    value = ban.value.strip()
    if not value:
        raise BadInput("it is empty; say whom to leave alone", field="value")
    match ban.scope, ban.kind:
        case "address", "email":
            _see_an_address(value)
        case "address", "phone":
            value = _international(value)
        case "domain", _:
            _see_a_domain(value)
    return replace(ban, value=value)


def _see_an_address(value: str) -> None:
    local, _, domain = value.rpartition("@")
    if not local or not domain or len(value.split()) > 1:
        told = f"{value!r} is no email address, and nobody would be left alone; expected one like ada@acme.example"
        raise BadInput(f"{told}; for a number say the kind phone, for a company's mail the scope domain", field="value")


def _see_a_domain(value: str) -> None:
    if "@" in value or "." not in value.strip(".") or len(value.split()) > 1:
        raise BadInput(f"{value!r} is no domain; expected one like acme.example", field="value")


def _international(value: str) -> str:
    match readings(value, ()):
        case [one] if one.e164 is not None:
            return one.e164
        case [one]:
            why = one.reason
        case _:
            why = "it is not one number"
    raise BadInput(f"{value!r}: {why}; write it with its country code, like +86 138 0013 8000", field="value")
