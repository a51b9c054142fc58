"""I6 to its end: when everything works again and reps do their tasks, whoever is in a sequence comes out of it."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.core.touch import TouchStatus
from engine.operations import steering
from tests.operations.machine import Machine, machine_on
from tests.support.databases import Shelf, on_sqlite
from tests.support.deep import IS_DEEP

LONGEST = timedelta(days=220)  # three weeks, then nurture over three months, and pauses in between


class Storm(Machine):
    def teardown(self) -> None:
        try:
            if self.people:
                self.calm()
        finally:
            super().teardown()

    def calm(self) -> None:
        """Nothing is forced: what was switched off is switched on, what was held is let go, and time passes."""
        self._switch_everything_on()
        end = self.now + LONGEST
        while self.live() and self.now < end:
            self.work_on(times=1)
            self.jump(times=1)
            self.mend()
            while self.touches(TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED):
                self.settle(which=0)
        self.holds()
        left = [f"{row.sequence_key} of {row.prospect_id} is {row.status}" for row in self.live()]
        assert not left, f"I6: {left} after {LONGEST.days} days, with {self._open()}"

    def _switch_everything_on(self) -> None:
        self.switch_sending(is_on=True)
        self.hold_everything(is_held=False)
        self.trip(scope="none")
        self.stop_reading()
        for row in self.world.rows("sequence"):
            self.pause_sequence(row.key, is_paused=False)
        for row in self.live():
            if row.status == "paused":
                steering.resume(self.world.ctx, row.id, actor="test")

    def _open(self) -> list[str]:
        return [
            f"{row.step} {row.status} {row.reason} due {row.due_at}" for row in self.world.rows("touch", ended_at=None)
        ]


@on_sqlite
def test_nobody_is_lost_in_a_sequence(filled: Shelf) -> None:
    storm = machine_on(filled, Storm)
    few = settings(max_examples=60 if IS_DEEP else 2, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(storm, settings=few)
