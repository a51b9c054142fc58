"""What a text message to us asks for: the words that carriers and regulators fix, and the same wish in words of one's
own. Pure; a message that asks for nothing of the kind is a reply.

Who wrongly stops loses a touch, who wrongly goes on breaks the law: where a text can be read as "stop", it is.
"""

import re
import unicodedata
from enum import StrEnum

from engine.core.stop_wording.reading import asks_to_stop


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

# To a number that sells, these mean it, where in a mail they may be about anything.
_STOPS_IN_A_TEXT = re.compile(
    r"\bsto+p+\b|^\W*enough(?: is enough| already| now)?\W*$|^\W*取消\W*$"
    r"|\b(?:do not|don't|dont|never) (?:reply|respond)\b|\b(?:junk|scam|scammers?|harassment|spammers?|spam)\b"
    r"|^\W*(?:blocked|reported)\b|\byou (?:are|have been|will be|got) (?:blocked|reported)\b"
    r"|^\W*停(?:止|了|吧|发)?\W*$|^\W*(?:回复?)?\s*(?:t|td|r)\s*(?:退订)?\W*$"
)


def wish_in(text: str) -> Wish | None:
    word = bare(text)
    for words, wish in ((STOP_WORDS, Wish.STOP), (START_WORDS, Wish.START), (HELP_WORDS, Wish.HELP)):
        if word in words:
            return wish
    return Wish.STOP if asks_to_stop(text, _STOPS_IN_A_TEXT) else None


def bare(text: str) -> str:
    """One word however it is written: `S.T.O.P!`, full-width letters, quotation marks, an emoji behind it."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
