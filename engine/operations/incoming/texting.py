"""Text messages that come to our numbers: STOP, START, HELP and the same wishes in words of one's own; all else is a
reply that a person reads.
"""

from collections.abc import Mapping

from engine.channels.twilio import events as twilio_events
from engine.channels.twilio.events import Text
from engine.contacts.match_keys import match_key
from engine.core import sms_words
from engine.core.heard import Clues, Heard
from engine.core.sms_words import Wish
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming import hearing
from engine.operations.incoming.hearing import Reading
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.reaching import opting_in
from engine.store import messages, people
from engine.store.connection import Record

_KINDS = {Wish.STOP: "opted_out", Wish.START: "opted_in"}
_CHINA = "+86"


def read(ctx: Context, row: Record) -> Reading:
    """Who has a number is everybody who has it: one handset, one wish."""
    text = twilio_events.read_text(row.body)
    wish = wish_of(text)
    if wish is Wish.HELP:
        return Reading(is_applied=True, note="asked for help")
    if wish is None:
        return _reply(ctx, row, text)
    heard = Heard(_KINDS[wish], row.received_at, row.dedupe_key, Clues(phone=text.sender), _body(text))
    reading = hearing.spread(ctx, row.provider, heard)
    return _reopen_unknown(ctx, row.provider, text) if wish is Wish.START and not reading.is_applied else reading


def _reopen_unknown(ctx: Context, provider: str, text: Text) -> Reading:
    with begin(ctx) as act:
        is_reopened = opting_in.reopen_number(act, provider, match_key("phone", text.sender))
    return Reading(is_reopened, "nobody we know has this number")


def wish_of(text: Text) -> Wish | None:
    """What Twilio has acted on is done, whatever we would have read."""
    handled = (text.handled or "").casefold()
    return Wish(handled) if handled in set(Wish) else sms_words.wish_in(text.text)


def _body(text: Text) -> dict[str, str]:
    return {"channel": "sms", "text": text.text, "phone": match_key("phone", text.sender)}


def _reply(ctx: Context, row: Record, text: Text) -> Reading:
    """Of the person whom we texted last at that number, else of all who have it."""
    with ctx.database.read() as connection:
        known = people.prospects_with_address(connection, "phone", match_key("phone", text.sender))
        last = messages.last_text_to(connection, known, text.sender)
    named = [(last.prospect_id, last.touch_id)] if last is not None else [(one, None) for one in known]
    for person, touch in named:
        key = f"{row.dedupe_key}:{person}"
        ingest(ctx, Inbound("replied", person, row.received_at, key, row.provider, touch, dict(_body(text))))
    return Reading(is_applied=bool(named), note="" if named else "nobody we know has this number")


def answer_to(ctx: Context, text: Text) -> str | None:
    """What is said at once to whoever wrote; nothing where Twilio has said it, and nothing to a reply."""
    wish = wish_of(text)
    if wish is None or text.handled is not None or _is_answered_by_twilio(ctx, text):
        return None
    workspace = ctx.workspace()
    is_chinese = text.sender.startswith(_CHINA) or sms_words.is_chinese(text.text)
    words = _ANSWERS[wish][is_chinese]
    return words.format(company=workspace.company, website=workspace.website).strip()


def _is_answered_by_twilio(ctx: Context, text: Text) -> bool:
    """Its own handling knows the English words alone."""
    account = ctx.channels.twilio
    return account is not None and account.answers_stop and sms_words.bare(text.text) in sms_words.TWILIOS_WORDS


_ANSWERS: Mapping[Wish, tuple[str, str]] = {
    Wish.STOP: (
        "{company}: you will get no more text messages from us. Reply START to get them again.",
        "【{company}】您已退订，我们不会再向您发送短信。如需恢复，请回复START。",
    ),
    Wish.START: (
        "{company}: you will get text messages from us again. Reply STOP to end them.",
        "【{company}】您已恢复接收短信。拒收请回复R",
    ),
    Wish.HELP: (
        "{company}: reply STOP to get no more text messages from us. {website}",
        "【{company}】如不希望再收到短信，拒收请回复R {website}",
    ),
}
