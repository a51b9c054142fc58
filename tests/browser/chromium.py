"""A real browser over the DevTools protocol on a pipe: no driver, no port."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--remote-debugging-pipe",
)  # fmt: skip
Note: TypeAlias = Callable[[dict[str, Any]], None]
_PATIENCE = 20.0
_CODES = {"Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38}


def program() -> str | None:
    """A Chromium of the system, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _spawn(command: list[str], its_read: int, its_write: int) -> int:
    """Chromium reads commands from descriptor 3 and writes answers to 4. Returns its process id."""
    far = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 20) for one in (its_read, its_write)]
    actions = [
        (os.POSIX_SPAWN_DUP2, far[0], 3),
        (os.POSIX_SPAWN_DUP2, far[1], 4),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    for one in far:
        os.close(one)
    return process


class Browser:
    """The program. To start it takes seconds, so one serves all tests, each in a page of its own."""

    def __init__(self, chromium: str, profile: Path) -> None:
        its_read, self._write = os.pipe()
        self._read, its_write = os.pipe()
        self._process = _spawn([chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"], its_read, its_write)
        os.close(its_read)
        os.close(its_write)
        self._count, self._rest = 0, b""

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._read)
        os.close(self._write)

    def call(
        self, method: str, params: dict[str, Any], *, session: str = "", note: Note = lambda _: None
    ) -> dict[str, Any]:
        """`note` hears what the session tells meanwhile."""
        self._count += 1
        asked: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if session:
            asked["sessionId"] = session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._count:
                if "error" in told:
                    raise AssertionError(f"{method}: {told['error']}")
                result: dict[str, Any] = told["result"]
                return result
            if told.get("sessionId") == session:
                note(told)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], _PATIENCE)
            heard = os.read(self._read, 1_000_000) if ready else b""
            if not heard:
                raise AssertionError("the browser has fallen silent")
            self._rest += heard
        message, self._rest = self._rest.split(b"\0", 1)
        told: dict[str, Any] = json.loads(message)
        return told


class Page:
    """A tab that shares no cookie, store or cache with another. `requests` are all addresses that it asked for,
    `complaints` what it refused or the script threw.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser, self._session = browser, ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._context = self._call("Target.createBrowserContext")["browserContextId"]
        tab = self._call("Target.createTarget", url="about:blank", browserContextId=self._context)["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def close(self) -> None:
        self._session = ""
        self._call("Target.disposeBrowserContext", browserContextId=self._context)

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "screen") -> None:
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def go(self, url: str) -> None:
        self._call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        found = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def wait_for(self, condition: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not self.run(f"Boolean({condition})"):
            if time.monotonic() > end:
                raise AssertionError(f"never came true: {condition}")
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """As from a keyboard; a single character also types."""
        told: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": _CODES.get(key, ord(key[0].upper()))}
        if len(key) == 1 or key == "Enter":
            told["text"] = "\r" if key == "Enter" else key
        self._call("Input.dispatchKeyEvent", type="keyDown", **told)
        self._call("Input.dispatchKeyEvent", type="keyUp", **told)

    def type(self, text: str) -> None:
        self._call("Input.insertText", text=text)

    def picture(self, path: Path) -> None:
        shot = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=False)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, params, session=self._session, note=self._note)

    def _note(self, told: dict[str, Any]) -> None:
        match told.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(told["params"]["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(told["params"]["exceptionDetails"]))
            case "Log.entryAdded" if told["params"]["entry"]["level"] in ("error", "warning"):
                self.complaints.append(told["params"]["entry"]["text"])
