"""The form in which two spellings of one company's name meet."""

import re
import unicodedata

from engine.contacts.cells import clean_line, fold, word_set

# Legal forms say nothing about who somebody is; "group", "holding" and 集团 do, and stay.
_LEGAL_FORMS = word_set("""inc incorporated corp corporation co ltd limited llc llp lp plc pty pte gmbh ggmbh mbh ag kg
    kgaa ohg gbr ug haftungsbeschränkt se eg ev ek sa sas sarl srl spa bv nv ab as asa oy oyj aps ltda""")
_JOINTS = frozenset({"&", "and", "und"})
_CHINESE_FORMS = re.compile("(?:股份有限公司|有限责任公司|有限責任公司|股份公司|有限公司|株式会社)$")
_WORDS = re.compile(r"[^\W_]+|&")


def company_key(name: str) -> str:
    """Without case, width, accents, punctuation and legal form; `Co` alone stays `Co`."""
    folded = unicodedata.normalize("NFKC", clean_line(name)).casefold()
    words = _WORDS.findall(_CHINESE_FORMS.sub("", folded).replace(".", ""))
    core = _without_legal_forms(words)
    return fold("".join(core)) or fold(folded) or folded


def _without_legal_forms(words: list[str]) -> list[str]:
    """`Müller GmbH & Co. KG` is Müller. A word between, as in `Smith and Sons`, is part of the name."""
    kept = len(words)
    while kept > 1 and (words[kept - 1] in _LEGAL_FORMS or (kept < len(words) and words[kept - 1] in _JOINTS)):
        kept -= 1
    return words[:kept]
