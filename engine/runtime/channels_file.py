"""Finds and reads `channels.yaml`. Without one, nothing leaves this machine."""

import ssl
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.compiler import Problem, Sources, compile_channels
from engine.core.errors import BadInput
from engine.core.providers import Channels
from engine.runtime.environment import environment
from engine.runtime.settings import Settings
from engine.runtime.text_file import read_text, refuse_endless

_LARGEST = 1024 * 1024  # characters; the compiler reads less, and says so at its place


@dataclass(frozen=True, slots=True)
class Loaded:
    """`path` is None where there is no such file."""

    path: Path | None
    channels: Channels
    warnings: tuple[Problem, ...] = ()


def load_channels(settings: Settings, mailboxes: Collection[str] | None = None) -> Loaded:
    """`mailboxes` are those of the workspace. Raises BadInput with everything that is wrong."""
    path = settings.channels_path
    if path is None:
        return Loaded(None, Channels())
    return read_channels(path, mailboxes)


def read_channels(path: Path, mailboxes: Collection[str] | None = None) -> Loaded:
    channels, problems = look_at(path, mailboxes)
    if channels is None:
        errors = [str(problem) for problem in problems if problem.is_error]
        raise BadInput("the channels cannot be used:\n" + "\n".join(errors), problems=len(errors))
    return Loaded(path, channels, problems)


def look_at(path: Path, mailboxes: Collection[str] | None = None) -> tuple[Channels | None, tuple[Problem, ...]]:
    """None where there is an error among the problems."""
    return compile_channels(_text(path), str(path), _sources(path), mailboxes)


def _text(path: Path) -> str:
    try:
        return read_text(path, _LARGEST)
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8; save it as UTF-8") from None
    except OSError as problem:
        raise BadInput(f"{path}: {problem.strerror}; set TOUCHLINE_CHANNELS to the file, or leave it out") from None


def _sources(path: Path) -> Sources:
    """Files of secrets and of certificates are named from where `channels.yaml` is."""

    def authority(name: str) -> str:
        return _authority(path.parent / name)

    return Sources(environment(), lambda name: read_text(path.parent / name), authority)


def _authority(path: Path) -> str:
    """Read as it will be when a connection is opened. Raises OSError."""
    refuse_endless(path)
    path.open("rb").close()  # says why it cannot be read; the library does not
    try:
        ssl.create_default_context(cafile=str(path))
    except ssl.SSLError:
        raise OSError(None, "it holds no certificate in PEM") from None
    return str(path)
