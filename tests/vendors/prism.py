"""Prism, a strict mock of an OpenAPI file: it refuses what the file does not allow. Run by npx, on loopback."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PACKAGE = "@stoplight/prism-cli@5"
_PATIENCE = 180  # seconds; the first run fetches the package


class NoPrism(Exception):
    """Prism cannot be run here."""


@contextmanager
def prism(spec: Path) -> Iterator[str]:
    """Its address, while it runs. Raises NoPrism with the reason."""
    npx = shutil.which("npx")
    if npx is None:
        raise NoPrism("npx is not installed; install Node.js")
    port = _free_port()
    command = [npx, "-y", PACKAGE, "mock", "--errors", "--host", "127.0.0.1", "--port", str(port), str(spec)]
    with tempfile.TemporaryFile() as told:
        running = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _wait(running, port)
            yield f"http://127.0.0.1:{port}"
        except NoPrism as problem:
            told.seek(0)
            raise NoPrism(f"{problem}: {told.read()[-500:].decode(errors='replace').strip()}") from None
        finally:
            _end(running)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _wait(running: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        if running.poll() is not None:
            raise NoPrism(f"it ended with {running.returncode}")
        if _answers(port):
            return
        time.sleep(0.2)
    raise NoPrism(f"it did not answer within {_PATIENCE} s")


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _end(running: subprocess.Popen[bytes]) -> None:
    """npx leaves Prism behind when it ends: the whole session that was begun for it ends, and no other process."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(running.pid, how)
        with suppress(subprocess.TimeoutExpired):
            running.wait(timeout=10)
