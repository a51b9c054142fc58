"""Which thread a mail stands in when mails before it were skipped, refused, or left from elsewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import insert, update

from engine.core.touch import TouchEvent
from engine.operations.act import act_on
from engine.operations.lifecycle import advance
from engine.operations.validating import Project
from engine.store import tables, touches
from tests.support.stage import Stage
from tests.support.world import World, shipped_project

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
_PLAN = """
sequence: threads
title: Threads
formula: 5x2x12
audience: {kind: outbound, locales: [en]}
schedule: {days: business, hours: {mon-fri: ["09:00-17:00"]}, zone: prospect}
consent: {sms: express}
again: always
steps:
  - {key: intro, day: 1, do: email, use: threads/intro}
  - {key: text, day: 2, do: sms, use: threads/text}
  - {key: proof, day: 5, do: email, use: threads/proof, thread: reply}
  - {key: fresh, day: 8, do: email, use: threads/fresh}
  - {key: close, day: 12, do: email, use: threads/close, thread: reply}
"""
_BODY = "{{ company.postal_address }} {{ unsubscribe_url }}"
MAILS = ("intro", "proof", "fresh", "close")
Mail = tuple[str, list[str]]  # its subject, and the steps whose mails it refers to


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    shipped = shipped_project()
    kept = {name: text for name, text in shipped.sequences.items() if name.startswith(("workspace", "policies/"))}
    texts = {
        f"threads/{key}": {"en": {"subject.txt": key.title(), "body.txt": _BODY, "body.html": _BODY}} for key in MAILS
    }
    texts["threads/text"] = {"en": {"sms.txt": "Northgate: prices are out. Reply STOP to end."}}
    made = Stage(
        tmp_path_factory.mktemp("threads"), Project(kept | {"threads.yaml": _PLAN}, {**shipped.templates, **texts})
    )
    yield made
    made.clear()


@pytest.fixture
def world(stage: Stage) -> World:
    made = stage.world(MONDAY)
    where = {"zone": "America/New_York", "zone_origin": "own"}
    who = made.add_prospect(email="ada@example.com", phone="+12125550100", **where)
    agreed = {"prospect_id": who, "channel": "sms", "basis": "express", "text": "yes", "source": "form"}
    with made.ctx.database.write() as connection:
        connection.execute(insert(tables.consent).values(**agreed, actor="test", at=MONDAY))
    made.enroll("threads", who)
    return made


def live(world: World, *skipped: str) -> None:
    """To the end of the sequence, without these steps."""
    for _ in range(20):
        waiting = [row for row in world.rows("touch") if row.status == "scheduled"]
        for row in waiting:
            if row.step in skipped:
                skip(world, row.id)
        due = min((row.due_at for row in waiting), default=world.clock())
        world.clock.set(max(world.clock(), due) + timedelta(minutes=1))
        world.tick()


def skip(world: World, touch_id: int) -> None:
    (row,) = world.rows("touch", id=touch_id)
    with act_on(world.ctx, row.prospect_id) as act:
        touches.move(act.connection, row, TouchEvent.SKIP, now=act.now, reason="by_rep")
        advance.proceed(act, [row.enrollment_id])


def sent(world: World) -> dict[str, Mail]:
    step_of = {row.id: row.step for row in world.rows("touch")}
    rows = {step_of[row.touch_id]: row for row in world.rows("message") if row.channel == "email"}
    by_id = {row.message_id: step for step, row in rows.items()}
    found: dict[str, Mail] = {}
    for step, row in rows.items():
        mail = message_from_bytes(row.payload, policy=policy.default)
        parents = [by_id[one] for one in str(mail["References"] or "").split()]
        assert [by_id[one] for one in str(mail["In-Reply-To"] or "").split()] == parents[-1:]
        found[step] = (str(mail["Subject"]), parents)
    return found


_OF_INTRO = {tables.touch: tables.touch.c.step == "intro", tables.message: tables.message.c.channel == "email"}
INTRO: Mail = ("Intro", [])
PROOF: Mail = ("Re: Intro", ["intro"])
FRESH: Mail = ("Fresh", [])


@pytest.mark.parametrize(
    ("skipped", "threads"),
    [
        ((), {"intro": INTRO, "proof": PROOF, "fresh": FRESH, "close": ("Re: Fresh", ["fresh"])}),
        (("intro",), {"proof": ("Proof", []), "fresh": FRESH, "close": ("Re: Fresh", ["fresh"])}),
        (("fresh",), {"intro": INTRO, "proof": PROOF, "close": ("Re: Intro", ["intro", "proof"])}),
        (("proof", "fresh"), {"intro": INTRO, "close": ("Re: Intro", ["intro"])}),
        (("intro", "fresh"), {"proof": ("Proof", []), "close": ("Re: Proof", ["proof"])}),
        (("intro", "proof", "fresh"), {"close": ("Close", [])}),
    ],
)
def test_a_reply_goes_to_the_last_mail_that_left(
    world: World, skipped: tuple[str, ...], threads: dict[str, Mail]
) -> None:
    live(world, *skipped)

    assert sent(world) == threads
    assert [row.status for row in world.rows("touch", step="text")] == ["sent"]  # a text is no part of a thread


@pytest.mark.parametrize("change", [{"status": "failed"}, {"mailbox_id": 2}])
def test_what_was_refused_or_left_from_another_mailbox_is_answered_by_nothing(
    world: World, change: dict[str, str | int]
) -> None:
    world.tick()
    table = tables.touch if "status" in change else tables.message
    with world.ctx.database.write() as connection:
        connection.execute(update(table).where(_OF_INTRO[table]).values(**change))

    live(world, "fresh")

    assert sent(world)["proof"] == ("Proof", [])
    assert sent(world)["close"] == ("Re: Proof", ["proof"])
