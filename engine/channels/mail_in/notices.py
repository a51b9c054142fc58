"""What automatic answers say: somebody has left, somebody shall be asked instead, the sender shall prove themselves."""

import re

from engine.channels.mail_in.letter import Letter

_LEFT = re.compile(
    r"no longer (?:with|works?|working|employed|an? (?:employee|member)|part of|at\b|associated)|not (?:with"
    r"|employed (?:at|by)|working (?:for|at)) (?:the company|us|\S+) any ?(?:more|longer)"
    r"|(?:has|have|i(?:['’]ve| have)) (?:recently |now |since )?left (?!the office|for|on|early|work)(?:\S+)"
    r"|left the (?:company|organi[sz]ation|firm|business)|(?:has|have) (?:retired|resigned|moved on from)"
    r"|is no longer (?:monitored|active) (?:because|as|since)[^.\n]{0,40}left"
    r"|(?:已|已经|已从[^，。\n]{1,20})(?:离职|离开(?:公司|本公司|[^，。\n]{1,12}公司)|退休)|不再(?:在|任职|担任|就职"
    r"|负责本)|不在(?:本公司|我司|[^，。\n]{1,12}公司)(?:任职|工作|就职)|已不在"
    r"|退職(?:いたし|致し|し(?:まし|てお)|となり)|退社(?:いたし|致し|しま)|nicht mehr (?:im unternehmen|in unserem"
    r"|bei \S+|[^.\n]{0,40}(?:beschäftigt|tätig))"
    r"|(?:unternehmen|firma|haus) (?:zum \S+ )?verlassen|ausgeschieden|ne (?:fait|font|fais) plus partie"
    r"|ne travailles? plus|(?:a|ai) (?:quitté|pris sa retraite)|n['’]est plus (?:en poste|employée?|dans)"
    r"|ya no (?:trabaja|trabajo|forma parte|pertenece|labora)|(?:ha|he) dejado (?:la|de) (?:empresa|trabajar"
    r"|compañía)|dejó la (?:empresa|compañía)",
    re.IGNORECASE,
)
_CHALLENGES = re.compile(
    r"(?:confirm|verify|prove|show)[^.\n]{0,60}(?:you(?:['’]re| are) (?:a |not a )?(?:human|real|person|robot|spammer"
    r"|legitimate)|your (?:message|e-?mail|identity|humanity))|you(?:['’]re| are) (?:a )?(?:human"
    r"|real person)[^.\n]{0,30}(?:click|confirm|reply)"
    r"|(?:message|mail|e-mail)[^.\n]{0,60}(?:is being |was |has been |is )(?:held|quarantined|pending|waiting"
    r"|not (?:yet )?(?:been )?delivered)[^\n]{0,160}(?:click|confirm|verify|reply|approve|authenticate)"
    r"|not (?:yet )?(?:on|in) my (?:guest|approved|safe|white|allowed|contact)|one[- ]time (?:verification"
    r"|authentication|confirmation)"
    r"|challenge[-/ ]response|(?:authentifi|identifi)[^.\n]{0,40}(?:message|courriel|e-?mail|expéditeur)"
    r"|prouver que vous|(?:bestätigen|beweisen) sie[^.\n]{0,60}(?:mensch|absender|kein spam|ihre nachricht)"
    r"|(?:confirme|verifique|demuestre)[^.\n]{0,60}(?:persona|humano|remitente|su mensaje|robot)|(?:确认"
    r"|验证)[^。\n]{0,20}(?:您|你)?(?:不是(?:垃圾|机器)|是真人|发件人|身份|人工)|(?:ロボットではない|人間である"
    r"|送信者(?:の)?(?:確認|認証))",
    re.IGNORECASE,
)
_CHALLENGERS = re.compile(
    r"boxbe|spamarrest|mailinblack|bluebottle|choicemail|sanebox-challenge|spamenmoins|uol\.com|knowspam|tmda",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>\"')\]]{4,500}")
_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE | re.ASCII)
_CALLS_FOR_ACTION = re.compile(
    r"https?://|repl(?:y|ying) to this|antworten sie auf diese|répond(?:re|ez) à ce|respond(?:a|er|iendo) a este"
    r"|回复(?:此|本)邮件|返信して",
    re.IGNORECASE,
)


def says_they_left(letter: Letter) -> bool:
    return _LEFT.search(letter.opening) is not None


def is_challenge(letter: Letter) -> bool:
    """Asks the sender to do something before the mail is delivered."""
    asks = _CHALLENGES.search(letter.opening) is not None
    return (asks or _CHALLENGERS.search(letter.sender) is not None) and _CALLS_FOR_ACTION.search(
        letter.text[:20_000]
    ) is not None


def is_known_challenger(letter: Letter) -> bool:
    return _CHALLENGERS.search(letter.sender) is not None


def link_in(letter: Letter) -> str | None:
    found = _LINK.search(letter.opening)
    return found[0] if found else None


def somebody_else(letter: Letter) -> str | None:
    """The first address that the text names which is neither theirs nor ours."""
    known = {letter.sender.casefold(), *(one.casefold() for one in letter.recipients)}
    for found in _ADDRESS.finditer(letter.opening):
        if found[0].casefold() not in known:
            return found[0]
    return None
