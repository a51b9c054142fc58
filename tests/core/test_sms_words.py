"""STOP in every spelling, and in words of one's own: a labelled list of texts, with its figures.

The phrases have been written with this list at hand, so its figures flatter them; `tests/wishes.py` says how texts were
read that they had not seen. What is not understood is a reply: it stops the sequence all the same, and a person reads
it.
"""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.sms_words import HELP_WORDS, START_WORDS, STOP_WORDS, TWILIOS_WORDS, Wish, is_chinese, wish_in

LABELLED = [
    line.split("\t") for line in (Path(__file__).parents[1] / "data/sms/wishes.tsv").read_text("utf-8").splitlines()
]
STOPS = [text for label, text in LABELLED if label == "stop"]
OTHERS = [text for label, text in LABELLED if label == "none"]
_AROUND = st.text(" .!?…,;:'\"“”()[]-_*~。，！？、👍🙏\n\t", max_size=5)


@st.composite
def spelled(draw: st.DrawFn, word: str) -> str:
    """Any case, any width, anything around it that is no letter."""
    letters = [draw(st.sampled_from((one.lower(), one.upper(), _wide(one)))) for one in word]
    return draw(_AROUND) + draw(st.sampled_from(("", ".", " ", "-"))).join(letters) + draw(_AROUND)


def _wide(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
@given(data=st.data())
def test_every_stop_word_stops_however_it_is_written(word: str, data: st.DataObject) -> None:
    assert wish_in(data.draw(spelled(word))) is Wish.STOP


_MUST = (
    "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "退订", "T", "TD", "R",
)  # fmt: skip


@pytest.mark.parametrize("word", _MUST)
def test_the_words_that_must_stop_do(word: str) -> None:
    assert wish_in(word) is Wish.STOP


@pytest.mark.parametrize(("words", "wish"), [(START_WORDS, Wish.START), (HELP_WORDS, Wish.HELP)], ids=["start", "help"])
def test_start_and_help_are_known_as_single_words_alone(words: frozenset[str], wish: Wish) -> None:
    for word in words:
        assert wish_in(f" {word.upper()}! ") is wish
        assert wish_in(f"{word} me with the offer") is None


def test_the_labelled_list_is_long_enough_and_in_both_languages() -> None:
    assert len(STOPS) >= 100
    assert len(OTHERS) >= 90
    for texts in (STOPS, OTHERS):
        assert sum(map(is_chinese, texts)) >= 35
        assert sum(not is_chinese(text) for text in texts) >= 55


@pytest.mark.parametrize("chinese", [False, True], ids=["English", "Chinese"])
def test_a_wish_in_words_of_ones_own_is_understood_in_95_of_100(chinese: bool) -> None:  # noqa: FBT001 - a table
    texts = [text for text in STOPS if is_chinese(text) is chinese]
    missed = [text for text in texts if wish_in(text) is not Wish.STOP]
    assert len(missed) <= 0.05 * len(texts), missed


@pytest.mark.parametrize("chinese", [False, True], ids=["English", "Chinese"])
def test_an_ordinary_answer_is_seldom_taken_for_a_stop(chinese: bool) -> None:  # noqa: FBT001 - a table
    texts = [text for text in OTHERS if is_chinese(text) is chinese]
    taken = [text for text in texts if wish_in(text) is not None]
    assert len(taken) <= 0.03 * len(texts), taken


def test_neither_case_nor_signs_change_a_wish() -> None:
    dice = random.Random(1)
    for text in STOPS:
        for changed in (text.upper(), text.lower(), f"{text}{dice.choice('.!?。！')}", f"  {text}\n"):
            assert wish_in(changed) is wish_in(text), changed


def test_twilio_knows_no_word_that_we_do_not() -> None:
    assert TWILIOS_WORDS <= STOP_WORDS | START_WORDS | HELP_WORDS


@given(st.text(max_size=1600))
def test_whatever_somebody_writes_is_read(text: str) -> None:
    assert wish_in(text) in (None, *Wish)


@pytest.mark.parametrize("text", ["a" * 1600, "stop " * 320, "don't " * 260, "别" * 1600, "no longer want " * 100])
def test_no_text_takes_long_to_read(text: str) -> None:
    wish_in(text)


if __name__ == "__main__":
    for label, text in LABELLED:
        found = wish_in(text)
        if (found is Wish.STOP) is not (label == "stop"):
            print(label, "->", found, text)  # noqa: T201
