"""What has happened with a person, newest first, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.enrollment import EnrollmentStatus
from engine.core.sequence import Verb
from engine.core.task import TaskKind
from engine.core.touch import TouchStatus
from engine.core.workspace import Workspace
from engine.operations import wording
from engine.operations.queries import beginning, outcomes, reasons
from engine.operations.wording import is_chinese
from engine.store import browse
from engine.store.connection import Connection, Record

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is touch, task, event, enrollment or stage; `detail` holds words of people: a note, a reply's text."""

    at: datetime
    kind: str
    icon: str
    text: str
    detail: str = ""
    by: str | None = None


def of_person(
    connection: Connection, workspace: Workspace, prospect_id: int, now: datetime, *, locale: str, limit: int = LONGEST
) -> tuple[Entry, ...]:
    told = _Told(now, locale, {stage.key: stage.title for stage in workspace.stages})
    found = [
        *(told.touch(row) for row in browse.touches_of(connection, prospect_id, limit)),
        *(told.task(row) for row in browse.closed_tasks_of(connection, prospect_id, limit)),
        *(told.event(row) for row in browse.events_of(connection, prospect_id, limit)),
        *(told.stage(row) for row in browse.stage_changes_of(connection, prospect_id, limit)),
    ]
    for row in browse.enrollments_of(connection, prospect_id, limit):
        found += told.enrollment(row)
    return tuple(sorted(found, key=lambda entry: entry.at, reverse=True)[:limit])


_EVENTS = {
    "delivered": ("Delivered", "已送达"),
    "bounced": ("The mail bounced", "邮件被退回"),
    "soft_bounced": ("The mail was delayed", "邮件暂时被退"),
    "left_company": ("Their mail system says that they have left", "对方邮件系统提示其已离职"),
    "challenged": ("Their mail system wants a person to confirm the sender", "对方邮件系统要求验证发件人"),
    "sender_refused": ("Their mail system refused our mailbox", "对方邮件系统拒收我方邮箱的邮件"),
    "undelivered": ("The text message did not arrive", "短信未能送达"),
    "machine_clicked": ("A scanner opened a link", "链接被安全扫描打开"),
    "opted_in": ("They want to hear from us again", "对方重新同意接收"),
    "replied": ("They replied", "对方回复"),
    "auto_replied": ("An automatic answer came", "收到自动回复"),
    "out_of_office": ("Out of office", "对方外出"),
    "opted_out": ("They opted out", "对方退订"),
    "complained": ("They complained", "对方投诉"),
    "clicked": ("They clicked a link", "对方点击了链接"),
    "meeting_booked": ("A meeting was booked", "约定了会议"),
    "hand_sent": ("A rep wrote by hand", "同事手动发送邮件"),
    "stop_asked": ("A stop was asked for", "要求停止"),
}
_FACTS = (
    ("replied_at", "answered", "已回复"),
    ("complained_at", "complained of", "被投诉"),
    ("bounced_at", "bounced", "被退回"),
    ("clicked_at", "clicked", "已点击"),
    ("delivered_at", "delivered", "已送达"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    now: datetime
    locale: str
    stages: dict[str, str]

    def touch(self, row: Record) -> Entry:
        verb = Verb(row.verb)
        name = wording.step_name(verb, self.locale)
        subject = self._say(f" “{row.subject}”", f"《{row.subject}》") if row.subject else ""
        text = f"{name}{subject}{self._colon()}{', '.join(self._endings(row))}"
        return Entry(row.ended_at, "touch", verb.value, text, _said(row.answer), row.closed_by)

    def _endings(self, row: Record) -> Iterator[str]:
        """How it ended, and the facts that came in later."""
        if row.outcome is not None:
            yield self._lower(outcomes.label(row.outcome, None, self.locale))
        else:
            ended = wording.touch_state(row.status, self.locale)
            has_reason = row.reason is not None and row.status != TouchStatus.SENT.value
            yield f"{ended} ({reasons.of_touch(row.reason, self.locale)})" if has_reason else ended
        for fact, english, chinese in _FACTS:
            if getattr(row, fact) is not None:
                yield self._say(english, chinese)

    def task(self, row: Record) -> Entry:
        kind = TaskKind(row.kind)
        title = wording.in_language(kind, row.title, self.locale)
        ended = outcomes.label(row.outcome, kind, self.locale) if row.outcome else self._say("skipped", "已跳过")
        return Entry(row.closed_at, "task", row.kind, title + self._colon() + ended, _said(row.answer), row.closed_by)

    def event(self, row: Record) -> Entry:
        body: dict[str, Any] = row.body or {}
        words = [str(body[name]) for name in ("subject", "text", "title", "at", "until", "detail") if body.get(name)]
        return Entry(row.at, "event", row.kind, self._say(*_EVENTS[row.kind]), "\n".join(words))

    def stage(self, row: Record) -> Entry:
        old, new = (self.stages.get(key, key) if key else "–" for key in (row.old, row.new))
        return Entry(
            row.at, "stage", "stage", self._say("Stage", "阶段") + f"{self._colon()}{old} → {new}", by=row.actor
        )

    def enrollment(self, row: Record) -> Iterator[Entry]:
        title = row.sequence_title
        begun = self._say(f"Enrolled in {title}", f"进入序列：{title}")
        is_pending = row.status == EnrollmentStatus.PENDING.value
        waits = beginning.why_not_begun(row, self.now, self.locale) if is_pending else ""
        yield Entry(row.enrolled_at, "enrollment", "enrolled", begun, waits, by=row.actor)
        if row.admitted_at is not None and row.admitted_at > row.enrolled_at:
            began = self._say(f"{title} began, when it was their turn", f"轮到此人，序列开始：{title}")
            yield Entry(row.admitted_at, "enrollment", "enrolled", began)
        if row.ended_at is not None:
            why = reasons.of_end(row.end_reason, self.locale)
            ended = self._say(f"{title} ended: {why}", f"序列结束（{why}）：{title}")
            yield Entry(row.ended_at, "enrollment", "ended", ended, row.end_note or "")

    def _say(self, english: str, chinese: str) -> str:
        return chinese if is_chinese(self.locale) else english

    def _colon(self) -> str:
        return self._say(": ", "：")

    @staticmethod
    def _lower(text: str) -> str:
        return text[:1].lower() + text[1:]


def _said(answer: dict[str, Any] | None) -> str:
    """What the rep wrote down with the outcome."""
    said = answer or {}
    return "\n".join(str(said[name]) for name in ("note", "reason", "name", "date") if said.get(name))
