"""Whatever stands wherever in a scenario, loading answers: a scenario or diagnostics, never an exception."""

import copy
import json
import re
from pathlib import Path

from builders.scenarios import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.matchers import MATCHERS
from harness.scenario.actions import ACTIONS
from harness.scenario.load import bound, read
from harness.scenario.subjects import SUBJECTS
from harness.source.document import parse

FULL = re.search(
    r'^FULL = """\\\n(.*?)"""', (Path(__file__).parent / "test_scenario_mistakes.py").read_text(), re.S | re.M
)
(DOCUMENT,) = parse(FULL[1].encode(), "full.yaml")


def paths(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from paths(value[key], (*path, key))


PATHS = list(paths(DOCUMENT.value))
WORDS = [
    *MATCHERS, *SUBJECTS, *ACTIONS, "total_tokens", "id", "expect", "turns", "capture", "of", "is", "value", "within",
    "calls", "order", "name", "arguments", "count", "$.a", "$", "$ref", "#/a", "${city}", "${answer}", "${x", "$$",
    "2s", "50MB", "completed", "2027-01-01", "first", "turn-1", "sem.usage_sum", "reason", "until", "\u202e", "", "[",
]  # fmt: skip
words = st.sampled_from(WORDS)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**39) | st.floats(-9, 9) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def replaced(path, value):
    if not path:
        return value
    whole = copy.deepcopy(DOCUMENT.value)
    around = whole
    for token in path[:-1]:
        around = around[token]
    around[path[-1]] = value
    return whole


def answered(value):
    """The mistakes of a document; each can be shown, and each scenario can take its rows."""
    found, mistakes = read(json.dumps(value).encode(), "a.yaml", today=TODAY)
    assert found or mistakes
    for mistake in mistakes:
        str(mistake)
    for scenario in found:
        for row in scenario.rows:
            bound(scenario, row)
        assert scenario.modes.combinations() or mistakes
    return mistakes


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PATHS), anything)
def test_a_node_of_any_shape(path, value):
    answered(replaced(path, value))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*SUBJECTS, "x"]), anything, max_size=3))
def test_an_expect_block_of_any_shape(block):
    answered({"scenario": "a", "cases": [{"city": 1}], "turns": [{"user": "a", "expect": block}]})


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*MATCHERS, "x"]), anything, max_size=2), anything)
def test_a_matcher_of_any_shape_that_loads_also_matches(matcher, value):
    document = {"scenario": "a", "turns": [{"user": "a", "expect": {"json": matcher}}]}
    found, _ = read(json.dumps(document).encode(), "a.yaml", today=TODAY)
    for scenario in found:
        for expectation in scenario.turns[0].expect:
            if not expectation.names:
                assert expectation.matcher.holds(value) in (True, False, None)


def test_every_node_left_out():
    """Nothing is needed for loading to answer; what is left out and was referred to is told."""
    for path in PATHS[1:]:
        whole = copy.deepcopy(DOCUMENT.value)
        around = whole
        for token in path[:-1]:
            around = around[token]
        del around[path[-1]]
        answered(whole)


def test_a_document_full_of_mistakes_ends_soon():
    """For each mistake is sought what was meant, so their number has to have an end."""
    many = range(6_000)
    turn = {"user": "a", "expect": {"status": "completed"}}
    for value in (
        {f"key{n}": 1 for n in many},
        {"scenario": "a", "turns": [{f"usr{n}": 1 for n in many}]},
        {"scenario": "a", "turns": [turn], "allow": {f"sem.usage{n}": 1 for n in many}},
        {"scenario": "a", "turns": [turn], "expect": {f"statos{n}": 1 for n in many}},
        {"scenario": "a", "turns": [turn], "expect": {"text": {f"contain{n}": 1 for n in many}}},
        {"scenario": "a", "turns": [turn], "expect": {"text": {"all_of": [{"contain": 1}] * 6_000}}},
        {"scenario": "a", "turns": [turn], "request": {"a": [f"${{x{n}}}" for n in many]}},
        {"scenario": "a", "turns": [turn], "cases": [{f"x{n}": 1} for n in many]},
        {"scenario": "a", "turns": [turn] * 6_000},
    ):
        assert 1 <= len(answered(value)) <= 100


def test_what_looks_like_comments_without_end_is_read_in_one_go():
    """A directive is sought behind blank lines and comments; that search must not go back and forth."""
    for text in ("\n" * 100_000, "#\n" * 50_000, " \n" * 50_000, "# x\n\n" * 30_000):
        assert read(text.encode() + b"a: 1\n---\nb: 1\n", "a.yaml", today=TODAY)[1]
        assert read(text.encode() + b"x\n", "a.yaml", today=TODAY)[1]
