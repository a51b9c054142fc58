"""The small words of the language as pydantic types: keys, gaps, hours, zones. Each says in plain words what it wants.

A type reads one YAML scalar and carries its own JSON Schema, so the editor and the compiler agree.
"""

import re
from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticOmit, core_schema

from engine.compiler.problems import did_you_mean, listed
from engine.core.calendar import parse_days
from engine.core.hours import SHORTEST_WINDOW, Window
from engine.core.sequence import Formula, Gap

TEXT_FORM = "\0text"  # tags of the short and the long form of a value; no YAML key can contain NUL
MAPPING_FORM = "\0mapping"
LIST_FORM = "\0list"

StepVerb: TypeAlias = Literal[
    "email", "personal_email", "call", "sms", "wechat_add", "wechat_message", "linkedin", "maimai", "video", "task"
]  # fmt: skip
StopReason: TypeAlias = Literal[
    "replied", "interested", "meeting_booked", "wrong_person", "already_customer", "not_interested", "not_now",
    "referral", "not_qualified", "left_company", "unreachable", "bounced", "opted_out",
]  # fmt: skip
EvidenceWord: TypeAlias = Literal["express", "implied", "request", "contract", "opt_out_notice"]
Relation: TypeAlias = Literal["none", "requested", "accepted", "refused", "deleted_us"]
Exemption: TypeAlias = Literal["customer", "partner", "competitor", "open_opportunity", "other_owner"]


def refuse(code: str, message: str, expected: str, advice: str) -> PydanticCustomError:
    """`wording` takes the four parts out of the error again."""
    parts = {"message": message, "expected": expected, "advice": advice}
    return PydanticCustomError(code, "{message}", parts)


def later(name: str) -> PydanticCustomError:
    return refuse(
        "not-supported", f"{name} is not supported yet", "only what is executed already", "leave it out for now"
    )


class Later:
    """Marks a field that is executed by a later version: its shape is checked, then it is refused by name."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._refuse, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        raise PydanticOmit

    @staticmethod
    def _refuse(_value: object, info: ValidationInfo) -> object:
        raise later(str(info.field_name).rstrip("_"))


LATER = Later()


def shown(value: object) -> str:
    """A value as the author would recognise it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return f'"{value[:60]}"'
    return "a list" if isinstance(value, list) else "a mapping of keys"


_GAP = r"^[0-9]{1,5}(bd|d|h|m)$"
_BARE_NUMBER = re.compile(r"[0-9]{1,5}")
_LOOSE_GAP = re.compile(r"([0-9]{1,5})\s*(bd|business days?|d|days?|h|hours?|m|mins?|minutes?)", re.IGNORECASE)


def _read_gap(units: tuple[str, ...], suggested: tuple[str, ...]) -> Callable[[object], Gap]:
    examples = listed(f"3{unit}" for unit in suggested)

    def read(value: object) -> Gap:
        if not isinstance(value, bool) and _BARE_NUMBER.fullmatch(str(value)):
            advice = f"write {listed(f'{value}{unit}' for unit in suggested)}"
            raise refuse("bare-interval", f"the interval {value} has no unit", "a number with its unit", advice)
        if not isinstance(value, str) or not re.fullmatch(_GAP, value):
            raise refuse("bad-interval", f"{shown(value)} is no interval", f"one like {examples}", _mended_gap(value))
        gap = Gap.parse(value)
        if gap.unit.value not in units:
            raise refuse("bad-interval", f"{value} is in a unit that has no meaning here", f"one like {examples}",
                         f"write it in {listed(units)}")  # fmt: skip
        return gap

    return read


def _mended_gap(value: object) -> str:
    loose = _LOOSE_GAP.fullmatch(value.strip()) if isinstance(value, str) else None
    if not loose:
        return "m is minutes, h hours, d days, bd business days"
    unit = loose[2].lower()
    short = "bd" if unit.startswith("b") else unit[0]
    return f"write {loose[1]}{short}"


def _at_least_one(gap: Gap) -> Gap:
    if gap.amount == 0:
        raise refuse("bad-interval", f"{gap} is no time at all", "at least 1", f"write 1{gap.unit} or more")
    return gap


def _gap_schema(units: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^[0-9]{{1,5}}({units})$", "examples": ["3bd", "2d", "4h"]})


_ANY_UNIT = PlainValidator(_read_gap(("m", "h", "d", "bd"), ("h", "d", "bd")))
_SHORT_UNIT = PlainValidator(_read_gap(("m", "h", "d", "bd"), ("m", "h", "bd")))
_CLOCK_UNIT = PlainValidator(_read_gap(("m", "h"), ("m", "h")))
_POSITIVE = AfterValidator(_at_least_one)
GapText: TypeAlias = Annotated[Gap, _ANY_UNIT, _gap_schema("bd|d|h|m")]
LongGap: TypeAlias = Annotated[Gap, _ANY_UNIT, _POSITIVE, _gap_schema("bd|d|h|m")]
ResponseGap: TypeAlias = Annotated[Gap, _SHORT_UNIT, _POSITIVE, _gap_schema("bd|d|h|m")]
ShortGap: TypeAlias = Annotated[Gap, _CLOCK_UNIT, _POSITIVE, _gap_schema("h|m")]


def _read_formula(value: object) -> Formula:
    try:
        formula = Formula.parse(value if isinstance(value, str) else "")
    except ValueError:
        raise refuse(
            "bad-formula",
            f"{shown(value)} is no formula",
            "touches x channels x days, as in 7x3x21",
            "write the three numbers with a small x between them, none of them 0",
        ) from None
    if formula.contacts > 1 or formula.personas > 1:
        raise later(f"a formula with contacts and personas ({formula})")
    return formula


FORMULA_PATTERN = "^[1-9][0-9]{0,3}(x[1-9][0-9]{0,3}){2}$"  # contacts and personas are not supported yet
FormulaText: TypeAlias = Annotated[
    Formula,
    PlainValidator(_read_formula),
    WithJsonSchema({"type": "string", "pattern": FORMULA_PATTERN, "examples": ["7x3x21"]}),
]


def matching(code: str, pattern: str, expected: str, advice: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.search(text):
            raise refuse(code, f"{shown(text)} cannot stand here", expected, advice)
        return text

    return AfterValidator(check)


_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
Key: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=64),
    matching("bad-key", _KEY, "small letters, digits and hyphens", "write it like call-1"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64}),
]
_REF = r"^[a-z0-9_-]+(/[a-z0-9_-]+)*\Z"
TemplateRef: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=120),
    matching("bad-template", _REF, "a folder below templates/", "write it like outbound/intro"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9_-]+(/[a-z0-9_-]+)*$", "maxLength": 120}),
]
_WORD = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*\Z"
Word: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=64),
    matching("bad-word", _WORD, "small letters, digits and underscores", "write it like not_reached"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9]*(_[a-z0-9]+)*$", "maxLength": 64}),
]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=2000)]
Locale: TypeAlias = Annotated[
    str,
    matching("bad-locale", r"^[a-z]{2,3}(-[A-Za-z]{2,4})?\Z", "a language code", "write it like en or zh"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z]{2,4})?$", "examples": ["en", "zh"]}),
]
Country: TypeAlias = Annotated[
    str,
    matching("bad-country", r"^[A-Z]{2}\Z", "a country code of two capitals", "write it like US or CN"),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["US", "CN"]}),
]
Address: TypeAlias = Annotated[
    str,
    Field(max_length=254),
    matching("bad-address", r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z", "a mail address", "write it like ana@acme.com"),
    WithJsonSchema({"type": "string", "format": "email"}),
]
_DOMAIN = r"^(?!www\.)[a-z0-9-]+(\.[a-z0-9-]+)+\Z"
Domain: TypeAlias = Annotated[
    str,
    Field(max_length=253),
    matching("bad-domain", _DOMAIN, "a company's domain in small letters", "write it like acme.de, without www"),
    WithJsonSchema({"type": "string", "pattern": f"{_DOMAIN[:-2]}$", "maxLength": 253, "examples": ["acme.de"]}),
]

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
WINDOW_PATTERN = f"^{_CLOCK}-{_CLOCK}$"


def _read_window(value: object) -> Window:
    if not isinstance(value, str) or not re.fullmatch(f"{_CLOCK}-{_CLOCK}", value):
        raise refuse("bad-window", f"{shown(value)} is no window of time", 'one like "09:00-12:00"',
                     "write both ends with two digits each, 00:00 to 23:59")  # fmt: skip
    start, end = map(time.fromisoformat, value.split("-"))
    if start >= end:
        raise refuse("reversed-window", f"the window {value} ends before it starts", "the earlier time first",
                     "swap the ends; a window ends on its own day")  # fmt: skip
    window = Window(start, end)
    if window.minutes < SHORTEST_WINDOW:
        raise refuse("short-window", f"the window {value} leaves no time for a send to begin and end inside it",
                     f"at least {SHORTEST_WINDOW} minutes", "move one of its ends")  # fmt: skip
    return window


WindowText: TypeAlias = Annotated[
    Window,
    PlainValidator(_read_window),
    WithJsonSchema({"type": "string", "pattern": WINDOW_PATTERN, "examples": ["09:00-12:00"]}),
]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        advice = did_you_mean(name, _zones(), "write it like Europe/Berlin")
        raise refuse("unknown-zone", f"{shown(name)} is no time zone", "a name of the IANA list", advice)
    return name


ZoneName: TypeAlias = Annotated[str, AfterValidator(_known_zone)]


_DAY_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_YEARS = range(1900, 2200)  # what is reckoned from a date must still be one


def _real_date(text: str) -> str:
    try:
        day = date.fromisoformat(text) if re.fullmatch(_DAY_PATTERN, text) else None
    except ValueError:
        day = None
    if day is None:
        raise refuse("bad-date", f"{shown(text)} is no date", 'one like "2026-10-01"', "write year-month-day in quotes")
    if day.year not in _YEARS:
        raise refuse("bad-date", f"{shown(text)} is too far away", "a year from 1900 to 2199", "look at the year")
    return text


def _real_days(text: str) -> str:
    try:
        is_near = all(day.year in _YEARS for day in parse_days(text))
    except ValueError:
        is_near = False
    if not is_near:
        raise refuse(
            "bad-date",
            f"{shown(text)} is no day and no range of days",
            'one like "2026-10-01" or "2026-08-03..2026-08-21"',
            "write year-month-day in quotes; a range begins with the earlier day and is at most a year long",
        )
    return text


DaysText: TypeAlias = Annotated[
    str,
    AfterValidator(_real_days),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_DAY_PATTERN}(\\.\\.{_DAY_PATTERN})?$",
            "examples": ["2026-10-01", "2026-08-03..2026-08-21"],
        }
    ),
]
DateText: TypeAlias = Annotated[str, AfterValidator(_real_date), WithJsonSchema({"type": "string", "format": "date"})]


def _form(value: Any) -> str:
    return MAPPING_FORM if isinstance(value, dict) else TEXT_FORM


TEXT_OR_MAPPING = Discriminator(_form)
TEXT_OR_LIST = Discriminator(lambda value: LIST_FORM if isinstance(value, list) else TEXT_FORM)
