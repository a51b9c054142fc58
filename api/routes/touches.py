"""Touches: why one is as it is."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Ctx, Locale, RowId
from engine.operations.queries.explaining.explanation import explain_touch
from engine.operations.queries.explaining.values import TouchExplanation

router = APIRouter(prefix="/touches", tags=["enrollments"])


@router.get(
    "/{touch_id}/explanation",
    summary="Why this time, why not yet, and what would change it",
    responses=described(TouchExplanation),
)
def explanation(ctx: Ctx, touch_id: RowId, locale: Locale) -> Response:
    return answer(explain_touch(ctx, touch_id, locale=locale))
