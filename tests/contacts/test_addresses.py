import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.contacts.addresses import email_key, read_emails, read_quality, suppression_keys
from engine.contacts.cells import Cell


def read(value: str) -> tuple[list[str], list[str]]:
    emails, problems = read_emails(Cell("Email", value), "verified")
    return [email.value for email in emails], [problem.reason_code for problem in problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("jill at x.example.com", "jill@x.example.com"),
        ("Jill At X.Example.Com", "Jill@x.example.com"),
        ("jill(at)x(dot)example", "jill@x.example"),
        ("jill [at] x [dot] example", "jill@x.example"),
        ("mailto:jill@x.example?subject=hi", "jill@x.example"),
        ('"Jill W." <jill@x.example>', "jill@x.example"),
        ("'jill@x.example'", "jill@x.example"),
        ("jill@x.example.", "jill@x.example"),
        ("jill @x.example", "jill@x.example"),
        ("jill@x.example (work)", "jill@x.example"),
        ("ｊｉｌｌ＠ｘ．example", "jill@x.example"),
        ("jill@x.example,JILL@X.example", "jill@x.example"),
    ],
)
def test_what_can_only_be_read_one_way_is_mended_and_told(written: str, meant: str) -> None:
    assert read(written) == ([meant], ["email_mended"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  JILL@X.EXAMPLE  ", "JILL@x.example"),
        ("käster@müller.example", "käster@xn--mller-kva.example"),
        ("a@xn--mller-kva.example", "a@xn--mller-kva.example"),
        ("a@b.test", "a@b.test"),
    ],
)
def test_case_spaces_and_international_domains_are_no_fault(written: str, meant: str) -> None:
    assert read(written) == ([meant], [])


@pytest.mark.parametrize("separator", [";", ",", " ; ", " / ", "\n", " ", "；", "、", "|"])
def test_two_addresses_in_a_cell_are_two_addresses(separator: str) -> None:
    assert read(f"a@x.example{separator}b@y.example") == (["a@x.example", "b@y.example"], ["email_several"])


@pytest.mark.parametrize(
    "written", ["jill at home", "jill@@x.example", "jill@x", "john doe@x.example", "@x.example", "call first", "a@b..c"]
)
def test_what_could_mean_anything_is_dropped_and_told(written: str) -> None:
    assert read(written) == ([], ["email_unreadable"])


def test_a_good_address_survives_beside_a_bad_one() -> None:
    emails, problems = read("a@x.example; b@@y.example")
    assert emails == ["a@x.example"]
    assert "email_unreadable" in problems


@pytest.mark.parametrize("written", ["", "n/a", "-", "无", "  "])
def test_nothing_is_nothing(written: str) -> None:
    assert read(written) == ([], [])


def test_the_quality_belongs_to_the_first_address_only() -> None:
    emails, _ = read_emails(Cell("Email", "a@x.example;b@y.example"), "verified")
    assert [email.quality for email in emails] == ["verified", "unknown"]


@pytest.mark.parametrize(
    ("word", "quality"),
    [
        ("Verified", "verified"),
        ("GUESSED", "guessed"),
        ("Catch-all", "guessed"),
        ("Bounced", "unavailable"),
        ("", "unknown"),
    ],
)
def test_the_words_for_quality_are_known(word: str, quality: str) -> None:
    assert read_quality(Cell("Email Status", word)) == (quality, [])


def test_an_unknown_quality_is_told() -> None:
    quality, problems = read_quality(Cell("Email Status", "sparkling"))
    assert (quality, problems[0].reason_code) == ("unknown", "email_status_unknown")


LOCALS = st.text(st.characters(codec="utf-8", categories=("Ll", "Lu", "Nd")), min_size=1, max_size=20)
TAGS = st.text("abcXYZ019-", max_size=8)
DOMAINS = st.sampled_from(["gmail.com", "googlemail.com", "acme.example", "bücher.example", "例子.example", "x.test"])
CASES = st.sampled_from(["as it is", "upper", "lower", "title", "swapcase"])
SHARP_S = st.just("sub.straße.example")


def recased(text: str, case: str) -> str:
    recase = {"upper": str.upper, "lower": str.lower, "title": str.title, "swapcase": str.swapcase}.get(case)
    return recase(text) if recase else text


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """An address, and another way in which the same mailbox may turn up in the next file."""
    local, domain = draw(LOCALS), draw(DOMAINS | SHARP_S)
    spelled = local
    if domain in {"gmail.com", "googlemail.com"}:
        spelled = "".join(letter + "." * draw(st.integers(0, 1)) for letter in local[:-1]) + local[-1]
        other_domain = draw(st.sampled_from(["gmail.com", "googlemail.com"]))
    else:
        other_domain = draw(st.sampled_from([domain, _ascii(domain)]))
    spelled += draw(st.sampled_from(["", f"+{draw(TAGS)}"]))
    address = recased(f"{spelled}@{other_domain}", draw(CASES))
    return f"{local}@{domain}", draw(st.sampled_from(["", " ", "\t"])) + address + draw(st.sampled_from(["", " "]))


def _ascii(domain: str) -> str:
    return email_key(f"a@{domain}").removeprefix("a@")


@settings(max_examples=400, deadline=None)
@given(spellings())
def test_an_opt_out_is_found_again_in_every_spelling_of_the_address(pair: tuple[str, str]) -> None:
    opted_out, seen_later = pair
    assert suppression_keys(opted_out)[-1] == suppression_keys(seen_later)[-1]
    assert set(suppression_keys(opted_out)) & set(suppression_keys(seen_later))


@settings(max_examples=300, deadline=None)
@given(LOCALS, DOMAINS)
def test_the_key_does_not_depend_on_letter_case_or_on_being_a_key_already(local: str, domain: str) -> None:
    key = email_key(f"{local}@{domain}")
    assert {email_key(f"{change(local)}@{domain.upper()}") for change in (str.upper, str.lower, str.title)} == {key}
    assert email_key(key) == key


@given(st.text(max_size=60))
def test_no_text_breaks_the_keys(text: str) -> None:
    assert all(isinstance(key, str) for key in (email_key(text), *suppression_keys(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [("a@x.example", "b@x.example"), ("a.b@acme.example", "ab@acme.example"), ("a@x.example", "a@y.example")],
)
def test_different_mailboxes_share_no_key(one: str, other: str) -> None:
    assert not set(suppression_keys(one)) & set(suppression_keys(other))


def test_a_tag_is_part_of_the_identity_but_not_of_the_opt_out() -> None:
    assert email_key("Ana+List@X.example") == "ana+list@x.example"
    assert suppression_keys("Ana+List@X.example") == ("ana+list@x.example", "ana@x.example")


def test_both_forms_of_an_international_domain_are_kept() -> None:
    assert suppression_keys("a@BÜCHER.example") == ("a@bücher.example", "a@xn--bcher-kva.example")
