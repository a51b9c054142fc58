"""Why a touch waits, was skipped or ended, why an enrollment ended, why somebody was refused: in words."""

from engine.core.enrollment import PauseCause, StopReason
from engine.core.guards import Refusal
from engine.core.policy import UNKNOWN, Policy
from engine.core.touch import Reason
from engine.operations.reaching.country_gate import Unasked
from engine.operations.wording import is_chinese, those_of

_TOUCH = {
    Reason.OUTSIDE_WINDOW: ("outside their hours", "不在对方时段内"),
    Reason.MAILBOX_CAP: ("the mailbox has sent enough for a day", "邮箱达到每日上限"),
    Reason.MAILBOX_HOUR: ("the mailbox has sent enough for an hour", "邮箱达到每小时上限"),
    Reason.MAILBOX_GAP: ("the mailbox rests between two mails", "邮箱两封邮件之间的间隔"),
    Reason.DOMAIN_CAP: ("the new sending domain has sent enough for a day", "新发信域名达到每日上限"),
    Reason.GUESSED_CAP: ("enough mails went to guessed addresses for a day", "发往推测邮箱地址的邮件达到每日上限"),
    Reason.PERSON_CAP: ("they have had enough messages for a day", "对方当日收到的消息已达上限"),
    Reason.ACCOUNT_CAP: ("enough people of the company were approached for a day", "当日接触该公司的人数已达上限"),
    Reason.WORKSPACE_CAP: ("enough was sent for a day", "全公司达到每日发送上限"),
    Reason.PROVIDER_CAP: ("the mail server or provider takes no more for now", "服务商的发送量已达上限"),
    Reason.FOLLOW_UPS_FIRST: ("the mailbox is kept for people who are under way", "邮箱额度优先留给跟进中的客户"),
    Reason.DAY_FULL: ("the rep's day is full", "同事当天的任务已满"),
    Reason.DAY_OFF: ("its day was closed after it had been planned", "排定之后，原定日期改为不工作"),
    Reason.TRANSIENT: ("it could not be delivered just now; it is tried again", "暂时未能投递，将重试"),
    Reason.REP_WROTE: ("a rep wrote to them by hand", "同事刚手动发过邮件"),
    Reason.OUT_OF_OFFICE: ("they are away", "对方外出"),
    Reason.SENDING_OFF: ("sending is switched off", "发送已关闭"),
    Reason.STOP_PENDING: ("an answer of theirs is being worked in", "正在处理对方的回应"),
    Reason.QUIET_HOURS: ("the law of their country keeps these hours quiet", "当地法规要求此时段免打扰"),
    Reason.INBOX_STALE: ("replies to the mailbox cannot be read just now", "暂时无法读取该邮箱的回信"),
    Reason.BACKLOG: ("it is spread over the days after an outage", "停机后分批补发"),
    Reason.RECOVERY: ("a restored backup is being checked", "正在核对恢复的备份"),
    Reason.REP_AWAY: ("the rep is away", "负责的同事休假中"),
    Reason.PAUSED: ("the enrollment is paused", "该序列已暂停"),
    Reason.SEQUENCE_PAUSED: ("the sequence is paused", "整个序列已暂停"),
    Reason.SENDER_BROKEN: ("the mailbox cannot send", "邮箱无法发送"),
    Reason.CALENDAR_UNKNOWN: ("the calendar of that year is not known yet", "该年份的日历尚未可知"),
    Reason.NO_MAILBOX: ("the rep has no mailbox", "该同事没有邮箱"),
    Reason.CANNOT_RENDER: ("the message cannot be written", "消息无法生成"),
    Reason.STALE: ("it is more than three days late", "已延误三天以上"),
    Reason.DOMAIN_STOPPED: ("too many complaints about the sending domain", "发信域名投诉过多"),
    Reason.BATCH_STOPPED: ("too many addresses of this import bounced", "该批导入的退信过多"),
    Reason.NO_EMAIL: ("no email address", "没有邮箱地址"),
    Reason.NO_PHONE: ("no phone number", "没有电话号码"),
    Reason.NO_WECHAT: ("no WeChat account", "没有微信号"),
    Reason.NOT_FRIENDS: ("not connected on WeChat", "尚未成为微信好友"),
    Reason.CHANNEL_OPTED_OUT: ("they closed this channel", "对方已拒绝该渠道"),
    Reason.LATE: ("it was too late for it", "已错过时机"),
    Reason.BY_REP: ("by a rep", "由同事决定"),
    Reason.WRONG_NUMBER: ("wrong number", "空号或错号"),
    Reason.DEAD_ADDRESS: ("the address does not work", "联系方式无效"),
    Reason.CHANNEL_ENDED: ("this channel was given up", "已放弃该渠道"),
    Reason.NO_CONSENT: ("no consent that their country or the sequence asks for", "缺少当地法规或该序列要求的同意"),
    Reason.STOPPED: ("the enrollment was stopped", "该序列已停止"),
    Reason.OPTED_OUT: ("they do not want to be contacted", "对方不希望被联系"),
    Reason.ENGAGEMENT: ("the rules of engagement forbid it", "接触规则不允许"),
    Reason.REJECTED: ("it was refused", "被对方服务器拒绝"),
    Reason.TOO_MANY_TRIES: ("it was tried too often", "重试次数过多"),
    Reason.NO_PROOF: ("nobody knows whether it was sent", "无法确认是否已发送"),
    Reason.SENT_BEFORE_RESTORE: ("it was sent before the backup was restored", "恢复备份之前已经发出"),
    Reason.WORKERS_DIED: ("three times the process that sent it ended", "发送进程已三次异常退出"),
}

# What lifts a hold, or settles a doubt.
_TO_DO = {
    Reason.PAUSED: ("Resume the enrollment when it shall go on.", "需要继续时，请恢复该序列。"),
    Reason.SEQUENCE_PAUSED: ("It goes on when the sequence does.", "整个序列恢复后自动继续。"),
    Reason.SENDER_BROKEN: (
        "Check the mailbox's password and settings, then release it.",
        "请检查邮箱密码与设置，然后解除占用。",
    ),
    Reason.CALENDAR_UNKNOWN: (
        "Update the packages that know the holidays, or write `unknown_holidays: ignore` in workspace.yaml.",
        "请更新提供节假日的软件包，或在 workspace.yaml 中写 `unknown_holidays: ignore`。",
    ),
    Reason.NO_MAILBOX: ("Give the rep a mailbox in workspace.yaml.", "请在 workspace.yaml 中为该同事设置邮箱。"),
    Reason.CANNOT_RENDER: (
        "Fill in what is missing about the person, or mend the template.",
        "请补全此人资料，或修正模板。",
    ),
    Reason.STALE: ("Look whether it still fits, then release it or give it up.", "请确认是否仍然合适，再放行或放弃。"),
    Reason.DOMAIN_STOPPED: (
        "Find out who complained and why; it goes on after seven clean days.",
        "请查明投诉原因；连续七天无投诉后自动恢复。",
    ),
    Reason.BATCH_STOPPED: (
        "Have the addresses of that import checked, then release the batch.",
        "请核查该批导入的地址，然后放行。",
    ),
    Reason.SENT_BEFORE_RESTORE: (
        "The send journal says that it left; look into the sent mail, then say whether it was sent.",
        "发送日志显示已发出；请查看已发送邮件后确认。",
    ),
    Reason.NO_PROOF: (
        "Look into the sent mail, then say whether it was sent. It is never sent again by itself.",
        "请查看已发送邮件后确认是否已发出；系统不会自动重发。",
    ),
    Reason.WORKERS_DIED: (
        "It was not sent. Have the cause looked into, then send it or give the step up.",
        "消息并未发出。请排查原因，再决定发送或放弃这一步。",
    ),
}

_ENDS = {
    StopReason.REPLIED: ("they replied", "对方已回复"),
    StopReason.INTERESTED: ("interested", "有意向"),
    StopReason.MEETING_BOOKED: ("meeting booked", "已约会议"),
    StopReason.WRONG_PERSON: ("wrong person", "找错人"),
    StopReason.ALREADY_CUSTOMER: ("already a customer", "已是客户"),
    StopReason.NOT_INTERESTED: ("not interested", "没有兴趣"),
    StopReason.NOT_NOW: ("not now", "暂时不需要"),
    StopReason.REFERRAL: ("named somebody else", "推荐了他人"),
    StopReason.NOT_QUALIFIED: ("does not fit", "不符合条件"),
    StopReason.LEFT_COMPANY: ("has left the company", "已离职"),
    StopReason.UNREACHABLE: ("cannot be reached", "无法触达"),
    StopReason.BOUNCED: ("the mail bounced and no other channel is left", "邮件被退且无其他渠道"),
    StopReason.OPTED_OUT: ("opted out", "对方退订"),
    StopReason.COMPLAINT: ("complained", "对方投诉"),
    StopReason.ACCOUNT_REPLY: ("somebody else at the company replied", "同公司其他人已回复"),
    StopReason.STAGE_CHANGED: ("the stage has changed", "阶段已变化"),
    StopReason.SUPERSEDED: ("another sequence took over", "被另一序列取代"),
    StopReason.LONG_ABSENCE: ("away for long", "长期外出"),
    StopReason.MANUAL: ("stopped by hand", "手动停止"),
    StopReason.ERASED: ("the person was erased", "此人资料已删除"),
    StopReason.ERROR: ("something went wrong", "发生错误"),
}
_FINISHED = {"completed": ("every step was taken", "所有步骤已完成"), "not_reached": ("never reached", "始终未联系上")}

_PAUSES = {
    PauseCause.REP: ("paused by a rep", "由同事暂停"),
    PauseCause.OUT_OF_OFFICE: ("out of office", "对方外出"),
    PauseCause.MAILBOX: ("the mailbox", "邮箱问题"),
    PauseCause.SEQUENCE: ("the sequence", "整个序列暂停"),
    PauseCause.ACCOUNT: ("somebody at the company replied", "同公司有人回复"),
}

_REFUSALS = {
    Refusal.ALREADY_IN: ("is in this sequence already", "已在该序列中"),
    Refusal.IN_ANOTHER: ("is in another sequence", "已在其他序列中"),
    Refusal.TOO_SOON: ("was approached too short a time ago", "距上次联系时间太短"),
    Refusal.TOO_MANY_ROUNDS: ("had three rounds this year", "一年内已达三轮"),
    Refusal.NEVER_AGAIN: ("had this sequence, and it runs once", "该序列只运行一次"),
    Refusal.RECENTLY_TOUCHED: ("was contacted a few days ago", "几天前刚联系过"),
    Refusal.CUSTOMER: ("is a customer", "是现有客户"),
    Refusal.OPEN_OPPORTUNITY: ("has an open deal", "有进行中的商机"),
    Refusal.PARTNER: ("is a partner", "是合作伙伴"),
    Refusal.COMPETITOR: ("is a competitor", "是竞争对手"),
    Refusal.OTHER_OWNER: ("belongs to another rep's account", "属于其他同事的客户"),
    Refusal.REPLIED_RECENTLY: ("replied within 90 days", "90 天内有过回复"),
    Refusal.STAGE: ("is in a stage that outbound leaves alone", "所处阶段不做外呼"),
    Refusal.SUPPRESSED: ("must not be contacted", "禁止联系"),
    Refusal.UNREACHABLE: ("has no address that a step could use", "没有可用的联系方式"),
    Refusal.NO_CONSENT: (
        "has not agreed to any channel of it, as their country asks",
        "按当地规定，未同意任何一种联系方式",
    ),
    Refusal.ACCOUNT_FULL: ("has enough colleagues in a sequence already", "同公司已有足够多的人在序列中"),
    Refusal.NO_REP: ("has no rep; name one (reps, --rep)", "没有负责同事，请用 reps 或 --rep 指定"),
    Refusal.UNKNOWN_PERSON: ("is not known", "查无此人"),
}


def of_touch(reason: str, locale: str) -> str:
    return _TOUCH[Reason(reason)][is_chinese(locale)]


def what_to_do(reason: str | None, locale: str) -> str:
    """Empty where nothing needs to be done."""
    return _TO_DO.get(Reason(reason), ("", ""))[is_chinese(locale)] if reason else ""


def of_end(reason: str, locale: str) -> str:
    """`on_exhausted.reason` may be any word of the company's own; it is shown as it is written."""
    known = _ENDS.get(StopReason(reason)) if reason in set(StopReason) else _FINISHED.get(reason)
    return known[is_chinese(locale)] if known else reason.replace("_", " ")


def of_pause(cause: str, locale: str) -> str:
    return _PAUSES[PauseCause(cause)][is_chinese(locale)]


def of_refusal(reason: Refusal, locale: str) -> str:
    return _REFUSALS[reason][is_chinese(locale)]


_CHANNELS = {"email": ("mail", "邮件"), "phone": ("calls", "电话"), "sms": ("texts", "短信")}


def of_unasked(one: Unasked, locale: str) -> str:
    """How many have no consent for a channel that their country's policy asks one for."""
    channel, where = _CHANNELS[one.channel][is_chinese(locale)], those_of(one.policy, one.countries, locale)
    if is_chinese(locale):
        return f"{where}：{one.people} 人未同意{channel}，相应步骤跳过，其余照常"
    have = "has" if one.people == 1 else "have"
    return f"{one.people} in {where} {have} no consent for {channel}: those steps are skipped, they run the others"


_OWN_MAIL = (
    "{law}, and none is on record. This mail is not held back: it leaves in your name, and you answer for it.",
    "{law}，目前没有同意记录。这封邮件不会被系统拦截：它以您的名义发出，由您负责。",
)
_NO_LAW = ("Their country is not known or has no policy here, so consent to mail is asked for",
           "对方所在国家未知或未设规则，因此发邮件须先征得同意")  # fmt: skip
_ITS_LAW = ("{title} asks for their consent to mail", "{title}：发邮件须先征得对方同意")


def of_own_mail(policy: Policy, locale: str) -> str:
    """A mail that a rep writes, where an automatic one would be skipped for want of a consent."""
    says = (_NO_LAW if policy.key == UNKNOWN else _ITS_LAW)[is_chinese(locale)]
    return _OWN_MAIL[is_chinese(locale)].format(law=says.format(title=policy.title))
