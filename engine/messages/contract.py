"""What a template may use: the variables that exist, the parts each verb is made of, and the limits."""

from collections.abc import Mapping

from engine.core.sequence import Verb

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "prospect": ("name", "first_name", "last_name", "title", "email", "phone", "city", "country", "department"),
    "account": ("name", "domain", "industry", "city"),
    "rep": ("name", "first_name", "title", "email", "phone"),
    "company": ("name", "postal_address", "website"),
    "lead": ("source", "message", "received_on"),
    "previous": ("subject", "channel", "date"),
    "sequence": ("title",),
    "step": ("day",),
}
UNSUBSCRIBE_URL = "unsubscribe_url"
POSTAL_ADDRESS = "company.postal_address"
KNOWN = frozenset(f"{group}.{name}" for group, names in VARIABLES.items() for name in names) | {UNSUBSCRIBE_URL}
# The others may be absent for a given person: then the message stops, unless the template has a fallback.
ALWAYS_THERE = frozenset(
    {
        "prospect.name",
        "rep.name",
        "rep.first_name",
        "rep.email",
        "company.name",
        POSTAL_ADDRESS,
        "sequence.title",
        "step.day",
        UNSUBSCRIBE_URL,
    }
)

SUBJECT = "subject.txt"
TEXT_BODY = "body.txt"
HTML_BODY = "body.html"
SMS = "sms.txt"
_MESSAGE = ("message.txt",)

PARTS: Mapping[Verb, tuple[str, ...]] = {
    Verb.EMAIL: (SUBJECT, TEXT_BODY, HTML_BODY),
    Verb.PERSONAL_EMAIL: (SUBJECT, TEXT_BODY),
    Verb.SMS: (SMS,),
    Verb.CALL: ("call.md",),
    Verb.WECHAT_ADD: _MESSAGE,
    Verb.WECHAT_MESSAGE: _MESSAGE,
    Verb.LINKEDIN: _MESSAGE,
    Verb.MAIMAI: _MESSAGE,
    Verb.VIDEO: _MESSAGE,
    Verb.TASK: ("task.md",),
}
KNOWN_PARTS = frozenset(part for parts in PARTS.values() for part in parts)
BODIES = (TEXT_BODY, HTML_BODY)

PART_LIMIT = 64 * 1024  # bytes of UTF-8, of a template's text and of what it renders to


def is_html(part: str) -> bool:
    return part.endswith(".html")


def outcome_ref(outcome: str) -> str:
    """The template of a touch that this outcome adds."""
    return f"outcome/{outcome.replace('_', '-')}"
