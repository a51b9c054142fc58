"""Texts that could never leave: what the sequence says they rest on is taken by no policy of those whom it is for."""

from collections.abc import Iterator, Sequence

from engine.compiler.findings import Subject
from engine.compiler.problems import Complaint, Problem, listed
from engine.core.policy import Policy, policy_for
from engine.core.sequence import Audience, AudienceKind, Verb

_LETTERS_OF_A_COUNTRY = 2


def consent_warnings(subject: Subject, policies: Sequence[Policy]) -> Iterator[Problem]:
    """Silent without policies: then they could not be read, or the folder has none yet."""
    rests_on = subject.sequence.texts_rest_on
    is_known = all(subject.has(name) for name in ("consent", "audience", "steps", "acknowledge"))
    if not policies or rests_on is None or not is_known or not _texts(subject):
        return
    taken = _taken(subject.sequence.audience, policies)
    if not taken & rests_on:
        countries = _countries(subject.sequence.audience)
        yield subject.at(("consent", "sms"), _never_taken(rests_on, taken, countries), severity="warning")


def _texts(subject: Subject) -> bool:
    answer = subject.sequence.acknowledge
    return any(step.do is Verb.SMS for _, step in subject.steps()) or (answer is not None and answer.do is Verb.SMS)


def _taken(audience: Audience, policies: Sequence[Policy]) -> frozenset[str]:
    """By at least one of their policies; whoever has asked us may always be answered."""
    theirs = [policy_for(policies, country) for country in _countries(audience)]
    asked = frozenset({"request"} if audience.kind is AudienceKind.INBOUND else ())
    return asked.union(*(policy.sms.accepts for policy in theirs or (*policies, policy_for(policies, None))))


def _countries(audience: Audience) -> tuple[str, ...]:
    """Where every language names its country, as zh-CN does; else they may be anywhere."""
    regions = [locale.partition("-")[2].upper() for locale in audience.locales]
    return tuple(regions) if all(len(region) == _LETTERS_OF_A_COUNTRY for region in regions) else ()


def _never_taken(rests_on: frozenset[str], taken: frozenset[str], countries: tuple[str, ...]) -> Complaint:
    where, said = f"for {', '.join(countries)}" if countries else "of any country", " or ".join(sorted(rests_on))
    return Complaint(
        "consent-never-taken",
        f"no text of this sequence can leave: no policy {where} takes {said} as consent to texts",
        listed(sorted(taken)),
        "write what people really agreed to, or change `accepts` below sms in the policy with your counsel",
    )
