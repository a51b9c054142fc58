"""A folder of sequence files: every file, and what only shows when one looks at all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from engine.compiler.document import Document, located, read_yaml
from engine.compiler.policies import countries_twice, examine_policy
from engine.compiler.problems import Complaint, Problem, did_you_mean, in_order, listed
from engine.compiler.sequences import Compiled, Examined, compile_playbook, examine_sequence
from engine.compiler.simulations import is_simulation, read_simulation
from engine.compiler.words import shown
from engine.compiler.workspace_calendars import PlaceNamed
from engine.compiler.workspaces import WorkspaceDraft, draft_workspace, stand_in_workspace
from engine.core.policy import Policy
from engine.core.workspace import Workspace

WORKSPACE_FILE = "workspace.yaml"
POLICY_FOLDER = "policies"
SIMULATION_FOLDER = "simulations"


@dataclass(frozen=True, slots=True)
class FolderResult:
    """`sequences` by the path of their file; `problems` are those of every file, in order. `places` are where the files
    ask for holidays. `drafts` are sequences to be simulated and never deployed: only their errors are told.
    """

    workspace: Workspace | None
    sequences: dict[str, Compiled]
    problems: tuple[Problem, ...]
    places: tuple[PlaceNamed, ...] = ()
    drafts: dict[str, Compiled] = field(default_factory=dict)


def compile_folder(files: Mapping[str, str]) -> FolderResult:
    """`files` are texts by path relative to the folder. Scenario files (`tests/`) are not the compiler's."""
    own = _workspace(files)
    policies, policy_problems = _policies(files)
    problems = (*own.problems, *policy_problems)
    is_sound = not any(problem.is_error for problem in problems)
    workspace = replace(own.workspace, policies=policies if is_sound else ())  # half of them would raise false alarms
    simulations = _simulation_paths(files)
    paths = [path for path in _sequence_paths(files) if path not in simulations]
    examined = {path: examine_sequence(files[path], path, workspace) for path in paths}
    found = _across(examined)
    compiled = {
        path: _completed(each.compiled, found.get(path, []), is_sound=is_sound) for path, each in examined.items()
    }
    sequences = {path: each for path, each in compiled.items() if not is_only_simulated(path)}
    drafts = {path: _without_warnings(each) for path, each in compiled.items() if path not in sequences}
    playbooks = [compile_playbook(text, path) for path, text in sorted(files.items()) if _is_below(path, "playbooks")]
    known = _keys(examined)
    simulated = [read_simulation(files[path], path, workspace, known) for path in simulations]
    everything = [*problems, *(problem for each in simulated for problem in each.problems)]
    for each in (*sequences.values(), *drafts.values(), *playbooks):
        everything += each.problems
    places = (*own.places, *(place for each in simulated for place in each.places))
    return FolderResult(workspace if is_sound else None, sequences, in_order(everything), places, drafts)


def _workspace(files: Mapping[str, str]) -> WorkspaceDraft:
    path = _workspace_path(files)
    if path is None:
        return WorkspaceDraft(stand_in_workspace(), (located(WORKSPACE_FILE, (1, 1), _NO_WORKSPACE),))
    return draft_workspace(files[path], path)


def _policies(files: Mapping[str, str]) -> tuple[tuple[Policy, ...], tuple[Problem, ...]]:
    """In the order of their keys."""
    paths = [path for path in sorted(files) if _is_below(path, POLICY_FOLDER) and _is_yaml(path)]
    examined = {path: examine_policy(files[path], path) for path in paths}
    documents = {path: document for path, (_, document, _) in examined.items() if document is not None}
    sound = {path: policy for path, (policy, _, _) in examined.items() if policy is not None}
    problems = [problem for _, _, found in examined.values() for problem in found]
    problems += countries_twice(documents, sound)
    return tuple(sorted(sound.values(), key=lambda policy: policy.key)), tuple(problems)


def _workspace_path(files: Mapping[str, str]) -> str | None:
    found = [path for path in files if PurePosixPath(path).name == WORKSPACE_FILE]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def _sequence_paths(files: Mapping[str, str]) -> list[str]:
    apart = ("tests", "playbooks", POLICY_FOLDER)
    return [
        path
        for path in sorted(files)
        if _is_yaml(path) and path != _workspace_path(files) and not any(_is_below(path, folder) for folder in apart)
    ]


def _simulation_paths(files: Mapping[str, str]) -> list[str]:
    """Beside them in their folder stand drafts of sequences."""
    below = (path for path in sorted(files) if _is_yaml(path) and _is_below(path, SIMULATION_FOLDER))
    return [path for path in below if is_simulation(read_yaml(files[path], path)[0])]


def is_only_simulated(path: str) -> bool:
    """A simulation, or a draft: nothing of it is deployed."""
    return _is_below(path, SIMULATION_FOLDER)


def _without_warnings(draft: Compiled) -> Compiled:
    return replace(draft, problems=tuple(problem for problem in draft.problems if problem.is_error))


def _is_yaml(path: str) -> bool:
    return PurePosixPath(path).suffix in (".yaml", ".yml")


def _is_below(path: str, folder: str) -> bool:
    return folder in PurePosixPath(path).parts[:-1]


def _completed(compiled: Compiled, found: list[Problem], *, is_sound: bool) -> Compiled:
    """Whatever cannot be deployed has no sequence, also when the fault lies in another file."""
    sequence = None if found or not is_sound else compiled.sequence
    return replace(compiled, sequence=sequence, problems=in_order((*compiled.problems, *found)))


def _keys(examined: Mapping[str, Examined]) -> set[str]:
    """Of the sequences; a file that cannot be read is most likely named after its own."""
    written = (
        PurePosixPath(path).stem if each.document is None else _text_at(each.document, "sequence")
        for path, each in examined.items()
    )
    return {key for key in written if key is not None}


def _across(examined: Mapping[str, Examined]) -> dict[str, list[Problem]]:
    """Problems by path."""
    live_first = sorted(examined.items(), key=lambda pair: is_only_simulated(pair[0]))  # a draft takes no key from them
    documents = {path: each.document for path, each in live_first if each.document is not None}
    owners: dict[str, str] = {}
    found: dict[str, list[Problem]] = {}
    for path, document in documents.items():
        key = _text_at(document, "sequence")
        if key is not None and owners.setdefault(key, path) != path:
            found.setdefault(path, []).append(document.problem(("sequence",), _taken(key, owners[key])))
    # No false alarm about a file that cannot be read; and nobody is handed over to a draft but from a draft.
    every, live = _keys(examined), _keys({path: one for path, one in examined.items() if not is_only_simulated(path)})
    for path, document in documents.items():
        start, known = _text_at(document, "on_exhausted", "start"), every if is_only_simulated(path) else live
        if start is not None and start not in known:
            problem = document.problem(("on_exhausted", "start"), _unknown(start, known))
            found.setdefault(path, []).append(problem)
    return found


def _text_at(document: Document, *path: str) -> str | None:
    value = document.data
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


_NO_WORKSPACE = Complaint(
    "workspace-missing",
    f"there is no {WORKSPACE_FILE} in this folder",
    "the company's hours, stages and outcome tables",
    f"write {WORKSPACE_FILE}, or name the folder that has one",
)


def _taken(key: str, path: str) -> Complaint:
    return Complaint(
        "duplicate-sequence",
        f"the sequence {shown(key)} is defined in {path} already",
        "a key of its own for each sequence",
        "rename one of the two, or delete the file",
    )


def _unknown(key: str, known: set[str]) -> Complaint:
    advice = did_you_mean(key, known, "write its file, or name one of these")
    return Complaint("unknown-sequence", f"there is no sequence {shown(key)}", listed(sorted(known)), advice)
