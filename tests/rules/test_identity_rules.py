"""Who answered, and whether a target does what is documented: rules over what an operator promises."""

import asyncio
from typing import Any

import pytest
from builders.scenarios import scenario

from harness.catalogue import Catalogue
from harness.engine.conduct import conduct
from harness.engine.planning.plan import plan
from harness.engine.planning.unbelieving import Unbelieving
from harness.engine.targets.embedded import EmbeddedTarget
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.findings import Level, verdict

TEXT = "scenario: One\nneeds: [{need}]\nturns: [{{user: Reply with OK., expect: {{status: completed}}}}]\n"


def found(defect: str | None = None, need: str = "text", probing: bool = False, script: str = "", **facts: Any):
    """The verdict, and the codes of what was found with their levels."""
    told = {"version": "2025-04-14", **facts}
    target = EmbeddedTarget(
        Facts("m", "embedded", "mock", "d", "gpt-4.1", told.pop("version"), "eastus2", **told),
        (defect,) if defect else (),
    )
    (case,) = plan(
        scenario(TEXT.format(need=need) + script), [target], (Unbelieving if probing else Catalogue).load()
    ).cases
    assert case.skipped is None

    async def run():
        grounds = RunGrounds()
        try:
            return await conduct(case, grounds)
        finally:
            await grounds.close()

    done = asyncio.run(run())
    return verdict(done.findings, error=done.error), {each.rule: each.level for each in done.findings}


@pytest.mark.parametrize(
    ("defect", "code"), [("B38", "sem.model_version"), ("B39", "sem.region"), ("B40", "sem.deployment")]
)
def test_somebody_else_answered(defect, code):
    assert found(defect) == ("failed", {code: Level.ERROR})
    assert found() == ("passed", {})


def test_no_version_was_promised():
    """Then nothing is said of it."""
    assert found("B38", version=None) == ("passed", {})


@pytest.mark.parametrize(
    ("kind", "codes"), [("global_standard", {}), ("standard_regional", {"sem.region": Level.ERROR})]
)
def test_the_region_of_a_deployment_that_is_not_bound_to_one(kind, codes):
    """Global deployments are answered for elsewhere, rightly."""
    assert found("B39", deployment_type=kind)[1] == codes


UNSUPPORTED = "mock: {error: {status: 400, code: unsupported_parameter, message: That is not supported here.}}\n"


def test_what_is_documented_is_refused():
    judged, codes = found(script=UNSUPPORTED)

    assert judged == "failed"
    assert codes["support.missing"] is Level.ERROR


def test_another_refusal_is_no_drift():
    """A wrong request proves nothing of what is supported."""
    _, codes = found(script="mock: {error: {status: 400, code: invalid_value, message: Too long.}}\n")

    assert "support.missing" not in codes


def test_what_is_documented_as_absent_works():
    """A note, and only where it was asked for all the same."""
    assert found(need="effort_low", probing=True) == ("passed", {"support.undocumented": Level.NOTE})
