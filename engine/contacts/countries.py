"""Country names as people write them -> ISO 3166 codes."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from engine.contacts.cells import fold

# Beside the English names that come with the time zone data: abbreviations, and names in the languages of our users.
_NAMES: Mapping[str, str] = {
    "AE": "UAE|阿联酋|Vereinigte Arabische Emirate",
    "AR": "阿根廷|ARG",
    "AT": "Österreich|奥地利|AUT",
    "AU": "澳大利亚|澳洲|Australien|AUS",
    "BE": "Belgien|Belgique|België|比利时|BEL",
    "BG": "保加利亚",
    "BR": "Brasil|Brasilien|巴西|BRA",
    "CA": "Kanada|加拿大|CAN",
    "CH": "Schweiz|Suisse|Svizzera|瑞士|CHE",
    "CL": "智利|CHL",
    "CN": """中国|中國|中华人民共和国|中国大陆|大陆|PRC|P.R. China|People's Republic of China
        |Mainland China|CHN|China (Mainland)""",
    "CO": "哥伦比亚|COL",
    "CY": "塞浦路斯",
    "CZ": "Czechia|Tschechien|Česko|捷克|CZE",
    "DE": "Deutschland|Federal Republic of Germany|Allemagne|德国|德國|GER|DEU|BRD",
    "DK": "Dänemark|Danmark|丹麦|DNK",
    "EE": "爱沙尼亚|Estland",
    "EG": "埃及|Ägypten",
    "ES": "España|Spanien|西班牙|ESP",
    "FI": "Finnland|Suomi|芬兰|FIN",
    "FR": "Frankreich|法国|法國|FRA",
    "GB": """UK|U.K.|United Kingdom|Great Britain|Britain|England|Scotland|Wales|Northern Ireland
        |Großbritannien|Vereinigtes Königreich|英国|英國|GBR
        |United Kingdom of Great Britain and Northern Ireland""",
    "GR": "Griechenland|希腊",
    "HK": "Hong Kong SAR|Hong Kong SAR China|HKSAR|香港|中国香港|香港特别行政区|HKG",
    "HR": "克罗地亚|Kroatien|Hrvatska",
    "HU": "Ungarn|Magyarország|匈牙利",
    "ID": "印度尼西亚|印尼|Indonesien|IDN",
    "IE": "Republic of Ireland|Irland|爱尔兰|IRL",
    "IL": "以色列|ISR",
    "IN": "Indien|印度|IND",
    "IS": "冰岛|Island",
    "IT": "Italien|Italia|意大利|ITA",
    "JP": "Japan|日本|JPN",
    "KR": "South Korea|Republic of Korea|Korea|Südkorea|韩国|韓國|KOR|Korea, Republic of",
    "LI": "列支敦士登",
    "LT": "立陶宛|Litauen",
    "LU": "Luxemburg|卢森堡",
    "LV": "拉脱维亚|Lettland",
    "MO": "Macao|Macao SAR|澳门|中国澳门|澳门特别行政区|MAC",
    "MT": "马耳他",
    "MX": "México|Mexiko|墨西哥|MEX",
    "MY": "马来西亚|MYS",
    "NL": "The Netherlands|Holland|Niederlande|Nederland|荷兰|NLD",
    "NO": "Norwegen|Norge|挪威|NOR",
    "NZ": "Neuseeland|新西兰|NZL",
    "PH": "菲律宾|PHL",
    "PL": "Polen|Polska|波兰|POL",
    "PT": "葡萄牙|PRT",
    "RO": "Rumänien|罗马尼亚",
    "RU": "Russian Federation|Russland|俄罗斯|RUS",
    "SA": "KSA|沙特阿拉伯|沙特|Saudi-Arabien|SAU",
    "SE": "Schweden|Sverige|瑞典|SWE",
    "SG": "新加坡|Singapur|SGP",
    "SI": "斯洛文尼亚|Slowenien",
    "SK": "斯洛伐克|Slowakei",
    "TH": "泰国|THA",
    "TR": "Türkiye|Türkei|土耳其|TUR",
    "TW": "台湾|台灣|中国台湾|台湾省|Taiwan, Province of China|TWN",
    "UA": "乌克兰|UKR",
    "US": """USA|U.S.|U.S.A.|United States of America|America|Vereinigte Staaten
        |Vereinigte Staaten von Amerika|Estados Unidos|États-Unis|美国|美國|The United States""",
    "VN": "Viet Nam|越南|VNM",
    "ZA": "南非|Südafrika|ZAF",
}
# Chinese lists keep these in the province column.
_PROVINCES = frozenset({"HK", "MO", "TW"})


def country_code(name: str) -> str | None:
    return _codes().get(fold(name))


def is_code(code: str) -> bool:
    return code in _codes().values()


def chinese_name(code: str) -> str | None:
    """Where our users have one for it."""
    return next((name for name in _NAMES.get(code, "").split("|") if "\u4e00" <= name[:1] <= "\u9fff"), None)


def country_of_province(region: str) -> str | None:
    code = country_code(region)
    return code if code in _PROVINCES else None


@cache
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            code, name = line.split("\t")
            codes[fold(name)] = codes[fold(code)] = code
    codes |= {fold(name): code for code, names in _NAMES.items() for name in names.split("|")}
    return codes
