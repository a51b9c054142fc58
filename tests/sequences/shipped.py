"""What ships, read once: the sequences, and every template with the verb that uses it."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from engine.compiler.folder import FolderResult, compile_folder
from engine.core.sequence import Sequence, Verb

ROOT = Path(__file__).parents[2]
SEQUENCES = ROOT / "sequences"
TEMPLATES = ROOT / "templates"
LOCALES = ("en", "zh")

# Not named by any step: an outcome adds the first, every triage task shows the second.
ADDED = {"outcome/send-info": Verb.PERSONAL_EMAIL, "triage/reply": Verb.TASK}

Texts = Mapping[str, Mapping[str, str]]


def sequence_files() -> tuple[Path, ...]:
    return tuple(sorted(SEQUENCES.glob("*.yaml")))


@cache
def folder() -> FolderResult:
    return compile_folder({path.name: path.read_text(encoding="utf-8") for path in sequence_files()})


def sequence(key: str) -> Sequence:
    compiled = folder().sequences[f"{key}.yaml"].sequence
    assert compiled is not None
    return compiled


def used_templates() -> dict[str, Verb]:
    """Every ref and the verb that uses it, acknowledgements and added touches included."""
    return dict(_uses()) | ADDED


def _uses() -> Iterator[tuple[str, Verb]]:
    for compiled in folder().sequences.values():
        for use in compiled.uses:
            yield use.ref, use.verb


@cache
def texts_of(ref: str) -> Texts:
    """By locale and part."""
    return {
        locale.name: {part.name: part.read_text(encoding="utf-8") for part in sorted(locale.iterdir())}
        for locale in sorted((TEMPLATES / ref).iterdir())
    }
