"""A touch becomes a message: the bytes of a mail, the text of an SMS, the script of a task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from engine.core.errors import CannotRender
from engine.core.sequence import Thread, Verb
from engine.messages import rendering
from engine.messages.contract import HTML_BODY, SUBJECT, TEXT_BODY, outcome_ref
from engine.messages.mail import Mail, build_mail, new_message_id
from engine.messages.rendering import Rendered
from engine.messages.signature import signed_html, signed_text
from engine.messages.sms import missing_words, sms_segments
from engine.operations import links, texts
from engine.operations.act import Act
from engine.operations.admission.beginnings import ACKNOWLEDGEMENT
from engine.operations.incoming import clicks
from engine.operations.incoming.clicks import Link
from engine.operations.plans import Plan
from engine.operations.reaching.reach import Ways
from engine.operations.texts import Cast, Variables
from engine.store import messages
from engine.store.connection import Record

_CHINA = "+86"
_RE = "Re: "


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is stored with the intent and handed to the transport."""

    payload: bytes
    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    locale: str
    segments: int | None = None
    links: tuple[Link, ...] = ()

    def stored(self, due: Record) -> dict[str, Any]:
        """The columns of its row, but for the instants."""
        kept = ("message_id", "sender", "recipient", "subject", "text", "locale", "payload", "segments")
        return {"channel": due.verb, "mailbox_id": due.mailbox_id, **{name: getattr(self, name) for name in kept}}


def template_ref(plan: Plan, step: str) -> str | None:
    """`@ack` and `@<outcome>` stand outside the plan; every other step names its own template."""
    if step == ACKNOWLEDGEMENT:
        return plan.sequence.acknowledge.use if plan.sequence.acknowledge else None
    if step.startswith("@"):
        return outcome_ref(step[1:])
    return plan.sequence.step(step).use


def script(act: Act, due: Record, cast: Cast) -> tuple[str | None, str]:
    """(subject, text) of what the rep says or writes. Raises CannotRender."""
    plan = act.plan(due.version_id)
    ref = template_ref(plan, due.step)
    if ref is None:
        return None, ""
    made = _rendered(plan, ref, due, cast=cast, values=texts.variables(cast, due, plan.sequence))
    body = [text for part, text in made.parts.items() if part != SUBJECT]
    return made.parts.get(SUBJECT), "\n".join(body)


def prepare(act: Act, due: Record, ways: Ways) -> Prepared:
    """The message of an automatic touch, complete; `due` is read by `store.moments`. Raises CannotRender."""
    plan, cast, address = act.plan(due.version_id), ways.cast, ways.address_for(due)
    ref = template_ref(plan, due.step)
    if ref is None:
        raise CannotRender(f"step {due.step} has no template", ref="", reason="no_template")
    if address is None:
        raise CannotRender("there is no address to send to", ref=ref, reason="no_address")
    values: Variables = texts.variables(cast, due, plan.sequence)
    if Verb(due.verb) is Verb.SMS:
        text = _sms(_rendered(plan, ref, due, cast=cast, values=values), due, address, cast)
        _check_wording(cast, due, text, ref)
        return text
    if due.mailbox_address is None:
        raise CannotRender("there is no mailbox to send from", ref=ref, reason="no_mailbox")
    url = links.unsubscribe_url(act.ctx, due.id, address.match_key)
    made = _rendered(plan, ref, due, cast=cast, values={**values, "unsubscribe_url": url})
    led, followed = _led(act, due, ways, made, ref=ref)
    name = cast.people[due.prospect_id].name
    return replace(_mail(act, due, led, _Recipient(name, address.value, url)), links=followed)


def _led(act: Act, due: Record, ways: Ways, made: Rendered, *, ref: str) -> tuple[Rendered, tuple[Link, ...]]:
    """With its links led through us, where the sequence wants it and the recipient's country allows it."""
    plan = act.plan(due.version_id)
    if not plan.sequence.tracks_clicks or not ways.permits[due.prospect_id].policy.clicks.may_track:
        return made, ()
    parts, followed = clicks.lead(act, plan.templates.texts[ref][made.locale], made.parts)
    return replace(made, parts=parts), followed


def _rendered(plan: Plan, ref: str, due: Record, *, cast: Cast, values: Variables) -> Rendered:
    fallbacks = (*plan.sequence.audience.locales, cast.workspace.locale, "en")
    return rendering.render(plan.templates, ref, Verb(due.verb), due.locale, context=values, fallback_locales=fallbacks)


def _sms(made: Rendered, due: Record, address: Record, cast: Cast) -> Prepared:
    text = "".join(made.parts.values()).strip()
    sender = cast.reps[due.rep_id].phone or cast.workspace.company
    message_id = f"sms-{due.id}"
    return Prepared(text.encode(), message_id, sender, address.value, "", text, made.locale, sms_segments(text))


def _check_wording(cast: Cast, due: Record, made: Prepared, ref: str) -> None:
    """What the recipient's country wants in every text, whatever the language of the template."""
    country = "CN" if made.recipient.startswith(_CHINA) else cast.people[due.prospect_id].country
    wording = cast.workspace.policy_for(country).sms.wording
    missing = missing_words(made.text, signature=wording.signature, opt_out=wording.opt_out)
    if missing:
        told = f"a text to {country} must have {' and '.join(missing)}; write it into {ref}/{made.locale}"
        raise CannotRender(told, ref=ref, reason="sms_wording")


@dataclass(frozen=True, slots=True)
class _Recipient:
    name: str
    address: str
    unsubscribe_url: str


def _mail(act: Act, due: Record, made: Rendered, to: _Recipient) -> Prepared:
    subject, parent, references = _thread(act, due, made.parts[SUBJECT].strip())
    domain = due.mailbox_address.rpartition("@")[2] or urlsplit(act.ctx.public_url).hostname or "localhost"
    mark = links.mailbox_mark(act.ctx.secret, due.mailbox_address)
    footer, signature = (act.workspace.postal_address, to.unsubscribe_url), due.mailbox_signature
    mail = Mail(
        sender_name=due.mailbox_name,
        sender_address=due.mailbox_address,
        recipient_name=to.name,
        recipient_address=to.address,
        subject=subject,
        text=signed_text(made.parts[TEXT_BODY], signature, footer),
        html=signed_html(made.parts[HTML_BODY], signature, footer),
        message_id=new_message_id(due.id, _seed(act, due), domain, mark=mark),
        date=_sent_date(act.now),
        touch_id=due.id,
        unsubscribe_url=to.unsubscribe_url,
        in_reply_to=parent,
        references=references,
        reply_to=_reply_to(act, due, str(due.mailbox_address)),
    )
    return Prepared(build_mail(mail), mail.message_id, due.mailbox_address, to.address, subject, mail.text, made.locale)


def _seed(act: Act, due: Record) -> str:
    """A restored backup gives out the ids of touches once more: the attempt and its instant keep the mails apart."""
    return f"{act.ctx.secret.hex()}:{due.attempt + 1}:{act.now.isoformat()}"


def _reply_to(act: Act, due: Record, mailbox: str) -> str | None:
    """None where replies come to the mailbox itself, untagged."""
    way = act.ctx.channels.way_of(mailbox)
    if not way.tags_replies:
        return way.reply_to
    return links.tagged(way.reply_to or mailbox, links.reply_tag(act.ctx.secret, due.id))


def _thread(act: Act, due: Record, own_subject: str) -> tuple[str, str | None, tuple[str, ...]]:
    """(subject, In-Reply-To, References). A reply goes to the last mail that really left from the same mailbox; where
    none did, it begins a thread under its own subject.
    """
    if due.step.startswith("@") or act.plan(due.version_id).sequence.step(due.step).thread is not Thread.REPLY:
        return own_subject, None, ()
    thread = _last_thread(messages.sent_mails(act.connection, due.enrollment_id, due.mailbox_id))
    if not thread:
        return own_subject, None, ()
    ids = tuple(str(row.message_id) for row in thread)
    return f"{_RE}{thread[0].subject}", ids[-1], ids


def _last_thread(sent: Sequence[Record]) -> Sequence[Record]:
    """From the last mail on that was no answer: whatever was sent before it stands in a thread of its own."""
    begins = [place for place, row in enumerate(sent) if not row.subject.startswith(_RE)]
    return sent[begins[-1] :] if begins else sent


def _sent_date(now: datetime) -> datetime:
    return now.replace(microsecond=0)
