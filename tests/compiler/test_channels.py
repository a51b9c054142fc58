import copy
import json
from collections.abc import Callable, Collection
from typing import Any

import jsonschema
import pytest

from engine.compiler import Problem, Sources, channels_schema, compile_channels
from engine.core.providers import (
    Channels,
    Dkim,
    ImapServer,
    Login,
    MailWay,
    OAuth,
    Replies,
    Secret,
    Security,
    SendGridAccount,
    Server,
    SmtpServer,
    TwilioAccount,
    WebhookKeys,
)
from tests.compiler.test_schema import accepts, data_of
from tests.compiler.texts import MARKER, ROOT, expected, found

EXAMPLE = (ROOT / "docs" / "channels.example.yaml").read_text(encoding="utf-8")
PEM = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"
SET = {name: f"value of {name}" for name in ("USER", "PASSWORD", "KEY", "ID", "SECRET", "REFRESH", "SID", "TOKEN")}


def read(path: str) -> str:
    if path == "/gone":
        raise FileNotFoundError(2, "No such file or directory")
    if path == "/binary":
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    return {"/empty": " \n"}.get(path, f"{PEM}\n" if path.endswith(".pem") else f"text of {path}\n")


def authority(path: str) -> str:
    if path == "gone.pem":
        raise FileNotFoundError(2, "No such file or directory")
    return f"/etc/touchline/{path}"


def looked_at(
    text: str, known: Collection[str] | None = None, **more: str
) -> tuple[Channels | None, tuple[Problem, ...]]:
    return compile_channels(text.replace(MARKER, ""), "channels.yaml", Sources(SET | more, read, authority), known)


def compiled(text: str) -> Channels:
    channels, problems = looked_at(text)
    assert channels is not None, problems
    return channels


def only_way(server: str) -> MailWay:
    return compiled(f"mailboxes: {{a@b.example: {{replies: none, {server}}}}}").mail["a@b.example"]


def server_of(smtp: str) -> Server:
    out = only_way(f"smtp: {{host: s.example, {smtp}}}").out
    assert isinstance(out, SmtpServer)
    return out.server


def test_the_example_compiles_where_its_secrets_are() -> None:
    names = (
        "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "WEI_163_CODE",
        "SENDGRID_API_KEY", "SMTP_USER", "SMTP_PASSWORD", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
    )  # fmt: skip
    channels, problems = looked_at(EXAMPLE, **dict.fromkeys(names, "set"))
    assert problems == ()
    assert channels is not None
    assert not channels.is_live
    assert channels.way_of("ana@acme.example") == MailWay()
    assert channels.mail["ana@acme.example"].files_sent
    assert channels.mail["*"].replies is Replies.NONE
    assert channels.webhooks.twilio == (Secret("set"),)


def test_the_example_tells_each_secret_that_is_missing_at_its_place() -> None:
    _, problems = compile_channels(EXAMPLE, "channels.yaml", Sources({}, read, authority))
    assert {problem.code for problem in problems} == {"no-secret"}
    line = EXAMPLE.splitlines().index("      password: {env: SMTP_PASSWORD}") + 1
    assert f"channels.yaml:{line}:17: the environment has no SMTP_PASSWORD" in "\n".join(map(str, problems))


@pytest.mark.parametrize("server", ["smtp", "imap"])
def test_an_authority_that_is_not_there_is_told_at_its_place(server: str) -> None:
    login = "host: s.example, user: ana, password: {env: PASSWORD}"
    channels, problems = looked_at(f"mailboxes: {{a@b.example: {{{server}: {{{login},\n  ca_file: gone.pem}}}}}}")
    (problem,) = (one for one in problems if one.code == "no-authority")
    assert channels is None
    assert (problem.line, problem.column) == (2, 12)
    assert problem.message == "gone.pem cannot be used: No such file or directory"


def test_a_whole_file_means_what_it_says() -> None:
    channels = compiled(
        """
deliver: live
mailboxes:
  Ana@Acme.com:
    smtp: {host: smtp.acme.com, port: 2525, security: tls, user: ana, password: {env: PASSWORD}, ca_file: ca.pem,
           connect_seconds: 5, total_seconds: 20, final_reply_seconds: 40}
    imap: {host: imap.acme.com, user: {env: USER}, password: {file: /imap}, folders: [INBOX, Junk], sent: Sent,
           idle: false, poll_seconds: 30}
    files_sent: true
    reply_to: ana@replies.acme.com
    tag_replies: true
    dkim: {domain: acme.com, selector: s1, key: {file: /key.pem}}
  "*": {sendgrid: {api_key: {env: KEY}}, replies: parse}
twilio: {sid: AC1, token: {env: TOKEN}, messaging_service: MG1, voice_from: "+14155550100", record_calls: true}
webhooks: {sendgrid_events: [one, two], sendgrid_parse: [three], twilio: [{env: TOKEN}, {env: SECRET}]}
"""
    )
    smtp = Server(
        "smtp.acme.com", 2525, Security.TLS, Login("ana", Secret(SET["PASSWORD"])), "/etc/touchline/ca.pem", 5, 20
    )
    imap = Server("imap.acme.com", 993, Security.TLS, Login(SET["USER"], Secret("text of /imap")))
    assert channels == Channels(
        is_live=True,
        mail={
            "ana@acme.com": MailWay(
                out=SmtpServer(smtp, Dkim("acme.com", "s1", Secret(PEM)), 40),
                inbox=ImapServer(imap, ("INBOX", "Junk"), "Sent", may_idle=False, poll_seconds=30),
                replies=Replies.IMAP,
                files_sent=True,
                reply_to="ana@replies.acme.com",
                tags_replies=True,
            ),
            "*": MailWay(SendGridAccount(Secret(SET["KEY"])), replies=Replies.PARSE),
        },
        twilio=TwilioAccount("AC1", Secret(SET["TOKEN"]), None, "MG1", "+14155550100", is_recording=True),
        webhooks=WebhookKeys(("one", "two"), ("three",), (Secret(SET["TOKEN"]), Secret(SET["SECRET"]))),
    )
    assert channels.way_of("ANA@acme.com").replies is Replies.IMAP
    assert channels.way_of("bo@acme.com").replies is Replies.PARSE


def test_an_empty_mapping_sends_nothing_anywhere() -> None:
    assert compiled("deliver: outbox\n") == Channels()


@pytest.mark.parametrize(
    ("written", "port", "security"),
    [
        ("port: 587", 587, Security.STARTTLS),
        ("port: 465", 465, Security.TLS),
        ("security: tls", 465, Security.TLS),
        ("security: starttls", 587, Security.STARTTLS),
        ("port: 465, security: starttls", 465, Security.STARTTLS),
        ("connect_seconds: 1", 587, Security.STARTTLS),
    ],
)
def test_port_and_security_follow_from_each_other(written: str, port: int, security: Security) -> None:
    made = server_of(written)
    assert (made.port, made.security) == (port, security)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", '"::1"'])
def test_a_server_on_this_machine_may_speak_in_clear(host: str) -> None:
    out = only_way(f"smtp: {{host: {host}, security: none}}").out
    assert isinstance(out, SmtpServer)
    assert (out.server.security, out.server.port) == (Security.NONE, 25)


@pytest.mark.parametrize(
    ("provider", "url", "scope"),
    [
        ("provider: google", "https://oauth2.googleapis.com/token", ""),
        (
            "provider: microsoft, tenant: acme.com",
            "https://login.microsoftonline.com/acme.com/oauth2/v2.0/token",
            "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        ),
        ("provider: custom, token_url: https://id.example/t, scope: mail", "https://id.example/t", "mail"),
    ],
)
def test_a_provider_brings_its_addresses(provider: str, url: str, scope: str) -> None:
    tokens = "client_id: {env: ID}, client_secret: {env: SECRET}, refresh_token: {env: REFRESH}"
    made = server_of(f"user: ana, oauth: {{{provider}, {tokens}}}")
    oauth = OAuth(url, SET["ID"], Secret(SET["SECRET"]), Secret(SET["REFRESH"]), scope)
    assert made.login == Login("ana", oauth=oauth)


SMTP = "smtp: {host: s.example}"
PROVIDER = "client_id: x, refresh_token: {env: REFRESH}"
KEY = "{file: /key.pem}"
IN_A_SERVER = [
    ("user: a, password: ¦hunter2", "secret-in-file"),
    ("¦security: none", "not-encrypted"),
    ("¦user: a", "no-password"),
    ("¦password: {env: KEY}", "no-user"),
    (f"user: a, password: {{env: KEY}}, ¦oauth: {{provider: google, {PROVIDER}}}", "two-logins"),
    (f"user: a, oauth: {{¦provider: custom, {PROVIDER}}}", "no-token-url"),
    (f"user: a, oauth: {{provider: custom, token_url: ¦http://id.example/t, {PROVIDER}}}", "bad-url"),
    (f"user: a, oauth: {{provider: google, ¦tenant: acme, {PROVIDER}}}", "no-tenant"),
]
IN_A_MAILBOX = [
    ("replies: none, sendgrid: {api_key: ¦[SG, x]}", "secret-in-file"),
    ("replies: none, sendgrid: {api_key: ¦{env: NOT_SET}}", "no-secret"),
    ("replies: none, sendgrid: {api_key: ¦{file: /gone}}", "no-secret"),
    ("replies: none, sendgrid: {api_key: ¦{file: /binary}}", "no-secret"),
    ("replies: none, sendgrid: {api_key: ¦{file: /empty}}", "no-secret"),
    ("replies: none, sendgrid: {api_key: ¦{env: KEY, file: /x}}", "bad-place"),
    ("replies: none, sendgrid: {api_key: ¦{vault: KEY}}", "bad-place"),
    ('replies: none, sendgrid: {api_key: ¦{env: "A B"}}', "bad-place"),
    ("replies: none, sendgrid: {api_key: ¦{env: 1}}", "bad-place"),
    ("replies: none, smtp: {host: ¦smtp://s.example}", "bad-host"),
    ("imap: {host: 10.0.0.1, ¦security: none}", "not-encrypted"),
    (f"{SMTP}, ¦sendgrid: {{api_key: {{env: KEY}}}}, replies: none", "two-ways"),
    (f"{SMTP}, ¦replies: imap", "no-imap"),
    (f"{SMTP}, ¦replies: parse", "no-parse-key"),
    (f"{SMTP}, replies: none, ¦files_sent: true", "no-imap"),
    (f"{SMTP}, replies: none, dkim: {{domain: b.example, selector: s, key: ¦{{env: KEY}}}}", "no-key"),
    (f"imap: {{host: i.example}}, ¦dkim: {{domain: b.example, selector: s, key: {KEY}}}", "no-smtp"),
]
TWILIO = "twilio: {sid: AC1, token: {env: TOKEN}"
IN_THE_FILE = [
    ("¦deliver: live", "no-way-out"),
    ("¦deliver: live\nmailboxes: {a@b.example: {imap: {host: i.example}}}", "no-way-out"),
    (f"mailboxes: {{¦a@b.example: {{{SMTP}}}}}", "no-replies"),
    ("mailboxes: {¦ana: {imap: {host: i.example}}}", "bad-address"),
    ("mailboxes: {a@b.cd: {imap: {host: i.example}}, ¦A@b.cd: {imap: {host: i.example}}}", "duplicate-name"),
    ("webhooks: {twilio: [{env: TOKEN}, ¦{env: NOT_SET}]}", "no-secret"),
    (f"¦{TWILIO}}}", "no-number"),
    (f'{TWILIO}, sms_from: "+14155550100", ¦messaging_service: MG1}}', "two-senders"),
    (f'{TWILIO}, sms_from: ¦"0415 5550100"}}', "bad-phone"),
    (f'{TWILIO}, sms_from: "+14155550100", base_url: ¦"http://api.example"}}', "bad-url"),
]
REFUSED = [
    *((f"mailboxes: {{a@b.example: {{replies: none, smtp: {{host: s.example, {text}}}}}}}", code)
      for text, code in IN_A_SERVER),
    *((f"mailboxes: {{a@b.example: {{{text}}}}}", code) for text, code in IN_A_MAILBOX),
    *IN_THE_FILE,
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_cannot_work_is_refused_where_it_stands(text: str, code: str) -> None:
    channels, problems = looked_at(text)
    assert channels is None
    assert found(problems) == expected(text, code)
    assert not any("hunter2" in str(problem) for problem in problems)


def test_all_problems_are_told_at_once() -> None:
    text = """\
deliver: ¦lively
mailboxes:
  a@b.example: {¦smpt: {}, replies: none}
  c@d.example: {smtp: {host: s.example, password: ¦hunter2}, replies: none}
  e@f.example: {smtp: {host: s.example, ¦security: none}, ¦replies: parse}
  g@h.example: {smtp: {host: s.example, user: a, password: ¦{env: NOT_SET}}, replies: none}
¦twilo: {}
"""
    _, problems = looked_at(text)
    codes = ["unknown-value", "unknown-key", "secret-in-file", "not-encrypted", "no-parse-key", "no-secret"]
    assert found(problems) == expected(text, *codes, "unknown-key")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"mailboxes: {{¦ana@acme.con: {{{SMTP}, replies: none}}}}", ["unknown-mailbox"]),
        (f"mailboxes: {{Ana@acme.com: {{{SMTP}, replies: none}}}}", []),
        (f"deliver: live\n¦mailboxes: {{ana@acme.com: {{{SMTP}, replies: none}}}}", ["no-way-out"]),
        (f'deliver: live\nmailboxes: {{"*": {{{SMTP}, replies: none}}}}', []),
    ],
)
def test_a_mailbox_that_one_side_does_not_know_is_a_warning(text: str, codes: list[str]) -> None:
    channels, problems = looked_at(text, ["ana@acme.com", "bo@acme.com"])
    assert channels is not None
    assert found(problems) == expected(text, *codes)
    assert all(not problem.is_error for problem in problems)


def test_a_misspelt_mailbox_is_asked_about() -> None:
    _, problems = looked_at(f"mailboxes: {{ana@acme.con: {{{SMTP}, replies: none}}}}", ["ana@acme.com"])
    assert 'did you mean "ana@acme.com"?' in str(problems[0])


# The schema for editors


def test_the_schema_in_docs_is_current_and_the_example_points_to_it_and_keeps_it() -> None:
    schema = channels_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads((ROOT / "docs" / "channels.schema.json").read_text(encoding="utf-8")) == schema
    assert EXAMPLE.startswith("# yaml-language-server: $schema=channels.schema.json\n")
    assert accepts(schema, data_of(EXAMPLE))


def test_every_key_is_described() -> None:
    schema = channels_schema()
    for shape in (schema, *schema["$defs"].values()):
        assert all(one.get("description") for one in shape["properties"].values())


Edit = Callable[[dict[str, Any]], object]
FULL = """
deliver: live
mailboxes:
  a@b.example:
    smtp: {host: s.example, port: 587, user: a, password: {env: PASSWORD}}
    imap: {host: i.example}
twilio: {sid: AC1, token: {env: TOKEN}, sms_from: "+14155550100"}
webhooks: {twilio: [{env: TOKEN}]}
"""
EDITS: list[Edit] = [
    lambda d: d.update(deliver="outbox"),
    lambda d: d.update(deliver=True),
    lambda d: d.update(other=1),
    lambda d: d["mailboxes"].update({"*": {"imap": {"host": "i.example"}}}),
    lambda d: d["mailboxes"].update({"ana": {"imap": {"host": "i.example"}}}),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(password="hunter2"),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(password={"file": "/x"}),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(password={"env": "A B"}),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(password={"env": "KEY", "file": "/x"}),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(user={"env": "USER"}),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(user=1),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(port=0),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(port="587"),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(host="https://s.example"),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(host="::1"),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(security="ssl"),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(total_seconds=0),
    lambda d: d["mailboxes"]["a@b.example"]["smtp"].update(total_seconds=12.5),
    lambda d: d["mailboxes"]["a@b.example"].update(replies="imap"),
    lambda d: d["mailboxes"]["a@b.example"].update(replies="maybe"),
    lambda d: d["twilio"].update(sms_from="0415"),
    lambda d: d["twilio"].update(record_calls="no"),
    lambda d: d["twilio"].pop("token"),
    lambda d: d["webhooks"].update(twilio=[]),
]


@pytest.mark.parametrize("edit", EDITS)
def test_the_editor_and_the_compiler_agree(edit: Edit) -> None:
    data = copy.deepcopy(data_of(FULL))
    edit(data)
    channels, problems = looked_at(json.dumps(data))
    assert accepts(channels_schema(), data) is (channels is not None), problems
