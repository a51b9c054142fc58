"""The engine as a state machine for hypothesis: everything that people, time, providers and crashes can do to it.

A rule does one thing; after each the invariants of the semantics (section 2) are checked. A test may break the engine
first and see that the machine notices.
"""

from tests.operations.machine_fate import Fate
from tests.operations.machine_gates import Gates
from tests.operations.machine_people import People
from tests.support.databases import Shelf


class Machine(People, Fate, Gates):
    """All the rules together."""


def machine_on(shelf: Shelf, kind: type[Machine] = Machine) -> type[Machine]:
    """The machine whose worlds are copies of this shelf's template."""
    return type(kind.__name__, (kind,), {"shelf": shelf})
