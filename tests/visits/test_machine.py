"""Any interleaving of the verbs keeps the promises; accepted undos restore exactly."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from onestop.db.session import Database
from tests.visits.day_machine import AnyDay

QUICK = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # Shrinking a day on a real database takes hours; the printed steps are short enough to read.
    phases=(Phase.explicit, Phase.generate),
)
THOROUGH = settings(QUICK, max_examples=100, stateful_step_count=60, derandomize=False)


def run_any_day(database: Database, how: settings) -> None:
    machine = type("AnyDayHere", (AnyDay,), {"database": database})
    run_state_machine_as_test(machine, settings=how)


def test_any_interleaving_of_the_verbs_keeps_the_promises(database: Database) -> None:
    run_any_day(database, QUICK)


@pytest.mark.full
def test_many_long_interleavings_keep_the_promises(database: Database) -> None:
    run_any_day(database, THOROUGH)
