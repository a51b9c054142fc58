"""Which clock a person lives by, and how we know: their own column, their number, their place, or nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from engine.contacts.cells import Cell, clean_line, fold, is_nothing, word_set
from engine.contacts.phones import country_and_zones
from engine.contacts.problems import RowProblem, problem
from engine.contacts.region_zones import MAIN_ZONES, ZONE_OF_REGION, ZONE_OF_TOWN
from engine.contacts.rows import Phone

# An offset does not know summer time, and neither do the abbreviations, though IANA lists some of them.
_OFFSET = re.compile(r"\(?(?:utc|gmt)?\s*[+-]?\d{1,2}(?::?\d{2})?\b.*|etc/.*", re.IGNORECASE)
_ABBREVIATIONS = word_set("""utc gmt uct z zulu universal greenwich factory est edt cst cdt mst mdt pst
    pdt akst hst cet cest eet eest wet west met bst ist jst sgt aest gmt0 est5edt cst6cdt mst7mdt
    pst8pdt""")
_SPOKEN = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "china": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
}
_SPOKEN_TAIL = re.compile(r"(?:standard|daylight)?time$|时间$")
_CONTINENTS = re.compile("Africa/|America/|Antarctica/|Arctic/|Asia/|Atlantic/|Australia/|Europe/|Indian/|Pacific/")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is. `stated` is the country the row itself tells, `country` may be the file's assumption."""

    stated: str | None
    country: str | None
    region: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    name: str
    origin: str


def resolve_zone(
    own: Cell | None, phones: Iterable[Phone], place: Place, fallback: Zone
) -> tuple[Zone, list[RowProblem]]:
    """The first that knows: own column, phone, region, country, `fallback`."""
    named = zone_named(own.value) if own and not is_nothing(own.value) else None
    if named:
        return Zone(named, "own column"), []
    zone = _zone_by_phone(phones, place.stated) or _zone_by_place(place) or fallback
    return zone, _zone_problems(own, zone)


def _zone_problems(own: Cell | None, zone: Zone) -> list[RowProblem]:
    if own is None or is_nothing(own.value):
        return []
    code = "zone_is_offset" if _is_offset(clean_line(own.value)) else "zone_unknown"
    return [problem(code, own, origin=zone.origin)]


def _is_offset(text: str) -> bool:
    return text.casefold() in _ABBREVIATIONS or _OFFSET.fullmatch(text) is not None


@cache
def zone_named(text: str) -> str | None:
    """IANA names in any case, HubSpot's spelling of them (`us_slash_eastern`), and what people call them."""
    name = clean_line(text).casefold().replace("_slash_", "/").replace("_dash_", "-").replace(" ", "_")
    if _is_offset(name):
        return None
    if name in _known_zones():
        return _known_zones()[name]
    word = fold(text)
    return _SPOKEN.get(_SPOKEN_TAIL.sub("", word)) if _SPOKEN_TAIL.search(word) else None


def _zone_by_phone(phones: Iterable[Phone], country: str | None) -> Zone | None:
    """The person's own numbers before the switchboard's; a number from another country tells nothing."""
    for phone in sorted(phones, key=lambda candidate: candidate.kind == "corporate"):
        if phone.is_valid and (name := _zone_of_number(phone.e164, country)):
            return Zone(name, "phone")
    return None


@cache
def _zone_of_number(e164: str, country: str | None) -> str | None:
    number_country, zones = country_and_zones(e164)
    if number_country is None or (country and number_country != country):
        return None
    return zones[0] if len(zones) == 1 else zone_of_country(number_country)


def _zone_by_place(place: Place) -> Zone | None:
    if place.country is None:
        return None
    country = place.country
    local = ZONE_OF_TOWN.get((country, fold(place.city))) or ZONE_OF_REGION.get((country, fold(place.region)))
    if local:
        return Zone(local, "region")
    main = zone_of_country(country)
    return Zone(main, "country") if main else None


def zone_of_country(country: str) -> str | None:
    return MAIN_ZONES.get(country) or _single_zones().get(country)


@cache
def _single_zones() -> Mapping[str, str]:
    zones: dict[str, set[str]] = {}
    for line in _tz_table("zone.tab"):
        country, _, zone = line.split("\t")[:3]
        zones.setdefault(country, set()).add(zone)
    return {country: names.pop() for country, names in zones.items() if len(names) == 1}


@cache
def _countries_of_zones() -> Mapping[str, str]:
    rows = (line.split("\t")[:3] for line in _tz_table("zone.tab"))
    return {zone: country for country, _, zone in rows}


def country_of_zone(name: str) -> str | None:
    """The only country that keeps this clock; None for the names of no place."""
    return _countries_of_zones().get(name)


@cache
def _known_zones() -> Mapping[str, str]:
    """Lower-case name -> name. Old country names (PRC, US/Eastern) become the place they stand for."""
    targets = dict(line.split()[2:0:-1] for line in _tz_table("tzdata.zi") if line.startswith("L "))
    names = (files("tzdata") / "zones").read_text(encoding="utf-8").split()
    return {name.casefold(): name if _CONTINENTS.match(name) else targets.get(name, name) for name in names}


def _tz_table(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
