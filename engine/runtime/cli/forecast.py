"""forecast: what comes to each rep and each mailbox in the next days."""

from collections.abc import Iterator
from typing import Annotated

import typer

from engine.core.task import TaskKind
from engine.operations.queries.forecast import LONGEST, USUAL, DayAhead, Forecast, MailboxAhead, RepAhead
from engine.operations.queries.forecast import forecast as foresee
from engine.operations.queries.moments import named_day
from engine.operations.wording import is_chinese, task_title
from engine.runtime.cli.acting import at_desk, language_of
from engine.runtime.cli.lists import Csv, Json
from engine.runtime.console import print_csv, print_json, print_table, say

_OF_REP = ("tasks", "minutes", "done", "overdue", "open", "off", "kinds")
_COLUMNS = ("rep", "day", *_OF_REP, "mailbox", "mails", "cap")
_WORDS = {
    "head": ("{name}: {limits} a day", "{name}：每天 {limits}"),
    "tasks": ("{count} tasks", "{count} 项任务"),
    "minutes": ("{count} minutes", "{count} 分钟"),
    "no_limit": ("no limit", "不限"),
    "day": ("day|tasks|minutes|done|overdue|open|of which", "日期|新任务|分钟|完成|逾期|未完成|其中"),
    "mailbox": ("mails of {mailbox}", "{mailbox} 的邮件"),
    "mails": ("day|mails|cap", "日期|邮件|上限"),
}


def forecast(
    rep: Annotated[str | None, typer.Option(help="only this rep's; everybody's when left out")] = None,
    days: Annotated[int, typer.Option(help="how far to look", min=1, max=LONGEST)] = USUAL,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Each rep's next days: tasks, minutes, what stays overdue, leave and holidays, and mails against their caps."""
    ctx, reader = at_desk(None)
    locale = language_of(ctx, reader)
    found = foresee(ctx, days=days, rep=rep, locale=locale)
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(_COLUMNS, _rows(found))
    else:
        _Told(locale).all(found)


def _rows(found: Forecast) -> Iterator[tuple[object, ...]]:
    """The days of the reps, then those of their mailboxes: in either the columns of the other are empty."""
    for one in found.reps:
        for day in one.days:
            kinds = " ".join(f"{kind}:{count}" for kind, count in day.kinds.items())
            yield one.rep, day.day, day.tasks, day.minutes, day.done, day.overdue, day.open, day.off, kinds, "", "", ""
    for box in found.mailboxes:
        for mails in box.days:
            yield box.rep, mails.day, *("" for _ in _OF_REP), box.mailbox, mails.mails, mails.most


class _Told:
    """On the screen, in one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def all(self, found: Forecast) -> None:
        for one in found.reps:
            say(self._word("head", name=one.name, limits=self._limits(one)), "bold")
            print_table(self._word("day").split("|"), map(self._day, one.days))
        for mailbox in found.mailboxes:
            self._mailbox(mailbox)
        say(found.note)

    def _limits(self, one: RepAhead) -> str:
        limits = (("tasks", one.tasks_per_day), ("minutes", one.minutes_per_day))
        told = [self._word(name, count=f"{most:g}") for name, most in limits if most is not None]
        return ", ".join(told) or self._word("no_limit")

    def _day(self, one: DayAhead) -> tuple[object, ...]:
        kinds = ", ".join(f"{count} {task_title(TaskKind(kind), self.locale)}" for kind, count in one.kinds.items())
        named = named_day(one.day, self.locale)
        return named, one.tasks, f"{one.minutes:g}", one.done, one.overdue, one.open, one.off or kinds

    def _mailbox(self, one: MailboxAhead) -> None:
        say(self._word("mailbox", mailbox=one.mailbox), "bold")
        rows = [(named_day(day.day, self.locale), day.mails, day.most) for day in one.days]
        print_table(self._word("mails").split("|"), rows)

    def _word(self, name: str, /, **told: object) -> str:
        return _WORDS[name][is_chinese(self.locale)].format(**told)
