"""From what `channels.yaml` says to the transports of a context."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.channels.dialer import Dialer
from engine.channels.envelope import Transport
from engine.channels.imap.sent_folder import SentFolder
from engine.channels.mailboxes import Mailboxes
from engine.channels.sendgrid.transport import SendGridMail
from engine.channels.smtp.transport import SmtpMail
from engine.channels.twilio.sms import TwilioSms
from engine.channels.twilio.voice import TwilioDialer
from engine.core.providers import Channels, MailWay, Replies, SendGridAccount, SmtpServer, TwilioAccount
from engine.operations.context import Context

_TO_SPARE = 30  # seconds for saying goodbye, signing and recording


class RepliesByMailbox(Mapping[str, Replies]):
    """Every address has an answer, also one that the file does not name."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    def __getitem__(self, address: str) -> Replies:
        return self._channels.way_of(address).replies

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels.mail)

    def __len__(self) -> int:
        return len(self._channels.mail)


def with_channels(ctx: Context, channels: Channels) -> Context:
    """The same context, whose messages leave as the file says. Raises BadInput for a key or certificate."""
    return replace(
        ctx,
        channels=channels,
        transports={"email": _email(ctx, channels), "sms": _sms(ctx, channels)},
        dialer=_dialer(ctx, channels),
        replies=RepliesByMailbox(channels),
        lease_seconds=max(ctx.lease_seconds, longest_send(channels) + _TO_SPARE),
    )


def longest_send(channels: Channels) -> int:
    """Seconds that one call may take at most."""
    twilio = [_seconds(channels.twilio)] if channels.twilio else []
    return math.ceil(max([0.0, *twilio, *(_seconds(way.out) for way in channels.mail.values() if way.out)]))


def _seconds(way: SmtpServer | SendGridAccount | TwilioAccount) -> float:
    """HTTP clients count connecting and answering apart; a kept-open connection is checked, and may be replaced."""
    if isinstance(way, SmtpServer):
        return way.server.total_seconds + way.final_reply_seconds
    return 2 * way.timeout_seconds


def _email(ctx: Context, channels: Channels) -> Transport:
    outbox = ctx.transports["email"]
    if not channels.is_live:
        return outbox
    return Mailboxes({address: _way(way, outbox) for address, way in channels.mail.items()}, outbox)


def _way(way: MailWay, outbox: Transport) -> Transport:
    match way.out:
        case SmtpServer():
            keeps_all = SentFolder(way.inbox).find if way.files_sent and way.inbox is not None else None
            return SmtpMail(way.out, sent_folder=keeps_all)
        case SendGridAccount():
            return SendGridMail(way.out)
        case None:
            return outbox


def _sms(ctx: Context, channels: Channels) -> Transport:
    twilio = channels.twilio
    if not channels.is_live or twilio is None or not (twilio.sms_from or twilio.messaging_service):
        return ctx.transports["sms"]
    return TwilioSms(twilio, ctx.public_url, ctx.now)


def _dialer(ctx: Context, channels: Channels) -> Dialer | None:
    twilio = channels.twilio
    if not channels.is_live or twilio is None or not twilio.voice_from:
        return None
    return TwilioDialer(twilio, ctx.public_url)
