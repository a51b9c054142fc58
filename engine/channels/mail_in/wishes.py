"""Somebody asks in words to be left alone. Only short mails are read so: in a long one a person may mean anything."""

import re

from engine.channels.mail_in.letter import Letter
from engine.core.stop_wording.reading import asks_to_stop as says_stop

_LONGEST = 500  # characters of what they wrote; a Chinese or Japanese one counts as two
_SIGNATURE = re.compile(
    r"\n\s*(?:--|__|—)\s*\n.*|\n\s*(?:sent from|get outlook|von meinem|envoyé (?:de|depuis)|enviado desde|发自"
    r"|iPhoneから).*",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING = re.compile(
    r"\n\s*(?:(?:best|kind|warm) regards|regards|thanks|thank you|best|cheers|mit freundlichen grüßen|viele grüße"
    r"|(?:bien )?cordialement|saludos|un saludo|atentamente|谢谢|祝好|此致|よろしくお願いいたします)[,.!，。]?\s*\n.*",
    re.IGNORECASE | re.DOTALL,
)
# Somebody who wants to go on, on another channel or on terms of their own.
_DENIES = re.compile(
    r"(?:just|rather|better|instead,?) (?:call|phone|ring|text)"
    r"|(?:call|phone|ring|text|whatsapp|wechat)(?: me)? instead"
    r"|(?:contact|e-?mail|write|send)[^.\n]{0,40}(?:until|before|till|yet|attachments?|deck"
    r"|again (?:next|after|in (?!(?:the )?future)|on (?:the|mon|tue|wed|thu|fri)))\b"
    r"|(?<![别再勿])加(?:我|个|下)?(?:的)?微信|(?:可以|直接|麻烦|还是|或者|不如|改|请)打(?:我|个|一?下)?电话"
    r"|(?:rufen|ruf) (?:sie )?(?:mich )?(?:lieber|stattdessen)|appelez[- ]moi plutôt|mejor (?:llám|por teléfono)",
    re.IGNORECASE,
)


def asks_to_stop(letter: Letter) -> bool:
    words = _without_signature(letter.new_words)
    if not words:
        return _is_unsubscribe(letter.subject)
    if _weight(words) > _LONGEST or _DENIES.search(words):
        return False
    return _is_unsubscribe(letter.subject) or says_stop(words)


def _is_unsubscribe(subject: str) -> bool:
    """A mail to an unsubscribe address often has a subject alone."""
    return subject.strip().strip(".!").casefold() in {
        "unsubscribe",
        "remove",
        "stop",
        "opt out",
        "退订",
        "abmelden",
        "désinscription",
        "baja",
        "配信停止",
    }


def _without_signature(words: str) -> str:
    return _CLOSING.sub("", _SIGNATURE.sub("", f"{words}\n")).strip()


def _weight(words: str) -> int:
    return sum(2 if character > "\u2e7f" else 1 for character in words)
