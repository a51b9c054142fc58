"""Somebody asks in words to be left alone. Only short mails are read so: in a long one a person may mean anything."""

import re

from engine.channels.mail_in.letter import Letter

_LONGEST = 280  # characters of what they wrote; a Chinese or Japanese one counts as two
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
_PLEASE = (
    r"(?:please|pls|plz|kindly|could you(?: please)?|can you(?: please)?|i(?:['’]d| would) like (?:you )?to"
    r"|i want (?:you )?to|and|just)?\s*"
)
_NOW = r"(?:\s*(?:please|pls|now|immediately|asap|thanks?|thank you))*\s*(?:[.!,\n]|$)"
_ENGLISH = (
    (
        rf"(?:^|[.!?,;\n]\s*|\b(?:hi|hello|there)\W+){_PLEASE}(?:unsubscribe|un-subscribe"
        rf"|opt[ -]?(?:me )?out)(?: me)?(?: (?:from|of)[^.!?\n]{{0,60}})?{_NOW}"
    ),
    (
        r"\b(?:remove|take|delete|drop|strike) (?:me|us|my (?:e-?mail|address|name|details|data)[^.!?\n]{0,30}"
        r"|this (?:e-?mail|address)[^.!?\n]{0,20}) (?:from|off)\b"
    ),
    rf"\b(?:remove me|take me off|pls remove|please remove){_NOW}",
    (
        r"(?<!\bi )(?<!\bwe )\b(?:do not|don['’]?t|never) (?:ever )?(?:contact|e-?mail|mail|write(?: to)?|message"
        r"|spam) (?:me|us|this address)\b"
    ),
    (
        r"(?<!\bi )(?<!\bwe )\b(?:do not|don['’]?t|never) send (?:me|us) (?:any |these |more |such |your )*(?:e-?mails?"
        r"|mails?|messages?|spam)"
    ),
    rf"\b(?:please )?stop (?:contacting|e-?mailing|mailing|writing(?: to)?|messaging|spamming)(?: me| us)?{_NOW}",
    (
        r"\bstop sending (?:me |us )?(?:any |these |this |more |such |your )*(?:e-?mails?|mails?|messages?|spam|stuff"
        r"|junk)"
    ),
    r"\bno (?:more|further) (?:e-?mails?|mails?|messages?|contact)\b",
    r"^\s*(?:please )?(?:stop(?: it| this)?|unsubscribe|remove|opt[ -]?out|cancel)\s*[.!]*\s*$",
    r"\b(?:leave me alone|lose my (?:e-?mail|address|number))\b",
)
_CHINESE = (
    r"退订|退訂|取消订阅|取消訂閱|勿扰|拒收",
    (
        r"(?:不要|别|勿|请勿|请别|停止|不用|請勿|別)再?(?:给我|向我|往我|給我)?再?(?:发(?:送)?(?:邮件|信|广告|垃圾|这种"
        r"|这类|任何|此类|了|过来|来)|發(?:送)?(?:郵件|信|了)|联系我|聯繫我|打扰|骚扰|来信)"
    ),
    r"(?:不要|别|別)再(?:发|發)|不(?:想|希望)再(?:收到|接到|被)",
    r"(?:把我|将我|请把|请将)[^。\n]{0,20}(?:移除|删除|移出|去掉|删掉)",
)
_GERMAN = (
    (
        r"\b(?:streichen|entfernen|löschen|nehmen) sie (?:mich|uns|meine (?:adresse|daten|e-?mail)|unsere (?:adresse"
        r"|daten))"
    ),
    (
        r"(?:aus|von) (?:ihrem|ihrer|dem|der|eurem) (?:verteiler|liste|newsletter|mailingliste)[^.\n]{0,20}(?:streichen"
        r"|entfernen|löschen|nehmen|austragen)"
    ),
    (
        r"^\s*(?:bitte )?(?:abmelden|austragen|abbestellen)\s*[.!]*\s*$|\b(?:melden|tragen) sie (?:mich"
        r"|uns)[^.\n]{0,40}\b(?:ab|aus)\b"
    ),
    (
        r"\bkeine weiteren (?:e-?mails?|mails|nachrichten|werbung|werbemails)|\bkeine (?:e-?mails?|mails|nachrichten"
        r"|werbung|werbemails) mehr(?= (?:von|schicken|senden|zu|an)|\s*[.!]|\s*$)"
    ),
    (
        r"(?:kontaktieren|schreiben|belästigen) sie (?:mich|mir|uns) (?:bitte )?nicht (?:mehr|weiter)"
        r"|nicht mehr (?:kontaktieren|anschreiben)"
    ),
)
_FRENCH = (
    (
        r"\bdésabonn(?:er|ez)|\bdésinscri(?:re|vez)|(?:retirez|supprimez|enlevez|rayez)[ -](?:moi|mon (?:adresse|nom"
        r"|email|e-mail)|nous)"
    ),
    r"\b(?:me|m['’]|nous) (?:retirer|supprimer|enlever|rayer) de (?:votre|vos|la|cette)",
    r"\bne (?:me |nous |m['’])?(?:contactez|écrivez|sollicitez|envoyez)(?:-| )?(?:moi |nous )?plus\b",
    r"ne (?:souhaite|veux|désire) plus (?:recevoir|être)|arrêtez de (?:m['’]|me |nous )",
)
_SPANISH = (
    r"\b(?:darme|denme|deme|dame|dadme|darnos) de baja|^\s*baja\s*[.!]*\s*$",
    (
        r"\b(?:elim[ií]n(?:e|en)?me|bórr(?:e|en)me|qu[ií]t(?:e|en)me|s[aá]quenme|saquen me)\b|(?:elimine|borre"
        r"|quite)n? mi (?:correo|dirección|nombre|email)"
    ),
    (
        r"\bno (?:me|nos) (?:vuelvan? a )?(?:contact(?:en?|ar)|escrib(?:an?|ir)|env[ií](?:en?|ar)|mand(?:en?"
        r"|ar))(?: (?:más|nunca)|\s*[.!]|\s*$)|no (?:quiero|deseo) (?:recibir )?más (?:correos|mensajes|emails)"
        r"|dejen de (?:escribir|enviar|contactar)"
    ),
)
_JAPANESE = (
    r"配信(?:を)?(?:停止|解除|中止)|(?:購読|登録)(?:を)?(?:解除|停止|取消)",
    r"(?:リスト|名簿|配信先)(?:から|より)[^。\n]{0,10}(?:削除|外し|除外)",
    (
        r"(?:今後|以後|以降|もう)[^。\n]{0,16}(?:メール|連絡|送信|営業)[^。\n]{0,10}(?:不要|送らない|しないで|ご遠慮"
        r"|お控え|お断り|やめて)"
    ),
    r"(?:送らない|送信しない|連絡しない)で(?:ください|下さい)",
)
_SAYS_STOP = re.compile(
    "|".join((*_ENGLISH, *_CHINESE, *_GERMAN, *_FRENCH, *_SPANISH, *_JAPANESE)), re.IGNORECASE | re.MULTILINE
)
# The same words in the mouth of somebody who wants to go on, on another channel or on terms of their own.
_DENIES = re.compile(
    r"(?:do not|don['’]?t|never|not (?:going )?to) (?:unsubscribe|remove me|opt)|how (?:do"
    r"|can)[^.\n]{0,60}unsubscribe|(?:do|does|can|will) (?:you|your|it)[^.?\n]{0,80}(?:unsubscrib|opt[- ]?out)"
    r"|(?:just|rather|better|instead,?) (?:call|phone|ring|text)|(?:call|phone|ring|text|whatsapp"
    r"|wechat)(?: me)? instead"
    r"|(?:contact|e-?mail|write|send)[^.\n]{0,40}(?:until|before|till|yet|attachments?|deck|again (?:in|next|after"
    r"|on)\b)"
    r"|加(?:我|个|下)?(?:的)?微信|打(?:我)?电话|别(?:把我)?(?:退订|移除|删除)|不要退订|无需退订"
    r"|nicht (?:ab|aus)melden|(?:ab|aus)melden muss ich|(?:rufen|ruf) (?:sie )?(?:mich )?(?:lieber|stattdessen)"
    r"|appelez[- ]moi plutôt|mejor (?:llám|por teléfono)",
    re.IGNORECASE,
)


def asks_to_stop(letter: Letter) -> bool:
    words = _without_signature(letter.new_words)
    if not words:
        return _is_unsubscribe(letter.subject)
    if _weight(words) > _LONGEST or _DENIES.search(words):
        return False
    return _is_unsubscribe(letter.subject) or _SAYS_STOP.search(words) is not None


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
