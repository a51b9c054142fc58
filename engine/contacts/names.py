"""Names of people: what to call them and how to write them out, in Western and Chinese order. Letter case is theirs."""

from dataclasses import dataclass

from engine.contacts.cells import clean_line, has_hanzi, word_set

_COMPOUND_SURNAMES = word_set("""欧阳 司马 上官 诸葛 司徒 东方 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文
    轩辕 端木 独孤 南宫 百里 呼延 西门 东郭 公羊 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于
    闾丘 司空 亓官 司寇 赫连 万俟 闻人 第五 拓跋 歐陽 司馬 諸葛 東方 長孫 獨孤 南宮 東郭 鍾離""")
_CHINESE_HONORIFICS = ("先生", "女士", "小姐", "老师", "经理", "主任", "博士", "总")
_WESTERN_HONORIFICS = word_set("mr mrs ms miss dr prof herr frau sir madam dipl.-ing")
_PARTICLES = word_set("van von der den de del della di da dos du la le ter ten zu zum zur bin ibn al el")
_NO_NAME = word_set("n/a #n/a - -- --- — – . ? 无 暂无 未知 (blank) (none)")  # Na, Null and None are surnames
_MIDDLE_DOTS = "·•・‧"


@dataclass(frozen=True, slots=True)
class Name:
    first: str = ""
    last: str = ""
    full: str = ""


def read_name(first: str, last: str, full: str) -> Name:
    first, last, full = (_cleaned(part) for part in (first, last, full))
    if first and last:
        return Name(first, last, full or _joined(first, last))
    whole = full or first or last
    if full or has_hanzi(whole):
        return _split(whole, first, last)
    return Name(first, last, whole)


def _cleaned(part: str) -> str:
    text = clean_line(part)
    return "" if text.casefold() in _NO_NAME else text


def _joined(first: str, last: str) -> str:
    return f"{last}{first}" if has_hanzi(last) and has_hanzi(first) else f"{first} {last}"


def _split(whole: str, first: str, last: str) -> Name:
    if first and len(whole) > len(first) and whole != first:
        return Name(first, last or whole.removeprefix(first).removesuffix(first).strip(" ,"), whole)
    if last and len(whole) > len(last) and whole != last:
        return Name(whole.removeprefix(last).removesuffix(last).strip(" ,"), last, whole)
    return _split_chinese(whole) if has_hanzi(whole) else _split_western(whole)


def _split_chinese(whole: str) -> Name:
    for dot in _MIDDLE_DOTS:  # names of minorities and transliterations put the given name first
        if dot in whole:
            given, _, family = whole.partition(dot)
            return Name(given.strip(), family.strip(), whole)
    compact = "".join(whole.split())
    for honorific in _CHINESE_HONORIFICS:
        if compact.endswith(honorific) and _is_surname_alone(compact.removesuffix(honorific)):
            return Name("", compact.removesuffix(honorific), compact)
    compound = next((surname for surname in _COMPOUND_SURNAMES if compact.startswith(surname)), "")
    surname = compound if len(compact) > len(compound) and compound else compact[:1]
    return Name(compact.removeprefix(surname), surname, compact)


def _is_surname_alone(text: str) -> bool:
    return len(text) == 1 or text in _COMPOUND_SURNAMES


def _split_western(whole: str) -> Name:
    if whole.count(",") == 1:
        last, first = (part.strip() for part in whole.split(","))
        return Name(first, last, f"{first} {last}".strip())
    words = whole.split()
    while len(words) > 1 and words[0].rstrip(".").casefold() in _WESTERN_HONORIFICS:
        words = words[1:]
    if len(words) == 1:
        return Name(words[0], "", whole)
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return Name(" ".join(words[:start]), " ".join(words[start:]), whole)
