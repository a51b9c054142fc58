import pytest

from engine.compiler import read_yaml
from tests.compiler.texts import BAD, MARKER, expected, found


def problems_of(text: str) -> list[tuple[str, tuple[int, int]]]:
    return found(read_yaml(text.replace(MARKER, ""), "f.yaml")[1])


def test_plain_data_comes_with_the_place_of_every_key_and_value() -> None:
    document, problems = read_yaml("a: 1\nb:\n  - c: 'x'\n    d: [true, 2.5]\n名: 值\n", "f.yaml")
    assert not problems
    assert document is not None
    assert document.data == {"a": 1, "b": [{"c": "x", "d": [True, 2.5]}], "名": "值"}
    assert document.mark(("b", 0, "d", 1)) == (4, 15)
    assert document.key_mark(("b", 0, "d")) == (4, 5)
    assert document.mark(("b", 0, "d")) == (4, 8)


def test_the_place_of_what_is_not_there_is_the_place_of_what_is_around_it() -> None:
    document, _ = read_yaml("a:\n  - b: 1\n", "f.yaml")
    assert document is not None
    assert document.mark(("a", 0, "missing", "deeper")) == document.mark(("a", 0)) == (2, 5)
    assert document.key_mark(("a", 0, "missing")) == (2, 5)


def test_a_list_may_be_the_whole_document() -> None:
    document, problems = read_yaml("- scenario: one\n- scenario: two\n", "tests/x.yaml")
    assert not problems
    assert document is not None
    assert document.data == [{"scenario": "one"}, {"scenario": "two"}]


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N"])
def test_switch_words_without_quotes_are_refused(word: str) -> None:
    assert problems_of(f"a: {MARKER}{word}\n") == [("yaml-switch-word", (1, 4))]
    assert problems_of(f"{MARKER}{word}: a\n") == [("yaml-switch-word", (1, 1))]
    assert problems_of(f'a: "{word}"\n') == []


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("yaml-time", "09:00"),
        ("yaml-time", "9:30:15"),
        ("yaml-date", "2026-03-02"),
        ("yaml-date", "2026-03-02T08:00-05:00"),
        ("yaml-leading-zero", "010"),
        ("yaml-leading-zero", "-08"),
        ("yaml-underscore", "1_000"),
        ("yaml-number-form", "0x1F"),
        ("yaml-number-form", "0o17"),
        ("yaml-number-form", ".inf"),
        ("yaml-number-form", ".NaN"),
        ("yaml-long-number", "8613800138000123"),
        ("missing-value", "~"),
        ("missing-value", "null"),
    ],
)
def test_scalars_that_parsers_read_differently_are_refused(code: str, value: str) -> None:
    text = f"a: {MARKER}{value}\n"
    assert problems_of(text) == expected(text, code)
    assert problems_of(f"a: '{value}'\n") == []


@pytest.mark.parametrize("value", ["09:00-12:00", "outbound/intro", "3bd", "none", "Noon", "yes, please", "7x3x21"])
def test_ordinary_words_are_no_traps(value: str) -> None:
    document, problems = read_yaml(f"a: {value}\n", "f.yaml")
    assert not problems
    assert document is not None
    assert document.data == {"a": value}


def test_the_fix_of_a_trap_is_written_out() -> None:
    (leading_zero,) = read_yaml("a: 010", "f.yaml")[1]
    assert str(leading_zero) == (
        "f.yaml:1:4: 010 starts with 0 and is octal to some; expected a plain decimal number, or quotes; "
        'write 10 for the number, "010" for the text'
    )
    (time,) = read_yaml("a: 09:00", "f.yaml")[1]
    assert time.advice == 'write "09:00"'


def test_a_missing_value_is_reported_at_its_key() -> None:
    text = f"{MARKER}a:\nb: 1\n"
    assert problems_of(text) == expected(text, "missing-value")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yaml-alias", "a: ¦&x 1\n"),
        ("yaml-alias", "a: 1\nb: ¦*x\n"),
        ("yaml-tag", "a: ¦!!str 1\n"),
        ("yaml-tag", "a: ¦!python/object:os.system {}\n"),
        ("yaml-merge", "a: 1\n¦<<: {b: 2}\n"),
        ("yaml-documents", "a: 1\n¦---\nb: 2\n"),
        ("yaml-directive", "%YAML 1.1\n¦---\na: 1\n"),
        ("yaml-tab", "a:\n¦\tb: 1\n"),
        ("yaml-character", "a: ¦\x01\n"),
        ("yaml-character", 'a: ¦"\\ud800"\n'),
        ("yaml-syntax", "a: [1, 2\nb¦: 3\n"),
        ("yaml-syntax", '¦"\\U00110000"'),
        ("key-not-text", "¦[a]: 1\nb: 2\n"),
        ("key-not-text", "¦1: 2\n"),
        ("empty-file", "¦"),
        ("empty-file", "¦# only a comment\n"),
        ("too-deep", "[" * 20 + "¦" + "[" * 20),
    ],
)
def test_what_has_no_place_in_these_files_is_refused_where_it_stands(code: str, text: str) -> None:
    assert problems_of(text) == expected(text, code)


def test_different_refusals_are_reported_together() -> None:
    text = "a: ¦&x 1\nb: *x\nc: ¦!!str 2\n¦<<: {}\n"
    assert problems_of(text) == expected(text, "yaml-alias", "yaml-tag", "yaml-merge")


def test_a_repeated_key_names_both_places_and_the_first_value_stays() -> None:
    document, (problem,) = read_yaml("a: {b: 1, c: 2,\n  b: [3, {d: 4}]}\ne: 5\n", "f.yaml")
    assert found((problem,)) == [("duplicate-key", (2, 3))]
    assert "first at 1:5" in problem.message
    assert document is not None
    assert document.data == {"a": {"b": 1, "c": 2}, "e": 5}


def test_a_file_of_more_than_256_kilobytes_is_not_read() -> None:
    assert problems_of("# " + "x" * 256 * 1024) == [("too-large", (1, 1))]
    assert problems_of("a: 1\n# " + "x" * 255 * 1024) == []


def test_a_bomb_of_aliases_is_refused_before_anything_is_built() -> None:
    text = (BAD / "bomb.yaml").read_text(encoding="utf-8")
    assert len(text) < 450
    assert problems_of(text) == [("yaml-alias", (1, 4))]


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    document, problems = read_yaml("\ufeffa: 1\n", "f.yaml")
    assert not problems
    assert document is not None
    assert document.data == {"a": 1}
