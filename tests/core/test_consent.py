from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.consent import Consent, Standing, may_contact
from engine.core.policy import EVIDENCE, Basis, Grounds, Rule
from tests.support.factories import at

NOW = at("2026-03-04T09:00-05:00")
LAW = Grounds("2020-01-01", "a law", "https://law.test", "2026-01-01")


def rule(basis: Basis, **more: object) -> Rule:
    return Rule(basis=basis, grounds=LAW, accepts=basis.accepts, **more)  # type: ignore[arg-type]  # a test's shorthand


def consent(basis: str = "express", channel: str = "email", *, days_ago: int = 1, **more: object) -> Consent:
    return Consent(channel, basis, NOW - timedelta(days=days_ago), **more)  # type: ignore[arg-type]  # as above


def may(which: Basis, *consents: Consent, channel: str = "email", **who: object) -> bool:
    return may_contact(rule(which), channel, Standing(consents, **who), NOW)  # type: ignore[arg-type]  # as above


def test_without_any_consent_each_basis_decides_by_who_they_are() -> None:
    assert [may(basis) for basis in Basis] == [True, True, False, False]
    assert [may(basis, is_private=True) for basis in Basis] == [True, False, False, False]


@pytest.mark.parametrize("basis", Basis)
def test_an_express_consent_is_good_enough_everywhere(basis: Basis) -> None:
    assert may(basis, consent(), is_private=True)


@pytest.mark.parametrize("basis", Basis)
def test_no_text_is_sent_without_a_consent_for_texts(basis: Basis) -> None:
    assert not may(basis, channel="sms")
    assert not may(basis, consent(channel="email"), consent(channel="phone"), channel="sms")
    assert may(basis, consent(channel="sms"), channel="sms")


def test_what_counts_as_consent_depends_on_the_rule() -> None:
    accepted = {basis: {one for one in EVIDENCE if may(basis, consent(one), is_private=True)} for basis in Basis}
    assert accepted == {
        Basis.OPT_OUT: set(EVIDENCE),
        Basis.CORPORATE_OPT_OUT: {"express", "opt_out_notice"},
        Basis.IMPLIED_OR_EXPRESS: {"express", "implied", "contract", "request"},
        Basis.CONSENT: {"express", "opt_out_notice"},
    }


@pytest.mark.parametrize("basis", Basis)
@given(st.frozensets(st.sampled_from(EVIDENCE)), st.sampled_from(EVIDENCE))
def test_a_text_needs_what_the_country_takes_and_what_its_sequence_rests_on(
    basis: Basis, own: frozenset[str], one: str
) -> None:
    for has_asked in (False, True):
        by_country = may(basis, consent(one, "sms"), channel="sms", has_asked=has_asked)
        by_both = may(basis, consent(one, "sms"), channel="sms", has_asked=has_asked, texts_rest_on=own)
        assert by_both is (by_country and one in own)


@pytest.mark.parametrize("basis", Basis)
def test_what_texts_rest_on_says_nothing_of_mail(basis: Basis) -> None:
    assert may(basis, texts_rest_on=frozenset()) is may(basis)
    assert may(basis, consent(), texts_rest_on=frozenset())


def test_who_asked_us_is_answered_whatever_the_rule_and_however_old_the_request() -> None:
    asked = consent("request", days_ago=400)
    assert may(Basis.CONSENT, asked, has_asked=True)
    assert not may(Basis.CONSENT, asked)
    canada = rule(Basis.IMPLIED_OR_EXPRESS, expires={"request": 180})
    assert may_contact(canada, "email", Standing((asked,), has_asked=True), NOW)
    assert not may_contact(canada, "email", Standing((asked,)), NOW)


@pytest.mark.parametrize(("basis", "days"), [("implied", 730), ("contract", 730), ("request", 180)])
def test_implied_consent_runs_out_to_the_second(basis: str, days: int) -> None:
    canada = rule(Basis.IMPLIED_OR_EXPRESS, expires={"implied": 730, "contract": 730, "request": 180})
    given_then = Consent("email", basis, NOW - timedelta(days=days))
    assert not may_contact(canada, "email", Standing((given_then,)), NOW)
    assert may_contact(canada, "email", Standing((given_then,)), NOW - timedelta(seconds=1))


def test_a_consent_ends_when_it_says_so() -> None:
    assert may(Basis.CONSENT, consent(expires_at=NOW + timedelta(seconds=1)))
    assert not may(Basis.CONSENT, consent(expires_at=NOW))


def test_a_consent_for_one_address_is_none_for_another() -> None:
    for_one = consent(address_key="ada@acme.example")
    assert may(Basis.CONSENT, for_one, keys=frozenset({"ada@acme.example"}))
    assert not may(Basis.CONSENT, for_one, keys=frozenset({"ada@other.example"}))
    assert not may(Basis.CONSENT, for_one)
