"""Generated parameters: a bounded number of examples, the smallest that fails, and that it is tried first again."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders.cases import StandIn, cases, facts

from harness.engine.conduct import conduct
from harness.engine.exploring import Explored, Exploring, explore
from harness.engine.planning.examples import EXAMPLES, SHRINKS
from harness.engine.planning.plan import Case
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.findings import Verdict, verdict
from harness.source.place import Refused
from harness.wire.exchange import Exchange, How, Request

NUMBERS = """
given:
  number: {integers: {min_value: 0, max_value: 5000}}
turns:
  - user: "Say ${number}."
    expect: {text: {matches: "^[0-9]+$"}}
"""


class Speaking(StandIn):
    """A target that answers each prompt with what a function makes of it."""

    def __init__(self, speaks: Callable[[str], Any], kind: str = "embedded") -> None:
        told = facts()
        super().__init__([], Facts("stand-in", kind, told.endpoint, told.deployment))
        self.speaks = speaks
        self.heard: list[str] = []

    async def send(self, request: Request) -> Exchange:
        prompt = json.loads(request.body)["input"][-1]["content"]
        self.heard.append(prompt)
        self.answers.append(self.speaks(prompt))
        return await super().send(request)


def explored(text: str, target: Speaking, exploring: Exploring | None = None) -> Explored:
    (case,) = cases(text, target)

    async def run() -> Explored:
        grounds = RunGrounds()

        async def one(example: Case) -> Any:
            return await conduct(example, grounds)

        try:
            return await explore(case, one, exploring or Exploring())
        finally:
            await grounds.close()

    return asyncio.run(run())


def judged(found: Explored) -> Verdict:
    return verdict(found.conducted.findings, error=found.conducted.error)


def number(prompt: str) -> str:
    found = re.search(r"\d+", prompt)
    assert found is not None
    return found[0]


def breaks_from(limit: int) -> Callable[[str], str]:
    return lambda prompt: "too large" if int(number(prompt)) >= limit else number(prompt)


def test_all_examples_pass():
    target = Speaking(number)
    found = explored(NUMBERS, target)

    assert judged(found) is Verdict.PASSED
    assert found.examples == len(target.heard) == EXAMPLES["embedded"]
    assert set(found.case.values) == {"number"}


@pytest.mark.parametrize("limit", [1, 137, 1_000])
def test_the_smallest_failing_example_is_told(limit: int):
    """Shrunk to the boundary, and what is told is that example's conversation."""
    target = Speaking(breaks_from(limit))
    found = explored(NUMBERS, target)

    assert judged(found) is Verdict.FAILED
    assert found.case.values == {"number": limit}
    assert found.conducted.asked["turn-1"][0]["content"] == f"Say {limit}."


def test_no_values_are_sent_twice_and_the_number_is_bounded():
    target = Speaking(lambda prompt: "never a number")
    found = explored(NUMBERS, target)

    assert found.case.values == {"number": 0}
    assert len(target.heard) == len(set(target.heard)) == found.examples
    assert found.examples <= EXAMPLES["embedded"] + SHRINKS["embedded"]


def test_a_live_target_is_asked_less():
    target = Speaking(number, kind="live")
    assert explored(NUMBERS, target).examples == EXAMPLES["live"] < EXAMPLES["embedded"]

    target = Speaking(breaks_from(1_000), kind="live")
    found = explored(NUMBERS, target, Exploring(examples=20))
    assert found.examples <= 20 + SHRINKS["live"]


def test_the_same_run_draws_the_same():
    one, other, another = Speaking(number), Speaking(number), Speaking(number)
    explored(NUMBERS, one)
    explored(NUMBERS, other)
    explored(NUMBERS, another, Exploring(seed=1))

    assert one.heard == other.heard
    assert one.heard != another.heard


def test_what_failed_is_tried_first_the_next_time(tmp_path: Path):
    """And told at once; when it passes, the search goes on, and what was kept is dropped."""
    exploring = Exploring(kept=tmp_path)
    explored(NUMBERS, Speaking(breaks_from(137)), exploring)
    (kept,) = tmp_path.iterdir()
    assert json.loads(kept.read_text())["values"] == {"number": 137}

    again = Speaking(breaks_from(137))
    found = explored(NUMBERS, again, exploring)
    assert (again.heard, found.examples, found.case.values) == (["Say 137."], 1, {"number": 137})

    mended = Speaking(number)
    assert judged(explored(NUMBERS, mended, exploring)) is Verdict.PASSED
    assert mended.heard[0] == "Say 137."
    assert not list(tmp_path.iterdir())


def test_kept_values_of_other_strategies_are_not_tried(tmp_path: Path):
    exploring = Exploring(kept=tmp_path)
    explored(NUMBERS, Speaking(breaks_from(137)), exploring)
    (kept,) = tmp_path.iterdir()

    target = Speaking(number)
    explored(NUMBERS.replace("5000", "50"), target, exploring)
    assert "Say 137." not in target.heard

    for garbage in ("", "[]", '{"values": {"number": 1}}', "\0"):
        kept.write_text(garbage)
        assert judged(explored(NUMBERS, Speaking(number), exploring)) is Verdict.PASSED


def test_an_endpoint_that_cannot_be_observed_ends_the_search():
    """It says nothing of the values: inconclusive after one example, nothing shrunk or kept."""
    target = Speaking(lambda prompt: How.CONNECT)
    found = explored(NUMBERS, target)

    assert judged(found) is Verdict.INCONCLUSIVE
    assert len(target.heard) == 1


def test_values_that_make_no_matcher_are_the_authors():
    with pytest.raises(Refused, match="`contains` needs a text, not the number"):
        explored(NUMBERS.replace('{matches: "^[0-9]+$"}', '{contains: "${number}"}'), Speaking(number))


def test_rows_and_generated_parameters_go_together():
    text = "cases: [{word: parcel}]\n" + NUMBERS.replace("Say", "For ${word} say")
    target = Speaking(number)
    found = explored(text, target)

    assert set(found.case.values) == {"word", "number"}
    assert all(prompt.startswith("For parcel say ") for prompt in target.heard)


def test_a_run_that_is_stopped_leaves_no_thread_waiting():
    """Cancelled while an example is under way: the search ends."""
    import threading

    target = Speaking(number)
    (case,) = cases(NUMBERS, target)

    async def run() -> None:
        started = asyncio.Event()

        async def never(example: Case) -> Any:
            started.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(explore(case, never, Exploring()))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    for thread in threading.enumerate():
        if thread.name == "harness-examples":
            thread.join(5)
            assert not thread.is_alive()
