"""From the shape of a sequence file to the values of core: defaults, hours and the meaning of the short forms."""

from engine.compiler.document import Document
from engine.compiler.hours import HoursShape, read_hours
from engine.compiler.problems import Problem
from engine.compiler.sequence_shape import (
    A_BUSINESS_DAY,
    AgainAfter,
    ConsentShape,
    Escalate,
    ExhaustedShape,
    Join,
    Reassign,
    ScheduleShape,
    SequenceShape,
    SkipAfter,
    StepShape,
)
from engine.compiler.sequence_shape import IfLate as WrittenLateness
from engine.core.hours import Hours
from engine.core.outcome import OutcomeTables
from engine.core.sequence import (
    MANAGER,
    Acknowledge,
    After,
    Again,
    AgainPolicy,
    Anchor,
    Audience,
    AudienceKind,
    DayKind,
    Exhausted,
    Family,
    Gap,
    IfLate,
    Late,
    Schedule,
    Sequence,
    Step,
    Thread,
    Unit,
    Verb,
    ZoneSource,
)
from engine.core.workspace import Workspace

TEAM = "team"  # in place of a rep's key: whoever of the team has least to do

CHANNEL_HOURS = {
    "call_hours": Family.PHONE,
    "email_hours": Family.EMAIL,
    "sms_hours": Family.SMS,
    "wechat_hours": Family.WECHAT,
    "social_hours": Family.SOCIAL,
    "video_hours": Family.VIDEO,
    "task_hours": Family.OTHER,
}

# A late call has lost its moment, and an unanswered invitation blocks nothing. What a person writes is worth waiting
# for, and somebody should ask about it.
_LATENESS = {
    Verb.CALL: IfLate(Late.SKIP_AFTER, Gap(3, Unit.BUSINESS_DAY)),
    Verb.LINKEDIN: IfLate(Late.SKIP_AFTER, Gap(5, Unit.BUSINESS_DAY)),
    Verb.MAIMAI: IfLate(Late.SKIP_AFTER, Gap(5, Unit.BUSINESS_DAY)),
    Verb.PERSONAL_EMAIL: IfLate(Late.ESCALATE, A_BUSINESS_DAY),
}
_IN_A_WORD = {
    "wait": IfLate(Late.WAIT),
    "proceed": IfLate(Late.PROCEED),
    "reassign": IfLate(Late.REASSIGN, A_BUSINESS_DAY),
    "escalate": IfLate(Late.ESCALATE, A_BUSINESS_DAY),
}

_AGAIN = {
    AudienceKind.OUTBOUND: Again(AgainPolicy.AFTER, Gap(90, Unit.DAY)),
    AudienceKind.INBOUND: Again(AgainPolicy.ALWAYS),
    AudienceKind.NURTURE: Again(AgainPolicy.IF_INACTIVE),
}


def sequence_from(shape: SequenceShape, schedule: Schedule, outcomes: OutcomeTables, workspace: Workspace) -> Sequence:
    audience = _audience(shape, workspace)
    return Sequence(
        key=shape.sequence,
        title=shape.title or shape.sequence,
        formula=shape.formula,
        audience=audience,
        schedule=schedule,
        again=_again(shape, audience.kind),
        steps=tuple(_step(step, workspace) for step in shape.steps),
        outcomes=outcomes,
        allow=frozenset(shape.allow or ()),
        count_channels=shape.count == "channels",
        quiet_since_last_touch=shape.quiet_since_last_touch,
        tracks_clicks=workspace.tracks_clicks if shape.track is None else shape.track == "clicks",
        texts_rest_on=_texts_rest_on(shape.consent) if shape.consent else None,
        respond_within=shape.respond_within,
        acknowledge=Acknowledge(Verb(shape.acknowledge.do), shape.acknowledge.use) if shape.acknowledge else None,
        on_exhausted=_exhausted(shape.on_exhausted) if shape.on_exhausted else None,
    )


def schedule_from(shape: ScheduleShape, default: Hours, document: Document) -> tuple[Schedule, list[Problem]]:
    channel_hours: dict[Family, Hours] = {}
    hours, problems = _hours(shape, "hours", document)
    for name, family in CHANNEL_HOURS.items():
        own, found = _hours(shape, name, document)
        problems += found
        if own is not None:
            channel_hours[family] = own
    schedule = Schedule(
        DayKind(shape.days),
        default if hours is None else hours,
        channel_hours,
        ZoneSource(shape.zone),
        Anchor(shape.anchor),
    )
    return schedule, problems


def _hours(shape: ScheduleShape, name: str, document: Document) -> tuple[Hours | None, list[Problem]]:
    written: HoursShape | None = getattr(shape, name)
    if written is None:
        return None, []
    hours, complaints = read_hours(written)
    problems = [document.problem(("schedule", name, *path), complaint) for path, complaint in complaints]
    return hours, problems


def _audience(shape: SequenceShape, workspace: Workspace) -> Audience:
    audience = shape.audience
    return Audience(
        AudienceKind(audience.kind),
        tuple(audience.locales or (workspace.locale,)),
        tuple(audience.sources or ()),
        audience.batch_at_most,
    )


def _again(shape: SequenceShape, kind: AudienceKind) -> Again:
    if isinstance(shape.again, AgainAfter):
        return Again(AgainPolicy.AFTER, shape.again.after)
    return Again(AgainPolicy(shape.again)) if shape.again else _AGAIN[kind]


def _texts_rest_on(shape: ConsentShape) -> frozenset[str] | None:
    return frozenset([shape.sms] if isinstance(shape.sms, str) else shape.sms) if shape.sms else None


def _exhausted(shape: ExhaustedShape) -> Exhausted:
    return Exhausted(shape.start, shape.task, shape.reason)


def _step(shape: StepShape, workspace: Workspace) -> Step:
    verb = Verb(shape.do)
    return Step(
        key=shape.key,
        day=shape.day,
        do=verb,
        use=shape.use,
        title=shape.title,
        thread=Thread(shape.thread),
        voicemail=shape.voicemail is not None,
        redial=shape.redial,
        if_late=_if_late(shape.if_late) if shape.if_late else _usual_lateness(verb, workspace),
        after=_after(shape),
        was=shape.was,
    )


def _if_late(written: WrittenLateness) -> IfLate:
    match written:
        case SkipAfter(skip_after=gap):
            return IfLate(Late.SKIP_AFTER, gap)
        case Reassign(reassign=to, after=gap):
            return IfLate(Late.REASSIGN, gap, None if to == TEAM else to)
        case Escalate(escalate=to, after=gap):
            return IfLate(Late.ESCALATE, gap, None if to == MANAGER else to)
        case word:
            return _IN_A_WORD[word]


def _usual_lateness(verb: Verb, workspace: Workspace) -> IfLate:
    """Where no team has a manager there is nobody to tell, and the step waits."""
    usual = _LATENESS.get(verb, _IN_A_WORD["wait"])
    return _IN_A_WORD["wait"] if usual.policy is Late.ESCALATE and not workspace.teams else usual


def _after(shape: StepShape) -> After | None:
    if isinstance(shape.after, Join):
        return After(shape.after.gap, shape.after.step)
    return After(shape.after) if shape.after else None
