"""Killed at one step or another of what it makes at an endpoint, a run leaves nothing there after `harness gc`.

Every single step is in tests/proofs/ledger_steps.py; here are those that differ in what `gc` has to do.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders.stepped import Killed, faults, killed, serving

from harness.mock import Room


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with serving() as served:
        yield served


@pytest.mark.parametrize(
    ("step", "before"),
    [
        ("ledger kind: after#1", []),
        ("POST files: head#1", ["file"]),
        ("ledger id: half#1", ["file"]),
        ("ledger id: after#2", ["response", "file"]),
        ("DELETE responses: head#1", ["file"]),
        ("POST responses: after#4", ["response", "conversation", "container", "container"]),
    ],
    ids=[
        "meant",
        "made and not read",
        "half of its id noted",
        "its id noted",
        "removed and not noted",
        "more than one",
    ],
)
def test_nothing_is_left(room: Room, tmp_path: Path, step: str, before: list[str]):
    done = killed(room, tmp_path / "project", step)

    assert done.before == before
    assert (done.left, done.swept) == ([], 0), done.told
    assert faults(done) == []


@pytest.mark.parametrize(
    ("step", "left", "status"),
    [("POST responses: head#1", ["response"], 0), ("POST conversations: head#1", ["conversation"], 1)],
)
def test_what_nobody_read_the_id_of_is_told(room: Room, tmp_path: Path, step: str, left: list[str], status: int):
    """It was made, and the process ended before it could know as what. The API lists none of its kind."""
    done = killed(room, tmp_path / "project", step)

    assert (done.left, done.swept) == (left, status)
    assert f"{left[0]} (no id came), asked for at 20" in done.told
    assert "metadata harness_run" in done.told
    assert faults(done) == []


def test_what_is_left_and_not_told_is_a_fault():
    told = "  stopped with its connection, unless it was just finished: response (no id came), asked for at 20\n"

    assert faults(Killed((), -9, [], 0, told, ["response", "container"])) == []
    assert faults(Killed((), -9, [], 0, told, ["file", "conversation"])) == [
        "file is left and not told of",
        "conversation is left and not told of",
    ]
    assert faults(Killed((), 0, [], 1, "", [])) == ["the run was not killed: 0", "gc ended with 1"]
