"""enrollment: who is in which sequence, how far they have come; begin, stop, pause and resume."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import EngineError
from engine.operations import steering, wording
from engine.operations.context import Context
from engine.operations.queries import enrollments as query
from engine.operations.queries import moments, outcomes, pages
from engine.operations.queries.enrollments import EnrollmentDetail, EnrollmentRow, PauseView, TouchView
from engine.runtime.cli.acting import RepOption, at_desk, instant, language_of
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import a_time, an_id
from engine.runtime.cli.spoken import spoken
from engine.runtime.console import err, print_json, print_table, say
from engine.store import people, plans

Ids = Annotated[list[int], typer.Argument(help="as `enrollment list` shows them", parser=an_id, metavar="ID")]
Note = Annotated[str, typer.Option(help="why, for whoever looks at it later")]
_COLUMNS = (
    "id", "who", "company", "sequence", "status", "why", "rep", "day one", "person's id", "enrolled at", "ended at",
    "executed", "batch",
)  # fmt: skip
_WORDS = {
    "heads": ("id|who|company|sequence|status|why|rep|day one", "编号|联系人|公司|序列|状态|说明|同事|第一天"),
    "who": (
        "{name}{at} in {sequence} ({formula}, version {version}): {status}",
        "{name}{at}，序列 {sequence}（{formula}，版本 {version}）：{status}",
    ),
    "at": (" at {company}", "（{company}）"),
    "ended": ("ended because: {why}", "结束原因：{why}"),
    "note": ("{told} ({note})", "{told}（{note}）"),
    "rep": ("rep {rep}; day one {day}; times are {zone}", "同事 {rep}；第一天 {day}；时间按 {zone}"),
    "paused_until": ("paused until {until}: {why}", "暂停至 {until}：{why}"),
    "paused": ("paused until it is resumed: {why}", "暂停，直至恢复：{why}"),
    "touches": ("touch|when|step|what|state|why", "编号|时间|步骤|内容|状态|说明"),
    "then": ("then|step|what|day", "之后|步骤|内容|第几天"),
}

enrollment = typer.Typer(no_args_is_help=True, help="People in sequences: look, begin, stop, pause, resume.")


@enrollment.command("list")
def list_enrollments(
    status: Annotated[EnrollmentStatus | None, typer.Option(help="only those in this state")] = None,
    sequence: Annotated[str | None, typer.Option(help="only those in this sequence")] = None,
    person: Annotated[int | None, typer.Option(help="only this person's", parser=an_id, metavar="ID")] = None,
    rep: Annotated[str | None, typer.Option(help="only this rep's")] = None,
    limit: Annotated[int | None, typer.Option(help="at most so many; all when left out", min=1)] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who is or was in which sequence, and why it ended."""
    ctx, reader = at_desk(None)
    locale = language_of(ctx, reader)
    _refuse_unknown(ctx, sequence, person, rep)
    asked = {"status": status, "sequence_key": sequence, "prospect_id": person, "rep_key": rep}
    found = pages.every(
        lambda cursor: query.list_enrollments(ctx, asked, limit=pages.LARGEST, cursor=cursor, locale=locale)
    )
    shown, heads = islice(found, limit), spoken(_WORDS, locale)("heads").split("|")
    print_list(
        shown, _COLUMNS, _row, as_json=as_json, as_csv=as_csv, heads=heads, on_screen=partial(_short_row, locale=locale)
    )


def _refuse_unknown(ctx: Context, sequence: str | None, person: int | None, rep: str | None) -> None:
    """A slip of the pen is not an empty list."""
    with ctx.database.read() as connection:
        if sequence is not None:
            plans.live_version_id(connection, sequence)
        if person is not None:
            people.prospect_row(connection, person)
        if rep is not None:
            plans.rep_by_key(connection, rep)


def _row(one: EnrollmentRow) -> tuple[object, ...]:
    company = one.account.name if one.account else ""
    return (
        one.id, one.prospect.name, company, one.sequence, one.status, one.why, one.rep, one.day_one, one.prospect.id,
        one.enrolled_at, one.ended_at, one.executed, one.batch,
    )  # fmt: skip


def _short_row(one: EnrollmentRow, locale: str) -> tuple[object, ...]:
    company = one.account.name if one.account else ""
    state = _state(one.status, locale)
    return one.id, one.prospect.name, company, one.sequence, state, one.why, one.rep, one.day_one


def _state(status: str, locale: str) -> str:
    """In English by the word that `--status` takes."""
    return wording.enrollment_state(status, locale) if wording.is_chinese(locale) else status


@enrollment.command()
def show(
    number: Annotated[
        int, typer.Argument(help="its number, as `enrollment list` shows it", parser=an_id, metavar="ID")
    ],
    as_json: Json = False,
) -> None:
    """One: how far it has come, what pauses it, and what comes next."""
    ctx, reader = at_desk(None)
    told = _Told(language_of(ctx, reader), ctx.now())
    found = query.enrollment(ctx, number, locale=told.locale)
    if as_json:
        print_json(found)
    else:
        told.all(found)


class _Told:
    """One enrollment on the screen, in one language."""

    def __init__(self, locale: str, now: datetime) -> None:
        self.locale, self._now, self._word = locale, now, spoken(_WORDS, locale)

    def all(self, found: EnrollmentDetail) -> None:
        one, zone = found.enrollment, ZoneInfo(found.enrollment.zone)
        self._head(found)
        if one.end_reason:
            say(self._noted(self._word("ended", why=one.why), one.end_note))
        elif one.why and not found.pauses:
            say(one.why, "yellow")
        day = moments.near_day(one.day_one, self._now.astimezone(zone).date(), self.locale)
        say(self._word("rep", rep=one.rep, day=day, zone=one.zone))
        for pause in found.pauses:
            say(self._paused(pause, zone), "yellow")
        print_table(self._word("touches").split("|"), [self._touch(touch, zone) for touch in found.touches])
        if found.next:
            rows = [(f"{step.at.astimezone(zone):%Y-%m-%d}", step.step, step.title, step.day) for step in found.next]
            print_table(self._word("then").split("|"), rows)

    def _head(self, found: EnrollmentDetail) -> None:
        one = found.enrollment
        at = self._word("at", company=one.account.name) if one.account else ""
        who = {"name": one.prospect.name, "at": at, "status": _state(one.status, self.locale)}
        which = {"sequence": one.sequence, "formula": found.formula, "version": found.version}
        say(self._word("who", **who, **which), "bold")

    def _paused(self, pause: PauseView, zone: ZoneInfo) -> str:
        if pause.resume_at is None:
            return self._noted(self._word("paused", why=pause.words), pause.note)
        until = _day_and_time(pause.resume_at, zone.key, self._now, self.locale)
        return self._noted(self._word("paused_until", until=until, why=pause.words), pause.note)

    def _noted(self, told: str, note: str | None) -> str:
        return self._word("note", told=told, note=note) if note else told

    def _touch(self, touch: TouchView, zone: ZoneInfo) -> tuple[object, ...]:
        when = f"{(touch.ended_at or touch.due_at).astimezone(zone):%Y-%m-%d %H:%M}"
        is_chinese = wording.is_chinese(self.locale)
        state = wording.touch_state(touch.status, self.locale) if is_chinese else touch.status
        outcome = outcomes.label(touch.outcome, None, self.locale) if touch.outcome and is_chinese else touch.outcome
        return touch.id, when, touch.step, touch.title, self._noted(state, outcome), touch.why


def _in_words(at: datetime, now: datetime) -> str:
    zone = str(at.tzinfo)
    return f"{_day_and_time(at, zone, now, 'en')} {zone}"


def _day_and_time(at: datetime, zone: str, now: datetime, locale: str) -> str:
    return f"{moments.weekday_and_day(at, zone, now, locale)} {moments.clock(at, zone)}"


@enrollment.command()
def admit(ids: Ids, rep: RepOption = None) -> None:
    """Let them begin now instead of in their turn, whatever their rep has to do."""
    ctx, actor = at_desk(rep)

    def admit_one(number: int) -> str:
        steering.admit(ctx, number, actor=actor or "cli")
        return "begins now"

    _each(ids, admit_one)


@enrollment.command()
def stop(ids: Ids, note: Note = "", rep: RepOption = None) -> None:
    """End them for good: nothing of them is sent any more."""
    ctx, actor = at_desk(rep)

    def stop_one(number: int) -> str:
        if steering.stop(ctx, number, actor=actor or "cli", note=note):
            return "is stopped"
        return "is stopped as soon as the send to this person that is under way has its result"

    _each(ids, stop_one)


@enrollment.command()
def pause(
    ids: Ids,
    until: Annotated[
        datetime | None,
        typer.Option(help="when it goes on, in your time, 2026-03-31T09:00", parser=a_time, metavar="TIME"),
    ] = None,
    note: Note = "",
    rep: RepOption = None,
) -> None:
    """Hold them, until a time or until they are resumed. Without --rep the time is the workspace's."""
    ctx, actor = at_desk(rep)
    resume_at = instant(ctx, actor, until) if until else None
    told = f"until {_in_words(resume_at, ctx.now())}" if resume_at else "until it is resumed"

    def pause_one(number: int) -> str:
        steering.pause(ctx, number, actor=actor or "cli", note=note, resume_at=resume_at)
        return f"is paused {told}"

    _each(ids, pause_one)


@enrollment.command()
def resume(ids: Ids, rep: RepOption = None) -> None:
    """Let them go on, whatever paused them; nothing fires at once."""
    ctx, actor = at_desk(rep)

    def resume_one(number: int) -> str:
        steering.resume(ctx, number, actor=actor or "cli")
        return "goes on"

    _each(ids, resume_one)


def _each(ids: list[int], act: Callable[[int], str]) -> None:
    """What cannot be done for one keeps nobody from the others; the exit code tells of it."""
    failed = False
    for number in ids:
        try:
            say(f"enrollment {number} {act(number)}")
        except EngineError as problem:
            err.print(f"enrollment {number}: {problem}", markup=False, soft_wrap=True)
            failed = True
    raise typer.Exit(1 if failed else 0)
