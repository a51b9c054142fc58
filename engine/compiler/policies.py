"""`policies/*.yaml`: YAML text to `engine.core.policy.Policy`."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.compiler.document import Document, Path, read_yaml
from engine.compiler.draft import Draft, draft
from engine.compiler.hours import HoursShape, read_hours
from engine.compiler.policy_shape import (
    CallRuleShape,
    GroundsShape,
    MailRuleShape,
    PolicyShape,
    RegionShape,
    TextRuleShape,
)
from engine.compiler.problems import Complaint, Problem, reported
from engine.compiler.words import shown
from engine.core.hours import Hours
from engine.core.policy import UNKNOWN, Basis, Clicks, Grounds, Policy, Region, Rule, Wording
from engine.core.sequence import Unit

_GROUNDS = {"since": "2026-01-01", "source": "none", "url": "https://example.com", "reviewed": "2026-01-01"}
_BY_DAY = {"basis": "consent", "hours": {"mon-fri": ["10:00-18:00"]}, **_GROUNDS}
_STAND_INS: dict[str, Any] = {
    "policy": "stand-in",
    "title": "none",
    "email": {"basis": "consent", **_GROUNDS},
    "phone": _BY_DAY,
    "sms": _BY_DAY,
    "clicks": {"may_track": False, **_GROUNDS},
}


def compile_policy(text: str, file: str) -> tuple[Policy | None, tuple[Problem, ...]]:
    policy, _, problems = examine_policy(text, file)
    return policy, problems


def examine_policy(text: str, file: str) -> tuple[Policy | None, Document | None, tuple[Problem, ...]]:
    """With the document, for what only shows when one looks at all files."""
    document, unread = read_yaml(text, file)
    if document is None:
        return None, None, unread
    drafted = draft(PolicyShape, document, _STAND_INS)
    problems = reported((*unread, *drafted.problems, *_judged(drafted)))
    return None if problems else _policy(drafted.shape), document, problems


def _policy(shape: PolicyShape) -> Policy:
    return Policy(
        key=shape.policy,
        title=shape.title,
        countries=tuple(shape.countries),
        email=_rule(shape.email),
        phone=_rule(shape.phone),
        sms=_rule(shape.sms),
        clicks=Clicks(shape.clicks.may_track, _grounds(shape.clicks)),
    )


def _rule(shape: MailRuleShape) -> Rule:
    basis, by_day = Basis(shape.basis), shape if isinstance(shape, CallRuleShape) else None
    wording = shape.wording if isinstance(shape, TextRuleShape) else None
    return Rule(
        basis=basis,
        grounds=_grounds(shape),
        accepts=frozenset(shape.accepts) if shape.accepts else basis.accepts,
        expires={evidence: gap.amount for evidence, gap in shape.expires.items()},
        hours=_hours(by_day.hours) if by_day else None,
        regions=tuple(map(_region, by_day.regions)) if by_day else (),
        elsewhere=_hours(by_day.elsewhere) if by_day and by_day.elsewhere else None,
        wording=Wording(wording.signature, wording.opt_out) if wording else Wording(),
    )


def _region(shape: RegionShape) -> Region:
    return Region(tuple(shape.names), _hours(shape.hours), _grounds(shape))


def _hours(shape: HoursShape) -> Hours:
    return read_hours(shape)[0]


def _grounds(shape: GroundsShape) -> Grounds:
    return Grounds(shape.since, shape.source, shape.url, shape.reviewed)


def _judged(drafted: Draft[PolicyShape]) -> Iterator[Problem]:
    yield from _of_whom(drafted)
    for channel in ("email", "phone", "sms"):
        rule: MailRuleShape = getattr(drafted.shape, channel)
        if drafted.is_intact(channel):
            yield from _of_rule(drafted.document, (channel,), rule)


def _of_whom(drafted: Draft[PolicyShape]) -> Iterator[Problem]:
    shape, document = drafted.shape, drafted.document
    if not (drafted.is_intact("policy") and drafted.is_intact("countries")):
        return
    if shape.policy == UNKNOWN and shape.countries:
        yield document.problem(("countries",), _UNKNOWN_HAS_NONE, at_key=True)
    if shape.policy != UNKNOWN and not shape.countries:
        yield document.problem(("policy",), _NOBODYS)


def _of_rule(document: Document, path: Path, rule: MailRuleShape) -> Iterator[Problem]:
    for evidence, gap in rule.expires.items():
        if gap.unit is not Unit.DAY:
            yield document.problem((*path, "expires", evidence), _NOT_IN_DAYS)
    if not isinstance(rule, CallRuleShape):
        return
    for key in ("hours", "elsewhere"):
        if (hours := getattr(rule, key)) is not None:
            yield from _of_hours(document, (*path, key), hours)
    owners: dict[str, int] = {}
    for index, region in enumerate(rule.regions):
        here = (*path, "regions", index)
        yield from _of_hours(document, (*here, "hours"), region.hours)
        for number, name in enumerate(region.names):
            if owners.setdefault(name.casefold(), index) != index:
                yield document.problem((*here, "names", number), _region_twice(name))


def _of_hours(document: Document, path: Path, shape: HoursShape) -> Iterator[Problem]:
    hours, complaints = read_hours(shape)
    yield from (document.problem((*path, *below), complaint) for below, complaint in complaints)
    if hours.is_empty:
        yield document.problem(path, _NEVER, at_key=True)


def countries_twice(documents: Mapping[str, Document], policies: Mapping[str, Policy]) -> Iterator[Problem]:
    """No country has two policies, and there is one for unknown countries at most. Both by the path of their file."""
    owners: dict[str, str] = {}
    for path, policy in sorted(policies.items()):
        if owners.setdefault(policy.key, path) != path:
            yield documents[path].problem(("policy",), _taken(policy.key, owners[policy.key]))
        for index, country in enumerate(policy.countries):
            if owners.setdefault(country, path) != path:
                yield documents[path].problem(("countries", index), _taken(country, owners[country]))


_UNKNOWN_HAS_NONE = Complaint(
    "countries-of-unknown",
    "the policy for unknown countries names some",
    "no countries: it holds where no other policy does",
    "take the line out, or give the policy another name",
)
_NOBODYS = Complaint(
    "no-countries", "this policy speaks for no country", "countries: [DE], or the name unknown", "name its countries"
)
_NOT_IN_DAYS = Complaint("bad-interval", "consent runs out by days", "one like 730d", "write it in d")
_NEVER = Complaint("never-open", "these hours never open", "at least one window", "write when they may be reached")


def _region_twice(name: str) -> Complaint:
    return Complaint("duplicate-name", f"{shown(name)} has hours already", "each state once", "delete one of the two")


def _taken(word: str, path: str) -> Complaint:
    message = f"{shown(word)} has a policy in {path} already"
    return Complaint("duplicate-policy", message, "one policy for each country", "take it out of one of the two")
