"""Every word of the language is used by a scenario of specs/, which runs, or is tested where `ELSEWHERE` says."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.matchers import MATCHERS
from harness.scenario import generate
from harness.scenario.actions import ACTIONS, MODES, built
from harness.scenario.attaching import VIA
from harness.scenario.files import is_scenario_file
from harness.scenario.returns import KEYS as OUTCOMES
from harness.scenario.subjects import SUBJECTS
from harness.scenario.tampering import TAMPERS
from harness.scenario.written import WrittenScenario, WrittenServed, WrittenTurn
from harness.source.document import parse

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
ELSEWHERE = {
    "allow": "engine/test_engine_conduct.py",  # what is allowed is a warning, and specs/ passes without any
    "repeat": "golden/diagnostics/repeats.yaml",
    "pass": "golden/diagnostics/repeats.yaml",
    "sensitive": "plugin/test_sensitive.py",  # nothing of specs/ has to be withheld
    "returns.delay": "engine/test_engine_rounds.py",
}
"""Word → the test that uses it instead, below tests/."""


def documents() -> list[Any]:
    files = [path for path in sorted((ROOT / "specs").rglob("*.yaml")) if is_scenario_file(path, ROOT)]
    return [each.value for path in files for each in parse(path.read_bytes(), path.name)]


def matchers(written: Any) -> Iterator[str]:
    """The names of matchers in what is expected, however deep."""
    if isinstance(written, dict):
        for name, inner in written.items():
            if name in MATCHERS:
                yield f"matcher {name}"
            yield from matchers(inner)
    elif isinstance(written, list):
        for inner in written:
            yield from matchers(inner)


def expected(written: Mapping[str, Any]) -> Iterator[str]:
    """Subjects, their parts and matchers."""
    for subject, matcher in written.items():
        yield f"subject {subject}"
        yield from matchers(matcher)
        if isinstance(matcher, dict):
            yield from (f"part {subject}.{part}" for part in matcher if part in SUBJECTS[subject].parts)


def in_turn(turn: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"turn {key}" for key in turn)
    yield from expected(turn.get("expect", {}))
    yield from (f"tamper {what}: {how}" for what, how in turn.get("tamper", {}).items())
    for each in turn.get("attach", []):
        ways = each.get("via", [])
        yield from (f"via {way}" for way in ([ways] if isinstance(ways, str) else ways))


def in_scenario(written: Mapping[str, Any]) -> Iterator[str]:
    """Every word that a scenario uses."""
    yield from written
    yield from expected(written.get("expect", {}))
    for turn in written["turns"]:
        yield from in_turn(turn)
    for names in written.get("modes", {}).values():
        yield from (f"mode {name}" for name in names) if isinstance(names, list) else ()
    yield from (f"strategy {name}" for given in written.get("given", {}).values() for name in given)
    for tool in written.get("tools", []):
        outcomes = tool.get("returns")
        yield from (f"returns.{key}" for each in outcomes for key in each) if isinstance(outcomes, list) else ()
    for server in written.get("mcp", {}).values():
        yield from (f"served {key}" for tool in server["tools"].values() for key in tool)


USED = {word for written in documents() for word in in_scenario(written)}
WORDS = [
    *(field.alias or name for name, field in WrittenScenario.model_fields.items()),
    *(f"turn {name}" for name in WrittenTurn.model_fields),
    *(f"turn {name}" for name in built(ACTIONS)),
    *(f"mode {name}" for words in MODES.values() for name in built(words)),
    *(f"subject {name}" for name in SUBJECTS),
    *(f"part {name}.{part}" for name, subject in SUBJECTS.items() for part in subject.parts),
    *(f"matcher {name}" for name in MATCHERS),
    *(f"tamper {what}: {how}" for what, ways in TAMPERS.items() for how in ways),
    *(f"via {way}" for way in VIA),
    *(f"strategy {name}" for name in generate.ABOUT),
    *(f"returns.{key}" for key in OUTCOMES),
    *(f"served {name}" for name in WrittenServed.model_fields),
]


@pytest.mark.parametrize("word", dict.fromkeys(WORDS))
def test_a_scenario_uses_it(word: str):
    if word in ELSEWHERE:
        assert word.rpartition(".")[2] in (TESTS / ELSEWHERE[word]).read_text(encoding="utf-8")
    else:
        assert word in USED


def test_nothing_of_the_language_is_still_to_come():
    words = [*ACTIONS.values(), *SUBJECTS.values(), *(word for words in MODES.values() for word in words.values())]

    assert all(word.built for word in words)
