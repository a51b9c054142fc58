from typing import Any

import pytest

from tests.api.openapi_file import FILE, document, written

DOCUMENT = document()
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_committed_description_is_the_applications_own() -> None:
    assert FILE.read_bytes() == written(), "run `python -m tests.api.openapi_file` and commit docs/openapi.json"


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_is_described(path: str, method: str, operation: Any) -> None:
    assert operation["summary"]
    refused = operation["responses"]["default"]["content"]
    assert list(refused) == ["application/problem+json"]
    if path.startswith("/api/"):
        assert operation["security"] == [{"HTTPBearer": []}]
        assert operation["tags"]
        answers = [one for status, one in operation["responses"].items() if status.startswith("2")]
        assert all(one["content"]["application/json"]["schema"] for one in answers)
        names = {one["name"] for one in operation.get("parameters", ())}
        assert ("Idempotency-Key" in names) is (method == "post")


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert references(DOCUMENT) <= {f"#/components/schemas/{name}" for name in schemas}


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(one) for one in value.values()))
    return set().union(*(references(one) for one in value)) if isinstance(value, list) else set()
