import pytest

from engine.core.sequence import Verb
from engine.messages.lint import check_set
from engine.messages.sms import CHINESE_OPT_OUT, missing_words, sms_segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("王" * 70, 1),
        ("王" * 71, 2),
        ("王" * 134, 2),
        ("王" * 135, 3),
        ("a" * 70 + "é", 1),
        ("a" * 70 + "ê", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_segments_are_counted_as_the_network_does(text: str, segments: int) -> None:
    assert sms_segments(text) == segments


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("【优可科技】价格已更新。拒收请回复R", ()),
        (" 【优可科技】价格已更新。拒收请\n回复 R", ()),
        ("价格已更新【优可科技】。拒收请回复R", ("【company】 in front",)),
        ("【】价格已更新。拒收请回复R", ("【company】 in front",)),
        ("【优可科技】价格已更新。", (CHINESE_OPT_OUT,)),
        ("Prices are out.", ("【company】 in front", CHINESE_OPT_OUT)),
    ],
)
def test_a_text_to_china_has_its_signature_and_the_way_out(text: str, missing: tuple[str, ...]) -> None:
    assert missing_words(text, signature=True, opt_out=CHINESE_OPT_OUT) == missing
    assert missing_words(text, signature=False, opt_out="") == ()


@pytest.mark.parametrize(
    ("locale", "text", "lacking"),
    [
        ("zh", "价格已更新。", 2),
        ("zh", "【{{ company.name }}】价格已更新。拒收请回复R", 0),
        ("zh-CN", "【{{ company.name }}】价格已更新。", 1),
        ("en", "Prices are out.", 0),
    ],
)
def test_a_chinese_template_without_them_is_an_error(locale: str, text: str, lacking: int) -> None:
    problems = check_set("texts/first", Verb.SMS, {locale: {"sms.txt": text}}, (locale,))
    assert [problem.code for problem in problems] == ["sms-wording"] * lacking
