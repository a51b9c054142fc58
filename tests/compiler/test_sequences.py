from dataclasses import replace
from datetime import time

import pytest

from engine.compiler import Use, compile_sequence
from engine.core.codec import from_json, to_json
from engine.core.hours import Window
from engine.core.sequence import (
    MANAGER,
    Acknowledge,
    After,
    Again,
    AgainPolicy,
    Anchor,
    Audience,
    AudienceKind,
    DayKind,
    Exhausted,
    Family,
    Formula,
    Gap,
    IfLate,
    Late,
    Sequence,
    Thread,
    Unit,
    Verb,
    ZoneSource,
)
from engine.core.workspace import Workspace
from tests.compiler.texts import GOOD, outbound, workspace

FULL = """\
sequence: full
title: Everything that is executed
formula: 6x5x9
count: channels
audience: {kind: inbound, locales: [en, zh], sources: [web_form, phone], batch_at_most: 500}
schedule:
  days: business
  hours: {mon-thu: ["13:30-17:30", "09:00-12:00"], "fri, sat": ["09:00-12:00"]}
  call_hours: {mon-fri: ["10:00-11:00"]}
  zone: rep
  anchor: enrolled
again: {after: 30d}
quiet_since_last_touch: 5bd
respond_within: 5m
acknowledge: {do: email, use: call-in/received}
allow: [customer, partner]
consent: {sms: [express, request]}
steps:
  - {key: call-1, day: 1, do: call, use: call-in/first, voicemail: leave, redial: 2}
  - {key: mail-1, day: 2, do: email, use: call-in/mail, after: {step: call-1, gap: 15m}}
  - {key: mail-2, day: 5, do: email, use: call-in/again, thread: reply, was: second-mail}
  - {key: link, day: 6, do: linkedin, use: call-in/link}
  - {key: note, day: 7, do: task, title: Look at the account, if_late: {skip_after: 1bd}}
  - {key: call-2, day: 9, do: sms, use: call-in/sms, after: 3h, if_late: wait}
on_exhausted: {start: nurture, task: Ask why, reason: not_reached}
"""


A_DAY = Gap(1, Unit.BUSINESS_DAY)


def compiled(text: str) -> Sequence:
    result = compile_sequence(text, "f.yaml", workspace())
    assert result.sequence is not None, result.problems
    return result.sequence


def test_every_key_of_a_file_reaches_the_sequence() -> None:
    full = compiled(FULL)
    assert (full.key, full.title, full.formula) == ("full", "Everything that is executed", Formula(6, 5, 9))
    assert full.audience == Audience(AudienceKind.INBOUND, ("en", "zh"), ("web_form", "phone"), 500)
    assert (full.schedule.days, full.schedule.zone) == (DayKind.BUSINESS, ZoneSource.REP)
    assert full.schedule.anchor is Anchor.ENROLLED
    assert full.again == Again(AgainPolicy.AFTER, Gap(30, Unit.DAY))
    assert full.quiet_since_last_touch == Gap(5, Unit.BUSINESS_DAY)
    assert full.respond_within == Gap(5, Unit.MINUTE)
    assert full.acknowledge == Acknowledge(Verb.EMAIL, "call-in/received")
    assert full.allow == {"customer", "partner"}
    assert full.texts_rest_on == frozenset({"express", "request"})
    assert full.count_channels
    assert full.on_exhausted == Exhausted("nurture", "Ask why", "not_reached")


def test_every_key_of_a_step_reaches_the_step() -> None:
    full = compiled(FULL)
    assert (full.step("call-1").voicemail, full.step("call-1").redial) == (True, 2)
    assert full.step("mail-1").after == After(Gap(15, Unit.MINUTE), "call-1")
    assert (full.step("mail-2").thread, full.step("mail-2").was) == (Thread.REPLY, "second-mail")
    assert full.step("note").title == "Look at the account"
    assert full.step("note").if_late == IfLate(Late.SKIP_AFTER, Gap(1, Unit.BUSINESS_DAY))
    assert full.step("call-2").after == After(Gap(3, Unit.HOUR))


def test_hours_are_read_by_day_and_ordered_by_time() -> None:
    schedule = compiled(FULL).schedule
    morning = Window(time(9), time(12))
    afternoon = Window(time(13, 30), time(17, 30))
    assert schedule.hours.days == ((morning, afternoon),) * 4 + ((morning,), (morning,), ())
    assert schedule.channel_hours[Family.PHONE].on(0) == (Window(time(10), time(11)),)
    assert schedule.hours_for(Verb.SMS) == schedule.hours


def test_what_a_file_leaves_out_has_a_default() -> None:
    sequence = compiled(GOOD)
    assert sequence.title == "trial"
    assert sequence.schedule.hours == workspace().hours
    assert sequence.again == Again(AgainPolicy.AFTER, Gap(90, Unit.DAY))
    assert compiled(GOOD.replace(", locales: [en]", "")).audience.locales == (workspace().locale,)


def test_people_may_come_in_again_by_the_kind_of_audience() -> None:
    assert compiled(GOOD.replace("kind: outbound", "kind: nurture")).again == Again(AgainPolicy.IF_INACTIVE)
    inbound = GOOD.replace("kind: outbound", "kind: inbound") + "respond_within: 5m\non_exhausted: {task: Ask}\n"
    assert compiled(inbound).again == Again(AgainPolicy.ALWAYS)
    assert compiled(GOOD + "again: never\n").again == Again(AgainPolicy.NEVER)


def usual_lateness(workspace: Workspace) -> list[IfLate]:
    steps = "\n".join(f"{{key: s{day}, day: {day}, do: {verb}, use: x}}" for day, verb in enumerate(
        ["call", "linkedin", "maimai", "personal_email", "wechat_add", "email"], 1))  # fmt: skip
    made = compile_sequence(outbound(steps, "6x4x6"), "f.yaml", workspace).sequence
    assert made is not None
    return [step.if_late for step in made.steps]


def test_late_calls_and_invitations_are_skipped_a_personal_mail_is_told_of_and_everything_else_waits() -> None:
    five = IfLate(Late.SKIP_AFTER, Gap(5, Unit.BUSINESS_DAY))
    told = IfLate(Late.ESCALATE, Gap(1, Unit.BUSINESS_DAY))
    wait = IfLate(Late.WAIT)
    usual = usual_lateness(workspace())
    assert usual == [IfLate(Late.SKIP_AFTER, Gap(3, Unit.BUSINESS_DAY)), five, five, told, wait, wait]
    assert usual_lateness(replace(workspace(), teams=()))[3] == wait  # there is nobody to tell


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wait", IfLate(Late.WAIT)),
        ("proceed", IfLate(Late.PROCEED)),
        ("{skip_after: 4h}", IfLate(Late.SKIP_AFTER, Gap(4, Unit.HOUR))),
        ("reassign", IfLate(Late.REASSIGN, A_DAY)),
        ("{reassign: team}", IfLate(Late.REASSIGN, A_DAY)),
        ("{reassign: manager, after: 2bd}", IfLate(Late.REASSIGN, Gap(2, Unit.BUSINESS_DAY), MANAGER)),
        ("{reassign: ana-diaz}", IfLate(Late.REASSIGN, A_DAY, "ana-diaz")),
        ("escalate", IfLate(Late.ESCALATE, A_DAY)),
        ("{escalate: manager, after: 0d}", IfLate(Late.ESCALATE, Gap(0, Unit.DAY))),
        ("{escalate: tom-lee, after: 2d}", IfLate(Late.ESCALATE, Gap(2, Unit.DAY), "tom-lee")),
    ],
)
def test_what_becomes_of_a_late_step_has_a_short_and_a_long_form(written: str, meant: IfLate) -> None:
    text = outbound(f"{{key: a, day: 1, do: call, use: x, if_late: {written}}}", "1x1x1")
    assert compiled(text).step("a").if_late == meant


def test_a_compiled_sequence_survives_its_canonical_json() -> None:
    sequence = compiled(FULL)
    assert from_json(Sequence, to_json(sequence)) == sequence


def test_every_template_is_listed_with_its_place_even_when_the_file_has_errors() -> None:
    uses = compile_sequence(FULL.replace("6x5x9", "1x1x1"), "f.yaml", workspace()).uses
    assert [(use.step_key, use.ref) for use in uses] == [
        ("@ack", "call-in/received"),
        ("call-1", "call-in/first"),
        ("mail-1", "call-in/mail"),
        ("mail-2", "call-in/again"),
        ("link", "call-in/link"),
        ("call-2", "call-in/sms"),
    ]
    assert uses[0] == Use("call-in/received", Verb.EMAIL, "@ack", "f.yaml", 15, 31)
    assert (uses[1].line, uses[1].column) == (19, 42)
