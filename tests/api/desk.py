"""The real app over a real database, called as a rep calls it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from api.app import create_app
from api.auth import Lock
from engine.operations.context import Context
from tests.support.world import World

TOKEN = "open-sesame-0123456789"
V1 = "/api/v1"


@dataclass(frozen=True)
class Desk:
    """`api` has the token and acts as Tom Lee; `anyone` has nothing; `page` is a signed-in browser without scripts."""

    world: World
    api: TestClient
    anyone: TestClient
    page: TestClient

    def get(self, path: str, **options: Any) -> Any:
        answer = self.api.get(V1 + path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        """Header names with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Response = self.api.post(V1 + path, json=body, headers=named)
        return answer

    def on_task(self, task: Any, verb: str, body: Any = None, **headers: str) -> Response:
        return self.post(f"/tasks/{task['id']}/{verb}", body, **{"If_Match": f'"{task["version"]}"', **headers})

    def task_of(self, name: str, **params: str) -> Any:
        """The person's row in the queue."""
        rows = self.get("/queue", params=params)["items"]
        return next(row for row in rows if row["prospect"]["name"] == name)


@contextmanager
def open_desk(world: World) -> Iterator[Desk]:
    app = _app(world.ctx)
    origin = "http://testserver"
    api = TestClient(app, headers={"Authorization": f"Bearer {TOKEN}", "X-Touchline-Rep": "tom-lee"})
    page = TestClient(app, headers={"Accept": "text/html", "Origin": origin})
    anyone = TestClient(app, follow_redirects=False)
    with api, page, anyone:
        signed = page.post("/login", data={"token": TOKEN})
        assert signed.status_code == 200, signed.text
        assert page.post("/rep", data={"rep": "tom-lee"}).status_code == 200
        yield Desk(world, api, anyone, page)


_APPS: list[FastAPI] = []


def _app(ctx: Context) -> FastAPI:
    """Routes are built once; what a request reads of the application is this test's own."""
    if not _APPS:
        _APPS.append(create_app(ctx, TOKEN))
    _APPS[0].state.ctx, _APPS[0].state.lock = ctx, Lock(ctx, TOKEN)
    return _APPS[0]


def is_problem(answer: Response, status: int, kind: str) -> bool:
    """RFC 9457, with our stable type."""
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert (answer.status_code, told["status"], told["type"]) == (status, status, f"urn:touchline:problem:{kind}"), told
    assert told["title"]
    return True


def hidden_version(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found is not None
    return found[1]
