"""Random walks over the endpoint, beside a small model of what it must hold."""

import pytest
from builders.mock_machine import Endpoint
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

TestEndpoint = Endpoint.TestCase
TestEndpoint.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)

SHORT = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("row", ["B01", "B03", "B08", "B10", "B14", "B20", "B24", "B26", "B29"])
def test_walk_notices_what_is_wrong(row: str):
    """The model is no rubber stamp: an endpoint that mistreats its state disagrees with it."""
    wrong = type("Wrong", (Endpoint,), {"defects": (row,)})

    with pytest.raises((AssertionError, KeyError, ValueError)):
        run_state_machine_as_test(wrong, settings=SHORT)
