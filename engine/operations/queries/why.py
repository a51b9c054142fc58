"""Why a task stands where it stands, in one line: why this, and why now. Pure; English and Chinese."""

from dataclasses import dataclass
from datetime import datetime

from engine.core.ranking import Level
from engine.core.task import TaskKind
from engine.operations.queries.moments import city, clock, has_same_clock, length, moment
from engine.operations.wording import is_chinese, task_title


@dataclass(frozen=True, slots=True)
class Situation:
    """What the line is made of. `zone` is the prospect's, `rep_zone` the reader's; `level` as it is now.

    `opens_at` and `closes_at` are the window of today, or of the day it was due.
    """

    kind: TaskKind
    level: Level
    zone: str
    rep_zone: str
    due_at: datetime
    step_day: int | None = None
    title: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    respond_by: datetime | None = None
    event_at: datetime | None = None
    clicked_at: datetime | None = None


def why(task: Situation, now: datetime, locale: str) -> str:
    told = _Told(task, now, locale)
    return _OF_LEVEL.get(task.level, _Told.planned)(told)


_RESEARCH = {
    TaskKind.CONTACT_REFERRAL: ("They named somebody else to talk to", "对方推荐了其他联系人"),
    TaskKind.RESEARCH_SUCCESSOR: ("They have left: find who follows", "此人已离职，请寻找接任者"),
    TaskKind.HAS_LEFT: ("An address has stopped working: find out whether they left", "联系方式失效，请核实是否已离职"),
}


@dataclass(frozen=True, slots=True)
class _Told:
    """One situation, told to one reader."""

    task: Situation
    now: datetime
    locale: str

    def inbound(self) -> str:
        by = self.task.respond_by
        if by is None:
            return self._say("Inbound lead, waiting for a first answer", "进线线索，等待首次响应")
        left = length(by - self.now, self.locale)
        if by > self.now:
            return self._say(f"Inbound lead, {left} left to respond", f"进线线索，还剩 {left}响应")
        return self._say(f"Inbound lead, the response is {left} late", f"进线线索，响应已超时 {left}")

    def triage(self) -> str:
        came = length(self.now - (self.task.event_at or self.task.due_at), self.locale)
        return self._say(f"They replied {came} ago", f"{came}前收到回复") + self._deadline()

    def promised(self) -> str:
        at = self.task.opens_at or self.task.due_at
        away, when = length(self.now - at, self.locale), self._their_moment(at)
        if at > self.now:
            line = self._say(f"Promised call at {when}, in {away}", f"约定 {when} 回电，还有 {away}")
        else:
            line = self._say(f"Promised call at {when}, {away} ago", f"约定 {when} 回电，已过 {away}")
        return line + self._their_clock()

    def meeting(self) -> str:
        if self.task.kind is TaskKind.CONFIRM_MEETING:
            return self._say("A meeting to confirm", "待确认的会议") + self._deadline()
        return self._say("Ready to be handed over", "可以移交销售") + self._deadline()

    def clicked(self) -> str:
        since = length(self.now - (self.task.clicked_at or self.now), self.locale)
        step = self._step()
        return self._say(f"They clicked {since} ago; {_lower(step)}", f"{since}前点击了链接，{step}") + self._window()

    def planned(self) -> str:
        return self._step() + (self._window() or self._deadline())

    def new(self) -> str:
        line = self.planned()
        return self._say(f"New person; {_lower(line)}", f"新联系人，{line}")

    def overdue(self) -> str:
        limit = self.task.respond_by or self.task.closes_at or self.task.due_at
        return self._step() + self._since(limit) + self._their_clock()

    def research(self) -> str:
        first = _RESEARCH.get(self.task.kind)
        return self._say(*first) + self._deadline() if first else self.planned()

    def _say(self, english: str, chinese: str) -> str:
        return chinese if is_chinese(self.locale) else english

    def _step(self) -> str:
        name = self.task.title or task_title(self.task.kind, self.locale)
        day = self.task.step_day
        return name if day is None else self._say(f"{name} of day {day}", f"第 {day} 天：{name}")

    def _deadline(self) -> str:
        """By when it must be done, on the rep's own clock."""
        by = self.task.respond_by
        if by is None:
            return self._say(", due today", "，今天处理")
        if by <= self.now:
            return self._since(by)
        when = moment(by, self.task.rep_zone, self.now, self.locale)
        return self._say(f", due by {when}", f"，请在 {when} 前处理")

    def _since(self, limit: datetime) -> str:
        when = moment(limit, self.task.rep_zone, self.now, self.locale)
        return self._say(f", overdue since {when}", f"，自 {when} 起逾期")

    def _window(self) -> str:
        opens, closes = self.task.opens_at, self.task.closes_at
        if closes is None:
            return ""
        if opens is not None and opens > self.now:
            when = self._their_moment(opens)
            return self._say(f", their window opens at {when}", f"，对方时段 {when} 开始") + self._their_clock()
        when = self._their_moment(closes)
        return self._say(f", their window closes at {when}", f"，对方时段 {when} 结束") + self._their_clock()

    def _their_moment(self, at: datetime) -> str:
        return moment(at, self.task.zone, self.now, self.locale)

    def _their_clock(self) -> str:
        """Said only where their clock shows another time than the reader's."""
        if has_same_clock(self.task.zone, self.task.rep_zone, self.now):
            return ""
        time = clock(self.now, self.task.zone)
        return self._say(f" ({time} in {city(self.task.zone)} now)", f"（当地现在 {time}）")


def _lower(text: str) -> str:
    """Inside a sentence; names of networks keep their capital."""
    return text if text.startswith(("WeChat", "LinkedIn", "Maimai")) else text[:1].lower() + text[1:]


_OF_LEVEL = {
    Level.INBOUND_CLOCK: _Told.inbound,
    Level.TRIAGE: _Told.triage,
    Level.PROMISED_CALL: _Told.promised,
    Level.MEETING: _Told.meeting,
    Level.CLICKED: _Told.clicked,
    Level.OVERDUE: _Told.overdue,
    Level.NEW_DAY_ONE: _Told.new,
    Level.RESEARCH: _Told.research,
}
