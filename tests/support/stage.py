"""Worlds one after the other, each on a fresh copy of one database: quick enough for a table of sixty outcomes.

Beside what ships there is a sequence for every human verb: `try-call`, `try-linkedin`, ...; and `strict`, which
cannot be written for somebody whose department is not known.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from engine.channels.simulated import RecordingTransport
from engine.core.outcome import OUTCOMES
from engine.core.sequence import Verb
from engine.operations.validating import Project
from engine.runtime.clock import ManualClock
from tests.support.world import World, applied, make_world, open_world, shipped_project

HUMAN_VERBS = tuple(Verb(name) for name in OUTCOMES if name != "triage")
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
_TEXTS = {
    Verb.CALL: "outbound/call-1",
    Verb.PERSONAL_EMAIL: "outbound/personal",
    Verb.LINKEDIN: "outbound/connect",
    Verb.MAIMAI: "outbound/connect",
    Verb.VIDEO: "outbound/connect",
    Verb.WECHAT_ADD: "call-in/wechat-add",
    Verb.WECHAT_MESSAGE: "call-in/wechat-add",
    Verb.TASK: "call-in-cn/hand-over",
}


_STRICT = """
sequence: strict
title: Strict
formula: 2x2x1
audience: {kind: outbound, locales: [en]}
schedule: {days: business, hours: {mon-fri: ["09:00-17:00"]}, zone: prospect}
again: always
steps:
  - {key: mail, day: 1, do: email, use: strict/mail}
  - {key: call, day: 1, do: call, use: strict/call}
"""
_BODY = "To {{ prospect.department }}. {{ company.postal_address }} {{ unsubscribe_url }}"
_STRICT_TEXTS = {
    "strict/mail": {"en": {"subject.txt": "For {{ prospect.department }}", "body.txt": _BODY, "body.html": _BODY}},
    "strict/call": {"en": {"call.md": "Ask for {{ prospect.department }}."}},
}


def trial(verb: Verb, *, redial: int = 0) -> str:
    """Two steps of the verb, two days apart; a mail, and one more channel, so that the rest has something to go on."""
    other = Verb.LINKEDIN if verb is Verb.CALL else Verb.CALL
    families = {verb.family, Verb.EMAIL.family, other.family}
    formula = "2x2x5" if verb is Verb.TASK else f"4x{len(families)}x5"
    title = ", title: Do it" if verb is Verb.TASK else ""
    again = f", redial: {redial}" if redial else ""
    return f"""
sequence: try-{verb.value.replace("_", "-")}{"-again" if redial else ""}
title: Try {verb.value}
formula: {formula}
audience: {{kind: outbound, locales: [en]}}
schedule: {{days: business, hours: {{mon-fri: ["09:00-17:00"]}}, zone: prospect}}
again: always
steps:
  - {{key: first, day: 1, do: {verb.value}, use: {_TEXTS[verb]}{title}{again}}}
  - {{key: second, day: 3, do: {verb.value}, use: {_TEXTS[verb]}{title}}}
  - {{key: mail, day: 4, do: email, use: outbound/intro}}
  - {{key: other, day: 5, do: {other.value}, use: {_TEXTS[other]}}}
on_exhausted: {{start: nurture}}
"""


def project() -> Project:
    shipped = shipped_project()
    trials = {f"try-{verb.value}.yaml": trial(verb) for verb in HUMAN_VERBS}
    trials["try-call-again.yaml"] = trial(Verb.CALL, redial=2)
    return Project({**shipped.sequences, **trials, "strict.yaml": _STRICT}, {**shipped.templates, **_STRICT_TEXTS})


@cache
def _with_trials() -> Path:
    return applied(project(), _BEFORE_ALL)


class Stage:
    def __init__(self, folder: Path, plans: Project | None = None) -> None:
        self._file, self._template = folder / "world.db", folder / "template.db"
        url = f"sqlite:///{self._file}"
        if plans is None:
            shutil.copyfile(_with_trials(), self._file)
            self._world = open_world(url, folder, _BEFORE_ALL)
        else:
            self._world = make_world(url, folder, _BEFORE_ALL, project=plans)
        self.clear()
        shutil.copyfile(self._file, self._template)

    def world(self, now: datetime) -> World:
        """As if nothing had ever happened; the world before is gone. What is sent stays in memory."""
        self.clear()
        shutil.copyfile(self._template, self._file)
        clock = ManualClock(now)
        transport = RecordingTransport(clock)
        transports = {"email": transport, "sms": transport}
        return World(replace(self._world.ctx, now=clock, transports=transports), clock, self._world.folder)

    def clear(self) -> None:
        self._world.ctx.database.close()


@contextmanager
def stage_in(folder: Path) -> Iterator[Stage]:
    made = Stage(folder)
    yield made
    made.clear()
