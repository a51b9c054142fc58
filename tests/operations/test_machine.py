"""Whatever happens, in whatever order: the promises of the semantics hold, on SQLite and on PostgreSQL.

`HYPOTHESIS_PROFILE=deep` runs it for an hour instead of half a minute.
"""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.operations.machine import machine_on
from tests.support.databases import Shelf
from tests.support.deep import IS_DEEP

SETTINGS = settings(
    max_examples=400 if IS_DEEP else 10,
    stateful_step_count=60 if IS_DEEP else 30,
    suppress_health_check=list(HealthCheck),
)


def test_the_promises_hold_whatever_happens(filled: Shelf) -> None:
    run_state_machine_as_test(machine_on(filled), settings=SETTINGS)
