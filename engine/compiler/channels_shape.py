"""The shape of `channels.yaml`: how each mailbox sends and hears, and the accounts for everything else."""

from typing import Literal

from pydantic import Field

from engine.compiler.channels_words import Host, MailboxKey, OpenText, PhoneText, SecretText, UrlText
from engine.compiler.shape import Shape
from engine.compiler.words import Address, Text


class OAuthShape(Shape):
    provider: Literal["google", "microsoft", "custom"] = Field(
        description="Whose tokens they are; it decides the address and scope.", examples=["google"]
    )
    client_id: OpenText = Field(description="The application's id.", examples=["{env: GOOGLE_CLIENT_ID}"])
    client_secret: SecretText | None = Field(None, description="The application's secret; some have none.")
    refresh_token: SecretText = Field(
        description="What the mailbox's owner has allowed.", examples=["{file: /run/secrets/ana-refresh-token}"]
    )
    tenant: Text | None = Field(None, description="The Microsoft 365 tenant; `common` when left out.")
    token_url: UrlText | None = Field(None, description="Where tokens are bought; for `provider: custom`.")
    scope: Text | None = Field(None, description="What the tokens are for, where the provider's usual is not enough.")


class ServerShape(Shape):
    host: Host = Field(description="The server.", examples=["smtp.example.com"])
    port: int | None = Field(None, ge=1, le=65535, description="Its port; that of the security when left out.")
    security: Literal["starttls", "tls", "none"] | None = Field(
        None, description="How the connection is encrypted; `none` only on this machine. tls on 465 and 993."
    )
    user: OpenText | None = Field(None, description="The login's name, mostly the whole address.")
    password: SecretText | None = Field(None, description="The login's password, or an application password.")
    oauth: OAuthShape | None = Field(None, description="XOAUTH2 instead of a password.")
    ca_file: Text | None = Field(None, description="A certificate authority of one's own, in PEM.")
    connect_seconds: float = Field(10, gt=0, le=60, description="How long connecting may take.")
    total_seconds: float = Field(30, gt=0, le=300, description="How long everything up to the final reply may take.")


class SmtpShape(ServerShape):
    final_reply_seconds: float = Field(60, gt=0, le=600, description="How long the answer to a mail may take.")


class ImapShape(ServerShape):
    folders: list[Text] = Field(
        default=["INBOX"], min_length=1, max_length=50, description="Where replies and bounces arrive."
    )
    sent: Text | None = Field(None, description="The folder of sent mail; found by its mark when left out.")
    idle: bool = Field(default=True, description="Wait for news with IDLE where the server has it.")
    poll_seconds: float = Field(60, ge=5, le=3600, description="How often to look where it has not.")


class SendGridShape(Shape):
    api_key: SecretText = Field(description="The key.", examples=["{env: SENDGRID_API_KEY}"])
    base_url: UrlText = Field("https://api.sendgrid.com", description="Where the API is.")
    timeout_seconds: float = Field(10, gt=0, le=60, description="How long a call of it may take.")


class DkimShape(Shape):
    domain: Host = Field(description="The signing domain, that of the From address.", examples=["acme.com"])
    selector: Host = Field(description="Under which name the key is published.", examples=["touchline"])
    key: SecretText = Field(description="An RSA private key in PEM.", examples=["{file: /run/secrets/dkim.pem}"])


class MailboxShape(Shape):
    smtp: SmtpShape | None = Field(None, description="It sends by this server.")
    sendgrid: SendGridShape | None = Field(None, description="It sends by SendGrid.")
    imap: ImapShape | None = Field(None, description="It is read here.")
    replies: Literal["imap", "parse", "none"] | None = Field(
        None, description="How replies are heard: IMAP, SendGrid's Inbound Parse, or expressly not at all."
    )
    reply_to: Address | None = Field(None, description="Where replies come to, when not to the mailbox itself.")
    tag_replies: bool = Field(
        default=False, description="Replies come to name+tag@domain, whose tag says which mail is answered."
    )
    files_sent: bool = Field(
        default=False, description="All that it sends is in its Sent folder: what is not there was not sent."
    )
    dkim: DkimShape | None = Field(None, description="Sign here, where the server does not.")


class TwilioShape(Shape):
    sid: OpenText = Field(description="The account.", examples=["{env: TWILIO_ACCOUNT_SID}"])
    token: SecretText = Field(description="Its token.", examples=["{env: TWILIO_AUTH_TOKEN}"])
    sms_from: PhoneText | None = Field(None, description="The number that messages come from.")
    messaging_service: Text | None = Field(None, description="The messaging service that picks one.")
    voice_from: PhoneText | None = Field(None, description="The number that calls come from.")
    base_url: UrlText = Field("https://api.twilio.com", description="Where the API is.")
    timeout_seconds: float = Field(10, gt=0, le=60, description="How long a call of it may take.")
    record_calls: bool = Field(default=False, description="Record calls; the law of many places forbids it.")
    answers_stop: bool = Field(
        default=True, description="Twilio's own handling answers STOP, START and HELP; else we do. Other words: we do."
    )


class WebhooksShape(Shape):
    sendgrid_events: list[Text] = Field(
        default_factory=list, max_length=5, description="Public keys of the event webhook; two during rotation."
    )
    sendgrid_parse: list[Text] = Field(
        default_factory=list, max_length=5, description="Public keys of Inbound Parse; two during rotation."
    )
    twilio: list[SecretText] | None = Field(
        None, min_length=1, max_length=5, description="Tokens that Twilio signs with; the account's when left out."
    )


class ChannelsShape(Shape):
    deliver: Literal["outbox", "live"] = Field(
        "outbox", description="live: messages leave this machine. outbox: whatever stands below, they do not."
    )
    mailboxes: dict[MailboxKey, MailboxShape] = Field(
        default_factory=dict, max_length=5000, description='By the mailbox\'s address; "*" is for all others.'
    )
    twilio: TwilioShape | None = Field(None, description="SMS and calls.")
    webhooks: WebhooksShape | None = Field(None, description="What proves that a webhook is genuine.")
