"""The shape of `workspace.yaml`: what is the company's own."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from engine.compiler.caps_shape import CapsShape
from engine.compiler.hours import HoursShape
from engine.compiler.outcome_shape import Tables
from engine.compiler.shape import Shape
from engine.compiler.words import Address, Country, DateText, DaysText, Domain, Key, Locale, Text, ZoneName

Line = Annotated[str, Field(max_length=500)]


Work: TypeAlias = Literal[
    "call", "voicemail", "personal_email", "wechat_add", "wechat_message", "linkedin", "maimai", "video", "task",
    "triage", "other",
]  # fmt: skip


class CapacityShape(Shape):
    tasks_per_day: int | None = Field(
        None, ge=1, le=1000, description="Tasks that a rep gets done in a day; the workspace's (80) when left out."
    )
    minutes_per_day: int | None = Field(
        None, ge=1, le=1440, description="Minutes of a day that go into tasks; the workspace's (330) when left out."
    )
    minutes: dict[Work, Annotated[float, Field(ge=0, le=480)]] | None = Field(
        None, description="Minutes for one task of a kind; a voicemail adds to its call."
    )
    new_leads_per_day: int | None = Field(
        None, ge=1, le=10_000, description="New people a rep begins with in a day; what is sustained when left out."
    )
    when_too_many: Literal["stagger", "refuse", "enroll_all"] | None = Field(
        None, description="What becomes of a batch that is more than its reps sustain; stagger when left out."
    )


class MailboxShape(Shape):
    address: Address = Field(description="The sending address.", examples=["ana@acme.com"])
    display_name: Text = Field(description="The name beside it.", examples=["Ana Li"])
    signature: Line = Field("", description="What stands under each mail.")


LeaveWord: TypeAlias = Literal["pause", "delegate", "reassign"]


class LeaveShape(Shape):
    from_: DateText = Field(alias="from", description="The first day away, on the rep's own calendar.")
    until: DateText = Field(description="The last day away.")
    policy: LeaveWord | None = Field(
        None, description="What becomes of the work meanwhile; the workspace's `on_leave` when left out."
    )
    to: Key | None = Field(None, description="The rep who stands in, or takes over.", examples=["bo"])


class RepShape(Shape):
    key: Key = Field(description="The rep's identity in files and imports.", examples=["ana"])
    name: Text = Field(description="The name.", examples=["Ana Li"])
    email: Address = Field(description="The rep's own address.", examples=["ana@acme.com"])
    team: Key = Field(description="The team.", examples=["sales"])
    zone: ZoneName | None = Field(None, description="The rep's time zone; the workspace's when left out.")
    country: Country | None = Field(
        None, description="The country of the rep's holidays; the workspace's when left out.", examples=["DE"]
    )
    region: Line | None = Field(None, description="The region of the rep's holidays, by its code or name.")
    hours: HoursShape | None = Field(None, description="The rep's working hours; the workspace's when left out.")
    locale: Locale | None = Field(None, description="The rep's language; the workspace's when left out.")
    title: Line = Field("", description="The job title, as it stands in a mail.")
    phone: Line = Field("", description="The number, as it stands in a mail.")
    aliases: list[Text] = Field(default_factory=list, description="Names of the rep in imported files.")
    mailboxes: list[MailboxShape] = Field(default_factory=list, description="The addresses the rep sends from.")
    leave: list[LeaveShape] = Field(
        default_factory=list,
        max_length=100,
        description="Days on which the rep is away.",
        examples=['[{from: "2026-08-03", until: "2026-08-14", policy: delegate, to: bo}]'],
    )
    leaves_to: Key | None = Field(None, description="The rep works here no more; this one takes over.", examples=["bo"])
    capacity: CapacityShape | None = Field(None, description="What differs for this rep, who works half days for one.")


class CalendarShape(Shape):
    key: Key = Field(description="The calendar's identity.", examples=["acme"])
    title: Text = Field(description="Its name for people.", examples=["Acme's summer break"])
    accounts: list[Domain] = Field(
        min_length=1, max_length=1000, description="The domains of the companies whose people follow it."
    )
    country: Country | None = Field(
        None, description="Whose holidays they keep; those of where each person is when left out.", examples=["DE"]
    )
    region: Line | None = Field(None, description="The region of those holidays, by its code or name.")
    closed: list[DaysText] = Field(default_factory=list, description="Days, or ranges of days, on which they are away.")
    extra_workdays: list[DateText] = Field(default_factory=list, description="Weekend days on which they work.")


class TeamShape(Shape):
    key: Key = Field(description="The team, as its reps name it.", examples=["sdr"])
    manager: Key = Field(description="The rep who hears of the team's late work.", examples=["ana"])


class StageShape(Shape):
    key: Key = Field(description="The stage's identity.", examples=["in-progress"])
    title: Text = Field(description="Its name for people.", examples=["In progress"])
    blocks_outbound: bool = Field(default=False, description="Nobody in this stage is enrolled in outbound.")
    aliases: list[Text] = Field(default_factory=list, description="Its names in imported files.")


class WorkspaceShape(Shape):
    company: Text = Field(description="The company's name, as it stands in a mail.", examples=["Acme"])
    website: Line = Field("", description="Its website.")
    postal_address: Text = Field(description="Its address, which every automatic mail carries.", examples=["1 Main St"])
    zone: ZoneName = Field(description="Its time zone.", examples=["Europe/Berlin"])
    country: Country = Field(description="The country of its holidays.", examples=["US"])
    region: Line | None = Field(None, description="The region of its holidays, by its code or name.")
    locale: Locale = Field(description="Its language.", examples=["en"])
    hours: HoursShape = Field(description="When touches may happen.", examples=['{mon-fri: ["09:00-17:00"]}'])
    closed: list[DaysText] = Field(
        default_factory=list, description="Days, or ranges of days, on which it is closed besides holidays."
    )
    extra_workdays: list[DateText] = Field(default_factory=list, description="Weekend days on which it works.")
    unknown_holidays: Literal["hold", "ignore"] = Field(
        "hold",
        description="What becomes of touches on days whose holidays nobody knows yet: held, or planned as if none.",
    )
    calendars: list[CalendarShape] = Field(
        default_factory=list, max_length=1000, description="Days that the people of some accounts keep."
    )
    caps: CapsShape | None = Field(None, description="How much may leave.")
    capacity: CapacityShape | None = Field(None, description="How much a rep gets done in a day.")
    on_leave: LeaveWord = Field(
        "pause", description="What becomes of a rep's work on leave, where the leave does not say."
    )
    track: Literal["clicks", "nothing"] = Field(
        "nothing", description="Whether clicks on links are recorded, where the recipient's country allows it."
    )
    stages: list[StageShape] = Field(min_length=1, max_length=100, description="The stages of a prospect, in order.")
    reps: list[RepShape] = Field(default_factory=list, max_length=1000, description="The people who own work.")
    teams: list[TeamShape] = Field(default_factory=list, max_length=1000, description="Who leads which team.")
    outcomes: Tables = Field(description="What each answer of a rep leads to; complete.", examples=["{call: ...}"])
