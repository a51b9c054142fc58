"""What the people of the demo write: each reply with what it means to whoever triages it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The same thing said in English and in Chinese; `means` is the outcome that a careful reader gives it."""

    means: str
    en: str
    zh: str

    def in_language(self, locale: str) -> str:
        return self.zh if locale.startswith("zh") else self.en


REPLIES: tuple[Words, ...] = (
    Words(
        "interested",
        "Good timing, we are rewriting our dock schedule this quarter. Can you show me how it works?",
        "正好我们这个季度在重排卸货时间，方便给我演示一下吗？",
    ),
    Words(
        "interested",
        "We lose about an hour per truck at the gate. What does it cost for two sites?",
        "我们每辆车在门口大约要等一个小时。两个仓库怎么收费？",
    ),
    Words(
        "meeting_booked", "Wednesday at ten works for me. Send an invitation.", "周三上午十点可以，麻烦发个会议邀请。"
    ),
    Words(
        "later",
        "Not before our new warehouse opens. Please write again in the autumn.",
        "新仓库开业之前不考虑，秋天再联系吧。",
    ),
    Words("later", "Budget is closed for this half-year. Ask me in September.", "上半年预算已经用完，九月份再问我。"),
    Words(
        "not_interested",
        "Thank you, we have a tool for that and are happy with it.",
        "谢谢，我们已经有系统了，用得不错。",
    ),
    Words("not_interested", "This is not a problem we have.", "我们没有这个问题。"),
    Words(
        "not_interested_as_company",
        "Our group decides on software centrally and has just signed for five years. No need to ask my colleagues.",
        "软件由集团统一采购，刚签了五年合同，不用再联系我的同事了。",
    ),
    Words(
        "referral",
        "That is not my area any more. Please ask Dana Whitfield in operations.",
        "这块现在不归我管，请联系运营部的何晓岚。",
    ),
    Words(
        "wrong_person",
        "I only look after the website here, I think you mean somebody else.",
        "我只负责网站，您可能找错人了。",
    ),
    Words("no_more_contact", "Please do not write to me again.", "请不要再给我发邮件了。"),
)

OPT_OUT = Words("opted_out", "Unsubscribe link in the mail", "邮件中的退订链接")
BOUNCE = "550 5.1.1 user unknown"
DEMO_TITLE = Words("meeting", "Demo, 30 minutes", "产品演示，30 分钟")

# What a rep notes beside an outcome that asks for it.
REASONS: Mapping[str, tuple[Words, ...]] = {
    "not_now": (
        Words("not_now", "new warehouse first, then software", "先建新仓库，再考虑软件"),
        Words("not_now", "budget is closed until the autumn", "预算要到秋天才有"),
    ),
    "not_interested": (
        Words("not_interested", "content with what they have", "对现有系统满意"),
        Words("not_interested", "too few trucks a day to need it", "每天车辆太少，不需要"),
    ),
    "not_qualified": (Words("not_qualified", "no warehouse of their own", "没有自己的仓库"),),
}
GATEKEEPERS: tuple[Words, ...] = (
    Words("gatekeeper", "Front desk: ask for the transport office before ten", "前台说上午十点前打到运输部"),
    Words("gatekeeper", "Mrs Keller at the switchboard passes notes on", "总机小周，愿意转达"),
)
REFERRALS: tuple[Words, ...] = (
    Words("referral", "Dana Whitfield", "何晓岚"),
    Words("referral", "Marcus Oyelaran", "陶一鸣"),
)
SKIPPED: tuple[Words, ...] = (
    Words("skip", "met them at the fair this week", "本周展会上已见过面"),
    Words("skip", "their site is closed for stocktaking", "对方盘点停工"),
)


def meaning_of(text: str) -> str | None:
    """What a reply of these people means; None for anything else."""
    return next((reply.means for reply in REPLIES if text in (reply.en, reply.zh)), None)
