"""Who begins when: a rep's day is shared out to new people before it is taken on."""

from functools import partial

from engine.core.admission import NOTHING, Share, has_room, share_of
from engine.core.capacity import Flood
from engine.core.clock import local_date
from engine.core.leave import LeavePolicy
from engine.core.sequence import AudienceKind
from engine.core.working_time import WorkingTime
from engine.simulation import course, covering
from engine.simulation.agenda import Moment
from engine.simulation.lives import Life
from engine.simulation.script import Lead, Plan, Worker
from engine.simulation.stage import Line, Stage

TOO_MANY = "too_many"
_COUNTED = (AudienceKind.INBOUND, AudienceKind.OUTBOUND)


def arrive(stage: Stage, lead: Lead) -> None:
    """Whoever asked us begins at once; whom we go out for waits for a day that has room."""
    line = _line(stage, lead.worker)
    share = _share(stage, line, lead)
    if _policy(stage, lead) is Flood.ENROLL_ALL or _fits(stage, lead, line, share):
        _begin(stage, lead, line, share)
    elif _policy(stage, lead) is Flood.REFUSE:
        stage.tally.refused[lead.sequence, TOO_MANY] += 1
    else:
        line.waiting.append(lead)
        _expect(stage, lead.worker, line)


def wait(stage: Stage, lead: Lead) -> None:
    """Stands in line when the play begins, or comes to it with the work of another rep."""
    line = _line(stage, lead.worker)
    line.waiting.append(lead)
    _expect(stage, lead.worker, line)
    _look_again(stage, lead.worker)


def take_all(stage: Stage, worker: str) -> list[Lead]:
    """Those who wait for this rep leave the line."""
    line = _line(stage, worker)
    taken = list(line.waiting)
    line.waiting.clear()
    return taken


def make_room(stage: Stage, stopped: Life) -> None:
    """Somebody has begun and was stopped: if that was today, the first in line may begin."""
    if stopped.worker in stage.lines:
        _look_again(stage, stopped.worker)


def _policy(stage: Stage, lead: Lead) -> Flood:
    """A plan by fixed dates takes no notice of what its reps can do."""
    if stage.script.plan is Plan.FIXED:
        return Flood.ENROLL_ALL
    kind = stage.script.sequences[lead.sequence].audience.kind
    return _worker(stage, lead.worker).capacity.when_too_many if kind is AudienceKind.OUTBOUND else Flood.ENROLL_ALL


def _fits(stage: Stage, lead: Lead, line: Line, share: Share) -> bool:
    leave = covering.leave_of(_worker(stage, lead.worker), stage.now)
    does_wait = leave is not None and leave.policy is LeavePolicy.PAUSE
    return not line.waiting and not does_wait and has_room(line.taken, share)


def _begin(stage: Stage, lead: Lead, line: Line, share: Share) -> None:
    life = course.enter(stage, lead)
    if life is not None and life.sequence.audience.kind in _COUNTED:
        line.begun.append((life, share))


def _expect(stage: Stage, worker: str, line: Line) -> None:
    """In the morning of the rep's next day the first in line may begin."""
    if line.is_expected:
        return
    time, number = _time(stage, worker), stage.floor.posts[worker].number
    days = time.workdays(local_date(stage.now, time.zone))
    at = next(begins for day in days if (begins := time.begins(day)) > stage.now)
    line.is_expected = True
    stage.agenda.add(at, Moment.ADMIT, number, partial(_admit, stage, worker))


def _admit(stage: Stage, worker: str) -> None:
    line = _line(stage, worker)
    line.is_expected = False
    _move_up(stage, worker)
    if line.waiting:
        _expect(stage, worker, line)


def _look_again(stage: Stage, worker: str) -> None:
    """At this instant, after whoever comes and goes."""
    stage.agenda.add(stage.now, Moment.ADMIT, stage.floor.posts[worker].number, partial(_move_up, stage, worker))


def _move_up(stage: Stage, worker: str) -> None:
    """Whoever has room on the rep's day begins, once it has begun."""
    line = _line(stage, worker)
    if _time(stage, worker).begins(line.day) > stage.now:
        return
    while line.waiting and has_room(line.taken, _share(stage, line, line.waiting[0])):
        lead = line.waiting.popleft()
        _begin(stage, lead, line, _share(stage, line, lead))


def _line(stage: Stage, worker: str) -> Line:
    """With nothing taken yet, where another day of the rep is the next to end: a weekend counts for what follows."""
    time = _time(stage, worker)
    day = next(time.workdays(local_date(stage.now, time.zone)))
    if worker not in stage.lines:
        stage.lines[worker] = Line(day=day, taken_before=stage.script.begun.get(worker, NOTHING))
    line = stage.lines[worker]
    if line.day != day:
        line.day, line.taken_before, line.begun = day, NOTHING, []
    return line


def _share(stage: Stage, line: Line, lead: Lead) -> Share:
    if lead.sequence not in line.shares:
        worker = _worker(stage, lead.worker)
        mails = stage.script.workspace.caps.mailbox_per_day if worker.mailbox is not None else None
        line.shares[lead.sequence] = share_of(stage.script.sequences[lead.sequence], worker.capacity, mails)
    return line.shares[lead.sequence]


def _time(stage: Stage, worker: str) -> WorkingTime:
    return _worker(stage, worker).time_for(AudienceKind.OUTBOUND)


def _worker(stage: Stage, key: str) -> Worker:
    return stage.floor.posts[key].worker
