"""Where a person is and which language to write in, from whatever the row says about it."""

import re
from dataclasses import dataclass

from engine.contacts.cells import Cell, fold, has_hanzi
from engine.contacts.columns import Cells, first_cell, line_of
from engine.contacts.countries import country_code, country_of_province
from engine.contacts.header_words import PHONE_KINDS
from engine.contacts.phones import country_written_in
from engine.contacts.problems import RowProblem, problem

_LANGUAGES = {
    "english": "en", "englisch": "en", "英语": "en", "英文": "en", "chinese": "zh", "mandarin": "zh", "中文": "zh",
    "简体中文": "zh", "汉语": "zh", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es",
}  # fmt: skip
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_HANZI_COUNTRIES = frozenset({None, "CN", "HK", "MO", "TW", "SG"})


@dataclass(frozen=True, slots=True)
class Country:
    """`origin` is own column, region, phone or default."""

    code: str | None
    origin: str | None

    @property
    def stated(self) -> str | None:
        """The country the row itself names, beside its phone numbers."""
        return self.code if self.origin in {"own column", "region"} else None

    @property
    def known(self) -> str | None:
        """The country as far as the row tells it; what the file as a whole assumes places nobody."""
        return self.code if self.origin != "default" else None


def read_country(cells: Cells, default: str | None) -> tuple[Country, list[RowProblem]]:
    cell = first_cell(cells, "country")
    country = _country(cells, cell, default)
    if cell is None or country.origin == "own column":
        return country, []
    return country, [problem("country_unreadable", cell, country=country.code or "unknown")]


def _country(cells: Cells, cell: Cell | None, default: str | None) -> Country:
    if cell and (own := country_code(cell.value)):
        return Country(own, "own column")
    if province := country_of_province(line_of(cells, "region")):
        return Country(province, "region")
    numbers = [cell.value for field in PHONE_KINDS for cell in cells.get(field, ())]
    if written := country_written_in(numbers, [default] if default else []):
        return Country(written, "phone")
    return Country(default, "default" if default else None)


def read_locale(cells: Cells, name: str, country: str | None, default: str) -> str:
    said = line_of(cells, "locale")
    if language := _LANGUAGES.get(fold(said)):
        return language
    if _LANGUAGE_TAG.fullmatch(said):
        return said.replace("_", "-")
    return "zh" if has_hanzi(name) and country in _HANZI_COUNTRIES else default
