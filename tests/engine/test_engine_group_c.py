"""Group C of the catalogue of faults: how often what is sent, waited how long, and what is said of it. In no time."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from builders.scenarios import scenario

from harness.catalogue import Catalogue
from harness.engine.conduct import Conducted, conduct
from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.plan import plan
from harness.engine.targets.embedded import EmbeddedTarget
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.findings import Level, Verdict, verdict

ONE = "scenario: One\nturns: [{user: Reply with OK., expect: {text: {contains: OK}}}]\n"
STREAMED = "modes: {delivery: [stream]}\n" + ONE
CHAIN = """\
modes: {delivery: [stream], state: [chained]}
scenario: Two
turns:
  - {user: My parcel number is 4417. Reply with OK., expect: {status: completed}}
  - {user: What is my parcel number?, expect: {text: {contains: "4417"}}}
"""


@dataclass(frozen=True)
class Seen:
    """What became of a case: its verdict, how often each of its requests was sent, and the codes that were found."""

    verdict: Verdict
    sends: tuple[int, ...]
    errors: frozenset[str]
    notes: frozenset[str]
    waited: float


def seen(defect: str, text: str = ONE, drawn: float = 1.0) -> Seen:
    facts = Facts("mock/swedencentral/gpt-4.1", "embedded", "mock", "gpt-4.1", model="gpt-4.1", region="swedencentral")
    (case,) = plan(scenario(text), [EmbeddedTarget(facts, (defect,) if defect else ())], Catalogue.load()).cases
    waits: list[float] = []

    class Listening(Steadiness):
        def door(self, target: Any, door: Any) -> Any:
            clock = door.clock
            sleep = clock.sleep

            async def heard(seconds: float) -> None:
                waits.append(seconds)
                await sleep(seconds)

            clock.sleep = heard
            return super().door(target, door)

    async def run() -> Conducted:
        grounds = RunGrounds(steadiness=Listening(drawn=lambda: drawn))
        try:
            return await conduct(case, grounds)
        finally:
            await grounds.close()

    done = asyncio.run(run())
    codes: dict[bool, set[str]] = {True: set(), False: set()}
    for finding in done.findings:
        codes[finding.level is Level.ERROR].add(finding.rule)
    sends = tuple(1 + len(reply.exchange.earlier) for reply in done.conversation.replies)
    judged = verdict(done.findings, error=done.error)
    return Seen(judged, sends, frozenset(codes[True]), frozenset(codes[False]), sum(waits))


@pytest.mark.parametrize(
    ("row", "sends", "at_least", "at_most"),
    [
        ("C04", 2, 0.05, 0.5),
        ("C05", 2, 1.0, 1.0),
        ("C06", 2, 120.0, 120.0),
        ("C08a", 2, 29.0, 31.0),
        ("C08b", 2, 0.05, 0.5),
        ("C08d", 2, 0.05, 0.5),
        ("C09a", 2, 0.05, 0.5),
        ("C09b", 2, 0.05, 0.5),
        ("C10a", 2, 0.05, 0.5),
        ("C10b", 2, 0.05, 0.5),
        ("C10c", 2, 0.05, 0.5),
        ("C10d", 2, 0.05, 0.5),
        ("C10e", 2, 0.05, 0.5),
        ("C10f", 2, 0.05, 0.5),
        ("C12", 2, 0.05, 0.5),
        ("C14a", 2, 0.05, 0.5),
        ("C14b", 2, 0.05, 0.5),
        ("C15a", 2, 0.05, 0.5),
        ("C15b", 2, 0.05, 0.5),
        ("C16", 2, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("drawn", [0.0, 1.0])
def test_what_is_repeated(row, sends, at_least, at_most, drawn):
    """It passes in the end, with a note, after the wait that was asked for and no other."""
    found = seen(row, drawn=drawn)

    assert (found.verdict, found.sends) == (Verdict.PASSED, (sends,))
    assert "avail.retried" in found.notes
    assert at_least <= found.waited <= at_most


@pytest.mark.parametrize(
    ("row", "sends", "error"),
    [
        ("C07a", 1, "avail.throttled"),
        ("C07b", 1, "avail.throttled"),
        ("C08c", 1, "avail.throttled"),
        ("C11", 1, "avail.quota"),
        ("C13", 4, "avail.server_error"),
    ],
)
def test_what_keeps_the_endpoint_from_being_observed(row, sends, error):
    """Inconclusive, after as many sends as the catalogue allows and not one more."""
    found = seen(row)

    assert (found.verdict, found.sends, found.errors) == (Verdict.INCONCLUSIVE, (sends,), {error})
    assert found.waited <= 180


@pytest.mark.parametrize("row", ["C17a", "C17b"])
def test_what_the_operator_has_to_mend(row):
    found = seen(row)

    assert (found.verdict, found.sends, found.waited) == (Verdict.ERRORED, (1,), 0.0)


def test_an_error_in_a_stream_is_not_repeated_in_the_turn():
    found = seen("C23", STREAMED)

    assert (found.verdict, found.sends) == (Verdict.INCONCLUSIVE, (1,))
    assert "avail.stream_error" in found.errors


def test_an_error_for_a_response_is_evidence():
    found = seen("C24")

    assert (found.verdict, found.sends) == (Verdict.FAILED, (1,))
    assert "wire.bad_status" in found.errors


def test_a_chain_that_lags_behind_its_stream():
    """Asked again until the streamed response is known: its lag is told, and the turn passes."""
    found = seen("C25", CHAIN)

    assert found.verdict is Verdict.PASSED
    assert found.sends == (1, 3)
    assert 1.5 <= found.waited <= 3.0
    assert "avail.retried" in found.notes


def test_a_correct_endpoint_is_asked_once():
    found = seen("", CHAIN)

    assert (found.verdict, found.sends, found.waited) == (Verdict.PASSED, (1, 1), 0.0)
    assert "avail.retried" not in found.notes


def test_a_refusal_that_is_expected_is_not_repeated():
    """The answer itself is what is looked for."""
    text = ONE.replace("{text: {contains: OK}}", "{error: {status: 500}}")
    found = seen("C13", text)

    assert (found.verdict, found.sends) == (Verdict.PASSED, (1,))
