"""The line that tells how far a run has come."""

import pytest

from harness.engine.traces.progress import Count, Progress

FULL = Progress(206, 12, 32, 4, 1, 75.0, {"swedencentral": Count(100, 10), "eastus2": Count(106, 2)})


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            200,
            "12/206 done · 1 failed · 32 running · 4 waiting for quota · 1 min 15 s"
            " · eastus2 2/106 · swedencentral 10/100",
        ),
        (60, "12/206 done · 1 failed · 32 running · 4 waiting for quota"),
        (30, "12/206 done · 1 failed"),
        (8, "12/206 d"),
        (0, ""),
    ],
)
def test_what_matters_most_stays_where_a_terminal_is_narrow(width: int, line: str):
    assert FULL.line(width) == line
    assert len(line) <= width


def test_one_region_is_not_told_apart_and_nothing_is_told_of_nothing():
    assert Progress(3, 1, 2, regions={"swedencentral": Count(3, 1)}).line(80) == "1/3 done · 2 running · 0 s"


def test_name_of_a_region_cannot_act():
    shown = Progress(2, 0, regions={"a\x1b[2J": Count(1), "b": Count(1)}).line(200)

    assert "\x1b" not in shown
    assert "a\\x1b[2J 0/1" in shown
