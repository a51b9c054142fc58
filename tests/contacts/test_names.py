import pytest

from engine.contacts.names import read_name
from tests.support.contact_files import CN, codes, read_one


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("王淑兰", "淑兰", "王"),
        ("马想", "想", "马"),
        ("欧阳明月", "明月", "欧阳"),
        ("司马相如", "相如", "司马"),
        (" 王　伟 ", "伟", "王"),
        ("王先生", "", "王"),
        ("欧阳女士", "", "欧阳"),
        ("买买提·艾合买提", "买买提", "艾合买提"),
        ("John Smith", "John", "Smith"),
        ("Smith, John", "John", "Smith"),
        ("Anna van der Berg", "Anna", "van der Berg"),
        ("Dr. Hans Müller", "Hans", "Müller"),
        ("Mary Jane Watson", "Mary Jane", "Watson"),
        ("Cher", "Cher", ""),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John", "Smith"),
    ],
)
def test_a_full_name_is_split_as_its_language_does(full: str, first: str, last: str) -> None:
    name = read_name("", "", full)
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [("Larry", "Young", "Larry Young"), ("伟", "王", "王伟"), ("Wei", "Zhang", "Wei Zhang"), ("Hans", "n/a", "Hans")],
)
def test_first_and_last_make_the_full_name_in_their_order(first: str, last: str, full: str) -> None:
    assert read_name(first, last, "").full == full


def test_a_chinese_full_name_in_the_first_name_column_is_split() -> None:
    name = read_name("王伟", "", "")
    assert (name.first, name.last, name.full) == ("伟", "王", "王伟")


def test_a_full_name_beside_its_parts_is_kept() -> None:
    assert read_name("John", "Smith", "John Q. Smith").full == "John Q. Smith"
    assert read_name("", "Smith", "John Smith").first == "John"


def test_people_may_be_called_what_elsewhere_means_nothing() -> None:
    row = read_one(First_Name="Na", Last_Name="Null", Email="a@x.example")
    assert row.full_name == "Na Null"


def test_letter_case_is_the_persons_own() -> None:
    name = read_name("JEAN-LUC", "mcdonald", "")
    assert name.full == "JEAN-LUC mcdonald"


def test_control_characters_and_hidden_marks_are_removed() -> None:
    row = read_one(Name="An\x07na\u200b \u202eBerg", Email="a@x.example")
    assert row.full_name == "Anna Berg"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","click")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "＝1+1"])
def test_a_cell_that_looks_like_a_formula_is_kept_as_text_and_told(text: str) -> None:
    row = read_one(Name="Anna", Email="a@x.example", Title=text)
    assert (row.title, codes(row)) == (text.replace("1+1", "1+1"), ["formula_text"])


def test_chinese_punctuation_in_a_company_stays_as_it_is() -> None:
    row = read_one(CN, 姓名="王伟", 手机="13800138000", 公司="阿里（中国）有限公司１２")
    assert row.company == "阿里（中国）有限公司12"


def test_a_chinese_name_is_written_to_in_chinese() -> None:
    assert read_one(Name="王伟", Email="a@x.example").locale == "zh"
    assert read_one(Name="山田太郎", Email="a@x.example", Country="Japan").locale == "en"
    assert read_one(Name="王伟", Email="a@x.example", Language="English").locale == "en"
    assert read_one(Name="Anna", Email="a@x.example", Language="pt_BR").locale == "pt-BR"
