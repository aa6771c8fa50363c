"""The JSON Schema offers what the tables have, and never refuses what loading accepts."""

import re
from pathlib import Path

import pytest
import yaml
from builders.scenarios import completed, told
from jsonschema import Draft202012Validator

from harness.findings import CODES
from harness.matchers import MATCHERS
from harness.matchers.base import UNKNOWN
from harness.scenario import generate, judging, rows, same_as
from harness.scenario.actions import ACTIONS, MODES, built
from harness.scenario.attaching import VIA
from harness.scenario.headers import ALLOWED
from harness.scenario.returns import KEYS
from harness.scenario.schema import schema
from harness.scenario.subjects import SUBJECTS
from harness.scenario.tampering import TAMPERS
from harness.scenario.written import WrittenScenario, WrittenTurn
from harness.source.typed import keys_of

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
FULL = re.search(
    r'^FULL = """\\\n(.*?)"""', (Path(__file__).parent / "test_scenario_mistakes.py").read_text(), re.S | re.M
)


def matchers_offered():
    return SCHEMA["$defs"]["matcher"]["anyOf"][1]["properties"]


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_offered_with_a_line():
    for properties, model in (
        (SCHEMA["properties"], WrittenScenario),
        (SCHEMA["$defs"]["WrittenTurn"]["properties"], WrittenTurn),
    ):
        assert set(properties) == set(keys_of(model))
        for name, property in properties.items():
            assert property.get("description") or property.get("$ref"), name


def test_every_matcher_is_offered_with_a_line_and_an_example():
    offered = matchers_offered()
    assert set(offered) == set(MATCHERS)
    for name, matcher in offered.items():
        assert matcher["description"], name
        assert "examples" in matcher, name


@pytest.mark.parametrize("name", MATCHERS)
def test_every_example_is_a_matcher(name):
    example = MATCHERS[name].example
    assert example is not UNKNOWN
    assert (
        told(f"turns: [{{user: a, expect: {{json: {yaml.safe_dump({name: example}, default_flow_style=True)}}}}}]")
        == []
    )
    assert not list(
        VALIDATOR.iter_errors(document(f"turns: [{{user: a, expect: {{json: {{{name}: 0}}}}}}]", {name: example}))
    )


def document(text: str, matcher: object = None):
    value = yaml.load(completed(text), Loader=yaml.BaseLoader)
    if matcher is not None:
        value["turns"][0]["expect"]["json"] = matcher
    return value


def test_every_built_subject_and_part_is_offered():
    offered = SCHEMA["$defs"]["expect"]["properties"]
    assert set(offered) == {name for name, subject in SUBJECTS.items() if subject.built}
    for name, subject in SUBJECTS.items():
        if subject.parts and subject.built:
            assert set(offered[name]["anyOf"][0]["properties"]) == set(subject.parts)


def test_every_mode_action_header_and_rule_is_offered():
    modes = SCHEMA["$defs"]["WrittenModes"]["properties"]
    for key, words in MODES.items():
        assert [each["const"] for each in modes[key]["items"]["anyOf"]] == built(words)
    assert SCHEMA["$defs"]["WrittenTurn"]["oneOf"] == [{"required": [name]} for name in built(ACTIONS)]
    assert set(SCHEMA["properties"]["headers"]["properties"]) == set(ALLOWED)
    lowered = {code for code, row in CODES.items() if row.can_be_lowered}
    assert set(SCHEMA["properties"]["allow"]["propertyNames"]["enum"]) == lowered


def test_every_strategy_and_its_keys_are_offered():
    strategy = SCHEMA["$defs"]["strategy"]
    assert SCHEMA["properties"]["given"]["additionalProperties"] == {"$ref": "#/$defs/strategy"}
    assert set(strategy["properties"]) == set(generate.ABOUT)
    for name, keys in generate.KEYS.items():
        assert set(strategy["properties"][name]["properties"]) == set(keys), name
    assert all(each["description"] for each in strategy["properties"].values())


def test_what_is_written_in_a_way_of_its_own_is_offered_with_its_keys():
    offered = SCHEMA["$defs"]["expect"]["properties"]
    for name, keys in (("same_as", same_as.KEYS), ("judge", judging.KEYS)):
        forms = [form["properties"] for form in offered[name]["anyOf"] if form.get("type") == "object"]
        assert [set(form) for form in forms] == [set(keys)]
        assert offered[name]["description"] == SUBJECTS[name].about
    tables = [form["pattern"] for form in SCHEMA["properties"]["cases"]["anyOf"] if form["type"] == "string"]
    assert [bool(re.search(pattern, f"a{ending}")) for pattern in tables for ending in rows.ENDINGS] == [True, True]


def test_a_full_scenario_is_valid():
    from harness.source.document import parse

    (read,) = parse(FULL[1].encode(), "a.yaml")
    assert list(VALIDATOR.iter_errors(read.value)) == []


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml")), ids=lambda path: path.stem
)
def test_the_house_scenarios_are_valid(file):
    from harness.scenario.files import is_scenario_file
    from harness.source.document import parse

    if is_scenario_file(file, Path(__file__).parents[2]):
        for each in parse(file.read_bytes(), file.name):
            assert list(VALIDATOR.iter_errors(each.value)) == []


REFUSED = [
    "expct: {}",
    "id: A B",
    "tags: smoke",
    "modes: {delivery: [strem]}",
    "headers: {authorization: x}",
    "allow: {no.rule: {reason: x}}",
    "allow: {sem.usage_sum: {}}",
    "turns: []",
    "turns: [{usr: a}]",
    "turns: [{user: a, input: []}]",
    "turns: [{user: a, expect: {}}]",
    "turns: [{user: a, expect: {statuss: a}}]",
    "turns: [{user: a, expect: {status: complete}}]",
    "turns: [{user: a, expect: {text: {contain: a}}}]",
    "turns: [{user: a, expect: {text: {matches: ''}}}]",
    "turns: [{user: a, expect: {json: {type: strin}}}]",
    "turns: [{user: a, expect: {usage: {totl: 1}}}]",
    "turns: [{user: a, expect: {tool_calls: [{nme: a}]}}]",
    "turns: [{user: a, expect: {judge: {criterion: a}}}]",
    "turns: [{user: a, expect: {judge: {criteria: a, at_least: 11}}}]",
    "turns: [{user: a, expect: {same_as: {turn: a, butt: []}}}]",
    "turns: [{user: a, expect: {images: {colour: [red]}}}]",
    "cases: rows.xlsx",
    "cases: []",
    "given: {a: {txt: {}}}",
    "given: {a: {text: {least: 1}}}",
    "given: {a: {lists: {}}}",
    "given: {a: {text: {}, booleans: {}}}",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_an_editor_underlines_is_refused_by_loading_too(text):
    assert list(VALIDATOR.iter_errors(document(text)))
    assert told(text)


def test_nothing_of_the_machinery_shows():
    def titles(node):
        if isinstance(node, dict):
            yield from (value for key, value in node.items() if key in ("title", "default") and isinstance(value, str))
            for inner in node.values():
                yield from titles(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from titles(inner)

    assert list(titles(SCHEMA)) == ["A scenario"]


def test_every_way_to_tamper_attach_and_answer_is_offered():
    """The words of the tables, with a line each; what an action takes has its keys."""
    turn = SCHEMA["$defs"]["WrittenTurn"]["properties"]
    offered = turn["tamper"]["properties"]
    assert {what: [each["const"] for each in ways["anyOf"]] for what, ways in offered.items()} == {
        what: list(ways) for what, ways in TAMPERS.items()
    }
    ways = SCHEMA["$defs"]["WrittenAttachment"]["properties"]["via"]["anyOf"][0]["anyOf"]
    assert [each["const"] for each in ways] == list(VIA)
    assert all(each["description"] for each in ways)
    (outcomes, _) = SCHEMA["properties"]["tools"]["items"]["properties"]["returns"]["anyOf"]
    assert set(outcomes["items"]["properties"]) == set(KEYS)


@pytest.mark.parametrize(
    ("turn", "good"),
    [
        ("{user: a, tamper: {auth: none}}", True),
        ("{user: a, tamper: {auth: none, drop: reasoning}}", False),
        ("{user: a, tamper: {auth: never}}", False),
        ("{user: a, attach: [{image: a.png, via: [url, file_id]}]}", True),
        ("{user: a, attach: [{image: a.png, via: mail}]}", False),
        ("{user: a, attach: [{image: a.png, file: b.pdf}]}", False),
        ("{user: a, max_rounds: 0}", False),
        ("{approve: {dice: yes}}", False),
        ("{compact: {a: 1}}", False),
        ("{wait: 2}", False),
        ("{wait: 2s}", True),
        ("{resume: {turn: a}}", False),
        ("{call: {method: GET, path: files}}", True),
        ("{call: {method: LIST, path: files}}", False),
        ("{upload: {file: a.txt}}", False),
    ],
)
def test_what_a_turn_takes(turn: str, good: bool):
    value = {
        "scenario": "A",
        "turns": [yaml.safe_load(turn.replace("yes", "'yes'"))],
        "expect": {"status": "completed"},
    }

    assert VALIDATOR.is_valid(value) == good
