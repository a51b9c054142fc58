"""A real browser before a real server on loopback. Without a Chromium they are reported as not run; in CI they fail."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from api.app import create_app
from tests.browser.chromium import Browser, Page, program
from tests.support.busy_day import busy_day
from tests.support.world import World

TOKEN = "open-sesame"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a Chromium on this machine")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(_chromium(), tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


def _chromium() -> str:
    found = program()
    if found is None:
        told = "not run: there is no Chromium on this machine; `apt-get install chromium` brings one"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = busy_day(tmp_path)
    yield made
    made.ctx.database.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(create_app(world.ctx, TOKEN), port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Signed in by the address that `touchline serve` prints."""
    made = Page(browser)
    made.look()
    made.go(f"{address}/login?token={TOKEN}")
    made.wait_for("document.querySelector('#panel')")
    yield made
    made.close()
