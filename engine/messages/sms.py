"""How many segments an SMS is billed and sent as (3GPP TS 23.038), and what the law of some countries wants in it."""

import re

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a character: they take two places
_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS2_ALONE, _UCS2_JOINED = 70, 67  # a joined segment gives up places to say which part it is
_SIGNATURE = re.compile(r"\s*【[^】]+】")
SIGNATURE_WORDS = "【company】 in front"
CHINESE_OPT_OUT = "拒收请回复R"


def missing_words(text: str, *, signature: bool, opt_out: str) -> tuple[str, ...]:
    """What must stand in it and does not, in words. White space counts for nothing: a template may break the line."""
    plain = re.sub(r"\s", "", text)
    lacks_signature = signature and not _SIGNATURE.match(text)
    lacks_opt_out = opt_out and re.sub(r"\s", "", opt_out) not in plain
    return (*((SIGNATURE_WORDS,) if lacks_signature else ()), *((opt_out,) if lacks_opt_out else ()))


def sms_segments(text: str) -> int:
    if not text:
        return 0
    if _BASIC.union(_EXTENDED).issuperset(text):
        widths = [1 + (character in _EXTENDED) for character in text]
        return _segments(widths, _GSM_ALONE, _GSM_JOINED)
    widths = [len(character.encode("utf-16-be")) // 2 for character in text]
    return _segments(widths, _UCS2_ALONE, _UCS2_JOINED)


def _segments(widths: list[int], alone: int, joined: int) -> int:
    """A character of two places is never cut between two segments."""
    if sum(widths) <= alone:
        return 1
    segments, used = 1, 0
    for width in widths:
        if used + width > joined:
            segments, used = segments + 1, 0
        used += width
    return segments
