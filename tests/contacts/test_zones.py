from zoneinfo import ZoneInfo

import pytest

from engine.contacts.countries import country_code
from engine.contacts.region_zones import MAIN_ZONES, ZONE_OF_REGION, ZONE_OF_TOWN
from engine.contacts.zones import zone_named, zone_of_country
from tests.support.contact_files import CN, codes, read_one


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("us_slash_eastern", "America/New_York"),
        ("us_slash_pacific", "America/Los_Angeles"),
        ("europe_slash_berlin", "Europe/Berlin"),
        ("asia_slash_shanghai", "Asia/Shanghai"),
        ("america_slash_argentina_slash_buenos_aires", "America/Argentina/Buenos_Aires"),
        ("America/Chicago", "America/Chicago"),
        ("america/new york", "America/New_York"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("PRC", "Asia/Shanghai"),
        ("Eastern Time", "America/New_York"),
        ("China Standard Time", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
    ],
)
def test_a_zone_is_known_by_every_name_it_goes_by(written: str, zone: str) -> None:
    assert zone_named(written) == zone


@pytest.mark.parametrize("written", ["UTC", "GMT+8", "+08:00", "UTC+08:00", "8", "EST", "CET", "Etc/GMT-8", "EST5EDT"])
def test_an_offset_is_refused_and_the_zone_taken_from_elsewhere(written: str) -> None:
    row = read_one(Name="Anna", Email="a@x.example", Country="Germany", Time_Zone=written)
    assert (row.zone, row.zone_origin, codes(row)) == ("Europe/Berlin", "country", ["zone_is_offset"])


def test_an_unknown_zone_is_told() -> None:
    row = read_one(Name="Anna", Email="a@x.example", Time_Zone="Mars/Olympus")
    assert (row.zone, row.zone_origin, codes(row)) == ("America/New_York", "default", ["zone_unknown"])


def test_the_sources_of_a_zone_have_their_order() -> None:
    phone, region, country = "+1 415 555 2671", "Texas", "US"
    everything = read_one(Name="A", Phone=phone, State=region, Country=country, Time_Zone="Asia/Tokyo")
    no_own = read_one(Name="A", Phone=phone, State=region, Country=country)
    no_phone = read_one(Name="A", Email="a@x.example", State=region, Country=country)
    only_country = read_one(Name="A", Email="a@x.example", Country="France")
    nothing = read_one(Name="A", Email="a@x.example", Country="US")
    assert [(row.zone, row.zone_origin) for row in (everything, no_own, no_phone, only_country, nothing)] == [
        ("Asia/Tokyo", "own column"),
        ("America/Los_Angeles", "phone"),
        ("America/Chicago", "region"),
        ("Europe/Paris", "country"),
        ("America/New_York", "default"),
    ]


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("USA", "Arizona", "America/Phoenix"),
        ("U.S.", "az", "America/Phoenix"),
        ("us", "Hawaii", "Pacific/Honolulu"),
        ("Canada", "Québec", "America/Toronto"),
        ("Canada", "Saskatchewan", "America/Regina"),
        ("Australia", "Queensland", "Australia/Brisbane"),
        ("Australia", "Lord Howe Island", "Australia/Lord_Howe"),
        ("Brasil", "São Paulo", "America/Sao_Paulo"),
        ("Brazil", "Amazonas", "America/Manaus"),
        ("México", "Sonora", "America/Hermosillo"),
        ("Spain", "Islas Canarias", "Atlantic/Canary"),
    ],
)
def test_a_state_has_its_own_zone(country: str, region: str, zone: str) -> None:
    row = read_one(Name="A", Email="a@x.example", State=region, Country=country)
    assert (row.zone, row.zone_origin) == (zone, "region")


def test_a_town_may_live_by_another_clock_than_its_state() -> None:
    row = read_one(Name="A", Email="a@x.example", City="Lord Howe Island", State="NSW", Country="Australia")
    assert row.zone == "Australia/Lord_Howe"


def test_a_toll_free_number_places_nobody() -> None:
    row = read_one(Name="A", Phone="+1 800 356 9377", State="Oregon", Country="US")
    assert (row.zone, row.zone_origin) == ("America/Los_Angeles", "region")


@pytest.mark.parametrize(
    ("province", "country", "zone"),
    [
        ("香港特别行政区", "HK", "Asia/Hong_Kong"),
        ("澳门特别行政区", "MO", "Asia/Macau"),
        ("台湾省", "TW", "Asia/Taipei"),
        ("新疆维吾尔自治区", "CN", "Asia/Shanghai"),
    ],
)
def test_a_chinese_province_column_may_name_a_place_with_its_own_code(province: str, country: str, zone: str) -> None:
    row = read_one(CN, 姓名="王伟", 邮箱="w@x.example", 省份=province)
    assert (row.country, row.zone) == (country, zone)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("USA", "US"), ("united states", "US"), ("U.S.", "US"), ("U.S.A.", "US"), ("美国", "US"), ("Deutschland", "DE"),
        ("DE", "DE"), ("德国", "DE"), ("中国", "CN"), ("中华人民共和国", "CN"), ("P.R. China", "CN"), ("UK", "GB"),
        ("Great Britain", "GB"), ("England", "GB"), ("Österreich", "AT"), ("Osterreich", "AT"), ("Türkiye", "TR"),
        ("South Korea", "KR"), ("Czech Republic", "CZ"), ("日本", "JP"), ("Trinidad and Tobago", "TT"),
        ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_every_name_it_goes_by(written: str, code: str | None) -> None:
    assert country_code(written) == code


def test_an_unknown_country_is_told_with_what_was_assumed() -> None:
    row = read_one(Name="A", Email="a@x.example", Country="Atlantis")
    assert (row.country, codes(row)) == ("US", ["country_unreadable"])
    assert "read as US" in row.problems[0].advice


def test_every_zone_in_the_tables_exists() -> None:
    for zone in {*MAIN_ZONES.values(), *ZONE_OF_REGION.values(), *ZONE_OF_TOWN.values()}:
        assert ZoneInfo(zone).key == zone


def test_a_country_with_several_clocks_has_no_zone_of_its_own() -> None:
    assert [zone_of_country(code) for code in ("US", "CA", "AU", "BR", "RU")] == [None] * 5
    assert [zone_of_country(code) for code in ("GB", "JP", "DE", "CN")] == [
        "Europe/London",
        "Asia/Tokyo",
        "Europe/Berlin",
        "Asia/Shanghai",
    ]
