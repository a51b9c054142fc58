"""What a rep is told before doing what no guard holds back."""

from engine.core.sequence import Verb
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.queries import reasons
from engine.operations.reaching.permission import permits_of
from engine.store import people
from engine.store.connection import Record


def caution(act: Act, touch: Record, address: Record | None, locale: str) -> str | None:
    """A rep's own mail is the rep's to answer for: they hear where the law asks for a consent that nobody recorded.

    A mail that was asked for in a talk, which an outcome adds, is an answer and needs no word.
    """
    if Verb(touch.verb) is not Verb.PERSONAL_EMAIL or not facts.is_planned(touch):
        return None
    who = [touch.prospect_id]
    person = people.with_accounts(act.connection, who)
    permit = permits_of(act, person, people.addresses_of(act.connection, who), {Verb.EMAIL})[touch.prospect_id]
    plan = act.plan(touch.version_id).sequence
    if permit.allows(Verb.EMAIL, act.now, plan, address=address):
        return None
    return reasons.of_own_mail(permit.policy, locale)
