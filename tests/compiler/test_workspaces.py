from datetime import date

import pytest

from engine.compiler import compile_workspace
from engine.core.codec import from_json, to_json
from engine.core.leave import Leave, LeavePolicy
from engine.core.workspace import Caps, NamedCalendar, ProviderCaps, Team, Workspace
from tests.compiler.texts import MARKER, WORKSPACE_TEXT, expected, found
from tests.support.factories import hours

OUTCOMES_TEXT = WORKSPACE_TEXT[WORKSPACE_TEXT.index("\noutcomes:") + 1 :]
STAGES_TEXT = WORKSPACE_TEXT[WORKSPACE_TEXT.index("\nstages:") + 1 :].split("\noutcomes:")[0] + "\n"

SMALL = """\
company: Acme
postal_address: 1 Main Street
zone: Europe/Berlin
country: DE
locale: en
hours: {mon-fri: ["09:00-17:00"]}
"""


def small(rest: str = "", *, head: str = SMALL, stages: str = STAGES_TEXT) -> str:
    return head + rest + stages + OUTCOMES_TEXT


def made(text: str) -> Workspace:
    workspace, problems = compile_workspace(text, "workspace.yaml")
    assert workspace is not None, problems
    return workspace


def test_what_a_workspace_leaves_out_has_a_default() -> None:
    workspace = made(small())
    assert (workspace.company, workspace.zone, workspace.website, workspace.region) == (
        "Acme",
        "Europe/Berlin",
        "",
        None,
    )
    assert (workspace.caps, workspace.reps, workspace.closed) == (Caps(), (), ())


def test_every_key_reaches_the_workspace() -> None:
    workspace = made(
        small(
            'website: https://acme.test\nregion: BE\nclosed: ["2026-12-24"]\nextra_workdays: ["2026-02-14"]\n'
            "caps: {mailbox_per_day: 20, mailbox_gap: 2m, gap_spread: 0.25, mailbox_start: 4, mailbox_step: 3,\n"
            '  mailbox_per_hour: 9, new_domains: {send.test: "2026-11-01"}, domain_start: 6, domain_step: 7,\n'
            "  domain_per_day: 8, guessed_share: 0.5, person_per_day: 1, account_people_per_day: unlimited,\n"
            "  account_active: 11, workspace_per_day: 12, providers: {SMTP.test: {per_day: 13, per_hour: 2}}}\n"
            "reps:\n"
            "  - {key: ana, name: Ana Li, email: ana@acme.test, team: sales, zone: Asia/Shanghai, locale: zh,\n"
            '     title: AE, phone: "+49 30 1", aliases: [A. Li],\n'
            "     mailboxes: [{address: ana@send.test, display_name: Ana, signature: Best}]}\n"
            "  - {key: bo, name: Bo, email: bo@acme.test, team: sales}\n"
            "teams: [{key: sales, manager: ana}]\n"
        )
    )
    assert workspace.caps == Caps(
        mailbox_per_day=20, mailbox_gap=120, gap_spread=0.25, mailbox_start=4, mailbox_step=3, mailbox_per_hour=9,
        new_domains={"send.test": date(2026, 11, 1)}, domain_start=6, domain_step=7, domain_per_day=8,
        guessed_share=0.5, person_per_day=1, account_people_per_day=None, account_active=11, workspace_per_day=12,
        providers={"smtp.test": ProviderCaps(13, 2)},
    )  # fmt: skip
    assert (workspace.website, workspace.region) == ("https://acme.test", "BE")
    assert (workspace.closed, workspace.extra_workdays) == (("2026-12-24",), ("2026-02-14",))
    assert workspace.teams == (Team("sales", "ana"),)
    assert [workspace.manager_of(key) for key in ("ana", "bo", "nobody")] == [None, "ana", None]
    ana, bo = workspace.reps
    assert (ana.zone, ana.locale, ana.aliases, ana.mailboxes[0].signature) == (
        "Asia/Shanghai",
        "zh",
        ("A. Li",),
        "Best",
    )
    assert (bo.zone, bo.locale, bo.mailboxes) == ("Europe/Berlin", "en", ())


def test_calendars_are_found_by_the_domains_that_follow_them_and_reps_keep_days_of_their_own() -> None:
    workspace = made(
        small(
            "closed: [2026-08-03..2026-08-21]\n"
            "calendars:\n"
            "  - {key: acme, title: Acme's break, accounts: [acme.de, acme.at], closed: [2026-12-21..2026-12-31]}\n"
            "  - {key: bavarian, title: Bavaria, accounts: [isar.de], region: Bayern}\n"
            "reps:\n"
            '  - {key: ana, name: Ana, email: ana@acme.test, team: s, country: US, hours: {mon-thu: ["08:00-12:00"]}}\n'
            "  - {key: bo, name: Bo, email: bo@acme.test, team: s, region: BY}\n"
        )
    )
    acme = NamedCalendar("acme", "Acme's break", closed=("2026-12-21..2026-12-31",))
    bavarian = NamedCalendar("bavarian", "Bavaria", "DE", "Bayern")
    assert workspace.account_calendars == {"acme.de": acme, "acme.at": acme, "isar.de": bavarian}
    assert workspace.closed == ("2026-08-03..2026-08-21",)
    ana, bo = workspace.reps
    assert (ana.country, ana.region, ana.hours) == ("US", None, hours("08:00-12:00", days=range(4)))
    assert (bo.country, bo.region, bo.hours) == ("DE", "BY", None)


def calendars(*lines: str) -> str:
    return small("calendars:\n" + "".join(f"  - {{{line}}}\n" for line in lines))


TWO_REPS = """\
reps:
  - {{key: ana, name: Ana, email: ana@a.test, team: s, aliases: [Annie],
     mailboxes: [{{address: m@a.test, display_name: A}}]}}
  - {{key: {key}, name: Bo, email: {email}, team: s, aliases: [{alias}],
     mailboxes: [{{address: {box}, display_name: B}}]}}
"""


def two_reps(key: str = "bo", email: str = "bo@a.test", alias: str = "Bobby", box: str = "b@a.test") -> str:
    return small(TWO_REPS.format(key=key, email=email, alias=alias, box=box))


AUGUST_3 = '{from: "2026-08-03", until: "2026-08-03"}'
THREE_REPS = """\
reps:
  - {{key: bo, name: Bo, email: bo@a.test, team: s, leave: [{{from: "2026-08-20", until: "2026-08-21"}}]}}
  - {{key: cy, name: Cy, email: cy@a.test, team: s, leaves_to: bo}}
  - {{key: ana, name: Ana, email: ana@a.test, team: s, leave: [{leave}]}}
"""


def on_leave(leave: str) -> str:
    return small(THREE_REPS.format(leave=leave))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("missing-key", small(head=SMALL.replace("company: Acme\n", "").replace("postal", "¦postal"))),
        ("unknown-key", small("¦logo: x\n")),
        ("unknown-zone", small(head=SMALL.replace("Europe/Berlin", "¦Europe/Berln"))),
        ("bad-country", small(head=SMALL.replace("DE", "¦Germany"))),
        ("yaml-switch-word", small(head=SMALL.replace("DE", "¦NO"))),
        ("never-open", small(head=SMALL.replace("hours: {mon-fri", "¦hours: {sat"))),
        ("bad-date", small('closed: [¦"2026-02-30"]\n')),
        ("yaml-date", small("closed: [¦2026-12-24]\n")),
        ("bad-date", small('closed: [¦"9999-12-31"]\n')),
        ("bad-date", small('caps: {new_domains: {acme.example: ¦"9999-12-31"}}\n')),
        ("bad-date", small("closed: [¦2026-08-21..2026-08-03]\n")),
        ("bad-date", small("closed: [¦2026-08-03..2028-08-03]\n")),
        ("day-twice", small('closed: [2026-12-20..2026-12-28]\nextra_workdays: [¦"2026-12-26"]\n')),
        (
            "day-twice",
            calendars(
                'key: a, title: A, accounts: [a.de], closed: ["2026-12-26"],'
                ' extra_workdays: ["2026-12-19", ¦"2026-12-26"]'
            ),
        ),
        ("bad-domain", calendars("key: a, title: A, accounts: [¦www.a.de]")),
        ("duplicate-name", calendars("key: a, title: A, accounts: [a.de]", "key: ¦a, title: B, accounts: [b.de]")),
        (
            "duplicate-name",
            calendars("key: a, title: A, accounts: [a.de]", "key: b, title: B, accounts: [b.de, ¦a.de]"),
        ),
        ("never-open", small('reps: [{key: a, name: A, email: a@b.de, team: s, ¦hours: {sun: ["09:00-10:00"]}}]\n')),
        ("bare-interval", small("caps: {mailbox_gap: ¦4}\n")),
        ("bad-interval", small("caps: {mailbox_gap: ¦4bd}\n")),
        ("out-of-range", small("caps: {gap_spread: ¦1.5}\n")),
        ("bad-limit", small("caps: {person_per_day: ¦many}\n")),
        ("bad-limit", small("caps: {providers: {sendgrid: {per_hour: ¦0}}}\n")),
        ("bad-domain", small('caps: {new_domains: {¦acme: "2026-11-01"}}\n')),
        ("unused-domain", small('caps: {new_domains: {¦acme.test: "2026-11-01"}}\n')),
        ("bad-address", two_reps(email="¦bo at a.test")),
        ("duplicate-name", two_reps(key="¦ana")),
        ("duplicate-name", two_reps(email="¦ANA@a.test")),
        ("duplicate-name", two_reps(alias="¦annie")),
        ("duplicate-name", two_reps(box="¦M@a.test")),
        ("unknown-rep", f"teams: [{{key: s, manager: ¦bob}}]\n{two_reps()}"),
        ("unknown-team", f"teams: [{{key: ¦sales, manager: bo}}]\n{two_reps()}"),
        ("duplicate-name", f"teams: [{{key: s, manager: bo}}, {{key: ¦s, manager: ana}}]\n{two_reps()}"),
        ("missing-key", small(stages="", head=f"¦{SMALL}")),
        ("wrong-type", small(head=SMALL.replace("Acme", "¦42"))),
        ("reversed-leave", on_leave('{from: "2026-08-14", until: ¦"2026-08-03"}')),
        ("yaml-date", on_leave('{from: ¦2026-08-03, until: "2026-08-03"}')),
        ("own-delegate", on_leave('{from: "2026-08-03", until: "2026-08-03", to: ¦ana}')),
        ("unknown-delegate", on_leave('{from: "2026-08-03", until: "2026-08-03", to: ¦zoe}')),
        ("unknown-delegate", on_leave('{from: "2026-08-03", until: "2026-08-03", to: ¦cy}')),
        ("no-delegate", on_leave('¦{from: "2026-08-03", until: "2026-08-03", policy: delegate}')),
        ("delegate-away", on_leave('{from: "2026-08-19", until: "2026-08-20", to: ¦bo}')),
        ("overlapping-leave", on_leave(f"{AUGUST_3}, {{from: ¦{AUGUST_3[7:]}")),
        ("unknown-successor", small("reps: [{key: ana, name: A, email: a@a.test, team: s, leaves_to: ¦zoe}]\n")),
    ],
)
def test_each_mistake_is_found_where_it_stands(code: str, text: str) -> None:
    workspace, problems = compile_workspace(text.replace(MARKER, ""), "workspace.yaml")
    assert workspace is None
    assert found(problems) == expected(text, code)


def test_two_stages_do_not_share_a_key_or_a_name() -> None:
    stages = "stages:\n  - {key: a, title: New}\n  - {key: ¦a, title: Old, aliases: [x, ¦new]}\n"
    outcomes = "\n".join(line.split("stage:")[0] for line in OUTCOMES_TEXT.splitlines() if "stage:" not in line)
    text = SMALL + stages + outcomes
    _, problems = compile_workspace(text.replace(MARKER, ""), "workspace.yaml")
    named_twice = tuple(problem for problem in problems if problem.code == "duplicate-name")
    assert found(named_twice) == expected(text, "duplicate-name", "duplicate-name")


def test_a_stage_in_a_table_is_one_of_the_stages() -> None:
    text = small(stages="stages: [{key: only, title: Only}]\n")
    _, problems = compile_workspace(text, "workspace.yaml")
    assert {problem.code for problem in problems} == {"unknown-stage"}


def test_an_unreadable_workspace_is_none_with_its_problem() -> None:
    workspace, problems = compile_workspace("company: [", "workspace.yaml")
    assert workspace is None
    assert [problem.code for problem in problems] == ["yaml-syntax"]


def test_leave_is_read_and_the_workspace_says_what_becomes_of_the_work_meanwhile() -> None:
    leave = '{from: "2026-08-03", until: "2026-08-14", policy: delegate, to: bo}'
    workspace, problems = compile_workspace(f"{on_leave(leave)}on_leave: reassign\n", "workspace.yaml")
    assert workspace is not None, problems
    _, cy, ana = workspace.reps
    assert cy.leaves_to == "bo"
    assert ana.leave == (Leave(date(2026, 8, 3), date(2026, 8, 14), LeavePolicy.DELEGATE, "bo"),)
    assert workspace.on_leave is LeavePolicy.REASSIGN
    assert from_json(Workspace, to_json(workspace)) == workspace
