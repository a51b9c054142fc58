"""Enrollments: people into a sequence, and stop, pause, resume."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, described, page
from api.deps import Actor, Ctx, Cursor, Limit, Locale, RowId
from api.routes.shapes import Body, Instant, Name, Short
from engine.core.capacity import Flood
from engine.core.enrollment import EnrollmentStatus
from engine.operations import selecting, steering
from engine.operations.context import Context
from engine.operations.enroll import Order, enroll
from engine.operations.queries import enrollments as query
from engine.operations.queries.admission import Admission, admission
from engine.operations.queries.enrollments import EnrollmentDetail, EnrollmentRow
from engine.operations.queries.explaining.explanation import explain
from engine.operations.queries.explaining.values import Explanation
from engine.operations.queries.pages import Page

router = APIRouter(prefix="/enrollments", tags=["enrollments"])
MOST_PEOPLE = 10_000

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Filter(Body):
    """Everybody whom all given parts fit."""

    stages: list[Name] = Field(default_factory=list, max_length=100)
    countries: list[Name] = Field(default_factory=list, max_length=300)
    listed: Name | None = None
    source: Name | None = None
    locale: Name | None = None
    limit: int | None = Field(None, ge=1, le=MOST_PEOPLE)


class NewEnrollments(Body):
    """Who should enter what: one person, a list, or a filter. `reps` take people whom nobody owns, in turn."""

    sequence: Name
    people: list[Id] | None = Field(None, min_length=1, max_length=MOST_PEOPLE)
    filter: Filter | None = None
    reps: list[Name] = Field(default_factory=list, max_length=100)
    batch: Name = "api"
    dry_run: bool = False
    when_too_many: Flood | None = Field(
        None, description="instead of what workspace.yaml says of more people than a rep can take in a day"
    )

    @model_validator(mode="after")
    def _names_people(self) -> "NewEnrollments":
        if (self.people is None) == (self.filter is None):
            raise ValueError("give either people or filter")
        return self


class Stop(Body):
    note: Short = ""


class Pause(Body):
    note: Short = ""
    resume_at: Instant | None = None


@router.post(
    "",
    summary="Enroll one person, a list or a filter; with dry_run nothing happens",
    responses=described(Admission, 201, description="who was enrolled and who was refused, with the reason")
    | described(Admission, 200, description="the dry run's answer"),
)
def create(ctx: Ctx, actor: Actor, locale: Locale, body: NewEnrollments) -> Response:
    people = tuple(body.people) if body.people is not None else _people(ctx, body.filter or Filter())
    order = Order(
        sequence=body.sequence,
        people=people,
        actor=actor,
        reps=tuple(body.reps),
        batch=body.batch,
        dry_run=body.dry_run,
        when_too_many=body.when_too_many,
    )
    report = enroll(ctx, order)
    return answer(admission(report, ctx.now(), dry_run=body.dry_run, locale=locale), 200 if body.dry_run else 201)


def _people(ctx: Context, named: Filter) -> tuple[int, ...]:
    wanted = selecting.Filter(
        stages=tuple(named.stages),
        countries=tuple(named.countries),
        listed=named.listed,
        source=named.source,
        locale=named.locale,
        limit=named.limit or MOST_PEOPLE,
    )
    return tuple(person.id for person in selecting.select_people(ctx, wanted))


@router.get("", summary="Enrollments in id order", responses=described(Page[EnrollmentRow]))
def many(
    request: Request,
    ctx: Ctx,
    locale: Locale,
    status: EnrollmentStatus | None = None,
    sequence: Annotated[str | None, Query(max_length=200)] = None,
    prospect_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    rep: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    asked = {
        "status": status.value if status else None,
        "sequence_key": sequence,
        "prospect_id": prospect_id,
        "rep_key": rep,
    }
    return page(request, query.list_enrollments(ctx, asked, limit=limit, cursor=cursor, locale=locale))


@router.get("/{enrollment_id}", summary="One, with its touches and pauses", responses=described(EnrollmentDetail))
def one(ctx: Ctx, enrollment_id: RowId, locale: Locale) -> Response:
    return answer(query.enrollment(ctx, enrollment_id, locale=locale))


@router.get(
    "/{enrollment_id}/explanation",
    summary="Why this time, why not yet, what would change it, what comes next",
    responses=described(Explanation),
)
def explanation(ctx: Ctx, enrollment_id: RowId, locale: Locale) -> Response:
    return answer(explain(ctx, enrollment_id, locale=locale))


_CHANGED = described(EnrollmentDetail, description="the enrollment as it is now")


@router.post(
    "/{enrollment_id}/stop",
    summary="End it; nothing of it is sent any more",
    responses=_CHANGED
    | described(EnrollmentDetail, 202, description="a send is under way; the stop is kept and applied next"),
)
def stop(ctx: Ctx, enrollment_id: RowId, actor: Actor, locale: Locale, body: Stop) -> Response:
    is_applied = steering.stop(ctx, enrollment_id, actor=actor, note=body.note)
    return answer(query.enrollment(ctx, enrollment_id, locale=locale), 200 if is_applied else 202)


@router.post("/{enrollment_id}/admit", summary="Let it begin now, whatever its rep has to do", responses=_CHANGED)
def admit(ctx: Ctx, enrollment_id: RowId, actor: Actor, locale: Locale) -> Response:
    steering.admit(ctx, enrollment_id, actor=actor)
    return answer(query.enrollment(ctx, enrollment_id, locale=locale))


@router.post("/{enrollment_id}/pause", summary="Hold it until it is resumed", responses=_CHANGED)
def pause(ctx: Ctx, enrollment_id: RowId, actor: Actor, locale: Locale, body: Pause) -> Response:
    steering.pause(ctx, enrollment_id, actor=actor, note=body.note, resume_at=body.resume_at)
    return answer(query.enrollment(ctx, enrollment_id, locale=locale))


@router.post("/{enrollment_id}/resume", summary="Let it go on; nothing fires at once", responses=_CHANGED)
def resume(ctx: Ctx, enrollment_id: RowId, actor: Actor, locale: Locale) -> Response:
    steering.resume(ctx, enrollment_id, actor=actor)
    return answer(query.enrollment(ctx, enrollment_id, locale=locale))
