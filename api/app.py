"""The whole HTTP side: JSON under /api/v1, the queue's page at /, and the link that ends it all at /u/."""

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from api import errors, openapi
from api.auth import Guard, Lock
from api.dashboard import ahead, clicks, pages, session, unsubscribe, work
from api.deps import bearer
from api.headers import SafeHeaders
from api.repeats import Repeats
from api.routes import (
    arrivals,
    calls,
    consents,
    enrollments,
    events,
    forecast,
    health,
    leave,
    prospects,
    queue,
    safety,
    sending,
    stuck,
    suppressions,
    tasks,
    team,
    touches,
    webhooks,
)
from engine.core.errors import BadInput
from engine.operations.context import Context

VERSION = "1"
STATIC = Path(__file__).parent / "dashboard" / "static"
_ABOUT = (
    "Everything but /healthz, /readyz, /u/, /c/ and /webhooks/ needs `Authorization: Bearer <token>`. Instants are "
    "RFC 3339 in UTC, beside the IANA zone in which they matter. Errors are problem+json with a stable `type`."
)


def create_app(ctx: Context, token: str) -> FastAPI:
    """`token` opens everything. Raises BadInput for an empty one."""
    if not token:
        raise BadInput("the API needs a token; set TOUCHLINE_TOKEN")
    app = FastAPI(
        title="Touchline",
        version=VERSION,
        description=_ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(SafeHeaders), Middleware(Guard), Middleware(Repeats)],
    )
    app.state.ctx, app.state.lock = ctx, Lock(ctx, token)
    errors.install(app, pages.problem)
    app.include_router(_api())
    app.include_router(health.router)
    app.include_router(webhooks.router)
    for page in (pages, work, ahead, session, unsubscribe, clicks):
        app.include_router(page.router, include_in_schema=page in (unsubscribe, clicks))
    app.mount("/static", StaticFiles(directory=STATIC))
    openapi.describe(app)
    return app


def _api() -> APIRouter:
    made = APIRouter(prefix="/api/v1", dependencies=[Depends(bearer)])
    for resource in (
        queue,
        tasks,
        calls,
        stuck,
        enrollments,
        touches,
        prospects,
        consents,
        events,
        team,
        forecast,
        leave,
        suppressions,
        sending,
        safety,
        arrivals,
    ):
        made.include_router(resource.router)
    return made
