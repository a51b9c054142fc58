"""Rows become the values that core's rules read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.core.executed import ExecutedTouch, executed_formula
from engine.core.hours import Hours
from engine.core.outcome import EXECUTED
from engine.core.policy import Policy
from engine.core.schedule import PastTouch, Progress
from engine.core.sequence import AudienceKind, Family, Formula, Verb, ZoneSource
from engine.core.sequence import Sequence as Plan
from engine.core.slots import Setting
from engine.core.touch import Reason, TouchStatus
from engine.core.workspace import Workspace
from engine.operations.days.open_days import Place, calendar_for, place_of, working_time
from engine.store.connection import Record

_REACHED_BY = {
    "email": {Family.EMAIL},
    "phone": {Family.PHONE, Family.SMS, Family.WECHAT},  # a WeChat account can be found by its mobile number
    "wechat": {Family.WECHAT},
}
_ZONE_ORDER = {source: place for place, source in enumerate(ZoneSource)}
_ALWAYS = frozenset({Family.SOCIAL, Family.VIDEO, Family.OTHER})  # the rep looks the profile up


def families_of(kinds: Iterable[str]) -> frozenset[Family]:
    return _ALWAYS.union(*(_REACHED_BY.get(kind, set()) for kind in kinds))


def zone_for(plan: Plan, person: Record, rep_zone: str, workspace: Workspace) -> tuple[str, str]:
    """The zone whose clock the windows follow, and where it comes from (rule 2)."""
    known = (
        (person.zone, f"prospect ({person.zone_origin})"),
        (person.account_zone, "account"),
        (rep_zone, "rep"),
        (workspace.zone, "workspace"),
    )
    return next((zone, origin) for zone, origin in known[_ZONE_ORDER[plan.schedule.zone] :] if zone)


def setting_for(
    workspace: Workspace,
    *,
    zone: str,
    place: Place,
    rep_key: str,
    today: date,
    law: Mapping[Family, Hours] | None = None,
    is_inbound: bool = False,
) -> Setting:
    """Whoever asked us does not wait for a rep who is away."""
    rep = working_time(workspace, rep_key, today, never_waits=is_inbound)
    return Setting(ZoneInfo(zone), calendar_for(workspace, place, today), rep, law or {})


def setting_of(workspace: Workspace, enrollment: Record, now: datetime) -> Setting:
    """For an enrollment read with its people."""
    row, place = enrollment, place_of(enrollment)
    law = law_for(workspace.policy_for(place.country), place.region)
    today, is_inbound = now.date(), row.audience == AudienceKind.INBOUND.value
    return setting_for(
        workspace, zone=row.zone, place=place, rep_key=row.rep_key, today=today, law=law, is_inbound=is_inbound
    )


def law_for(policy: Policy, region: str | None) -> dict[Family, Hours]:
    """The hours at which somebody there may be reached, by channel."""
    found = {Family.PHONE: policy.phone.hours_in(region), Family.SMS: policy.sms.hours_in(region)}
    return {family: hours for family, hours in found.items() if hours is not None}


def is_planned(touch: Record) -> bool:
    """Acknowledgements and touches that an outcome added stand outside the plan."""
    return not touch.step.startswith("@")


def progress_of(plan: Plan, enrollment: Record, touches: Sequence[Record], setting: Setting) -> Progress:
    past = tuple(_past(plan, touch) for touch in touches if is_planned(touch))
    return Progress(enrollment.day_one, begun_at(enrollment), setting, past)


def begun_at(enrollment: Record) -> datetime:
    """When it began, from which a first `after:` counts; of one that waits for its turn, when it is to begin."""
    begun: datetime = enrollment.admitted_at or enrollment.admit_at or enrollment.enrolled_at
    return begun


def _past(plan: Plan, touch: Record) -> PastTouch:
    return PastTouch(
        step=touch.step,
        repeat=touch.repeat,
        lane=touch.lane,
        is_terminal=TouchStatus(touch.status).is_terminal,
        nominal_date=touch.nominal_date,
        due_date=touch.due_date,
        ended_at=touch.ended_at,
        wait=plan.wait_after(Verb(touch.verb), touch.outcome),
        is_given_up=touch.status == TouchStatus.SKIPPED.value and touch.reason == Reason.LATE.value,
    )


def executed(plan: Plan, enrollment: Record, touches: Iterable[Record]) -> Formula:
    """What really reached out: sent, or done with an outcome that means contact was tried."""
    zone = ZoneInfo(enrollment.zone)
    reached = (
        ExecutedTouch(Verb(touch.verb), touch.ended_at.astimezone(zone).date())
        for touch in touches
        if touch.step != "@ack" and was_executed(touch)
    )
    return executed_formula(reached, enrollment.day_one, count_channels=plan.count_channels)


def was_executed(touch: Record) -> bool:
    if touch.status == TouchStatus.SENT.value:
        return True
    return bool(touch.status == TouchStatus.DONE.value and touch.outcome in EXECUTED)
