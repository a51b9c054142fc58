"""I10 at the doors: signed webhooks repeated, reordered, delayed and read in pieces end in the same facts.

HYPOTHESIS_PROFILE=deep sends 5,000 of them ten times over on each database; else a sample.
"""

import pytest

from tests.support.databases import Databases, Shelf
from tests.support.deep import IS_DEEP
from tests.support.permuted_webhooks import PEOPLE, facts_after, fill

WEBHOOKS, TIMES = (5_000, 10) if IS_DEEP else (120, 3)


@pytest.fixture(scope="module")
def written_to(databases: Databases) -> Shelf:
    return Shelf(databases, fill)


def test_webhooks_end_in_the_same_facts_however_they_arrive(written_to: Shelf) -> None:
    in_order = facts_after(written_to, WEBHOOKS, None)
    assert in_order["not applied"] == []
    assert {status for _, _, status in in_order["arrivals"]} <= {"applied", "ignored"}
    assert len(in_order["suppressed"]) > PEOPLE
    for seed in range(TIMES):
        assert facts_after(written_to, WEBHOOKS, seed) == in_order
