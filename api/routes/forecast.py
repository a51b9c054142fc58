"""The next days of reps and mailboxes."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Ctx, Locale, MaybeRep
from engine.operations.queries.forecast import LONGEST, USUAL, Forecast, forecast

router = APIRouter(tags=["reps"])

Days = Annotated[int, Query(ge=1, le=LONGEST, description="how far to look")]
OneRep = Annotated[
    str | None, Query(max_length=200, description="only this rep's; all that the caller may see, if none")
]


@router.get(
    "/forecast",
    summary="What comes to each rep and mailbox; a rep sees their own and those whom they lead",
    responses=described(Forecast),
)
def ahead(ctx: Ctx, viewer: MaybeRep, locale: Locale, days: Days = USUAL, rep: OneRep = None) -> Response:
    key = viewer.key if viewer is not None else None
    return answer(forecast(ctx, days=days, viewer=key, rep=rep, locale=locale))
