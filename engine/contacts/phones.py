"""Phone cells -> E.164. Numbers come with quotes, prefixes of every kind, extensions, in twos and threes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult
from phonenumbers.timezone import time_zones_for_number

from engine.contacts.cells import Cell, clean_machine_text, is_nothing
from engine.contacts.problems import RowProblem, problem
from engine.contacts.rows import Phone

_EXTENSION = re.compile(r"\s*(?:;ext=|ext(?:ensio)?n?\.?|x|#|转|轉|分机|分機)\s*[:.]?\s*(\d{1,7})\s*$", re.IGNORECASE)
_CHINESE_EXTENSION = re.compile(r"^(0\d{2,3}[- ]?\d{7,8})-(\d{1,6})$")
_TRUNK_ZERO = re.compile(r"^(\+\s*\d{1,3})\s*\(0\)\s*")
_DOUBLE_ZERO = re.compile(r"^(\()?\s*00[\s.-]*(?=\d)")
_SEPARATORS = re.compile(r"\s*(?:[;,、|\n/]|\bor\b|或)\s*", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_LOOSE_NUMBER = re.compile(r"\+?[\d(][\d\s().-]{8,}\d")
_NO_COUNTRY = "without a country it needs its country code"
_SHORTEST = 7
_LONGEST = 15  # digits of E.164, with the country code

_REASONS = {
    ValidationResult.INVALID_COUNTRY_CODE: "there is no such country code",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "the area code is missing",
    ValidationResult.TOO_SHORT: "it is too short",
    ValidationResult.TOO_LONG: "it is too long",
    ValidationResult.INVALID_LENGTH: "no number of that country has this length",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as far as it could be read; `e164` is None where it could not, and `reason` says why. `country` is
    where the numbering plan assigns it, `is_international` whether it was written with its country code.
    """

    e164: str | None
    extension: str | None = None
    other_extension: str | None = None
    is_valid: bool = False
    is_mobile: bool = False
    is_international: bool = False
    country: str | None = None
    reason: str = ""


def read_phones(
    cell: Cell, kind: str, countries: Sequence[str], home: str | None
) -> tuple[list[Phone], list[RowProblem]]:
    """`countries` are tried in order for numbers without a country code; `home` is the person's own, if known."""
    phones: list[Phone] = []
    problems: list[RowProblem] = []
    for reading in readings(cell.value, countries):
        problems += _doubts(cell, reading, None if kind == "corporate" else home)
        if reading.e164:
            precise = "mobile" if kind == "other" and reading.is_mobile else kind
            phones.append(Phone(reading.e164, reading.extension, precise, reading.is_valid))
    return phones, problems


def _doubts(cell: Cell, reading: Reading, home: str | None) -> list[RowProblem]:
    if reading.e164 is None:
        return [problem("phone_impossible", cell, reason=reading.reason)]
    doubts = []
    if reading.other_extension:
        doubts.append(problem("phone_two_extensions", cell, extension=reading.extension))
    if home and reading.country and reading.country != home:
        doubts.append(problem("phone_country_differs", cell, number_country=reading.country, country=home))
    return doubts


def country_written_in(values: Sequence[str], countries: Sequence[str]) -> str | None:
    """Where a number says it belongs: only a valid one that was written with its country code."""
    every = (reading for value in values for reading in readings(value, countries))
    return next((reading.country for reading in every if reading.is_international and reading.country), None)


def readings(value: str, countries: Sequence[str]) -> list[Reading]:
    if is_nothing(value):
        return []
    text = clean_machine_text(value.replace("\n", ";")).strip("'\"` ")
    return [read_number(piece, tuple(countries)) for piece in _pieces(text)]


def _pieces(text: str) -> list[str]:
    """Split only where each part is long enough to be a number: 0221/123456 is one. Spaces part numbers only where
    all together are too long for one.
    """
    parts = [part for part in _SEPARATORS.split(text) if part]
    if len(parts) == 1 and _digits(text) > _LONGEST:
        parts = text.split()
    return parts if all(_digits(part) >= _SHORTEST for part in parts) else [text]


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


@lru_cache(maxsize=20_000)
def read_number(text: str, countries: tuple[str, ...]) -> Reading:
    number, extensions = _split_extensions(text)
    number = _TRUNK_ZERO.sub(r"\1 ", _with_plus(number))
    parsed = _parse(number, countries)
    if isinstance(parsed, str):
        return Reading(None, reason=parsed)
    country = _assigned_country(parsed)
    return Reading(
        e164=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        extension=extensions[0] if extensions else None,
        other_extension=extensions[1] if len(extensions) > 1 else None,
        is_valid=country is not None,
        is_mobile=country is not None and phonenumbers.number_type(parsed) == PhoneNumberType.MOBILE,
        is_international=number.startswith("+"),
        country=country,
    )


def _split_extensions(text: str) -> tuple[str, list[str]]:
    extensions: list[str] = []
    while match := _EXTENSION.search(text):
        extensions.insert(0, match[1])
        text = text[: match.start()]
    if not extensions and (chinese := _CHINESE_EXTENSION.match(text)):
        return chinese[1], [chinese[2]]
    return text, extensions


def _with_plus(number: str) -> str:
    """00 begins an international number nearly everywhere, and a national one nowhere."""
    match = _DOUBLE_ZERO.match(number)
    if match is None:
        return number
    rest = number[match.end() :]
    return "+" + (rest.replace(")", " ", 1) if match[1] else rest)


def _parse(number: str, countries: tuple[str, ...]) -> PhoneNumber | str:
    """The first reading that a numbering plan assigns, else the first of a possible length, else why there is none."""
    possible: PhoneNumber | None = None
    reason = _NO_COUNTRY
    for country in countries or (None,):
        try:
            parsed = phonenumbers.parse(number, country)
        except NumberParseException as error:
            reason = _parse_reason(error, number, countries)
            continue
        if _assigned_country(parsed):
            return parsed
        result = phonenumbers.is_possible_number_with_reason(parsed)
        if result == ValidationResult.IS_POSSIBLE:
            possible = possible or parsed
        else:
            reason = _REASONS[result]
    return possible or reason


def _assigned_country(number: PhoneNumber) -> str | None:
    """The country whose numbering plan assigns this very number, if one does."""
    country: str | None = phonenumbers.region_code_for_number(number)
    return country if country and phonenumbers.is_valid_number_for_region(number, country) else None


def _parse_reason(error: NumberParseException, number: str, countries: tuple[str, ...]) -> str:
    if _ROUNDED.fullmatch(number):
        return "a spreadsheet has rounded it; export it again with the column formatted as text"
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return "there is no such country code" if countries else _NO_COUNTRY
    if error.error_type == NumberParseException.TOO_LONG:
        return "it is too long"
    return "it does not look like one"


def country_and_zones(e164: str) -> tuple[str | None, tuple[str, ...]]:
    """Where a number is at home, and the zones it may ring in: many for a mobile of a wide country, or a toll-free."""
    number = phonenumbers.parse(e164, None)
    zones = time_zones_for_number(number)
    return phonenumbers.region_code_for_number(number), tuple(zone for zone in zones if zone != "Etc/Unknown")


@lru_cache(maxsize=20_000)
def country_of_number(e164: str) -> str | None:
    """None where the plan does not say, as for satellites and numbers without a country."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return None
    country: str | None = phonenumbers.region_code_for_number(number)
    return country if country and country.isalpha() else None


def numbers_in(text: str, countries: Sequence[str]) -> list[str]:
    """Whatever could be a number, for opt-outs in rows whose cells do not fit."""
    found = (read_number(match, tuple(countries)).e164 for match in _LOOSE_NUMBER.findall(clean_machine_text(text)))
    return list(dict.fromkeys(number for number in found if number))
