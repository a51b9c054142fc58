"""Scenario files run by the real engine: SQLite, every operation, and a clock that jumps (`touchline test`)."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.channels.simulated import RecordingTransport
from engine.compiler.problems import Problem
from engine.compiler.scenarios import Scenario, read_scenarios
from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import BadInput, EngineError
from engine.core.outcome import Answer
from engine.operations import authoring
from engine.operations.act import act as begin
from engine.operations.authoring import Project
from engine.operations.context import Context
from engine.operations.enroll import Order, enroll
from engine.operations.plans import PlanShelf
from engine.runtime import scenario_people
from engine.runtime.clock import ManualClock
from engine.runtime.files import read_project
from engine.runtime.scenario_checks import aftermath, expected_words, mismatch, timeline
from engine.runtime.scenario_events import Script
from engine.runtime.virtual import Hands, plain_answer, run_until
from engine.store import enrollments, migrations, plans, touches
from engine.store.connection import Record
from engine.store.database import Database

WORKSPACE_FILE = "workspace.yaml"
_LONGEST = timedelta(days=500)  # a scenario in which something is still to come after that goes round in circles
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Failure:
    line: int
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Result:
    """`told` is what happened, in words; `failures` are the expectations that do not hold."""

    name: str
    file: str
    line: int
    passed: bool
    failures: tuple[Failure, ...] = ()
    timeline: tuple[str, ...] = ()

    @property
    def told(self) -> list[str]:
        """For people: what was expected and what is the case, then how it came to that."""
        if self.passed:
            return []
        wrong = [f"{self.file}:{one.line}: expected {one.expected}; but: {one.actual}" for one in self.failures]
        return [*wrong, *self.timeline]


def run_scenarios(paths: Iterable[Path]) -> list[Result]:
    """Runs every scenario of these files and folders, each against the project around its file.

    Raises Invalid when the project or a scenario file has errors, BadInput for a path without scenarios.
    """
    results: list[Result] = []
    for folder, files in _by_project(paths).items():
        texts = {str(path): path.read_text(encoding="utf-8-sig") for path in files}
        results += run_texts(read_project(folder), texts)
    return results


def run_texts(project: Project, texts: dict[str, str]) -> list[Result]:
    """Runs scenario files, given as texts by file name, against a project. Raises Invalid as `run_scenarios`."""
    scenarios, problems = [], list[Problem]()
    for file, text in texts.items():
        found, wrong = read_scenarios(text, file)
        scenarios += found
        problems += wrong
    if problems:
        raise authoring.Invalid(tuple(map(authoring.plain, problems)))
    with _stage(project) as stage:
        return [stage.play(scenario) for scenario in scenarios]


def _by_project(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """The scenario files by the folder that holds their workspace."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        files = [path] if path.is_file() else sorted((path if path.name == "tests" else path / "tests").rglob("*.y*ml"))
        if not files:
            raise BadInput(f"there are no scenarios in {path}; name a scenario file, or a folder that holds tests/")
        for file in files:
            found.setdefault(_project_around(file), []).append(file)
    return found


def _project_around(file: Path) -> Path:
    for folder in file.absolute().parents:
        if (folder / WORKSPACE_FILE).is_file():
            return folder
    raise BadInput(f"{file} belongs to no project: no folder above it holds {WORKSPACE_FILE}")


@contextmanager
def _stage(project: Project) -> Iterator["_Stage"]:
    """A database in which the project is applied; every scenario gets a copy of its own."""
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        stage = _Stage(Path(folder), PlanShelf())
        with stage.context(stage.template, ManualClock(_BEFORE_ALL)) as ctx:
            migrations.upgrade(ctx.database)
            authoring.apply(ctx, project, actor="scenarios")
        yield stage


@dataclass(frozen=True, slots=True)
class _Stage:
    folder: Path
    shelf: PlanShelf

    @property
    def template(self) -> Path:
        return self.folder / "template.db"

    @contextmanager
    def context(self, path: Path, clock: ManualClock) -> Iterator[Context]:
        """An engine on the database in that file; what it sends stays in memory."""
        database, transport = Database(f"sqlite:///{path}", durable=False), RecordingTransport(clock)
        try:
            yield Context(
                database=database,
                now=clock,
                transports={"email": transport, "sms": transport},
                public_url="https://touch.example.com",
                secret=b"a scenario has no secrets",
                worker="scenarios",
                shelf=self.shelf,
            )
        finally:
            database.close()

    def play(self, scenario: Scenario) -> Result:
        path = self.folder / "scenario.db"
        shutil.copyfile(self.template, path)
        clock = ManualClock(scenario.shape.enroll_at)
        with self.context(path, clock) as ctx:
            return _Play(ctx, clock, scenario).result()


class _Play:
    """One scenario, lived through once."""

    def __init__(self, ctx: Context, clock: ManualClock, scenario: Scenario) -> None:
        self._ctx, self._clock, self._scenario, self._shape = ctx, clock, scenario, scenario.shape
        self._rep = self._shape.rep or ctx.workspace().reps[0].key

    def result(self) -> Result:
        try:
            enrolled = self._enroll()
        except EngineError as problem:
            return self._failed(Failure(self._scenario.line, "it can begin", str(problem)))
        if isinstance(enrolled, str):
            return self._refused(enrolled)
        script = self._live(enrolled)
        return self._judged(enrolled, script)
