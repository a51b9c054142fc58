"""What a rep can answer: every outcome of a task with what it asks for and what it leads to, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.core.outcome import Consequence, FollowUp, Next, OutcomeTable, Suppress
from engine.core.sequence import Gap, Unit, Verb
from engine.core.task import TaskKind
from engine.operations import wording
from engine.operations.wording import is_chinese

LABELS = {
    "interested": ("Interested", "有意向"),
    "meeting_booked": ("Meeting booked", "已约会议"),
    "call_back": ("Call back later", "约定回电"),
    "send_info": ("Send information", "要求发资料"),
    "not_now": ("Not now", "暂时不需要"),
    "not_interested": ("Not interested", "没有兴趣"),
    "not_interested_as_company": ("Company not interested", "公司没有兴趣"),
    "do_not_call": ("Do not call", "不要再打电话"),
    "do_not_contact": ("Do not contact", "不要再联系"),
    "no_more_contact": ("No more contact", "不要再联系"),
    "referral": ("Named somebody else", "推荐了他人"),
    "left_company": ("Has left", "已离职"),
    "wrong_person": ("Wrong person", "找错人"),
    "not_qualified": ("Does not fit", "不符合条件"),
    "already_customer": ("Is a customer", "已是客户"),
    "wrong_number": ("Wrong number", "空号或错号"),
    "voicemail": ("Left a voicemail", "已留言"),
    "no_answer": ("No answer", "无人接听"),
    "busy": ("Busy", "占线"),
    "hung_up": ("Hung up", "被挂断"),
    "gatekeeper": ("Gatekeeper", "前台转接未果"),
    "replied": ("They replied", "对方已回复"),
    "sent": ("Sent", "已发送"),
    "requested": ("Request sent", "已发送申请"),
    "accepted": ("Accepted", "已通过"),
    "refused": ("Refused", "被拒绝"),
    "not_found": ("Not found", "查无此人"),
    "unreachable": ("Unreachable", "无法触达"),
    "later": ("Later", "以后再说"),
    "done": ("Done", "完成"),
}

# What "unreachable" means where an address is tried at all.
_UNREACHABLE = {TaskKind.PERSONAL_EMAIL: ("The address is dead", "邮箱无效")}

_FOLLOW_UPS = {
    FollowUp.HAND_OVER: ("opens a hand-over to sales", "生成移交销售任务"),
    FollowUp.CONFIRM_MEETING: ("opens a meeting to confirm", "生成会议确认任务"),
    FollowUp.CONTACT_REFERRAL: ("opens a task to contact them", "生成联系被推荐人的任务"),
    FollowUp.RESEARCH_SUCCESSOR: ("opens a search for the successor", "生成寻找接任者的任务"),
    FollowUp.TELL_OWNER: ("tells the account's owner", "告知客户负责人"),
    FollowUp.TRIAGE: ("opens the reply for a decision", "生成回复判断任务"),
}
_SUPPRESSIONS = {
    Suppress.PERSON: ("nobody contacts them again", "任何人都不再联系此人"),
    Suppress.CHANNEL: ("this channel is closed for them", "停用该渠道"),
    Suppress.ADDRESS: ("this address is not used again", "停用该联系方式"),
    Suppress.ACCOUNT: ("nobody contacts this company", "不再联系该公司"),
}
_UNITS = {
    Unit.MINUTE: ("minute", "分钟"),
    Unit.HOUR: ("hour", "小时"),
    Unit.DAY: ("day", "天"),
    Unit.BUSINESS_DAY: ("working day", "个工作日"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """`needs` names what must be said along: at, date, reason, name, note."""

    outcome: str
    label: str
    needs: tuple[str, ...]
    leads_to: str


def choices(table: OutcomeTable, kind: TaskKind, locale: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(outcome, label(outcome, kind, locale), tuple(sorted(row.needs)), leads_to(row, kind, locale))
        for outcome, row in table.items()
    )


def label(outcome: str, kind: TaskKind | None, locale: str) -> str:
    names = _UNREACHABLE.get(kind) if kind and outcome == "unreachable" else None
    return (names or LABELS.get(outcome) or (outcome.replace("_", " "),) * 2)[is_chinese(locale)]


def leads_to(row: Consequence, kind: TaskKind, locale: str) -> str:
    """One short sentence."""
    separator, stop = ("；", "。") if is_chinese(locale) else ("; ", ".")
    told = separator.join(english_or_chinese[is_chinese(locale)] for english_or_chinese in _effects(row, kind))
    return f"{told[:1].upper()}{told[1:]}{stop}" if told else ""


def _effects(row: Consequence, kind: TaskKind) -> Iterator[tuple[str, str]]:
    if kind is not TaskKind.TRIAGE:
        yield _next(row) if row.stop is None else ("the sequence ends", "序列结束")
    if row.add is not None:
        english, chinese = (wording.channel_name(Verb(row.add), locale) for locale in ("en", "zh"))
        yield f"adds one {english} today", f"今天加一次{chinese}"
    if row.wait is not None:
        yield f"at least {gap(row.wait, 'en')} of rest first", f"至少间隔 {gap(row.wait, 'zh')}"
    if row.follow_up is not None:
        yield _FOLLOW_UPS[row.follow_up]
    if row.suppress is not None:
        yield _SUPPRESSIONS[row.suppress]
    if row.again is not None:
        yield f"may be approached again after {gap(row.again, 'en')}", f"{gap(row.again, 'zh')}后可再次联系"


def _next(row: Consequence) -> tuple[str, str]:
    match row.next:
        case Next.GO_ON:
            return "the plan goes on", "按计划继续"
        case Next.REPEAT if row.after is None:
            return "the same step again at the time you give", "在约定时间重复此步骤"
        case Next.REPEAT:
            return f"the same step again in {gap(row.after or '', 'en')}", f"{gap(row.after or '', 'zh')}后重复此步骤"
        case Next.NEXT_NUMBER:
            return "their next number is tried, else the calls are skipped", "改拨下一个号码，没有则跳过电话"
        case Next.SKIP_FAMILY:
            return "the rest of this channel is skipped, the others go on", "跳过该渠道的后续步骤，其他渠道继续"


def gap(text: str, locale: str) -> str:
    """`2bd` in words."""
    made = Gap.parse(text)
    english, chinese = _UNITS[made.unit]
    if is_chinese(locale):
        return f"{made.amount} {chinese}"
    return f"{made.amount} {english}" if made.amount == 1 else f"{made.amount} {english}s"
