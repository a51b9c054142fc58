"""States and provinces as lists write them, in the codes that the holidays data has for them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

import holidays

# The data knows each by its code and its own name; these are what else stands in lists.
_OTHER_NAMES: Mapping[str, Mapping[str, str]] = {
    "AT": {
        "2": "Carinthia",
        "3": "Lower Austria",
        "4": "Upper Austria",
        "6": "Styria",
        "7": "Tyrol",
        "9": "Vienna",
    },
    "CH": {"BS": "Basel", "GE": "Geneva|Genf", "GR": "Grisons", "LU": "Lucerne", "NE": "Neuenburg", "VD": "Waadt"},
    "DE": {
        "BW": "Baden-Wurttemberg",
        "BY": "Bavaria|Freistaat Bayern",
        "HE": "Hesse",
        "MV": "Mecklenburg-Western Pomerania|Mecklenburg",
        "NI": "Lower Saxony",
        "NW": "North Rhine-Westphalia|NRW",
        "RP": "Rhineland-Palatinate|RLP",
        "SN": "Saxony|Freistaat Sachsen",
        "ST": "Saxony-Anhalt",
        "TH": "Thuringia|Freistaat Thüringen",
    },
    "ES": {
        "AN": "Andalusia",
        "CL": "Castile and León",
        "CM": "Castile-La Mancha|Castilla La Mancha",
        "CN": "Canary Islands|Islas Canarias",
        "CT": "Catalonia",
        "IB": "Balearic Islands|Baleares",
        "MD": "Community of Madrid|Comunidad de Madrid",
        "NC": "Navarre",
        "PV": "Basque Country|Euskadi",
        "VC": "Valencian Community|Comunidad Valenciana|Comunitat Valenciana",
    },
    "US": {"DC": "Washington DC"},
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=4096)
def region_code(country: str, name: str) -> str | None:
    """`Bavaria`, `Bayern`, `BY` and `DE-BY` are BY; None for what is no region of that country, or has no data."""
    bare = re.sub(rf"^\s*{re.escape(country)}\s*-", "", name, flags=re.IGNORECASE)
    return _codes(country).get(_folded(bare))


def region_codes(country: str) -> tuple[str, ...]:
    return tuple(holidays.list_supported_countries().get(country, ()))


@cache
def _codes(country: str) -> Mapping[str, str]:
    """Codes beat names: in the United States, DE is Delaware whatever else is called that."""
    codes = region_codes(country)
    if not codes:
        return {}
    by_name = {_folded(spelling): code for code, name in _names(country) for spelling in _spellings(name)}
    return by_name | {_folded(code): code for code in codes}


def _names(country: str) -> Iterator[tuple[str, str]]:
    official = holidays.country_holidays(country).get_subdivision_aliases()
    yield from ((code, name) for code, names in official.items() for name in names)
    for code, names in _OTHER_NAMES.get(country, {}).items():
        yield from ((code, name) for name in names.split("|"))


def _spellings(name: str) -> tuple[str, str]:
    """Without the umlaut's dots, and with the `e` that stands for them."""
    return name, name.casefold().translate(_UMLAUTS)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())
