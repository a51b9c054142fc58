"""What the engine says to people in its own words, in English and Chinese."""

from collections.abc import Mapping, Sequence
from datetime import date

from engine.contacts.countries import chinese_name
from engine.core.enrollment import EnrollmentStatus
from engine.core.leave import LeavePolicy
from engine.core.policy import Policy
from engine.core.sequence import Verb
from engine.core.task import TaskKind
from engine.core.touch import TouchStatus

_TASKS: Mapping[TaskKind, tuple[str, str]] = {
    TaskKind.CALL: ("Call", "电话"),
    TaskKind.PERSONAL_EMAIL: ("Write a personal mail", "写一封个人邮件"),
    TaskKind.WECHAT_ADD: ("Add on WeChat", "添加微信"),
    TaskKind.WECHAT_MESSAGE: ("Message on WeChat", "发微信消息"),
    TaskKind.LINKEDIN: ("LinkedIn", "领英"),
    TaskKind.MAIMAI: ("Maimai", "脉脉"),
    TaskKind.VIDEO: ("Record a video", "录制视频"),
    TaskKind.TASK: ("Task", "任务"),
    TaskKind.TRIAGE: ("Read the reply and decide", "阅读回复并判断"),
    TaskKind.HAND_OVER: ("Hand over to sales", "移交销售"),
    TaskKind.CONFIRM_MEETING: ("Confirm the meeting", "确认会议"),
    TaskKind.CONTACT_REFERRAL: ("Contact the person they named", "联系对方推荐的人"),
    TaskKind.RESEARCH_SUCCESSOR: ("Find the successor", "寻找接任者"),
    TaskKind.TELL_OWNER: ("Tell the account's owner", "告知客户负责人"),
    TaskKind.HAS_LEFT: ("Has this person left?", "此人是否已离职？"),
    TaskKind.ESCALATION: ("Look into late work of the team", "跟进团队的逾期任务"),
}

BACK_AGAIN = ("Back from a long absence: take it up again?", "对方长期外出后已回来：是否继续跟进？")
CONFIRM_SENDER = ("Confirm to their mail system that a person writes", "在对方的邮件系统中确认发件人是真人")

_CHANNELS: Mapping[Verb, tuple[str, str]] = {
    Verb.EMAIL: ("email", "邮件"),
    Verb.PERSONAL_EMAIL: ("email", "邮件"),
    Verb.CALL: ("phone call", "电话"),
    Verb.VOICEMAIL: ("voicemail", "语音留言"),
    Verb.SMS: ("text message", "短信"),
    Verb.WECHAT_ADD: ("WeChat request", "微信好友申请"),
    Verb.WECHAT_MESSAGE: ("WeChat message", "微信消息"),
    Verb.LINKEDIN: ("LinkedIn message", "领英消息"),
    Verb.MAIMAI: ("Maimai message", "脉脉消息"),
    Verb.VIDEO: ("video", "视频"),
    Verb.TASK: ("task", "任务"),
}

_STEPS: Mapping[Verb, tuple[str, str]] = {
    Verb.EMAIL: ("Email", "邮件"),
    Verb.PERSONAL_EMAIL: ("Personal mail", "个人邮件"),
    Verb.CALL: ("Call", "电话"),
    Verb.VOICEMAIL: ("Voicemail", "语音留言"),
    Verb.SMS: ("Text message", "短信"),
    Verb.WECHAT_ADD: ("WeChat request", "微信好友申请"),
    Verb.WECHAT_MESSAGE: ("WeChat message", "微信消息"),
    Verb.LINKEDIN: ("LinkedIn", "领英"),
    Verb.MAIMAI: ("Maimai", "脉脉"),
    Verb.VIDEO: ("Video", "视频"),
    Verb.TASK: ("Task", "任务"),
}

ENROLLMENT_STATES: Mapping[EnrollmentStatus, tuple[str, str]] = {
    EnrollmentStatus.PENDING: ("not begun", "尚未开始"),
    EnrollmentStatus.ACTIVE: ("under way", "进行中"),
    EnrollmentStatus.PAUSED: ("paused", "已暂停"),
    EnrollmentStatus.FINISHED: ("finished", "已完成"),
    EnrollmentStatus.STOPPED: ("stopped", "已停止"),
}

_TOUCH_STATES: Mapping[TouchStatus, tuple[str, str]] = {
    TouchStatus.SCHEDULED: ("planned", "已排定"),
    TouchStatus.HELD: ("held", "已搁置"),
    TouchStatus.SENDING: ("being sent", "发送中"),
    TouchStatus.IN_DOUBT: ("in doubt", "无法确认是否已发送"),
    TouchStatus.QUARANTINED: ("quarantined", "已隔离"),
    TouchStatus.QUEUED: ("in the queue", "在队列中"),
    TouchStatus.SENT: ("sent", "已发送"),
    TouchStatus.DONE: ("done", "完成"),
    TouchStatus.FAILED: ("failed", "失败"),
    TouchStatus.SKIPPED: ("skipped", "已跳过"),
    TouchStatus.CANCELLED: ("cancelled", "已取消"),
    TouchStatus.EXPIRED: ("expired", "已过期"),
}

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December")  # fmt: skip


def is_chinese(locale: str) -> bool:
    return locale.startswith("zh")


def press_a_key(name: str, locale: str) -> str:
    """Said to whoever picks up at the rep's before anybody is rung."""
    return f"按任意键呼叫{name}。" if is_chinese(locale) else f"Press any key to call {name}."


def away_until(name: str | None, last: date, locale: str) -> str:
    """`name` of None: the reader."""
    if is_chinese(locale):
        return f"{name or '您'}休假至{day(last, locale)}。"
    return f"{f'{name} is' if name else 'You are'} away until {day(last, locale)}."


# What becomes of the work meanwhile: (where a colleague is named, where nobody is), in English and in Chinese.
_MEANWHILE: Mapping[LeavePolicy, tuple[tuple[str, str], tuple[str, str]]] = {
    LeavePolicy.PAUSE: (
        ("What cannot wait goes to {who}.", "The team does what cannot wait."),
        ("不能等的工作由{who}处理。", "不能等的工作由团队处理。"),
    ),
    LeavePolicy.DELEGATE: (
        ("The work goes to {who}.", "The team stands in."),
        ("工作由{who}代办。", "工作由团队代办。"),
    ),
    LeavePolicy.REASSIGN: (
        ("The work is for {who} to go on with.", "The team has taken the work over."),
        ("工作已转交{who}。", "工作已转交团队。"),
    ),
}


def covered_by(name: str | None, policy: LeavePolicy, locale: str) -> str:
    """`name` of None: nobody was named; of "": the reader."""
    named, unnamed = _MEANWHILE[policy][is_chinese(locale)]
    return unnamed if name is None else named.format(who=name or ("您" if is_chinese(locale) else "you"))


def wechat_is_with(name: str, locale: str) -> str:
    """For whoever takes over from another rep."""
    if is_chinese(locale):
        return f"对方的微信好友是{name}：请先办理好友转接（企业微信的在职或离职继承），再联系。"
    return f"On WeChat they are connected with {name}: have that contact transferred to you before you write."


def task_title(kind: TaskKind, locale: str) -> str:
    return _TASKS[kind][is_chinese(locale)]


def in_language(kind: TaskKind, title: str, locale: str) -> str:
    """A title is stored in the prospect's language; the engine's own ones are told in the reader's."""
    return task_title(kind, locale) if title in _TASKS[kind] else title


def late_work(title: str, rep_name: str, due: date, locale: str) -> str:
    """What a manager reads of a task that somebody else has not done in time."""
    since = day(due, locale)
    if is_chinese(locale):
        return f"{rep_name}的任务“{title}”自{since}起未完成。请催办、转派他人，或跳过这一步。"
    return f"“{title}” has been with {rep_name} since {since}. Ask about it, give it to somebody else, or skip it."


def enrollment_state(status: str, locale: str) -> str:
    return ENROLLMENT_STATES[EnrollmentStatus(status)][is_chinese(locale)]


def touch_state(status: str, locale: str) -> str:
    return _TOUCH_STATES[TouchStatus(status)][is_chinese(locale)]


def law_of(policy: Policy, country: str | None, locale: str) -> str:
    """Whose law it is: as the policy is called, in Chinese by the country's own name."""
    is_its_own = is_chinese(locale) and country is not None and country in policy.countries
    return (chinese_name(country) if is_its_own and country else None) or policy.title


def those_of(policy: str, countries: Sequence[str], locale: str) -> str:
    """Where people are for whom a policy counts: in Chinese by the countries' own names, else as it is called."""
    if not is_chinese(locale):
        return policy
    names = [chinese_name(code) or code for code in countries]
    return "、".join(names) or "国家未知"


def step_name(verb: Verb, locale: str) -> str:
    """What a step is called in a list."""
    return _STEPS[verb][is_chinese(locale)]


def channel_name(verb: Verb, locale: str) -> str:
    return _CHANNELS[verb][is_chinese(locale)]


def day(on: date, locale: str) -> str:
    """`Tuesday, March 3`, or 3月3日."""
    if is_chinese(locale):
        return f"{on.month}月{on.day}日"
    return f"{_WEEKDAYS[on.weekday()]}, {_MONTHS[on.month - 1]} {on.day}"
