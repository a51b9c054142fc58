"""The wish to be left alone in German, French and Spanish. In a hurry nobody writes accents: none is read."""

import unicodedata

from engine.core.stop_wording.phrases import compiled

_NAMED = {
    "mehr": "nicht (?:mehr|weiter|wieder|länger|noch ?mal|erneut)|nie (?:mehr|wieder)",
    "schreiben": (
        r"kontaktier\w*|anschreib\w*|schreib\w*|schick\w*|send\w*|zusend\w*|zuschick\w*|anruf\w*|anzuruf\w*"
        r"|anzuschreib\w*|zu schreiben|ruf\w*|belästig\w*|stör\w*|melde\w*|erhalten|bekommen|hören|haben"
    ),
    "mails": r"e-?mails?|mails|werbe\w+|nachrichten|werbung|anrufe|sms|kontakt\w*|newsletter|angebote|anfragen|post",
    "verteiler": r"\w*verteiler\w*|\w*liste|datenbank|newsletter|kartei|system|datensätze\w*",
    "löschen": r"streich\w*|entfern\w*|lösch\w*|austrag\w*|abmeld\w*",
    "nehmen": r"nehm\w*|nimm|trag\w*|meld\w*",
    "contacter": r"contact\w*|écri\w*|sollicit\w*|envo\w*|appel\w*|reven\w*|dérang\w*|relanc\w*|démarch\w*|importun\w*",
    "messages": (
        "mails?|e-?mails?|courriels?|messages?|sms|pub|publicités?|démarchage|relances?|appels?|newsletters?|contacts?"
    ),
    "retirer": "retir|supprim|enlev|ray|effac|désinscri|sort|radi",
    "contactar": "contact|escrib|env[ií]|mand|llam|molest|insist",
    "correos": "correos?|mensajes?|emails?|e-mails?|sms|llamadas|publicidad|spam|información|comunicaciones|propaganda",
}
_GERMAN = (
    r"\b(?:<löschen>) sie (?:bitte )?(?:mich|uns|meine?n?|unsere?n?)\b",
    r"\b(?:<nehmen>) (?:sie )?(?:bitte )?(?:mich|uns|meine?n?|unsere?n?)\b[^.!?\n]{0,50}\b(?:ab|aus|raus|heraus)\b",
    (
        r"\b(?:mich|uns|meine (?:\w+ )?(?:adresse|daten|e-?mail\w*|nummer)|unsere (?:\w+ )?(?:adresse"
        r"|daten))\b[^.!?\n]{0,50}\b(?:streichen|entfernen|löschen|austragen|abmelden|zu nehmen|herausnehmen"
        r"|rausnehmen)\b"
    ),
    (
        r"\b(?:aus|von) (?:ihre[mrn]|der|dem|eure[mrn]|allen) (?:<verteiler>)\b[^.!?\n]{0,20}\b(?:<löschen>"
        r"|<nehmen>|aus|raus)\b|^\W*(?:bitte )?stopp(?:en sie)?\b"
    ),
    r"^\s*(?:bitte )?(?:abmelden|austragen|abbestellen|abmeldung|löschen)\s*[.!]*\s*$|\babbestellen\b(?! wir)",
    (
        r"\bkeine(?:rlei)? (?:weitere[nr]? |solche[nr]? |derartige[nr]? )*(?:<mails>)(?: (?:mehr|bitte|erhalten"
        r"|bekommen|von ihnen)\b|\W*$|[.!,])"
    ),
    (
        r"\b(?:wünsche|möchte|will|wollen|möchten|wünschen)\b[^.!?\n]{0,25}\b(?:nichts"
        r"|kein\w*)\b[^.!?\n]{0,30}\b(?:<mails>|hören|erhalten)\b"
    ),
    (
        r"\b(?:möchte|will|möchten|wollen|werden)\b[^.!?\n]{0,40}\b(?:<mehr>)\b[^.!?\n]{0,25}\b(?:kontaktiert"
        r"|angeschrieben|angerufen|belästigt|gestört)\b"
    ),
    r"\b(?:<schreiben>) (?:sie |ihr )?(?:mich|mir|uns) (?:bitte )?[^.!?\n]{0,20}\b(?:<mehr>)\b",
    (
        r"(?<!\bich[ ])(?<!\bwir[ ])\b(?:<mehr>)\b[^.!?\n]{0,15}\b(?:kontaktieren|anschreiben|schreiben|anrufen"
        r"|belästigen|melden|stören)\b"
    ),
    (
        r"\bhör(?:en|t)? (?:sie |ihr )?(?:bitte |endlich )*auf\b|\blass(?:en|t)? (?:sie |ihr )?(?:mich"
        r"|uns) (?:\w+ )?in (?:ruhe|frieden)"
    ),
    (
        r"\bunterlass(?:en|t)? (?:sie|es|ihr|bitte|künftig|jede)|\b(?:jede|weitere)\w* (?:\w+ )?(?:kontaktaufnahme"
        r"|zusendung)\w*[^.!?\n]{0,30}\bunterlassen"
    ),
    r"\bwiderspr(?:eche|echen|uch)\b[^.!?\n]{0,70}\b\w*(?:daten|werb|verarbeit|nutzung|kontakt|zusendung)\w*",
    r"\bwiderruf\w*\b[^.!?\n]{0,30}\b(?:einwilligung|zustimmung)",
    (
        r"\bvon (?:weiteren?|jeglichen?|jeder|solchen|derartigen) (?:\w+ )?(?:<mails>|kontakt\w*|zusendung\w*)\b"
        r"[^.!?\n]{0,30}\b(?:abzusehen|absehen|abstand)\b"
    ),
    (
        r"\b(?:verzicht\w*|seh\w*) sie (?:\w+ ){0,2}(?:auf|von) (?:\w+ ){0,2}(?:<mails>|kontakt\w*|zusendung\w*)"
        r"|\bschluss mit (?:\w+ ){0,2}(?:<mails>)"
    ),
    (
        r"\b(?:woher\b[^\n?]{0,40}\b(?:adresse|nummer|daten|kontakt\w*)|kein (?:interesse|bedarf))\b\W"
        r"[^\n]{0,30}\b(?:<löschen>)"
    ),
)
_FRENCH = (
    r"\bdésabonn\w*|\bdésinscri\w*|\brefuse (?:de recevoir|d'être)",
    r"\b(?:<retirer>)\w* (?:de|d') ?(?:votre|vos|la|cette|toutes?) (?:\w+ )?(?:listes?|bases?|fichiers?|mailing)\b",
    (
        r"\b(?:<retirer>)(?:er|ez|e|vez|tez|tir)?[ -](?:moi|nous|mon (?:\w+)|mes (?:\w+)|notre (?:adresse|nom"
        r"|numéro)|nos (?:\w+))\b"
    ),
    r"\b(?:me|m'|nous) ?(?:retirer|supprimer|enlever|rayer|désinscrire|désabonner|sortir|radier)\b",
    r"\b(?:ne|n') ?(?:me |nous |m')?(?:<contacter>)[ -]?(?:moi |nous )?plus\b",
    r"\bne (?:plus|pas) (?:me |nous |m'|être )?(?:re)?(?:<contacter>)(?![^.!?\n]{0,20}(?:avant|cette|aujourd|demain))",
    (
        r"\bne (?:souhaite|veux|désire|souhaitons|voulons|désirons) (?:plus|pas) (?:\w+ )?(?:recevoir"
        "|être (?:re)?(?:<contacter>)|(?:de|d') ?(?:vos )?(?:<messages>))"
    ),
    r"\bne (?:plus|pas) recevoir\b",
    (
        r"\b(?:arrêtez|cessez)\b(?! (?:la|le|l') )|\b(?:arrêter|cesser|stopper) (?:de |d')(?:m'|me |nous |envoyer)"
        r"|\bd'arrêter(?: (?:les|vos|svp|tout)|\W*$)|\b(?:stop|fin|halte) (?:aux? |à |les |vos )?(?:<messages>)\b"
    ),
    r"(?:^|[.!?,\n])\s*(?:merci,? )?(?:plus (?:de |d'|aucun )|aucun autre )(?:<messages>)\b",
    (
        r"\bne (?:plus|pas) (?:utiliser|employer|vous servir de) (?:cette|mon|notre|mes|nos|ce) (?:\w+ )?"
        r"(?:adresse|mail|e-?mail|numéro|coordonnées)"
    ),
    r"\b(?:inutile|(?:pas|plus) (?:la peine|besoin)) de (?:me |nous |m')?(?:re)?(?:<contacter>)",
    (
        r"\b(?:cess|arrêt|stopp)(?:er|ez) (?:immédiatement |tout(?:es?)? |tous |vos |ces |cet |les )+"
        r"(?:<messages>|envois?|courriers?|sollicitations?)"
    ),
    r"\bça suffit\b|\boubliez[- ](?:moi|nous)\b|\bn'insistez (?:plus|pas)\b|\bassez de (?:vos )?(?:<messages>)\b",
    r"\bm'oppose\b|\bretire mon consentement\b|\b(?:laissez|fichez|foutez)[- ](?:moi|nous) (?:tranquille|la paix)\b",
)
_SPANISH = (
    (
        r"\b(?:dar(?:me|nos)|denme|dennos|deme|denos|dame|dadme) de baja\b|^\s*baja\W*$|\b(?:solicit|ped|quier"
        r"|dese)\w* (?:la |mi )?baja\b"
    ),
    (
        r"\b(?:elim[ií]n|b[oó]rr|qu[ií]t|s[aá]qu|ret[ií]r)(?:e|en|a|ar|uen|enme)?(?:me|nos)\b|\b(?:saquen|quiten"
        r"|borren|eliminen)(?:me)? (?:me|de su lista)\b|\b(?:elimin|borr|quit|retir|saqu|sac)(?:e|en|ar|a) (?:mi"
        r"|mis|nuestr[oa]s?)\b"
    ),
    (
        r"\bno (?:<contactar>)\w* (?:más|nunca)\b|\babsténganse\b|\bdar de baja (?:mi|este|esta)\b"
        r"|^\W*cancelar suscripción"
    ),
    r"\bno (?:me|nos) (?:vuelvan?|vuelvas) a (?:<contactar>)",
    r"\bno (?:se )?(?:vuelvan?|vuelvas) a (?:<contactar>)|\bno (?:\w+ )?volver a (?:<contactar>)",
    r"\bno (?:me|nos) (?:<contactar>)\w*(?: (?:más|nunca)\b|[^.!?,\n]{0,12} (?:más|nunca)\b|\s*[.!]|\s*$)",
    (
        r"\bno (?:quiero|deseo|queremos|deseamos|necesito) (?:recibir|saber nada|que (?:me|nos) (?:<contactar>)"
        "|más (?:<correos>)|ser contactad|seguir recibiendo)"
    ),
    (
        r"\b(?:dej(?:en?|a|ad|ar)|par(?:en?|ad)|cort(?:en?|ad)|basta) (?:ya )?(?:de|con) "
        r"(?:l[ao]s? |sus |tant[oa]s? |es[oa]s? |est[oa]s? )*(?:<contactar>|<correos>)"
    ),
    (
        r"\bno (?:molest|insist)(?:ar|en|es|e|an|as|a)\b|\bya no (?:me|nos) (?:<contactar>)"
        r"|\bdej\w+(?:me|nos) (?:tranquil|en paz)|\bolv[ií]d\w+ de (?:mí|nosotros)\b"
    ),
    (
        r"\b(?:no|ni un|ningún) (?:más|otro) (?:<correos>)|(?:^|[.!?,\n])\s*no más (?:<correos>)|\bd[eé]jen?(?:me"
        r"|nos) en paz\b"
    ),
    (
        r"\b(?:retiro|revoco) mi (?:consentimiento|autorización)\b|\bme opongo\b|\bcancel(?:ar?|en) (?:mi"
        r"|esta) suscripción\b"
    ),
)
_EXCUSES = (
    (
        r"\b(?:nicht|niemals) (?:ab|aus)melden\b|\b(?:ab|aus)melden muss (?:ich|man)\b|\babmelde(?:quote|link|rate"
        r"|funktion)\w*"
    ),
    r"\b(?:ihre|unsere|die) (?:kunden|empfänger)\b[^.!?\n]{0,40}\b(?:abmelden|abbestellen)",
    r"\b(?:taux de|lien de|vos clients|se) (?:se )?désabonn\w*|\b(?:taux|lien|page) de désinscription\b",
    r"^[^\n]*\b(?:abmelden|se désabonner|désinscription|darse de baja)\b[^\n]{0,40}https?://\S+",
    r"\b(?:tasa de|enlace de) bajas?\b",
)


def unaccented(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


_PLAIN = {unaccented(name): unaccented(words) for name, words in _NAMED.items()}
WISHES = compiled([unaccented(phrase) for phrase in (*_GERMAN, *_FRENCH, *_SPANISH)], _PLAIN)
EXCUSES = compiled([unaccented(phrase) for phrase in _EXCUSES], _PLAIN)
