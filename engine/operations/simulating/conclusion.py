"""What a simulation comes to, in a few sentences of English or Chinese."""

from collections.abc import Iterator
from datetime import date

from engine.operations.queries import moments, reasons
from engine.operations.queries.beginning import of_limit
from engine.operations.simulating.figures import Figures, RepFigures
from engine.operations.simulating.pace import Pace
from engine.operations.simulating.simulate import Simulated
from engine.operations.wording import is_chinese

_NAMED = 3  # so many reps are told one by one
_LITTLE = 0.25  # of a day's tasks: that much is overdue now and then, and done on the next morning
_FULL_ENOUGH = 0.85  # of a pace, or of a day, where the work does not come evenly

_NOBODY_ANSWERS = ("Nobody answers here: every sequence runs to its end.", "无人回应：所有序列都走到最后。")


def conclusion(found: Simulated, locale: str) -> tuple[str, ...]:
    """The worst first."""
    figures = found.figures
    reps = {rep.rep: rep for rep in figures.reps}
    return (
        *_held(figures, locale),
        *_overdue(figures, locale),
        *(_pace(pace, reps[pace.rep], locale) for pace in worst_paces(figures)),
        *_waiting(figures, locale),
        *_compared(found, locale),
        _expected(figures, locale),
    )


def worst_paces(figures: Figures) -> list[Pace]:
    """Of each sequence, the rep to whom it is most."""
    reps = {rep.rep: rep for rep in figures.reps}

    def strain(pace: Pace) -> tuple[int, bool, float, int]:
        return pace.too_many, not _holds(reps[pace.rep]), pace.fills, reps[pace.rep].peak_overdue

    worst: dict[str, Pace] = {}
    for pace in sorted(figures.paces, key=strain):
        worst[pace.sequence] = pace
    return sorted(worst.values(), key=lambda one: -one.too_many)


def _held(figures: Figures, locale: str) -> Iterator[str]:
    """Nobody is overdue with what never comes."""
    for reason, count in figures.held.items():
        why, remedy = reasons.of_touch(reason, locale), reasons.what_to_do(reason, locale)
        if is_chinese(locale):
            yield f"{count:,} 个步骤被搁置，没有日期：{why}。{remedy}"
        else:
            steps = "1 step is held and has" if count == 1 else f"{count:,} steps are held and have"
            yield f"{steps} no day: {why}. {remedy}".rstrip()


def _overdue(figures: Figures, locale: str) -> Iterator[str]:
    late = sorted((rep for rep in figures.reps if rep.peak_overdue), key=lambda rep: -rep.peak_overdue)
    for rep in late[:_NAMED]:
        yield _of_rep(rep, locale)
    if len(late) > _NAMED:
        yield _of_others(len(late) - _NAMED, late[_NAMED].peak_overdue, locale)
    if not late:
        yield "每天下班时都没有逾期任务。" if is_chinese(locale) else "Nobody ends a day with anything overdue."


def _of_rep(rep: RepFigures, locale: str) -> str:
    day, over, all_days = on(rep.peak_day, locale), rep.days_over_capacity, rep.working_days
    if is_chinese(locale):
        days = f"{all_days} 个工作日中有 {over} 天超出产能" if over else "没有一天超出产能"
        return f"{rep.name}：逾期最多 {rep.peak_overdue:,} 项（{day}）；{days}。"
    days = f"on {over} of {all_days} working days more comes in than a day holds" if over else "no day brings too much"
    return f"{rep.name} has up to {_tasks(rep.peak_overdue)} overdue, most on {day}; {days}."


def _of_others(count: int, most: int, locale: str) -> str:
    if is_chinese(locale):
        return f"另有 {count} 位同事出现逾期，最多 {most:,} 项。"
    told = "One more rep has" if count == 1 else f"{count:,} more reps have"
    return f"{told} tasks overdue, {most:,} at the most."


def _pace(pace: Pace, rep: RepFigures, locale: str) -> str:
    if pace.sustains is None or pace.limit is None:
        return (
            f"{pace.sequence}：不需要人工，没有产能上限。"
            if is_chinese(locale)
            else f"{pace.sequence} asks nothing of a rep: nothing limits how many begin."
        )
    if is_chinese(locale):
        able = f"{rep.name}每天可持续开始 {pace.sustains} 位新客户（{of_limit(pace.limit, locale)}）"
        return f"{pace.sequence}：{able}；{_fits_zh(pace, rep)}"
    able = f"{rep.name} sustains {pace.sustains} new people a day of {pace.sequence} ({of_limit(pace.limit, locale)})"
    return f"{able}; {_fits(pace, rep)}"


def _holds(rep: RepFigures) -> bool:
    """What is overdue never comes to a quarter of what the rep gets done on a full day."""
    return rep.peak_overdue <= _LITTLE * max((day.done for day in rep.days), default=0)


def _with_room(pace: Pace) -> tuple[int, int] | None:
    """A lower pace that leaves more room for what comes bunched or late, and how many percent of a day it fills."""
    lower = int(_FULL_ENOUGH * pace.most_a_day / max(pace.fills, 1)) if pace.fills else 0
    return (lower, round(100 * pace.fills * lower / pace.most_a_day)) if 0 < lower < pace.most_a_day else None


def _fits(pace: Pace, rep: RepFigures) -> str:
    if not pace.too_many and _holds(rep):
        return f"here at most {pace.most_a_day} come on a day: that holds."
    if not pace.too_many:
        told = f"here at most {pace.most_a_day} come on a day, which fills {pace.fills:.0%} of it"
        late = f"what comes bunched or late leaves up to {_tasks(rep.peak_overdue)} overdue"
        lower = _with_room(pace)
        return f"{told}: {late}{f'; {lower[0]} a day would fill {lower[1]}%' if lower else ''}."
    told = f"here up to {pace.most_a_day} come on a day, {pace.too_many} too many"
    if not pace.pile.peak:
        return f"{told} to do so day after day."
    behind = f"at once they would leave {_tasks(pace.pile.peak)} behind on working day {pace.pile.on_day}"
    clear = f"clear after working day {pace.pile.clear_after}"
    return f"{told}: {behind}, {clear}; in turn the last begins on working day {pace.days_needed}."


def _fits_zh(pace: Pace, rep: RepFigures) -> str:
    if not pace.too_many and _holds(rep):
        return f"这里每天最多 {pace.most_a_day} 位，可以承受。"
    if not pace.too_many:
        told = f"这里每天最多 {pace.most_a_day} 位，已占满一天的 {pace.fills:.0%}"
        late = f"任务集中或推迟时，逾期最多 {rep.peak_overdue:,} 项"
        lower = _with_room(pace)
        return f"{told}：{late}{f'；每天 {lower[0]} 位则占 {lower[1]}%' if lower else ''}。"
    told = f"这里一天多达 {pace.most_a_day} 位，多出 {pace.too_many} 位"
    if not pace.pile.peak:
        return f"{told}，无法每天如此。"
    behind = f"若同时开始，第 {pace.pile.on_day} 个工作日将积压 {pace.pile.peak:,} 项"
    clear = f"第 {pace.pile.clear_after} 个工作日后清空"
    return f"{told}：{behind}，{clear}；依次开始则第 {pace.days_needed} 个工作日全部开始。"


def _waiting(figures: Figures, locale: str) -> Iterator[str]:
    left = figures.expected.waiting
    if left and is_chinese(locale):
        yield f"到最后仍有 {left:,} 位在排队：同事每天只能开始一部分，其余依次等候。"
    elif left:
        who = "1 of them has" if left == 1 else f"{left:,} of them have"
        yield f"{who} not begun at the end: each rep begins with a day's share, the others wait in turn."


def _compared(found: Simulated, locale: str) -> Iterator[str]:
    if found.control is None:
        return
    plans = {one.plan: one for one in (found.figures, found.control)}
    fixed, own = plans["fixed"], plans["engine"]
    left = fixed.overdue()[fixed.calendar[-1]]
    clear, days = clear_after(fixed), max((rep.working_days for rep in fixed.reps), default=0)
    if is_chinese(locale):
        ended = f"第 {clear} 个工作日后清空" if clear is not None else f"{days} 个工作日后仍有 {left:,} 项"
        yield f"固定日期计划：逾期峰值 {fixed.peak_overdue:,} 项，{ended}；本引擎的计划：峰值 {own.peak_overdue:,} 项。"
    else:
        ended = (
            f"clear after {clear} working days" if clear is not None else f"{left:,} still after {days} working days"
        )
        yield (
            f"By fixed dates {_tasks(fixed.peak_overdue)} would be overdue at the peak, {ended}; "
            f"by the engine's own plan {own.peak_overdue:,}."
        )


def clear_after(figures: Figures) -> int | None:
    """After how many working days nothing is overdue any more; None where something is to the end."""
    overdue = figures.overdue()
    last = max((day for day, count in overdue.items() if count), default=None)
    if last is not None and last == figures.calendar[-1]:
        return None
    worked = [sum(one.is_workday for one in rep.days if last is not None and one.day <= last) for rep in figures.reps]
    return max(worked, default=0) + (last is not None)


def _expected(figures: Figures, locale: str) -> str:
    found = figures.expected
    if not figures.stops:
        return _NOBODY_ANSWERS[is_chinese(locale)]
    if is_chinese(locale):
        return (
            f"{found.leads:,} 条线索预计：{found.replies:,} 次回复、{found.meetings:,} 次会议、{found.sqls:,} 个 SQL；"
            f"按常见的 13%（84 天内）为 {found.opportunities:,.0f} 个商机。比率均为假设，请换成自己的数据。"
        )
    came = f"{found.replies:,} replies, {found.meetings:,} meetings and {found.sqls:,} SQLs"
    usual = f"the usual 13% within 84 days would be {found.opportunities:,.0f} opportunities"
    return f"{found.leads:,} leads would bring {came}; {usual}. All rates are assumptions: put in your own."


def on(day: date | None, locale: str) -> str:
    return moments.named_day(day, locale) if day is not None else ""


def _tasks(count: int) -> str:
    return f"{count:,} task" if count == 1 else f"{count:,} tasks"
