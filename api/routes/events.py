"""What happened out there: stored first, then applied; 202 while a send to the person is under way."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.responses import Response

from api.answers import answer, described
from api.deps import Ctx
from api.errors import bad_field
from api.routes.shapes import Body, Day, Instant, Name, Short, SourceId, TheirWords
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, Receipt, ingest
from engine.operations.incoming.whose import Named, whose

router = APIRouter(prefix="/events", tags=["events"])
_AHEAD = timedelta(minutes=5)  # clocks of other systems
_ANSWER: dict[str, Any] = {
    "responses": described(Receipt, description="stored and applied")
    | described(Receipt, 202, description="stored; it is applied in a moment")
}
_WHO = ("prospect_id", "touch_id", "message_id", "email", "phone")
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="E.164: +12125550100")]


class Fact(Body):
    """Who is meant is named by one of prospect_id, touch_id, message_id (of our mail), email, phone."""

    id: SourceId = Field(description="unique at its source: the same id of the same source is the same fact")
    source: Name = "api"
    at: Instant | None = Field(None, description="when it happened; now when left out")
    prospect_id: Id | None = None
    touch_id: Id | None = None
    message_id: SourceId | None = None
    email: Name | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "Fact":
        given = {name for name in _WHO if getattr(self, name) is not None}
        if len(given) != 1 and given != {"prospect_id", "touch_id"}:
            raise ValueError(f"name the person by exactly one of {', '.join(_WHO)}")
        return self


class Reply(Fact):
    channel: Literal["email", "sms", "wechat", "linkedin", "phone"] = "email"
    subject: TheirWords = ""
    text: TheirWords


class OptOut(Fact):
    channel: Literal["email", "sms", "wechat", "linkedin", "phone"] = "email"
    text: TheirWords = Field("", description="their own words, kept as proof")


class Bounce(Fact):
    is_hard: bool = Field(description="5.1.x and 5.2.1; a soft one is only noted")
    address: Short = Field("", description="the address that bounced; the one that was used when left out")
    detail: TheirWords = ""


class OutOfOffice(Fact):
    until: Day | None = Field(None, description="the date they named; a week when left out")
    text: TheirWords = ""


class Meeting(Fact):
    meeting_at: Instant
    title: Short = ""


class Complaint(Fact):
    text: TheirWords = ""


class Click(Fact):
    """Of a human being; leave out what scanners do."""

    url: Short = ""


class Delivery(Fact):
    """The mail has reached their server."""


class HandSent(Fact):
    """A mail that a rep wrote by hand: automatic mail keeps away for two working days."""

    subject: Short = ""


@router.post("/replies", summary="They answered: everything stops, somebody decides", **_ANSWER)
def replied(ctx: Ctx, body: Reply) -> Response:
    return _taken(ctx, "replied", body, channel=body.channel, subject=body.subject, text=body.text)


@router.post("/opt-outs", summary="They want to hear nothing more, on any channel", **_ANSWER)
def opted_out(ctx: Ctx, body: OptOut) -> Response:
    return _taken(ctx, "opted_out", body, channel=body.channel, text=body.text)


@router.post("/bounces", summary="A mail came back", **_ANSWER)
def bounced(ctx: Ctx, body: Bounce) -> Response:
    kind = "bounced" if body.is_hard else "soft_bounced"
    return _taken(ctx, kind, body, address=body.address, detail=body.detail)


@router.post("/out-of-office", summary="They are away: what is planned waits", **_ANSWER)
def out_of_office(ctx: Ctx, body: OutOfOffice) -> Response:
    until = body.until.isoformat() if body.until else None
    return _taken(ctx, "out_of_office", body, until=until, text=body.text)


@router.post("/meetings", summary="A meeting was booked: everything stops, it is to be confirmed", **_ANSWER)
def meeting_booked(ctx: Ctx, body: Meeting) -> Response:
    return _taken(ctx, "meeting_booked", body, at=body.meeting_at.isoformat(), title=body.title)


@router.post("/complaints", summary="They marked a mail as spam", **_ANSWER)
def complained(ctx: Ctx, body: Complaint) -> Response:
    return _taken(ctx, "complained", body, text=body.text)


@router.post("/clicks", summary="A person clicked: their call moves to the top of today", **_ANSWER)
def clicked(ctx: Ctx, body: Click) -> Response:
    return _taken(ctx, "clicked", body, url=body.url)


@router.post("/deliveries", summary="A mail has arrived", **_ANSWER)
def delivered(ctx: Ctx, body: Delivery) -> Response:
    return _taken(ctx, "delivered", body)


@router.post("/hand-sent", summary="A rep wrote to them by hand", **_ANSWER)
def hand_sent(ctx: Ctx, body: HandSent) -> Response:
    return _taken(ctx, "hand_sent", body, subject=body.subject)


def _taken(ctx: Context, kind: str, fact: Fact, **told: str | None) -> Response:
    now = ctx.now()
    at = fact.at or now
    if at > now + _AHEAD:
        raise bad_field("at", f"{at.isoformat()} lies in the future; give the instant at which it happened")
    who = whose(ctx, Named(**{name: getattr(fact, name) for name in _WHO}))
    body = {name: value for name, value in told.items() if value}
    inbound = Inbound(kind, who.prospect_id, at, fact.id, provider=fact.source, touch_id=who.touch_id, body=body)
    receipt = ingest(ctx, inbound)
    return answer(receipt, 200 if receipt.is_applied else 202)
