"""Scenario files run by the real engine: SQLite, every operation, and a clock that jumps (`touchline test`)."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.channels.simulated import RecordingTransport
from engine.compiler.scenarios import Scenario, read_scenarios
from engine.core.errors import BadInput
from engine.operations import authoring
from engine.operations.authoring import Invalid
from engine.operations.context import Context
from engine.operations.plans import PlanShelf
from engine.operations.validating import Finding, Project
from engine.runtime.clock import ManualClock
from engine.runtime.files import read_project
from engine.runtime.scenarios.play import Result, play
from engine.store import migrations
from engine.store.database import Database

WORKSPACE_FILE = "workspace.yaml"
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


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
    read = [read_scenarios(text, file) for file, text in texts.items()]
    problems = [problem for _, wrong in read for problem in wrong]
    if problems:
        raise Invalid(tuple(Finding(*astuple(problem)) for problem in problems))
    with _stage(project) as stage:
        return [stage.play(scenario) for scenarios, _ in read for scenario in scenarios]


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
    """A database in which the project is applied."""
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        database = Database(f"sqlite:///{folder}/scenario.db", durable=False)
        stage = _Stage(Path(folder), database, PlanShelf())
        migrations.upgrade(database)
        authoring.apply(stage.context(ManualClock(_BEFORE_ALL)), project, actor="scenarios")
        stage.keep()
        yield stage
        database.close()


@dataclass(frozen=True, slots=True)
class _Stage:
    """Every scenario begins on a fresh copy of the file; the statements that one has compiled serve the next."""

    folder: Path
    database: Database
    shelf: PlanShelf

    def context(self, clock: ManualClock) -> Context:
        """What is sent stays in memory."""
        transport = RecordingTransport(clock)
        return Context(
            database=self.database,
            now=clock,
            transports={"email": transport, "sms": transport},
            public_url="https://touch.example.com",
            secret=b"a scenario has no secrets",
            worker="scenarios",
            shelf=self.shelf,
        )

    def keep(self) -> None:
        self.database.close()
        shutil.copyfile(self.folder / "scenario.db", self.folder / "template.db")

    def play(self, scenario: Scenario) -> Result:
        self.database.close()
        shutil.copyfile(self.folder / "template.db", self.folder / "scenario.db")
        clock = ManualClock(scenario.shape.enroll_at)
        return play(self.context(clock), clock, scenario)
