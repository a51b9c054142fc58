"""The wish to be left alone in words of one's own, as a text and as a mail: what is promised of how it is read."""

import time

import pytest

from engine.core.stop_wording.reading import asks_to_stop
from tests import wishes
from tests.wishes import Read, figures, read_all

READS = read_all()


def _wrong(reads: list[Read]) -> list[tuple[str, str]]:
    return [(one.channel, one.answer.text) for one in reads if not one.is_right]


def test_there_are_enough_wishes_and_as_many_texts_that_only_look_near() -> None:
    labels = [one.label for one in wishes.answers()]
    assert labels.count("stop") >= 160
    assert labels.count("none") >= 160


@pytest.mark.parametrize("channels", [("sms",), ("mail",), ("sms", "mail")])
def test_of_wishes_95_in_100_are_understood_and_of_the_rest_2_at_most_mistaken(channels: tuple[str, ...]) -> None:
    reads = [one for one in READS if one.channel in channels]
    assert figures(reads).understood >= wishes.LEAST_UNDERSTOOD, _wrong(reads)
    assert figures(reads).mistaken <= wishes.MOST_MISTAKEN, _wrong(reads)


def test_our_own_footer_below_an_answer_is_never_taken_for_a_wish() -> None:
    quoting = [one for one in READS if one.answer.label == "none" and one.answer.has_our_footer]
    assert len(quoting) >= 10
    assert _wrong(quoting) == []


@pytest.mark.parametrize(
    "text",
    ["plaese stpo emailng me", "UNSUSCRIBE", "dont mesage me agian", "remvoe me", "pls stopp", "別再聯絡我"],
)
def test_typing_errors_and_traditional_characters_do_not_hide_a_wish(text: str) -> None:
    assert asks_to_stop(text)


@pytest.mark.parametrize("text", ["Don't contract anyone", "The top of the page", "Sopping wet", "No massage today"])
def test_another_word_is_not_mended_into_a_wish(text: str) -> None:
    assert not asks_to_stop(text)


@pytest.mark.parametrize(
    "piece",
    ["a", "stop ", "don't ", "and\n", "no ", "please, ", "not want to ", "i would ", "stop all of the ", " \t", "别",
     "不再", "将我从", "不要再给我", "mich nicht mehr ", "ne plus me ", "no me vuelvan a ", "今後メールを"],
)  # fmt: skip
def test_no_text_takes_long_to_read(piece: str) -> None:
    started = time.process_time()
    asks_to_stop((piece * 1600)[:1600])
    assert time.process_time() - started < 1
