import pytest

from engine.contacts.companies import company_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH & Co. KG", "MÜLLER"),
        ("Roberts PLC", "roberts plc."),
        ("Acme, Inc.", "Acme Ltd"),
        ("Stiftung Nord UG (haftungsbeschränkt)", "Stiftung Nord"),
        ("微软（中国）有限公司", "微软(中国)有限责任公司"),
        ("凌云网络有限公司", "凌云网络股份有限公司"),
        ("ＭＢＰ软件科技有限公司", "MBP软件科技"),
        ("Société Générale S.A.", "Societe Generale"),
    ],
)
def test_two_spellings_of_a_company_meet(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith and Sons", "Smith"),
        ("Shaffer Group", "Shaffer"),
        ("Garcia PLC", "Garcia Group"),
        ("阿里巴巴集团", "阿里巴巴"),
        ("凌云网络有限公司上海分公司", "凌云网络有限公司"),
        ("Ltd", "Inc"),
        ("有限公司", "股份有限公司"),
        ("AG", "SE"),
    ],
)
def test_two_companies_stay_two(one: str, other: str) -> None:
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize("name", ["!!!", "Co", "&", "株式会社"])
def test_a_name_that_is_nothing_but_form_still_has_a_key(name: str) -> None:
    assert company_key(name)
