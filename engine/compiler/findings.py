"""What the lint looks at: a sequence beside the file it was read from."""

from dataclasses import dataclass

from engine.compiler.document import Path
from engine.compiler.draft import Draft
from engine.compiler.problems import Complaint, Problem, Severity
from engine.compiler.sequence_shape import SequenceShape
from engine.core.sequence import Sequence, Step


@dataclass(frozen=True, slots=True)
class Subject:
    """The sequence may be incomplete: `draft` knows what was lost on the way, and a rule that needs it stays silent."""

    sequence: Sequence
    draft: Draft[SequenceShape]

    def steps(self) -> list[tuple[int, Step]]:
        """Each step with its index in the file."""
        return self.draft.numbered(("steps",), self.sequence.steps)

    def planned(self) -> list[tuple[int, Step]]:
        """The steps in the order of the plan: by day, then as written."""
        return sorted(self.steps(), key=lambda pair: pair[1].day)

    def has(self, *path: str | int) -> bool:
        return self.draft.is_intact(*path)

    def at(self, path: Path, complaint: Complaint, *, at_key: bool = False, severity: Severity = "error") -> Problem:
        return self.draft.document.problem(path, complaint, at_key=at_key, severity=severity)
