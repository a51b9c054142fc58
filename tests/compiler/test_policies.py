from itertools import product

import pytest

from engine.compiler import compile_folder, compile_policy
from engine.core.codec import from_json, to_json
from engine.core.hours import Hours
from engine.core.policy import STRICTEST, UNKNOWN, Basis, Policy, Rule, common_hours, policy_for
from engine.core.sequence import Family
from engine.core.workspace import Workspace
from tests.compiler.texts import MARKER, SHIPPED, WORKSPACE_TEXT, expected, found
from tests.support.factories import EVERY_DAY, hours, window

CHANNELS = (Family.EMAIL, Family.PHONE, Family.SMS)

SMALL = """\
policy: xx
title: Somewhere
countries: [XX]
email: {basis: consent, since: "2020-01-01", source: a law, url: https://law.test/1, reviewed: "2026-01-01"}
phone:
  {basis: opt_out, hours: {mon-fri: ["08:00-20:00"]}, since: "2020-01-01", source: a law, url: https://law.test/2,
   reviewed: "2026-01-01"}
sms:
  {basis: consent, hours: {mon-fri: ["08:00-20:00"]}, since: "2020-01-01", source: a law, url: https://law.test/3,
   reviewed: "2026-01-01"}
clicks: {may_track: false, since: "2020-01-01", source: a law, url: https://law.test/4, reviewed: "2026-01-01"}
"""


def shipped() -> dict[str, Policy]:
    made = {}
    for path in sorted((SHIPPED / "policies").glob("*.yaml")):
        policy, problems = compile_policy(path.read_text(encoding="utf-8"), path.name)
        assert policy is not None, problems
        assert path.stem == policy.key
        made[policy.key] = policy
    return made


def rules(policy: Policy) -> list[Rule]:
    return [policy.email, policy.phone, policy.sms]


def test_the_shipped_policies_compile_and_survive_storage() -> None:
    policies = shipped()
    assert {"us", "gb", "de", "ca", "cn", "eu", UNKNOWN} <= policies.keys()
    for policy in policies.values():
        assert from_json(Policy, to_json(policy)) == policy


def test_every_shipped_rule_names_its_law_its_page_and_the_day_it_was_looked_up() -> None:
    for policy in shipped().values():
        grounds = [rule.grounds for rule in rules(policy)] + [policy.clicks.grounds]
        grounds += [region.grounds for rule in rules(policy) for region in rule.regions]
        for each in grounds:
            assert each.source
            assert each.url.startswith("https://")
            assert each.since <= each.reviewed


def test_no_text_is_sent_anywhere_without_consent() -> None:
    for policy in [*shipped().values(), STRICTEST]:
        assert policy.sms.basis in (Basis.CONSENT, Basis.IMPLIED_OR_EXPRESS)


def is_within(inner: Hours | None, outer: Hours | None) -> bool:
    return outer is None or (inner is not None and common_hours(inner, outer) == inner)


def is_as_strict(one: Rule, other: Rule) -> bool:
    asks = one.basis is Basis.CONSENT and (other.basis is not Basis.CONSENT or one.accepts <= other.accepts)
    windows = [other.hours, other.elsewhere, *(region.hours for region in other.regions)]
    return asks and all(is_within(one.hours, each) for each in windows)


@pytest.mark.parametrize("strictest", [shipped()[UNKNOWN], STRICTEST])
def test_an_unknown_country_is_as_strict_as_every_other(strictest: Policy) -> None:
    for policy, family in product(shipped().values(), CHANNELS):
        mine, theirs = strictest.rule(family), policy.rule(family)
        assert mine is not None
        assert theirs is not None
        assert is_as_strict(mine, theirs), (policy.key, family)
    assert not strictest.clicks.may_track


def test_a_country_finds_its_policy_and_others_the_strictest() -> None:
    policies = tuple(shipped().values())
    found_for = {country: policy_for(policies, country).key for country in ("US", "AT", "GB", "XX", None)}
    assert found_for == {"US": "us", "AT": "eu", "GB": "gb", "XX": UNKNOWN, None: UNKNOWN}
    assert policy_for((), "US") == STRICTEST


@pytest.mark.parametrize(
    ("region", "weekday", "sunday"),
    [
        ("NY", "08:00-21:00", "08:00-21:00"),
        ("Florida", "08:00-20:00", "08:00-20:00"),
        ("fl", "08:00-20:00", "08:00-20:00"),
        ("AL", "08:00-20:00", None),
        ("LA", "08:00-20:00", None),
        ("MA", "08:00-20:00", "08:00-20:00"),
        ("TX", "09:00-21:00", "12:00-21:00"),
        (None, "09:00-20:00", "12:00-20:00"),
        (" ", "09:00-20:00", "12:00-20:00"),
    ],
)
def test_the_states_have_their_own_telephone_hours(region: str | None, weekday: str, sunday: str | None) -> None:
    found_hours = shipped()["us"].phone.hours_in(region)
    assert found_hours is not None
    assert found_hours.on(0) == (window(weekday),)
    assert found_hours.on(6) == ((window(sunday),) if sunday else ())


def test_common_hours_are_those_within_all() -> None:
    day = hours("08:00-12:00", "13:00-20:00", days=EVERY_DAY)
    shared = common_hours(day, hours("09:00-18:00"), hours("11:00-14:00", "19:00-20:00"))
    assert shared == hours("11:00-12:00", "13:00-14:00")


DAY = 'hours: {mon-fri: ["08:00-20:00"]}'


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("missing-key", "clicks: {may_track: false, ", "clicks: ¦{"),
        ("unknown-key", "title", "¦fax: {}\ntitle"),
        ("unknown-value", "email: {basis: consent", "email: {basis: ¦maybe"),
        ("unknown-value", "sms:\n  {basis: consent", "sms:\n  {basis: ¦opt_out"),
        ("bad-url", "https://law.test/1", "¦law.test/1"),
        ("yaml-date", 'since: "2020-01-01"', "since: ¦2020-01-01"),
        ("no-countries", "policy: xx\ntitle: Somewhere\ncountries: [XX]", "policy: ¦xx\ntitle: Somewhere"),
        ("countries-of-unknown", "xx\ntitle: Somewhere\n", "unknown\ntitle: Somewhere\n¦"),
        ("never-open", DAY, "¦hours: {mon-fri: []}"),
        ("overlapping-windows", DAY, 'hours: {mon-fri: ["08:00-20:00", ¦"19:00-21:00"]}'),
        ("bad-interval", "email: {", "email: {expires: {express: ¦3bd}, "),
        ("yaml-switch-word", "[XX]", "[¦NO]"),
    ],
)
def test_each_mistake_is_found_where_it_stands(code: str, old: str, new: str) -> None:
    text = SMALL.replace(old, new, 1)
    policy, problems = compile_policy(text.replace(MARKER, ""), "xx.yaml")
    assert policy is None
    assert expected(text, code)[0] in found(problems)


def test_a_state_has_hours_once() -> None:
    region = (
        '{names: [%s], hours: {mon-fri: ["09:00-17:00"]}, since: "2020-01-01", source: s, url: https://law.test/5,'
        ' reviewed: "2026-01-01"}'
    )
    states = f"regions: [{region % 'AA, Aland'}, {region % 'BB, ¦aland'}], "
    text = SMALL.replace("{basis: opt_out, ", "{basis: opt_out, " + states)
    _, problems = compile_policy(text.replace(MARKER, ""), "xx.yaml")
    assert found(problems) == expected(text, "duplicate-name")


def test_what_a_rule_accepts_follows_from_its_basis_unless_the_file_says() -> None:
    policy, _ = compile_policy(SMALL, "xx.yaml")
    assert policy is not None
    assert policy.email.accepts == {"express", "opt_out_notice"}
    written, _ = compile_policy(
        SMALL.replace("email: {basis: consent", "email: {basis: consent, accepts: [request]"), "x"
    )
    assert written is not None
    assert written.email.accepts == {"request"}


def test_the_policies_of_a_folder_reach_the_workspace_in_one_order() -> None:
    other = SMALL.replace("xx", "aa").replace("XX", "AA")
    result = compile_folder({"workspace.yaml": WORKSPACE_TEXT, "policies/xx.yaml": SMALL, "policies/z.yaml": other})
    assert result.workspace is not None
    assert [policy.key for policy in result.workspace.policies] == ["aa", "xx"]
    assert from_json(Workspace, to_json(result.workspace)) == result.workspace
    assert result.sequences == {}


LENIENT = (
    SMALL.replace("xx", "aa")
    .replace("XX", "AA")
    .replace("sms:\n  {basis: consent", "sms:\n  {basis: implied_or_express")
)


def texting(basis: str, audience: str) -> str:
    return f"""\
sequence: trial
formula: 2x2x2
audience: {{{audience}}}
consent: {{sms: ¦{basis}}}
steps:
  - {{key: a, day: 1, do: call, use: x}}
  - {{key: b, day: 2, do: sms, use: x}}
"""


@pytest.mark.parametrize(
    ("policies", "basis", "locales", "wanted"),
    [
        ([SMALL], "implied", "en", "express or opt_out_notice"),
        ([SMALL], "[contract, request]", "en, de-XX", "express or opt_out_notice"),
        ([SMALL, LENIENT], "opt_out_notice", "en-AA", "contract, express, implied or request"),
        ([SMALL, LENIENT], "opt_out_notice", "en-ZZ", "express"),
        ([SMALL], "[implied, express]", "en", None),
        ([SMALL, LENIENT], "implied", "en", None),
        ([SMALL, LENIENT], "implied", "de-XX, en-AA", None),
    ],
)
def test_texts_that_no_policy_of_their_readers_lets_leave_are_warned_of(
    policies: list[str], basis: str, locales: str, wanted: str | None
) -> None:
    text = texting(basis, f"kind: outbound, locales: [{locales}]")
    files = {f"policies/{number}.yaml": policy for number, policy in enumerate(policies)}
    files |= {"workspace.yaml": WORKSPACE_TEXT, "trial.yaml": text.replace(MARKER, "")}
    problems = compile_folder(files).problems
    assert found(problems) == (expected(text, "consent-never-taken") if wanted else [])
    assert [(problem.severity, problem.expected) for problem in problems] == ([("warning", wanted)] if wanted else [])


def test_who_has_asked_may_be_answered_and_half_read_policies_warn_of_nothing() -> None:
    inbound = texting("request", "kind: inbound").replace(MARKER, "")
    outbound = texting("request", "kind: outbound").replace(MARKER, "")
    rest = "respond_within: 5m\non_exhausted: {reason: not_reached}\n"
    files = {"workspace.yaml": WORKSPACE_TEXT, "policies/xx.yaml": SMALL}
    assert compile_folder({**files, "trial.yaml": inbound + rest}).problems == ()
    files["policies/xx.yaml"] = SMALL.replace("opt_out", "optout")
    assert [one.code for one in compile_folder({**files, "trial.yaml": outbound}).problems] == ["unknown-value"]


def test_a_country_has_one_policy() -> None:
    text = SMALL.replace("policy: xx", "policy: yy").replace("[XX]", "[YY, ¦XX]")
    files = {"workspace.yaml": WORKSPACE_TEXT, "policies/xx.yaml": SMALL, "policies/yy.yaml": text.replace(MARKER, "")}
    result = compile_folder(files)
    assert found(result.problems) == expected(text, "duplicate-policy")
    assert result.workspace is None


def test_a_policy_with_a_mistake_deploys_nothing() -> None:
    broken = SMALL.replace("opt_out", "optout")
    result = compile_folder({"workspace.yaml": WORKSPACE_TEXT, "policies/xx.yaml": broken})
    assert [(problem.file, problem.code) for problem in result.problems] == [("policies/xx.yaml", "unknown-value")]
    assert result.workspace is None
