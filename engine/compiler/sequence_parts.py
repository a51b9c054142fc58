"""From the shape of a sequence file to the values of core: defaults, hours and the meaning of the short forms."""

from engine.compiler.document import Document
from engine.compiler.hours import HoursShape, read_hours
from engine.compiler.problems import Problem
from engine.compiler.sequence_shape import (
    AgainAfter,
    ConsentShape,
    ExhaustedShape,
    Join,
    ScheduleShape,
    SequenceShape,
    SkipAfter,
    StepShape,
)
from engine.core.outcome import OutcomeTables
from engine.core.sequence import (
    Acknowledge,
    After,
    Again,
    AgainPolicy,
    Audience,
    AudienceKind,
    DayKind,
    Exhausted,
    Family,
    Gap,
    Hours,
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

CHANNEL_HOURS = {
    "call_hours": Family.PHONE,
    "email_hours": Family.EMAIL,
    "sms_hours": Family.SMS,
    "wechat_hours": Family.WECHAT,
    "social_hours": Family.SOCIAL,
    "video_hours": Family.VIDEO,
    "task_hours": Family.OTHER,
}

# A late call has lost its moment, and an unanswered invitation blocks nothing; everything else is worth waiting for.
_LATENESS = {
    Verb.CALL: IfLate(Late.SKIP_AFTER, Gap(3, Unit.BUSINESS_DAY)),
    Verb.LINKEDIN: IfLate(Late.SKIP_AFTER, Gap(5, Unit.BUSINESS_DAY)),
    Verb.MAIMAI: IfLate(Late.SKIP_AFTER, Gap(5, Unit.BUSINESS_DAY)),
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
        steps=tuple(_step(step) for step in shape.steps),
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
    schedule = Schedule(DayKind(shape.days), default if hours is None else hours, channel_hours, ZoneSource(shape.zone))
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


def _step(shape: StepShape) -> Step:
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
        if_late=_if_late(shape, verb),
        after=_after(shape),
        was=shape.was,
    )


def _if_late(shape: StepShape, verb: Verb) -> IfLate:
    if isinstance(shape.if_late, SkipAfter):
        return IfLate(Late.SKIP_AFTER, shape.if_late.skip_after)
    return IfLate(Late(shape.if_late)) if shape.if_late else _LATENESS.get(verb, IfLate(Late.WAIT))


def _after(shape: StepShape) -> After | None:
    if isinstance(shape.after, Join):
        return After(shape.after.gap, shape.after.step)
    return After(shape.after) if shape.after else None
