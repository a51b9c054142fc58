"""Whose fault it is that a mail did not arrive: the address's, the moment's, or ours (RFC 3463, and what servers say).

5.1.x and 5.2.1: the address is dead. 4.x.x and full mailboxes: it may work later. 5.7.x, and whatever blames the
sender: ours. Where the code says nothing the words decide; where they say nothing either, it counts as passing.
"""

import re
from enum import StrEnum

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.#])([45])\d\d(?=[\s\-,:;]|$)")


class Verdict(StrEnum):
    """The kind of event that it becomes."""

    HARD = "bounced"
    SOFT = "soft_bounced"
    OURS = "sender_refused"


_NOBODY_THERE = re.compile(
    r"user (?:is )?(?:unknown|not (?:found|exist|known))|unknown (?:user|recipient|local|mailbox|address)"
    r"|no such (?:user|recipient|mailbox|person|address"
    r"|local|account)|(?:address|recipient|mailbox|account|user|email)[^\n]{0,80}?(?:does(?:n['’]t| not)|do not"
    r"|did not) exist|not (?:listed|found) in[^\n]{0,30}directory"
    r"|recipient(?: address)? (?:not found|unknown)|invalid (?:recipient|mailbox|address|user)|no mailbox (?:here"
    r"|by that)"
    r"|mailbox (?:not found|unavailable|is (?:disabled|inactive)|disabled|unknown)|account (?:is "
    r"|has been )?(?:disabled|inactive|suspended|closed|deleted)"
    r"|(?:user|account|mailbox)[^.\n]{0,30}(?:disabled|no longer (?:active|valid|available|in use|on server))"
    r"|not a (?:valid|known) (?:user|mailbox|recipient)"
    r"|(?:host|domain)(?: name)?(?: \S+)? (?:not found|unknown|does not exist)|unrouteable address|nxdomain"
    r"|no such domain|unknown (?:host|domain)"
    r"|recipient address rejected: access denied|recipnotfound|unable to find (?:the )?recipient|no such host"
    r"|address (?:couldn['’]t be found|not found)"
    r"|couldn['’]t be found|isn['’]t (?:in|a valid)|doesn['’]t have (?:an? \S+ )?account"
    r"|用户不存在|邮箱不存在|无此用户|用户名不存在|地址不存在|帐号不存在|账号不存在|收件人不存在|域名不存在"
    r"|该用户已(?:停用|注销|禁用)|已被?(?:停用|禁用|注销|冻结)|不存在的?(?:邮箱|用户|收件人)"
    r"|empfänger[^.\n]{0,30}(?:unbekannt|existiert nicht)|adresse (?:inconnue|introuvable)|n['’]existe pas|no existe"
    r"|ユーザーが見つかりません|存在しません|宛先不明",
    re.IGNORECASE,
)
_FULL_OR_LATER = re.compile(
    r"quota|mailbox (?:is )?(?:full|over)|over ?limit|storage|insufficient (?:disk|system)|too (?:many|large|big)"
    r"|exceed|try (?:again )?later|temporar|greylist|graylist|timed? ?out"
    r"|connection (?:refused|reset|lost)|connect(?:ing)? to|retry|deferred|busy|throttl|rate limit|loop|(?:size"
    r"|length) limit"
    r"|邮箱(?:已|空间)?满|空间(?:已)?满|容量不足|超出[^。\n]{0,8}(?:容量|限制|配额)|稍后|超时|频率"
    r"|postfach (?:ist )?voll|boîte[^.\n]{0,20}pleine|buzón[^.\n]{0,20}lleno|容量[^。\n]{0,8}(?:超|不足)",
    re.IGNORECASE,
)
_BLAMES_US = re.compile(
    r"spam|blocked|black ?list|blocklist|\bdnsbl\b|\brbl\b|spamhaus|reputation|policy|\bspf\b|\bdkim\b|\bdmarc\b"
    r"|unauthenticated|not authenticated|unsolicited|prohibited"
    r"|(?:message|mail|content) (?:was |has been )?(?:rejected|refused|denied)(?: (?:by|due|for|as))"
    r"|sender (?:address )?(?:rejected|denied|refused|blocked)|not (?:allowed|permitted|authori[sz]ed) to send"
    r"|relay(?:ing)? (?:access )?denied|(?:host|client|network|\bip\b)[^\n]{0,40}(?:not allowed|rejected|denied"
    r"|refused|blocked)|(?:账|帐)号异常|send mail as['’] account are misconfigured|垃圾邮件|反垃圾|黑名单|被拒收|拒收"
    r"|策略|发件人被?拒|违规|敏感",
    re.IGNORECASE,
)


def status_in(text: str) -> str | None:
    """The most telling enhanced status code of a text: `5.1.1` rather than `5.0.0`."""
    found = [".".join(code) for code in _STATUS.findall(text)]
    return next((code for code in found if not _is_vague(code)), found[0] if found else None)


def verdict_on(status: str, words: str) -> Verdict:
    """`status` is what the report says, `words` the answer of the server that refused."""
    told = status_in(words)
    code = told if told is not None and _is_vague(status) else status
    blame = _by_code(code)
    return blame if blame is not None else _by_words(code, words)


def _is_vague(code: str) -> bool:
    """`5.0.0` and `5.5.0` say no more than that it failed."""
    return code == "" or code.endswith(".0.0") or code == "5.5.0"


def _by_code(code: str) -> Verdict | None:
    match code.split("."):
        case ["4", *_]:
            return Verdict.SOFT
        case ["5", "1", "7" | "8"]:  # the sender's address
            return Verdict.OURS
        case ["5", "1", _] | ["5", "2", "1"]:
            return Verdict.HARD
        case ["5", "2", "2" | "3" | "4"] | ["5", "3", _]:
            return Verdict.SOFT
        case ["5", "7", _]:
            return Verdict.OURS
    return None


def _by_words(code: str, words: str) -> Verdict:
    """Who says both that nobody is there and that it may be spam, means the address."""
    said = _REPLY_CODE.search(words)
    if code == "" and said is not None and said[1] == "4":
        return Verdict.SOFT
    for pattern, verdict in ((_NOBODY_THERE, Verdict.HARD), (_FULL_OR_LATER, Verdict.SOFT), (_BLAMES_US, Verdict.OURS)):
        if pattern.search(words):
            return verdict
    return Verdict.SOFT
