"""Where the files of a project are: `sequences/` and `templates/` beside each other, or the ones that ship."""

from pathlib import Path

from engine.core.errors import BadInput
from engine.messages.contract import KNOWN_PARTS
from engine.operations.validating import Project

_BESIDE_PACKAGE = Path(__file__).parents[2]
_IN_WHEEL = Path(__file__).parents[1] / "share"


def shipped() -> Path:
    """The folder that holds the shipped `sequences/` and `templates/`."""
    return _BESIDE_PACKAGE if (_BESIDE_PACKAGE / "sequences").is_dir() else _IN_WHEEL


def read_project(sequences: Path, templates: Path | None = None) -> Project:
    """Reads the YAML below `sequences` and the texts below `templates` (beside it unless named). Country policies that
    the folder has no file for are those that ship.

    Raises BadInput for a folder that is not there or a file that is not UTF-8.
    """
    if not sequences.is_dir():
        is_there = "is no folder" if sequences.exists() else "is no folder: there is nothing of that name"
        raise BadInput(f"{sequences} {is_there}; name the one that holds workspace.yaml and the sequences")
    texts = templates or sequences.absolute().parent / "templates"
    return Project(sequences=_shipped_policies() | _read_yaml(sequences), templates=_read_templates(texts))


def _shipped_policies() -> dict[str, str]:
    return {f"policies/{name}": text for name, text in _read_yaml(shipped() / "sequences" / "policies").items()}


def _read_yaml(folder: Path) -> dict[str, str]:
    paths = (path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))
    return {path.relative_to(folder).as_posix(): _read(path) for path in sorted(paths)}


def _read_templates(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        above, part = path.relative_to(folder).parts[:-1], path.name
        if path.is_file() and len(above) > 1 and not part.startswith("."):
            *ref, locale = above
            found.setdefault("/".join(ref), {}).setdefault(locale, {})[part] = _read_part(path)
    return found


def _read_part(path: Path) -> str:
    """A picture or a document beside the texts is told by its name, not by what its bytes are not."""
    return _read(path) if path.name in KNOWN_PARTS else ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8; save it as UTF-8") from None
