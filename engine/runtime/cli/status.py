"""status: how it is going, on one screen."""

from collections.abc import Iterator

from engine.operations.queries.moments import clock, length, weekday_and_day
from engine.operations.queries.standing import NextTouch, Standing, Waiting, standing
from engine.operations.wording import is_chinese
from engine.runtime.cli.acting import language_of
from engine.runtime.cli.lists import Json
from engine.runtime.cli.spoken import spoken
from engine.runtime.console import counted, print_json, print_table, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

_WORDS = {
    "ago": ("last tick {length} ago", "上次运行：{length}前"),
    "never": ("it has never run", "从未运行"),
    "running": ("running, {ago}", "运行中，{ago}"),
    "not_running": ("NOT running, {ago}; start `touchline serve`", "未运行，{ago}；请启动 `touchline serve`"),
    "not_applied": (
        "no workspace has been applied yet; run `touchline apply sequences/`",
        "尚未应用任何工作区；请运行 `touchline apply sequences/`",
    ),
    "sending": ("sending is on", "发送已开启"),
    "not_sending": (
        "sending is OFF; `touchline sending on` lets it go on",
        "发送已关闭；`touchline sending on` 可恢复",
    ),
    "restored": (
        "a restored backup is held: {note}; look, then run `touchline recovery release`",
        "恢复的备份待核对：{note}；核对后运行 `touchline recovery release`",
    ),
    "live": ("people in|pending|active|paused", "序列人数|尚未开始|进行中|已暂停"),
    "done": (
        "last 24 h: {mails}, {texts}, {people} by people",
        "最近 24 小时：邮件 {mails}，短信 {texts}，人工 {people}",
    ),
    "reps": ("rep|due now|overdue", "同事|现在到期|逾期"),
    "waits": ("waits for a person||what to do", "等待人工处理||如何处理"),
    "nothing": ("nothing", "无"),
    "doubts": ("sends that nobody can prove", "无法确认是否已发送"),
    "held": ("held: {why}", "已搁置：{why}"),
    "replies": ("replies to triage", "待判断的回复"),
    "unread": ("{folder} of {address} cannot be read: {trouble}", "无法读取 {address} 的 {folder}：{trouble}"),
    "stopped": ("stopped {scope} {key}: {detail}", "已停用 {scope} {key}：{detail}"),
    "no_next": ("no automatic touch is planned", "没有已排定的自动触达"),
    "next": (
        "next automatic touch: {what} to {name} ({sequence}), {when}",
        "下一次自动触达：{what}，{name}（{sequence}），{when}",
    ),
    "now": ("due now", "现在到期"),
    "why": ("{told}: {why}", "{told}：{why}"),
}


def status(as_json: Json = False) -> None:
    """How it is going: is it running, who is in what, what was done, what is due, what waits for a person."""
    settings = load_settings()
    ctx = open_context(settings)
    locale = language_of(ctx, settings.rep or None)
    found = standing(ctx, locale=locale)
    if as_json:
        print_json(found)
    else:
        _Told(locale).all(found)


class _Told:
    """On the screen, in one language."""

    def __init__(self, locale: str) -> None:
        self.locale, self._word = locale, spoken(_WORDS, locale)

    def all(self, found: Standing) -> None:
        self._gates(found)
        self._table("live", [(one.sequence, one.pending, one.active, one.paused) for one in found.live])
        for one in found.not_begun:
            say(one.words)
        self._done(found)
        self._table("reps", [(one.rep, one.due, one.overdue) for one in found.reps])
        self._table("waits", list(self._waiting(found.waiting)) or [(self._word("nothing"), "", "")])
        say(self._next(found))

    def _table(self, name: str, rows: list[tuple[object, ...]]) -> None:
        print_table(self._word(name).split("|"), rows)

    def _gates(self, found: Standing) -> None:
        """What must be good for anything to leave."""
        ago = self._word("never")
        if found.last_tick:
            ago = self._word("ago", length=length(found.at - found.last_tick, self.locale))
        if found.is_running:
            say(self._word("running", ago=ago), "green")
        else:
            say(self._word("not_running", ago=ago), "red")
        if not found.is_applied:
            say(self._word("not_applied"), "red")
        elif found.is_sending:
            say(self._word("sending"), "green")
        else:
            say(self._word("not_sending"), "red")
        if found.is_held:
            say(self._word("restored", note=found.held_note), "red")

    def _done(self, found: Standing) -> None:
        mails, texts = counted(found.done.mails, "mail"), counted(found.done.texts, "text")
        if is_chinese(self.locale):
            mails, texts = str(found.done.mails), str(found.done.texts)
        say(self._word("done", mails=mails, texts=texts, people=found.done.by_people))

    def _waiting(self, found: Waiting) -> Iterator[tuple[object, ...]]:
        word = self._word
        if found.doubts:
            yield word("doubts"), found.doubts, "`touchline doubts list`"
        for held in found.held:
            yield word("held", why=held.why), held.touches, "`touchline held list`"
        if found.replies_to_triage:
            yield word("replies"), found.replies_to_triage, "`touchline queue`"
        for inbox in found.unread:
            told = word("unread", folder=inbox.folder, address=inbox.address, trouble=inbox.trouble)
            yield told, "", "`touchline doctor --connect`"
        for stopped in found.stopped:
            told = word("stopped", scope=stopped.scope, key=stopped.key, detail=stopped.detail)
            yield told, "", "`touchline breakers list`"

    def _next(self, found: Standing) -> str:
        coming = found.next_touch
        if coming is None:
            return self._word("no_next")
        told = self._word(
            "next", what=coming.what, name=coming.name, sequence=coming.sequence, when=self._when(coming, found)
        )
        return self._word("why", told=told, why=coming.why) if coming.why else told

    def _when(self, coming: NextTouch, found: Standing) -> str:
        if coming.at <= found.at:
            return self._word("now")
        day = weekday_and_day(coming.at, coming.zone, found.at, self.locale)
        return f"{day} {clock(coming.at, coming.zone)} {coming.zone}"
