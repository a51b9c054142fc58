"""`python -m tests.wishes`: how the texts of tests/data/wishes are read. Exits 1 when a promise is broken.

Every file was written before the rules were changed for it, and read once before that: of `first` 58.6% of the wishes
were understood and 9.7% of the other texts mistaken for one, by the rules as they stood; of `blind` 82.8% and 6.7%, by
rules mended for `first`; of `third` 94.6% and 1.9%, by rules mended for `blind`; of `fourth` 90.5% and 4.9%, by rules
mended for `third`; of `fifth` 86.2% and 2.5%, by rules mended for `fourth`; of `sixth` 75.8% and 10.0%, by rules mended
for `fifth`, its texts worded unlike those before; of `seventh`, everyday ones, 96.7% and none, by rules mended for
`sixth`. They have been mended for all seven since, so that what is printed flatters them. One hand wrote the texts and
the rules.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from engine.channels.mail_in.reading import read_mail
from engine.core.sms_words import Wish, wish_in

FOLDER = Path(__file__).parent / "data" / "wishes"
LEAST_UNDERSTOOD = 0.95
MOST_MISTAKEN = 0.02
_NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody wrote, by `sms`, by `mail`, or short enough for both; `stop` is a wish, `none` is not."""

    file: str
    label: str
    channel: str
    language: str
    text: str

    @property
    def channels(self) -> tuple[str, ...]:
        return ("sms", "mail") if self.channel == "both" else (self.channel,)

    @property
    def has_our_footer(self) -> bool:
        return "touch.northwind.example" in self.text


@dataclass(frozen=True, slots=True)
class Read:
    answer: Answer
    channel: str
    is_taken_for_a_wish: bool

    @property
    def is_right(self) -> bool:
        return self.is_taken_for_a_wish is (self.answer.label == "stop")


@dataclass(frozen=True, slots=True)
class Figures:
    """`understood` of the wishes, `mistaken` of the rest."""

    wishes: int
    understood: float
    others: int
    mistaken: float


def answers() -> list[Answer]:
    return [
        _answer(path.stem, line)
        for path in sorted(FOLDER.glob("*.tsv"))
        for line in path.read_text("utf-8").splitlines()
    ]


def _answer(file: str, line: str) -> Answer:
    label, channel, language, text = line.split("\t")
    return Answer(file, label, channel, language, text.replace("\\n", "\n"))


def read_all() -> list[Read]:
    return [Read(one, channel, _READ_BY[channel](one.text)) for one in answers() for channel in one.channels]


def figures(reads: list[Read]) -> Figures:
    wishes = [one for one in reads if one.answer.label == "stop"]
    others = [one for one in reads if one.answer.label == "none"]
    understood = sum(one.is_right for one in wishes) / len(wishes)
    return Figures(len(wishes), understood, len(others), sum(not one.is_right for one in others) / len(others))


def _stops_by_sms(text: str) -> bool:
    return wish_in(text) is Wish.STOP


def _stops_by_mail(text: str) -> bool:
    mail = EmailMessage()
    mail["From"], mail["To"] = "somebody@elsewhere.example", "lei.li@northwind.example"
    mail["Subject"], mail["Message-ID"] = "Re: Fewer late deliveries", "<1@elsewhere.example>"
    mail.set_content(text)
    heard = read_mail(mail.as_bytes(), _NOON).heard
    return heard is not None and heard.kind == "opted_out"


_READ_BY = {"sms": _stops_by_sms, "mail": _stops_by_mail}


def _groups(reads: list[Read]) -> Iterator[tuple[str, list[Read]]]:
    for name in ("file", "language"):
        key = attrgetter(f"answer.{name}")
        yield from ((f"{name} {value}", list(group)) for value, group in groupby(sorted(reads, key=key), key=key))
    for channel in _READ_BY:
        yield channel, [one for one in reads if one.channel == channel]
    yield "all", reads


def _line(name: str, group: list[Read]) -> str:
    found = figures(group)
    wishes = f"{found.wishes:4} wishes {found.understood:6.1%} understood"
    return f"{name:16} {wishes}   {found.others:4} others {found.mistaken:6.1%} mistaken"


def main() -> int:
    reads = read_all()
    lines = [_line(name, group) for name, group in _groups(reads)]
    wrong = [f"{one.answer.label} {one.channel} {one.answer.text!r}" for one in reads if not one.is_right]
    print("\n".join(lines + wrong))  # noqa: T201 - it is a command
    total = figures(reads)
    return int(total.understood < LEAST_UNDERSTOOD or total.mistaken > MOST_MISTAKEN)


if __name__ == "__main__":
    sys.exit(main())
