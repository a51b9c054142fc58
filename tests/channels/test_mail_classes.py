"""The labelled mails: what is promised of how they are read, and what of them is kept."""

import pytest

from tests import mail_classes
from tests.mail_classes import Labelled, corpus, figures, kind_of, matrix

MAILS = corpus()
READ = {mail.file: mail.read() for mail in MAILS}
PAIRS = [(mail.kind, kind_of(READ[mail.file])) for mail in MAILS]


def of_kind(*kinds: str) -> list[Labelled]:
    return [mail for mail in MAILS if mail.kind in kinds]


def test_there_are_enough_mails_and_enough_of_people() -> None:
    assert len(MAILS) >= 200
    assert len(of_kind("replied", "opted_out")) >= 80
    assert {mail.language for mail in MAILS} == {"en", "zh", "de", "fr", "es", "ja"}


@pytest.mark.parametrize("half", [("development",), ("held_out",), mail_classes.HALVES])
def test_people_are_not_taken_for_machines_and_hard_bounces_are_known(half: tuple[str, ...]) -> None:
    found = figures([pair for mail, pair in zip(MAILS, PAIRS, strict=True) if mail.half in half])

    assert found.humans_lost <= mail_classes.MOST_HUMANS_LOST, matrix(PAIRS)
    assert found.hard_right >= mail_classes.LEAST_HARD_RIGHT, matrix(PAIRS)
    assert found.right >= 0.95, matrix(PAIRS)


def test_nobody_is_suppressed_for_what_is_our_own_fault_or_for_a_full_mailbox() -> None:
    taken = [kind_of(READ[mail.file]) for mail in of_kind("sender_refused", "soft_bounced")]

    assert "bounced" not in taken


@pytest.mark.parametrize("mail", of_kind("out_of_office"), ids=lambda mail: mail.file)
def test_the_day_of_return_is_found(mail: Labelled) -> None:
    heard = READ[mail.file].heard

    assert heard is not None
    assert heard.body.get("until", "") == mail.until


@pytest.mark.parametrize("mail", of_kind("left_company"), ids=lambda mail: mail.file)
def test_the_successor_is_found(mail: Labelled) -> None:
    heard = READ[mail.file].heard

    assert heard is not None
    assert heard.body.get("successor", "") == mail.named


@pytest.mark.parametrize("mail", of_kind("bounced", "soft_bounced", "sender_refused"), ids=lambda mail: mail.file)
def test_a_bounce_names_whom_we_wrote_to(mail: Labelled) -> None:
    heard = READ[mail.file].heard

    assert heard is not None
    assert heard.clues.email == mail.named


@pytest.mark.parametrize("mail", of_kind("replied", "opted_out"), ids=lambda mail: mail.file)
def test_the_new_words_are_without_our_own_mail(mail: Labelled) -> None:
    letter = READ[mail.file].letter

    assert "touch.northwind.example" not in letter.new_words
    assert letter.new_words or not letter.text


def test_the_command_prints_the_matrix_and_tells_by_its_exit_whether_the_promises_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mail_classes.main() == 0
    printed = capsys.readouterr().out
    assert "people taken for machines" in printed
    assert "held_out" in printed

    monkeypatch.setattr(mail_classes, "LEAST_HARD_RIGHT", 1.01)

    assert mail_classes.main() == 1


def test_a_person_taken_for_a_machine_counts() -> None:
    found = figures([("replied", "replied"), ("replied", "out_of_office"), ("bounced", "soft_bounced")])

    assert (found.humans_lost, found.hard_right) == (0.5, 0.0)
