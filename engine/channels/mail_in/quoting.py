"""What the writer of a reply added, without the mail that is quoted below it, however that is announced."""

import re

from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]  # has no stubs

_READER = EmailReplyParser(languages=["en", "de", "fr", "es", "ja", "zh", "it", "nl", "pl", "da", "sv", "cs", "ko"])
_READ_AT_MOST = 4_000  # characters: its patterns take long over long texts
_HEADER = r"[ \t>*]*(?:{names})[ \t*]*[:：]"
_FROM = _HEADER.format(names="From|Von|De|Da|Van|发件人|寄件者|寄件人|發件人|差出人|送信者|보낸 사람")
_MORE = _HEADER.format(
    names="Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|A|Objet|Enviado(?: el)?|Fecha|Para|Asunto"
    "|发送时间|发送日期|日期|收件人|抄送|主题|寄件日期|收件者|主旨|傳送|送信日時|日時|宛先|件名|受信者"
)
_ORIGINAL = (
    "Original(?: |-)?(?:Message|Mail|Nachricht)|Ursprüngliche Nachricht|Weitergeleitete Nachricht|Forwarded message"
    "|Message d['’]origine|Message original|Mensaje original|Reply Message"
    "|原始邮件|原始郵件|原邮件|回复的原邮件|转发邮件信息|元のメッセージ|Original"
)
_STARTS = (
    rf"[ \t>]*[-_—]{{2,}}[ \t]*(?:{_ORIGINAL})[ \t]*[-_—]{{2,}}",
    r"[ \t>]*On\b(?=[^\n]*\d)[^\n]{5,300}(?:\n[^\n]{1,200}){0,2}?\bwrote:",
    r"[ \t>]*(?:At|Am)\b(?=[^\n]*\d)[^\n]{5,300}(?:\n[^\n]{1,200}){0,2}?\b(?:wrote|schrieb)\b[^\n]{0,200}:",
    r"[ \t>]*Le\b(?=[^\n]*\d)[^\n]{5,300}(?:\n[^\n]{1,200}){0,2}?\ba écrit\s?:",
    r"[ \t>]*El\b(?=[^\n]*\d)[^\n]{5,300}(?:\n[^\n]{1,200}){0,2}?\bescribió:",
    r"[ \t>]*(?:在|于|於)?[ \t]*\d{2,4}[^\n]{4,200}(?:\n[^\n]{1,200})?(?:写道|寫道)[ \t]*[:：]",
    r"[^\n]{1,200}(?:于|在)[ \t]*\d{4}[^\n]{2,100}(?:写道|寫道)[ \t]*[:：]",
    r"[ \t>]*\d{4}[年/.-][^\n]{4,120}(?:<[^\n<>]+@[^\n<>]+>|のメール|さん(?:は書きました)?)[^\n]{0,10}[:：]",
    rf"[ \t]*_{{20,}}[ \t]*\n\s*{_FROM}",
    rf"{_FROM}[^\n]*\n(?:[^\n]*\n){{0,3}}?{_MORE}",
)
_QUOTE = re.compile("|".join(rf"^(?:{start})" for start in _STARTS), re.MULTILINE)
_QUOTED_LINE = re.compile(r"^[ \t]*[>|＞].*\n?", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def new_words(text: str) -> str:
    """Where somebody wrote below or between the quoted lines, what is not quoted; the whole text as a last resort."""
    above = _above_quote(text)
    return _tidy(_unquoted(above)) or _tidy(_unquoted(_QUOTE.sub("", text))) or _tidy(text)


def _above_quote(text: str) -> str:
    start = _QUOTE.search(text)
    above = text[: start.start()] if start else text
    if not above.strip() or len(above) > _READ_AT_MOST:
        return above
    return _READER.parse_reply(above) or above


def _unquoted(text: str) -> str:
    return _QUOTED_LINE.sub("", text + "\n")


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()
