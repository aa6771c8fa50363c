"""A plan → the head of its record."""

import hashlib
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from harness.engine.account import utc
from harness.engine.planning.bar import Bar
from harness.engine.planning.plan import Case, Omitted
from harness.record.environment import mattering
from harness.record.lines import Head, LeftOut, RuleLine, ScenarioLine, TargetLine
from harness.rules import RULES
from harness.scenario.model import Scenario

PACKAGES: Final = ("pytest", "aiohttp", "openai", "pydantic")
"""Whose versions may matter to what was seen."""


def heading(
    run: str,
    cases: Sequence[Case],
    omitted: Iterable[Omitted],
    *,
    started: float,
    seed: int,
    settings: Mapping[str, Any],
    collected: str = "",
) -> Head:
    """The head of a run's record; `started` is in seconds since the epoch, `collected` what `sum_of` told."""
    targets = {case.target.facts.name: case.target.facts for case in cases}
    scenarios = {(case.scenario.file, case.scenario.id): case for case in cases}
    return Head(
        run=run,
        started=utc(started),
        versions={
            "harness": version("responses-harness"),
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        seed=seed,
        settings=dict(settings),
        targets=tuple(
            TargetLine(
                fact.name,
                fact.kind,
                fact.endpoint,
                fact.deployment,
                fact.model,
                fact.version,
                fact.region,
                fact.deployment_type,
                fact.image_deployment,
            )
            for fact in targets.values()
        ),
        scenarios=tuple(_scenario(case.scenario, case.repeats) for case in scenarios.values()),
        planned=tuple(case.id for case in cases),
        left_out=tuple(LeftOut(each.scenario, each.what, each.reason) for each in omitted),
        rules={rule.name: RuleLine(rule.level, rule.source, rule.title, rule.page) for rule in RULES},
        environment=mattering(os.environ),
        collected=collected,
    )


def _scenario(each: Scenario, bar: Bar) -> ScenarioLine:
    return ScenarioLine(
        each.id,
        each.file,
        each.place.line,
        each.title,
        each.about or None,
        each.tags,
        _digest(each),
        each.owner,
        each.links,
        bar.times,
        None if bar.at_least == bar.times else bar.at_least,
        each.sensitive,
    )


def _digest(scenario: Scenario) -> str:
    """Of the scenario's own text: another one in the same file may change without it."""
    return hashlib.sha256(scenario.source.encode()).hexdigest()
