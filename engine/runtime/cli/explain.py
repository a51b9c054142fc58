"""explain: why an enrollment or a touch is as it is, what would change it, and what comes next."""

from collections.abc import Iterable
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.core.errors import BadInput
from engine.operations import wording
from engine.operations.context import Context
from engine.operations.queries.enrollments import EnrollmentRow
from engine.operations.queries.explaining.explanation import explain as explain_enrollment
from engine.operations.queries.explaining.explanation import explain_touch
from engine.operations.queries.explaining.naming import enrollment_of
from engine.operations.queries.explaining.values import Change, Explanation, Foreseen, Link, TouchReasons
from engine.operations.wording import is_chinese
from engine.runtime.cli.acting import RepOption, at_desk, language_of
from engine.runtime.cli.lists import Json
from engine.runtime.cli.spelling import an_id
from engine.runtime.console import print_json, print_table, say

_WORDS = {
    "changes": ("what would change it", "如何改变"),
    "touch": ("touch {id}: {title}, {state}", "触达 {id}：{title}，{state}"),
    "waits": ("step {step} is not planned yet", "步骤 {step} 尚未排定"),
    "columns": ("then ({zone})|step|what|becomes", "时间（{zone}）|步骤|内容|预计结果"),
    "who": (
        "{name}{at} in {sequence}: {status} (enrollment {id})",
        "{name}{at}，序列 {sequence}：{status}（编号 {id}）",
    ),
    "because": ("{state}: {why}", "{state}：{why}"),
    "at": (" at {company}", "（{company}）"),
    "nothing": ("nothing more is foreseen", "没有后续步骤"),
}


def explain(
    number: Annotated[
        int | None, typer.Argument(help="as `enrollment list` shows it", parser=an_id, metavar="ENROLLMENT")
    ] = None,
    touch: Annotated[
        int | None, typer.Option(help="one touch, as `enrollment show` lists them", parser=an_id, metavar="ID")
    ] = None,
    prospect: Annotated[str | None, typer.Option(help="a person: id, mail address, number, or name")] = None,
    rep: RepOption = None,
    as_json: Json = False,
) -> None:
    """Why this time, why not yet, what would change it, and what comes next; in the language of the rep who asks."""
    if sum(one is not None for one in (number, touch, prospect)) != 1:
        raise BadInput("say what is to be explained: an ENROLLMENT, or --touch ID, or --prospect WHO; one of them")
    ctx, actor = at_desk(rep)
    told = _Told(language_of(ctx, actor))
    if touch is not None:
        of_touch = explain_touch(ctx, touch, locale=told.locale)
        if as_json:
            print_json(of_touch)
            return
        told.head(of_touch.enrollment, of_touch.why, of_touch.changes)
        told.touch(of_touch.touch)
        return
    found = explain_enrollment(ctx, _asked(ctx, number, prospect), locale=told.locale)
    if as_json:
        print_json(found)
    else:
        told.all(found)


def _asked(ctx: Context, number: int | None, prospect: str | None) -> int:
    return number if number is not None else enrollment_of(ctx, prospect or "")


class _Told:
    """On the screen, in one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def all(self, found: Explanation) -> None:
        self.head(found.enrollment, found.why, found.changes)
        for one in found.touches:
            self.touch(one)
        for waiting in found.waiting:
            say("")
            say(self._word("waits", step=waiting.step), "bold")
            self._chain(waiting.why)
            self._changes(waiting.changes)
        self._next(found.next, ZoneInfo(found.enrollment.zone), found.note)

    def head(self, one: EnrollmentRow, why: Iterable[Link], changes: Iterable[Change]) -> None:
        at = self._word("at", company=one.account.name) if one.account else ""
        status = wording.enrollment_state(one.status, self.locale)
        who = {"status": status, "name": one.prospect.name, "at": at, "sequence": one.sequence, "id": one.id}
        say(self._word("who", **who), "bold")
        self._chain(why)
        self._changes(changes)

    def touch(self, one: TouchReasons) -> None:
        say("")
        state = wording.touch_state(one.status, self.locale)
        say(self._word("touch", id=one.id, title=f"{one.step}, {one.title}", state=state), "bold")
        self._chain(one.why)
        self._changes(one.changes)

    def _chain(self, links: Iterable[Link]) -> None:
        for link in links:
            say(f"  {link.words}")

    def _changes(self, changes: Iterable[Change]) -> None:
        for number, one in enumerate(changes):
            if number == 0:
                say(f"  {self._word('changes')}:", "green")
            say(f"    {one.words}" + (f"  {one.command}" if one.command else ""), "green")

    def _next(self, steps: tuple[Foreseen, ...], zone: ZoneInfo, note: str) -> None:
        say("")
        if not steps:
            say(self._word("nothing"))
            return
        rows = [(f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", one.step, one.title, self._becomes(one)) for one in steps]
        print_table(self._word("columns", zone=zone.key).split("|"), rows)
        say(note)

    def _becomes(self, one: Foreseen) -> str:
        state = wording.touch_state(one.status, self.locale)
        return self._word("because", state=state, why=one.why) if one.why else state

    def _word(self, name: str, /, **told: object) -> str:
        return _WORDS[name][is_chinese(self.locale)].format(**told)
