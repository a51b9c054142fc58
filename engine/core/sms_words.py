"""What a text message to us asks for: the words that carriers and regulators fix, and the same wish in words of one's
own, in English and Chinese. Pure; a message that asks for nothing of the kind is a reply.

Who wrongly stops loses a touch, who wrongly goes on breaks the law: where a text can be read as "stop", it is.
"""

import re
import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


# CTIA, FCC (47 CFR 64.1200, revocation) and the conventions of Chinese carriers: T, TD and R are answers to
# "回T退订", "回TD退订" and "拒收请回复R".
STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "退订", "t", "td", "r"}
)
START_WORDS = frozenset({"start", "unstop", "恢复订阅"})
HELP_WORDS = frozenset({"help", "info", "帮助"})
# Those that Twilio knows by itself, and answers where its handling is switched on.
TWILIOS_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "start", "unstop", "help", "info"}
)

# In the phrases below a blank is white space of any length, and <name> one of these.
_NAMED = {
    "not": "do not|don['’]?t|dnt|never|no longer|not",
    "me": "me|us|my number|my phone|my cell|my mobile|this number|this phone|this line|here",
    "mine": "me|us|my|this",
    "texting": "te?xt(?:ing)?|messag(?:e|ing)|msg(?:ing)?|contact(?:ing)?|call(?:ing)?|sms(?:ing)?|writ(?:e|ing)|"
    "spam(?:ming)?|bother(?:ing)?|bug(?:ging)?|harass(?:ing)?|annoy(?:ing)?|pester(?:ing)?|reach(?:ing)? out",
    "going_on": "sending|getting|receiving|wasting my",
    "things": "te?xts?|messages?|msgs?|sms|calls?|spam|ads?|promos?|promotions?|marketing|offers?|alerts?",
    "please": "please|pls|plz|kindly|just|ok|omg|ugh|hey|hi|hello",
    "now": "please|pls|plz|thanks?|thank you|now|already|asap|at once|immediately|it|this|that|these|all|stop",
    "later": "until|till|before|after|during|between|on|at|yet|today|tomorrow|this week|this morning|this afternoon|"
    "tonight|while|unless|too|so|about the",
    "somebody": "i|we|they|he|she|it|who|that|which|let['’]?s",
    "these": "all|the|these|this|with the|with these|your|any",
    "halt": "stop|quit|unsubscribe|opt|cancel|end|remove|take me off",
    "others": "customers?|users?|clients?|recipients?|people|subscribers?|contacts|leads",
}
_STOP_PHRASES = (
    r"\bstop\b",  # a text to a sales number that has this word means it, unless it is excused below
    r"\b(?:stop(?:ped|ping)?|quit|cease) (?:<these> )*(?:<texting>|<things>|<going_on>|<now>)\b",
    r"\bsto+p+(?:\W+<now>)*\W*$",
    r"(?:^|[.!?,;]|\b(?:please|pls|plz),?)\s*(?:remove|delete)(?:\W+<now>)*\s*(?:$|[.!?,;])",
    r"^\W*enough(?: is enough| already| now)?\W*$|\benough with\b",
    r"\b(?:<not>|didn['’]?t|did not|haven['’]?t|have not) (?:consent|agree|sign(?:ed)? up|subscribe|ask(?:ed)? for)",
    r"^\W*(?:blocked|reported)\b|\byou (?:are|have been|will be|got) (?:blocked|reported)\b",
    r"^\W*no <things>(?:\W+<now>)*\W*$|\bdone with <these> <things>\b|\b<not> (?:reply|respond)\b",
    r"\b(?:junk|scam|scammers?|harassment|spammers?|unsolicited)\b",
    r"\bdiscontinue\b(?! the\b)|\bhalt (?:<these> )*<things>\b",
    r"\b(?:you['’]?re|you are|this is|stop the|reported for) (?:spam|harass)",
    r"^\W*<please>\W+(?:quit|end|cancel)\b(?:\W+<now>)*\W*$",
    r"\b<not> (?:(?:ever|want|want to|want you to) )*<texting>\b",
    r"\b<not> (?:ever )?send (?:<me> )?(?:any[ ]?more|any|more|these|this|such|another|<things>)\b",
    r"\b<not> (?:want|wish|care|need)\b[^.!?]{0,30}\b(?:<things>|hear from|hear anything)\b",
    r"\b<not> (?:want|wish|care|like) to (?:receive|get) (?:this|these|those|any|more|your|anything)\b",
    r"\b<not> (?:want|wish) to be (?:contacted|texted|called|messaged|on)\b",
    r"\b(?:remove|delete|drop|scrub|erase|strike) <mine>\b",
    r"\btake <mine>(?: \w+)? (?:off|out|down)\b",
    r"\bun[- ]?su[bs]s?c?rib\w*|\bunsub\b",
    r"\bopt(?:ed|ing)?[\s-]*(?:me |us )?out\b",
    r"\bno (?:more|further) (?:of )?(?:(?:these|your|this|the) )?<things>\b",
    r"(?:^|<please>)\W*no more(?:\W+<now>)*\W*$",
    r"\b(?:leave (?:me|us) alone|lose (?:my|this) (?:number|contact)|go away|get lost)\b",
    r"\b(?:buzz|piss|screw|f\W?\w?\W?c?k) off\b",
    r"\b(?:cease and desist|do not call list|(?:off|out)(?: of)? (?:your|the|this) list)\b",
    r"\b(?:report|block)(?:ed|ing)? (?:you|this number|your number|(?:and \w+ )?(?:as|for) spam|to the fcc)\b",
    r"\bcancel (?:my|this|the|these|all) (?:subscription|<things>)\b",
    r"\b(?:revoke|withdraw) (?:my )?(?:consent|permission)\b",
    r"^\W*停(?:止|了|吧|发)?\W*$|^\W*(?:回复?)?\s*(?:t|td|r)\s*(?:退订)?\W*$",
    r"退订|取消(?:这[个些]|此类?)?(?:订阅|短信|推送|关注|发送)|停止吧|拒(?:绝接)?收|勿扰|骚扰短信|垃圾短信",
    r"<别>(?:再|在|老|总|一直|继续|天天|随便|乱)*(?:[给向往跟和]我)?(?:再|乱|老)*(?:打电话[和或、,也]*)?(?:<发>|推送|推销|打扰|骚扰|联系|联络|烦|吵)",
    r"(?:没有?|从未|没有?人)(?:订阅|订过|注册|同意|授权)",
    r"停止(?:一切)?(?:短信|信息|服务|推广|营销|广告|发)",
    r"[不没](?:想|愿意?|希望|打算)(?:再|继续)?(?:收到|接收|接到|看到|被|收<广告>)",
    r"不(?:再)?接[收受](?:任何|此类|这类|你们的?|贵司的?)?<广告>",
    r"不[需用必]要?(?:再|继续)(?:发|联系|推送|给我发|打)",
    r"不需?要(?:你们?的?|这些|这种|这类|此类|任何)?<广告>",
    r"(?:我|本人|[这本]个?号码?)(?:的(?:号码|手机号?|电话|联系方式|信息))?(?:从[^。!]{0,12})?<删>",
    r"<删>(?:掉|了)?(?:我|本人|[这本]个?号)",
    r"(?:^|[!.。,\s])(?:滚|滚开|滚蛋|走开|别烦|烦死了|烦不烦)(?:[!?.。,~\s]|$)",
    r"再(?:发|骚扰|打扰|推销)[^。!]{0,8}(?:举报|投诉|报警|拉黑|起诉|12321)",
    r"(?:已经?|我要|我会|马上|准备)(?:举报|投诉|拉黑)",
)
# The same words where they mean something else: an hour, another way, a thing that is not ours to stop.
_EXCUSING_PHRASES = (
    r"\b<not> <texting>(?: <me>)?(?: back)? <later>\b",
    r"\b(?:<not>|won['’]?t|can[ ]?not|can['’]?t|not going to|why would (?:i|we)) (?:want to )?<halt>\b",
    r"\b<not> <texting> (?:my (?:boss|colleague|assistant|team|office)|our|the|him|her|them|it)\b",
    r"\b<not> (?:call|text)(?: me)?,? (?:just |please |rather )?(?:e-?mail|text|call|whatsapp|write|use)\b",
    r"\b(?:call|e-?mail|whatsapp|write)(?: me)?(?: instead)?,? (?:please )?<not> (?:text|call)\W*$",
    r"\b(?:did|have|has|had)[ ]?(?:n['’]t|not) (?:unsubscribed?|opted)\b",
    r"\b<others> (?:\w+ ){0,2}(?:unsubscribe|opt|cancel)",
    r"\b(?:unsubscribe|opt[\s-]?out) (?:rates?|link|button|page|feature|option|flow)\b",
    r"\b(?:bus|train|tram|metro|next|last|full|non|truck|pit|a|the|this|one|first|whistle)[ -]+stop\b",
    r"\bstop (?:by|in|at|over|there|here|and|&|button|production|sign|loss|watch|using|working|the line|it from)\b",
    r"\bstop +&|(?<!how[ ]do[ ])(?<!how[ ]can[ ])\b<somebody>(?:['’]ll| will| did| do|['’]d| would)? stop\b",
    r"\b(?:when|where|what time|should|could|shall|may) (?:(?:do|should|can|could|shall) )?(?:we|i) stop\b",
    r"\bnever text(?:ed)? (?:you|back)\b",
    r"(?:不要|别|没有?|未|不想|不会)退订|退订(?:率|单|功能|链接|流程|按钮)|(?:客户|用户|别人|他们|人家)(?:怎么|如何|能|可以|会)?退订",
    r"<别>(?:再)?(?:发|联系)[^。!]{0,10}(?:发到|发给|改发|换|请发|联系(?:他|她|我同事|我们)|直接)",
    r"(?:[之以]?前|期间|的时候|时间|晚上|周末|上午|下午|今天|这周|开会)(?:先)?(?:请)?<别>(?:给我)?(?:打扰|联系|打|发)",
    r"勿扰模式|免打扰模式",
)
_NAMED_ZH = {
    "别": "不要|别|请勿|勿|莫|甭|不许|禁止|停止|不准",
    "发": "发(?:送)?(?:了|啦|来|过来|短信|信息|消息|广告|推[广销]|营销|垃圾|这[个些种]|[这此]类|任何|$|[!?.。,~\\s])",
    "广告": "短信|信息|消息|广告|推广|营销|推送",
    "删": "删除|删掉|删了|移除|移出|去掉|拉黑|踢出|除名",
}


def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str]:
    named = _NAMED | _NAMED_ZH
    one_of = re.compile("<(\\w+)>")
    spelt = (one_of.sub(lambda name: f"(?:{named[name[1]]})", phrase) for phrase in phrases)
    return re.compile("|".join(phrase.replace(" ", r"\s+") for phrase in spelt), re.IGNORECASE)


_STOPS, _EXCUSES = _compiled(_STOP_PHRASES), _compiled(_EXCUSING_PHRASES)


def wish_in(text: str) -> Wish | None:
    word = bare(text)
    for words, wish in ((STOP_WORDS, Wish.STOP), (START_WORDS, Wish.START), (HELP_WORDS, Wish.HELP)):
        if word in words:
            return wish
    plain = unicodedata.normalize("NFKC", text)  # full-width signs become those of the phrases
    return Wish.STOP if _STOPS.search(_EXCUSES.sub(" ", plain)) else None


def bare(text: str) -> str:
    """One word however it is written: `S.T.O.P!`, full-width letters, quotation marks, an emoji behind it."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
