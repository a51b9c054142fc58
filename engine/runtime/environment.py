"""What settings and secrets are read from: the environment of the process, over `.env` in the folder it starts in."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic_settings import BaseSettings, DotEnvSettingsSource

from engine.core.errors import BadInput

DOTENV = ".env"
ENCODING = "utf-8-sig"  # some editors begin a file with a mark
_READER = logging.getLogger("dotenv.main")


def environment() -> dict[str, str]:
    """An empty value is as good as none. Raises BadInput for a `.env` that cannot be read."""
    return in_dotenv() | {name: value for name, value in os.environ.items() if value}


def in_dotenv() -> dict[str, str]:
    """By the reader that the settings have as well. Raises BadInput for what cannot be read."""
    try:
        with _no_line_is_left_out():
            found = DotEnvSettingsSource(BaseSettings, env_file=DOTENV, env_file_encoding=ENCODING, case_sensitive=True)
    except OSError as problem:
        raise BadInput(f"{DOTENV} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{DOTENV} is not UTF-8; save it as UTF-8") from None
    values = {name: value for name, value in found.env_vars.items() if value is not None}
    for name, value in values.items():
        if "\0" in name + value:  # no real environment can hold one, and no path
            raise BadInput(f"{DOTENV}: the value of {name!r} holds a NUL character; delete it")
    return values


@contextmanager
def _no_line_is_left_out() -> Iterator[None]:
    """The reader only logs what it does not understand, and a password would be missing much later."""
    slips = _Slips()
    _READER.addFilter(slips)
    try:
        yield
    finally:
        _READER.removeFilter(slips)
    if slips.lines:
        where = f"line {slips.lines[0]} or the next that is not empty"
        raise BadInput(f"{DOTENV}: {where} is not understood; write NAME=value, or # before a remark")


class _Slips(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[object] = []

    def filter(self, record: logging.LogRecord) -> bool:
        self.lines += record.args if isinstance(record.args, tuple) else ()
        return False
