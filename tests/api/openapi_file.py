"""The committed description of the API. `python -m tests.api.openapi_file` writes it anew."""

from pathlib import Path
from typing import Any

import orjson

from api.app import create_app

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"


def document() -> dict[str, Any]:
    """No request is made, so the context is never looked at."""
    nothing: Any = None
    return create_app(nothing, "token").openapi()


def written() -> bytes:
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    FILE.write_bytes(written())
