"""Who has not begun yet, when they will, and why not before: in words."""

from dataclasses import dataclass
from datetime import datetime

from engine.core.admission import Limit, Pile, WaitsFor
from engine.core.capacity import Flood
from engine.operations.admission.staggering import Newcomers
from engine.operations.queries.moments import weekday_and_day
from engine.operations.wording import is_chinese
from engine.store import newcomers
from engine.store.connection import Connection, Record


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The people who wait for their turn with a rep; the first of them begins at `next_at`, the last at `last_at`."""

    rep: str
    name: str
    people: int
    next_at: datetime
    last_at: datetime
    words: str


def not_begun(connection: Connection, now: datetime, locale: str) -> tuple[NotBegun, ...]:
    return tuple(_of_rep(row, now, locale) for row in newcomers.waiting_by_rep(connection))


def _of_rep(row: Record, now: datetime, locale: str) -> NotBegun:
    first, last = (weekday_and_day(at, row.zone, now, locale) for at in (row.first, row.last))
    if is_chinese(locale):
        words = f"{row.name}：{row.people} 人等待开始，下一批 {first}，最后一批 {last}"
    else:
        words = f"{row.name}: {_counted(row.people, 'wait')} to begin, the next on {first}, the last on {last}"
    return NotBegun(row.key, row.name, row.people, row.first, row.last, words)


_WHY = {
    WaitsFor.REP_AWAY: ("{name} is away until then", "{name} 在此之前休假"),
    WaitsFor.OUT_OF_OFFICE: ("they are out of office until then", "对方在此之前外出"),
    WaitsFor.REP_WROTE: ("a rep has just written to them", "同事刚手动发过邮件"),
}
_TURN = ("{name} begins with {per_day} new people a day", "{name} 每天最多开始 {per_day} 位新联系人")
_LATER_TURN = ("{name} begins with others before", "{name} 先开始其他联系人")


def why_not_begun(row: Record, now: datetime, locale: str, *, per_day: int | None = None) -> str:
    """`row` is pending, with `rep_name` and `rep_zone`. `per_day`: of that sequence, where it is known."""
    reason = WaitsFor(row.waits_for)
    told = _WHY.get(reason, _TURN if per_day else _LATER_TURN)[is_chinese(locale)]
    why = told.format(name=row.rep_name, per_day=per_day)
    when = weekday_and_day(row.admit_at, row.rep_zone, now, locale)
    return f"{when} 开始：{why}" if is_chinese(locale) else f"begins on {when}: {why}"


_LIMITS = {
    Limit.TASKS: ("by tasks", "按任务数"),
    Limit.MINUTES: ("by minutes", "按工时"),
    Limit.MAILS: ("by what the mailbox sends", "按邮箱发信量"),
    Limit.NEWCOMERS: ("as workspace.yaml says", "按 workspace.yaml 的设定"),
}


def of_limit(limit: Limit, locale: str) -> str:
    return _LIMITS[limit][is_chinese(locale)]


def what_comes(one: Newcomers, now: datetime, locale: str) -> str:
    """What an order brings a rep, and what it would come to if all of them began at once."""
    return _in_chinese(one, now) if is_chinese(locale) else _in_english(one, now)


def _in_english(one: Newcomers, now: datetime) -> str:
    begin = f"{one.name}: {_counted(one.room, 'begin')} at once"
    if one.room == one.people or one.limit is None:
        return begin
    pace, pile = f"{one.per_day} a day, {of_limit(one.limit, 'en')}", _pile_in_english(one.at_once)
    days = "a day" if one.days == 1 else f"{one.days} days"
    match one.when_too_many:
        case Flood.ENROLL_ALL:
            return f"{one.name}: {one.people} begin at once, {days} of new work ({pace}){pile and ': '}{pile}"
        case Flood.REFUSE:
            work = f"{one.name}: {one.people} are {days} of new work ({pace})"
            return f"{work}, with room for {one.room} now; the order is refused"
        case Flood.STAGGER:
            last = weekday_and_day(one.last_at, one.zone, now, "en")
            waits = f"{_counted(one.waiting, 'wait')}, the last until {last}"
            return f"{begin}, {waits} ({pace}){pile and '. All at once: '}{pile}"


def _pile_in_english(pile: Pile | None) -> str:
    if pile is None:
        return ""
    return f"{pile.peak} tasks left over on working day {pile.on_day}, none after {pile.clear_after}"


def _counted(people: int, verb: str) -> str:
    """`16 begin`, `1 begins`."""
    return f"{people} {verb}s" if people == 1 else f"{people} {verb}"


def _in_chinese(one: Newcomers, now: datetime) -> str:
    begin = f"{one.name}：{one.room} 人立即开始"
    if one.room == one.people or one.limit is None:
        return begin
    days, pile = f"每天 {one.per_day} 人，{of_limit(one.limit, 'zh')}", _pile_in_chinese(one.at_once)
    match one.when_too_many:
        case Flood.ENROLL_ALL:
            work = f"{one.name}：{one.people} 人全部立即开始，相当于 {one.days} 天的新工作量（{days}）"
            return f"{work}{pile and '：'}{pile}"
        case Flood.REFUSE:
            work = f"{one.name}：{one.people} 人相当于 {one.days} 天的新工作量（{days}）"
            return f"{work}，目前可容纳 {one.room} 人；整批不予加入"
        case Flood.STAGGER:
            last = weekday_and_day(one.last_at, one.zone, now, "zh")
            return f"{begin}，{one.waiting} 人等待，最后一批 {last}（{days}）{pile and '。若全部立即开始：'}{pile}"


def _pile_in_chinese(pile: Pile | None) -> str:
    if pile is None:
        return ""
    return f"第 {pile.on_day} 个工作日积压 {pile.peak} 个任务，{pile.clear_after} 个工作日后清空"
