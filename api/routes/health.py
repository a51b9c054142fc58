"""Asked from outside, without a token: is the process there, and can it work?"""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer
from api.deps import Ctx
from engine.operations.readiness import checks

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process answers")
def healthz() -> Response:
    return answer({"status": "ok"})


@router.get("/readyz", summary="Database, migrations and heartbeat are good; 503 otherwise")
def readyz(ctx: Ctx) -> Response:
    found = checks(ctx)
    is_ready = all(check.is_good for check in found)
    return answer({"status": "ready" if is_ready else "not ready", "checks": found}, 200 if is_ready else 503)
