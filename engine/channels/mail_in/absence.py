"""Whether a notice says that somebody is away, and until when."""

import re
from datetime import date, timedelta
from enum import IntEnum

from engine.channels.mail_in.dates import WEEKDAY, Mention, mentions_in

_LONGEST = timedelta(days=730)
_READ_AT_MOST = 4_000  # characters
_AWAY = re.compile(
    r"out[- ]of[- ](?:the[- ]|my )?office|\booo\b|away from (?:the|my) (?:office|desk|e-?mail|computer)|(?:i am"
    r"|i['’]m|i will be|i['’]ll be|is|be|currently|am) (?:currently )?(?:away|travell?ing|on (?:\w+ ){0,2}(?:leave"
    r"|vacation|holidays?|pto|sabbatical|break)|unavailable|out until|out from|out of town|not (?:available"
    r"|in(?: the)? office|at my desk))"
    r"|(?:on|annual|maternity|paternity|parental|sick) (?:leave|holiday)|on vacation|on (?:annual )?holiday|vacation"
    r"|not (?:in|at) (?:the )?(?:office|work)|out (?:today|this week|on)|return(?:ing)? (?:to (?:the )?(?:office"
    r"|work)|on)|back (?:in (?:the )?office|on|at work)|office (?:is|will be) closed"
    r"|limited access to (?:my )?e-?mail"
    r"|abwesen|nicht im (?:büro|hause?)|außer haus|ausser haus|im urlaub|urlaubs|(?:in|im) (?:elternzeit|mutterschutz"
    r"|krankenstand)|nicht erreichbar|dienstreise|wieder (?:im (?:büro|haus)|erreichbar|da|zurück)|zurück(?:gekehrt)?"
    r"|absent|absence|en (?:congés?|vacances|déplacement|arrêt|congé)|hors du bureau|de retour|pas (?:au bureau"
    r"|joignable|disponible)|indisponible"
    r"|fuera de (?:la |mi )?oficina|ausente|ausencia|de vacaciones|de (?:baja|permiso|viaje)|no (?:me encuentro"
    r"|estaré|estoy) (?:en la oficina|disponible)|regres(?:o|aré)|volveré|de vuelta"
    r"|休假|放假|外出|出差|度假|年假|产假|產假|婚假|病假|陪产假|不在(?:办公|辦公|公司|国内|國內|线)|假期|休息|返(?:岗"
    r"|崗|回)|销假|銷假|(?:无法|無法)(?:及时|及時)?(?:查看|回[复覆]|处理|處理|查阅)(?:邮件|郵件|您)|出国|出國"
    r"|不在|休暇|休業|外出|出張|夏季休|年末年始|休み|お休み|有給|育休|産休|育児休業|席を外",
    re.IGNORECASE,
)
_ARTICLES = re.compile(
    rf"(?:\s|,|\(|（|\b(?:the|and including|including|day|date|den|dem|zum|zur|le|la|les|el|día|dia|lunes"
    rf"|{WEEKDAY})\b|\.)+$",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d{1,2}(?:st|nd|rd|th|er|º|\.)?|\d{4}|[a-zäéûóí]{3,10}\.?|[日号號月)）])"
_JOINT = r"(?:-|–|—|~|～|〜|－|to|through|thru|until|till|bis|au|al|und|and|et|y|至|到|から|—+)"
_UNTIL_BEFORE = re.compile(
    r"(?:\b(?:until|till|til|through|thru|bis|hasta|jusque|up to|not before|ends?(?: on)?)(?: and including"
    r"| einschließlich| einschl\.?| inklusive| inkl\.?| inclusive)?(?: zum| einschließlich)?|jusqu['’](?:au|à|en"
    r"|aux)(?: et y compris)?|直到|截[至止]|[至到]|(?<=\d)[-–~～]|\b(?:voraussichtlich|ungefähr|about|approximately"
    r"|environ|aproximadamente))$",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(rf"{_NUMBER}\s*(?:[（(][^()（）]{{1,6}}[)）]\s*)?{_JOINT}$", re.IGNORECASE)
_BACK_BEFORE = re.compile(
    r"(?:\b(?:be(?:en)? )?(?:back|returning|returns?|return to (?:the )?(?:office|work)|available(?: again)?"
    r"|reachable(?: again)?|in (?:the )?office again|resume (?:work|normal \w+))(?: in(?: the)? (?:office|saddle)"
    r"| to (?:the |my )?(?:office|work|desk)| at (?:work|my desk)| online)?(?: again)?(?: on| from| by| as of"
    r"| starting| around)?"
    r"|(?:wieder|zurück|rückkehr)(?: \w+){0,3}(?: am| ab| zum)?|de retour(?: au bureau| parmi vous)?(?: à partir du"
    r"| dès| à compter du)?|(?:reviendrai|reviens|retour|rentre(?:rai)?)(?: au bureau)?(?: à partir du| dès)?"
    r"|de (?:vuelta|regreso)(?: en (?:la )?oficina)?(?: a partir del?)?|(?:vuelvo|volveré|regreso|regresaré"
    r"|regresando|reincorpor\w+|retorno|disponible)(?: a (?:la|mi) (?:oficina|puesto))?(?: a partir del?)?"
    r"|(?:返回|回来|返岗|复工|上班|返回日期|返岗时间|返程)(?:时间|日期)?(?:为|是|：|:)?|[将將][于於在]|预计"
    r"|(?:次回)?出社(?:予定)?(?:日)?(?:は|：|:))$",
    re.IGNORECASE,
)
_BACK_AFTER = re.compile(
    r"[ ]*(?:\d{4}[ ]*)?(?:[（(][^()（）]{1,6}[)）])?[ ]*(?:\d{1,2}[:：]\d{2}|上午|下午|早上|午前"
    r"|午後)?[ ]*(?:(?:左右|起|后|之后|以后|再|正式|才|开始|恢复|より|から|には|に|以降|頃|は|、|に?は)*(?:返回|回来"
    r"|回來|回到|回公司|返岗|返崗|返程|上班|复工|復工|恢复|恢復|回复|处理|办公|辦公|收假|销假|銷假|出社|復帰|出勤|戻"
    r"|帰|通常|業務|順次|対応|返信|ご連絡|再開)"
    r"|(?:bin ich |sind wir |werde ich )?(?:wieder|zurück)|(?:\S+ ){0,5}?(?:wieder (?:im|für|er|da|zu|am|in|per|zur"
    r"|persönlich)|zurück)|de (?:retour|vuelta)|je (?:serai|reviens|suis) (?:de retour|à nouveau|disponible))",
    re.IGNORECASE,
)
_UNTIL_AFTER = re.compile(
    r"[ ]*(?:\d{4}[ ]*)?(?:[（(][^()（）]{1,6}[)）])?[ ]*(?:いっぱい|終日)?[ ]*(?:まで|迄|(?:之)?前|为止|結束|结束"
    r"|期间|inclusive|inclus|incluido|einschließlich)",
    re.IGNORECASE,
)
_START_BEFORE = re.compile(
    r"(?:\b(?:from|starting|since|as of|beginning|between|vom|von|seit|ab|du|depuis|del|desde|entre|à partir"
    r"|a partir(?: del?)?|through)|从|自|由)$",
    re.IGNORECASE,
)
_START_AFTER = re.compile(r"[ ]*(?:[（(][^()（）]{1,6}[)）])?[ ]*(?:から|より|起|开始|[-–—~～〜至到])", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?。！？]\s|\n\s*\n")


class _Role(IntEnum):
    """What a day is to an absence, the surest last."""

    ALONE = 0
    UNTIL = 1
    BACK = 2


def says_away(text: str) -> bool:
    return _AWAY.search(text[:_READ_AT_MOST]) is not None


def away_until(text: str, today: date) -> date | None:
    """The day of return, else the last day that is named; None when the notice names none that lies ahead."""
    written = text[:_READ_AT_MOST]
    found = [(role, day) for role, day in _days(written, today) if today <= day <= today + _LONGEST]
    if not found:
        return None
    surest = max(role for role, _ in found)
    days = {day for role, day in found if role is surest}
    if surest is _Role.ALONE:
        return next(iter(days)) if len(days) == 1 else None
    return max(days)


def _days(text: str, today: date) -> list[tuple[_Role, date]]:
    found = []
    for mention in mentions_in(text, today):
        role = _role(text, mention)
        if role is not None:
            found.append((role, _likely(mention, today)))
    return found


def _likely(mention: Mention, today: date) -> date:
    """Of two readings of a numeric date, the one that lies ahead and is near: absences are short."""
    ahead = [day for day in mention.days if day >= today]
    return min(ahead) if ahead else mention.days[0]


def _role(text: str, mention: Mention) -> _Role | None:
    before = _ARTICLES.sub("", text[max(0, mention.start - 60) : mention.start])
    after = text[mention.end : mention.end + 60]
    if _BACK_BEFORE.search(before) or _BACK_AFTER.match(after):
        return _Role.BACK
    if _UNTIL_BEFORE.search(before) or _RANGE_BEFORE.search(before) or _UNTIL_AFTER.match(after):
        return _Role.UNTIL
    if _START_BEFORE.search(before) or _START_AFTER.match(after):
        return None
    return _Role.ALONE
