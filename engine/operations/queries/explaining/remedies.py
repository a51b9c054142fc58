"""What would change it: for everything that keeps a touch or an enrollment, what somebody can do, and by which command.

Where a reason has no entry, nobody need or can do anything: it passes by itself, or it is over for good.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.core.admission import Limit, WaitsFor
from engine.core.enrollment import PauseCause, StopReason
from engine.core.guards import Refusal
from engine.core.touch import Reason
from engine.operations.queries.explaining.values import Change
from engine.operations.queries.explaining.voice import Voice

_APPLY = "touchline apply sequences/"


@dataclass(frozen=True, slots=True)
class Remedy:
    """`command` may name {touch}, {enrollment}, {person}, {sequence}, {task}, {rep} and {channel}."""

    english: str
    chinese: str
    command: str | None = None


def _raise(setting: str) -> Remedy:
    return Remedy(
        f"Raise `{setting}` under `caps:` in workspace.yaml, and apply.",
        f"在 workspace.yaml 的 `caps:` 中调高 `{setting}` 并应用。",
        _APPLY,
    )


_ADDRESS = Remedy("Import an address of theirs that works.", "导入可用的联系方式。", "touchline import FILE.csv")
_OPT_IN = Remedy(
    "Only they can: once they have opted in again, lift the suppression with the proof of it.",
    "仅在对方重新同意后，凭证明解除禁联。",
    "touchline unsuppress ID --proof TEXT",
)
_LOGIN = Remedy(
    "See why the mailbox cannot be reached, and mend it in channels.yaml.",
    "查明邮箱无法连接的原因，并在 channels.yaml 中修正。",
    "touchline doctor --connect",
)
_RELEASE = Remedy("Mend the cause, then release it.", "排除原因后放行。", "touchline held release {touch}")
_SETTLE = Remedy(
    "Look into the sent mail, then say whether it left.",
    "查看已发送邮件后确认是否发出。",
    "touchline doubts settle {touch} --sent  (or --not-sent)",
)
_RESUME = Remedy("Resume it.", "恢复。", "touchline enrollment resume {enrollment}")
_BREAKERS = Remedy("Deal with the cause, then release the breaker.", "处理原因后解除熔断。", "touchline breakers list")
_AGAIN = Remedy(
    "It is over; they may be enrolled anew where the rules allow it.",
    "已结束；规则允许时可重新加入。",
    "touchline enroll {sequence} {person} --dry-run",
)
_ALLOW = Remedy(
    "Lift the rule for this sequence with `allow:` in its file, or set the account's relationship right.",
    "在序列文件中用 `allow:` 放行，或更正客户关系。",
    _APPLY,
)
_STAGE = Remedy("Set their stage right, with the next import.", "在下次导入时更正其阶段。", "touchline import FILE.csv")

OF_REASON: Mapping[Reason, tuple[Remedy, ...]] = {
    Reason.OUTSIDE_WINDOW: (
        Remedy(
            "Widen `hours` in the sequence's file; that reaches people who enter it from then on.",
            "在序列文件中放宽 `hours`，对之后加入的人生效。",
            _APPLY,
        ),
    ),
    Reason.QUIET_HOURS: (
        Remedy("Give the sequence hours within those of the law.", "让序列时段落在法规允许的时间内。", _APPLY),
    ),
    Reason.MAILBOX_CAP: (_raise("mailbox_per_day"),),
    Reason.MAILBOX_HOUR: (_raise("mailbox_per_hour"),),
    Reason.MAILBOX_GAP: (
        Remedy(
            "Shorten `mailbox_gap` under `caps:` in workspace.yaml, and apply.",
            "在 workspace.yaml 的 `caps:` 中缩短 `mailbox_gap` 并应用。",
            _APPLY,
        ),
    ),
    Reason.DOMAIN_CAP: (_raise("domain_per_day"),),
    Reason.GUESSED_CAP: (_raise("guessed_share"), _ADDRESS),
    Reason.PERSON_CAP: (_raise("person_per_day"),),
    Reason.ACCOUNT_CAP: (_raise("account_people_per_day"),),
    Reason.WORKSPACE_CAP: (_raise("workspace_per_day"),),
    Reason.PROVIDER_CAP: (_raise("providers"),),
    Reason.FOLLOW_UPS_FIRST: (_raise("mailbox_per_day"),),
    Reason.DAY_FULL: (
        Remedy(
            "Raise what the rep gets done in a day, under `capacity:` in workspace.yaml, and apply.",
            "在 workspace.yaml 的 `capacity:` 中提高该同事每天能完成的任务量并应用。",
            _APPLY,
        ),
    ),
    Reason.DAY_OFF: (
        Remedy(
            "Open the day again: `closed:`, a calendar or the rep’s `hours:` in workspace.yaml, and apply.",
            "在 workspace.yaml 的 `closed:`、日历或该同事的 `hours:` 中重新开放该日并应用。",
            _APPLY,
        ),
    ),
    Reason.OUT_OF_OFFICE: (_RESUME,),
    Reason.SENDING_OFF: (Remedy("Switch sending on.", "打开发送。", "touchline sending on"),),
    Reason.INBOX_STALE: (_LOGIN,),
    Reason.RECOVERY: (
        Remedy(
            "Look at what the journal knows, then let everything go on.",
            "核对发送日志后放行。",
            "touchline recovery release",
        ),
    ),
    Reason.REP_AWAY: (
        Remedy("End the leave, or name somebody who stands in.", "结束休假，或指定代班同事。", "touchline leave list"),
    ),
    Reason.PAUSED: (_RESUME,),
    Reason.SEQUENCE_PAUSED: (Remedy("It goes on when the sequence does.", "整个序列恢复后自动继续。"),),
    Reason.SENDER_BROKEN: (_LOGIN, _RELEASE),
    Reason.CALENDAR_UNKNOWN: (
        Remedy(
            "Update the holiday data and restart: within the hour it is planned anew.",
            "更新节假日数据并重启：一小时内自动重排。",
        ),
        Remedy(
            "Or let it go as if there were no holidays.",
            "或按无节假日放行。",
            "touchline held approve --reason calendar_unknown",
        ),
    ),
    Reason.NO_MAILBOX: (
        Remedy(
            "Give the rep a mailbox in workspace.yaml, and apply.",
            "在 workspace.yaml 中为该同事设置邮箱并应用。",
            _APPLY,
        ),
        _RELEASE,
    ),
    Reason.CANNOT_RENDER: (
        Remedy(
            "Fill in what is missing about the person, or mend the template.",
            "补全此人资料，或修正模板。",
            "touchline import FILE.csv",
        ),
        _RELEASE,
    ),
    Reason.STALE: (
        Remedy("Let it go after all.", "确认后放行。", "touchline held release {touch}"),
        Remedy("Or give up all that is stale.", "或放弃所有过期触达。", "touchline held refuse"),
    ),
    Reason.DOMAIN_STOPPED: (_BREAKERS,),
    Reason.BATCH_STOPPED: (_BREAKERS,),
    Reason.NO_EMAIL: (_ADDRESS,),
    Reason.NO_PHONE: (_ADDRESS,),
    Reason.NO_WECHAT: (_ADDRESS,),
    Reason.DEAD_ADDRESS: (_ADDRESS,),
    Reason.WRONG_NUMBER: (_ADDRESS,),
    Reason.NOT_FRIENDS: (
        Remedy(
            "They have to accept the request first: report it as “accepted”.",
            "须先通过好友申请：将结果记为“已通过”。",
            "touchline queue",
        ),
    ),
    Reason.CHANNEL_OPTED_OUT: (_OPT_IN,),
    Reason.OPTED_OUT: (_OPT_IN,),
    Reason.NO_CONSENT: (
        Remedy(
            "Record their consent, with where it can be seen.",
            "登记对方的同意及其出处。",
            "touchline consent grant {person} {channel} --text TEXT --source WHERE",
        ),
    ),
    Reason.LATE: (
        Remedy(
            "Give such steps more time with `if_late:` in the file.",
            "在文件中用 `if_late:` 为此类步骤留更多时间。",
            _APPLY,
        ),
    ),
    Reason.STOPPED: (_AGAIN,),
    Reason.ENGAGEMENT: (_ALLOW,),
    Reason.REJECTED: (_ADDRESS,),
    Reason.TOO_MANY_TRIES: (_LOGIN,),
    Reason.NO_PROOF: (_SETTLE,),
    Reason.SENT_BEFORE_RESTORE: (_SETTLE,),
    Reason.WORKERS_DIED: (
        Remedy(
            "It was not sent: have the cause looked into, then send it.",
            "消息并未发出：排查原因后发送。",
            "touchline doubts release {touch}",
        ),
    ),
}

OF_PAUSE: Mapping[PauseCause, tuple[Remedy, ...]] = {
    PauseCause.REP: (_RESUME,),
    PauseCause.OUT_OF_OFFICE: (
        Remedy(
            "If they are back already, resume it.",
            "若对方已回来，可提前恢复。",
            "touchline enrollment resume {enrollment}",
        ),
    ),
    PauseCause.MAILBOX: (_LOGIN, _RESUME),
    PauseCause.SEQUENCE: (Remedy("It goes on when the sequence does.", "整个序列恢复后自动继续。"),),
    PauseCause.ACCOUNT: (
        Remedy(
            "Decide what their colleague's reply means, then resume it.",
            "判断其同事的回复后再恢复。",
            "touchline enrollment resume {enrollment}",
        ),
    ),
}

OF_END: Mapping[StopReason, tuple[Remedy, ...]] = {
    StopReason.BOUNCED: (_ADDRESS, _AGAIN),
    StopReason.UNREACHABLE: (_ADDRESS, _AGAIN),
    StopReason.OPTED_OUT: (_OPT_IN,),
    StopReason.COMPLAINT: (_OPT_IN,),
    StopReason.STAGE_CHANGED: (_STAGE, _AGAIN),
    **dict.fromkeys(
        (
            StopReason.REPLIED,
            StopReason.INTERESTED,
            StopReason.MEETING_BOOKED,
            StopReason.WRONG_PERSON,
            StopReason.ALREADY_CUSTOMER,
            StopReason.NOT_INTERESTED,
            StopReason.NOT_NOW,
            StopReason.REFERRAL,
            StopReason.NOT_QUALIFIED,
            StopReason.LEFT_COMPANY,
            StopReason.ACCOUNT_REPLY,
            StopReason.SUPERSEDED,
            StopReason.LONG_ABSENCE,
            StopReason.MANUAL,
            StopReason.ERROR,
        ),
        (_AGAIN,),
    ),
}

_BEGIN_NOW = Remedy("Let them begin now.", "现在就开始。", "touchline enrollment admit {enrollment}")


def _more_room(setting: str, block: str = "capacity") -> Remedy:
    return Remedy(
        f"Give the rep more room: {setting} under `{block}:` in workspace.yaml is what is used up first.",
        f"提高 workspace.yaml 中 `{block}:` 下的{setting}：它最先用完。",
        _APPLY,
    )


OF_LIMIT: Mapping[Limit, Remedy] = {
    Limit.TASKS: _more_room("`tasks_per_day`"),
    Limit.MINUTES: Remedy(
        "Give the rep more time: `minutes_per_day` under `capacity:` or, where they are shorter, the rep's `hours`.",
        "增加该同事的时间：`capacity:` 下的 `minutes_per_day`，若工作时段更短则为 `hours`。",
        _APPLY,
    ),
    Limit.MAILS: _more_room("`mailbox_per_day`", "caps"),
    Limit.NEWCOMERS: _more_room("`new_leads_per_day`"),
}
OF_WAIT: Mapping[WaitsFor, tuple[Remedy, ...]] = {
    WaitsFor.TURN: (_BEGIN_NOW,),
    WaitsFor.REP_AWAY: OF_REASON[Reason.REP_AWAY],
}

OF_REFUSAL: Mapping[Refusal, tuple[Remedy, ...]] = {
    Refusal.IN_ANOTHER: (
        Remedy("End the other one first.", "先结束另一个序列。", "touchline enrollment list --person {person}"),
    ),
    Refusal.TOO_SOON: (Remedy("Set `again:` in the file, or wait.", "在文件中设置 `again:`，或等待。", _APPLY),),
    Refusal.NEVER_AGAIN: (Remedy("Set `again:` in the file.", "在文件中设置 `again:`。", _APPLY),),
    Refusal.RECENTLY_TOUCHED: (
        Remedy(
            "Shorten `quiet_since_last_touch` in the file, or wait.",
            "在文件中缩短 `quiet_since_last_touch`，或等待。",
            _APPLY,
        ),
    ),
    Refusal.CUSTOMER: (_ALLOW,),
    Refusal.OPEN_OPPORTUNITY: (_ALLOW,),
    Refusal.PARTNER: (_ALLOW,),
    Refusal.COMPETITOR: (_ALLOW,),
    Refusal.OTHER_OWNER: (_ALLOW,),
    Refusal.STAGE: (_STAGE,),
    Refusal.SUPPRESSED: (_OPT_IN,),
    Refusal.UNREACHABLE: (_ADDRESS,),
    Refusal.NO_CONSENT: OF_REASON[Reason.NO_CONSENT],
    Refusal.ACCOUNT_FULL: (_raise("account_active"),),
    Refusal.NO_REP: (Remedy("Name a rep.", "指定负责同事。", "touchline enroll {sequence} {person} --rep REP"),),
    Refusal.UNKNOWN_PERSON: (_ADDRESS,),
}


@dataclass(frozen=True, slots=True)
class About:
    """What the commands name."""

    enrollment: int
    person: int
    sequence: str
    rep: str
    touch: int | None = None
    task: int | None = None
    channel: str = "email"


def changes(voice: Voice, about: About, remedies: Iterable[Remedy]) -> tuple[Change, ...]:
    """Each once, in the order in which they are given."""
    named = {
        "enrollment": about.enrollment,
        "person": about.person,
        "sequence": about.sequence,
        "rep": about.rep,
        "touch": about.touch,
        "task": about.task,
        "channel": about.channel,
    }
    return tuple(
        Change(voice.say(one.english, one.chinese), one.command.format(**named) if one.command else None)
        for one in dict.fromkeys(remedies)
    )


def for_reason(reason: Reason, detail: str | None = None) -> tuple[Remedy, ...]:
    """`detail` of a rule of engagement is the refusal's name."""
    if reason is Reason.ENGAGEMENT and detail in set(Refusal):
        return OF_REFUSAL.get(Refusal(detail), ())
    return OF_REASON.get(reason, ())


def for_end(reason: str) -> tuple[Remedy, ...]:
    """`on_exhausted.reason` may be any word."""
    return OF_END.get(StopReason(reason), ()) if reason in set(StopReason) else (_AGAIN,)


def for_pause(cause: str) -> tuple[Remedy, ...]:
    return OF_PAUSE.get(PauseCause(cause), ())


def for_wait(waits_for: WaitsFor, limit: Limit | None) -> tuple[Remedy, ...]:
    """`limit` is what a day of such leads uses up first."""
    more = (OF_LIMIT[limit],) if waits_for is WaitsFor.TURN and limit is not None else ()
    return OF_WAIT.get(waits_for, ()) + more
