"""Variables: one pass, types kept, nothing reached that was not declared."""

import os

import pytest
from builders.scenarios import mistakes, scenario, told
from hypothesis import given
from hypothesis import strategies as st

from harness.scenario.load import bound
from harness.scenario.variables import UnknownVariable, drafted, names, put_known, substitute


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("${n}", 5),
        ("${f}", 1.5),
        ("${b}", True),
        ("${nothing}", None),
        ("${list}", [1, {"a": 2}]),
        ("a ${n} b", "a 5 b"),
        ("${n}${n}", "55"),
        ("${b} ${nothing} ${f}", "true null 1.5"),
        ("x${list}", 'x[1, {"a": 2}]'),
        ("$${n}", "${n}"),
        ("$$${n}", "$5"),
        ("$", "$"),
        ("5$ and $", "5$ and $"),
        ("$$", "$"),
        ("$n $(n) {n} {{n}} %n", "$n $(n) {n} {{n}} %n"),
        ("${target.region}", "eastus2"),
        ("", ""),
        (["${n}", {"k": "${s}"}, 7], [5, {"k": "text"}, 7]),
        ({"${n}": "${n}"}, {"${n}": 5}),
        (7, 7),
    ],
)
def test_substitution(template, expected):
    bindings = {
        "n": 5, "f": 1.5, "b": True, "nothing": None, "s": "text", "list": [1, {"a": 2}], "target.region": "eastus2",
    }  # fmt: skip
    got = substitute(template, bindings)
    assert (got, type(got)) == (expected, type(expected))


def test_what_holds_no_variable_stays_the_same_object():
    value = {"a": ["b", {"c": 1}], "d": "x"}
    assert substitute(value, {"n": 5}) is value


@pytest.mark.parametrize("template", ["${x}", "a ${x}", ["${x}"], {"a": "${x}"}, "${}", "${n:-5}", "${n", "${ n }"])
def test_an_unknown_name(template):
    with pytest.raises(UnknownVariable) as unknown:
        substitute(template, {"n": 5})
    assert isinstance(unknown.value, LookupError)


def test_E18_what_is_put_in_is_not_read_again():
    assert substitute("${a}", {"a": "${b}", "b": "secret"}) == "${b}"
    assert substitute("x ${a}", {"a": "$${b} ${b}", "b": "secret"}) == "x $${b} ${b}"


def test_E18_not_even_in_a_later_pass():
    first = substitute(["${a}", "x ${a} ${b} $$"], {"a": "${b} $$ $"}, partly=True)
    assert substitute(first, {"b": "B"}) == ["${b} $$ $", "x ${b} $$ $ B $"]


def test_names():
    assert names({"a": ["${x} ${y.z}", "$${no}"], "b": 5, "${key}": "${x}"}) == {"x", "y.z"}


def test_put_known_touches_nothing_else():
    assert put_known("${a} ${b} $$ $", {"a": "${b}"}) == "${b} ${b} $$ $"
    assert put_known({"x": ["${a}"]}, {"a": 5}) == {"x": [5]}


def test_drafted_is_unknown_where_a_value_will_be():
    assert drafted({"a": "${x}", "b": "x ${y}", "c": "$$"})["b"] == "x ${y}"
    assert repr(drafted("${x}")) == "UNKNOWN"


texts = st.text("ab$ {}x.", max_size=12)
values = st.recursive(
    texts | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
)


@given(
    values, st.dictionaries(st.sampled_from(["a", "b", "x"]), values), st.dictionaries(st.sampled_from("ab"), values)
)
def test_some_now_and_the_rest_later_is_all_at_once(template, first, second):
    """Partial passes never change the outcome, whatever the values hold."""
    late = {name: value for name, value in second.items() if name not in first}
    try:
        expected = substitute(template, {**late, **first})
    except UnknownVariable:
        with pytest.raises(UnknownVariable):
            substitute(substitute(template, first, partly=True), late)
        return
    assert substitute(substitute(template, first, partly=True), late) == expected


@given(values)
def test_an_escaped_value_comes_back(value):
    assert substitute(substitute("${a}", {"a": value}, partly=True), {}) == value


POSITIONS = {
    "prompt": "turns: [{user: '%s', expect: {text: a}}]",
    "item": "turns: [{input: [{role: user, content: '%s'}], expect: {text: a}}]",
    "request": "request: {metadata: {a: ['%s']}}",
    "turn request": "turns: [{user: a, request: {instructions: '%s'}, expect: {text: a}}]",
    "tool": "tools: [{type: function, name: '%s'}]",
    "header": "headers: {x-ms-client-request-id: '%s'}",
    "expectation": "turns: [{user: a, expect: {text: {contains: '%s'}}}]",
    "expectation of all": "turns: [{user: a}]\nexpect: {text: '%s'}",
    "json schema": "turns: [{user: a, expect: {json: {json_schema: {const: '%s'}}}}]",
}
TRICKS = ["${%s}", "x ${%s} y", "${env.%s}", "${%s:-x}", "${x:-${%s}}", "${ %s }", "${os.environ.%s}", "${target.%s}"]


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("trick", TRICKS)
def test_E17_the_environment_cannot_be_named(position, trick, monkeypatch):
    monkeypatch.setenv("CANARY_NAME", "canary-value-4711")
    for name in ("CANARY_NAME", "PATH", "HOME"):
        found = told(POSITIONS[position] % (trick % name))
        assert any("unknown variable" in each for each in found), found
        assert not any(os.environ[name] in each for each in found if len(os.environ[name]) > 5)


def test_E17_not_through_an_escape_either():
    found = told('turns: [{user: "\\x24{HOME}", expect: {text: a}}]')
    assert found[0].startswith("unknown variable `HOME`")


@pytest.mark.parametrize(
    "trick", ["$CANARY", "%CANARY%", "$(env)", "`env`", "{{ env.CANARY }}", "{0.__class__}", "~/x"]
)
def test_E16_E19_other_syntaxes_are_text(trick):
    found = scenario(f"cases: [{{a: 1}}]\nturns: [{{user: '{trick} ${{a}}', expect: {{text: a}}}}]")
    assert substitute(bound(found, {"a": 1}).turns[0].argument, {}) == f"{trick} 1"


def test_where_names_come_from():
    text = """
        cases: [{city: Oslo}]
        request: {metadata: {city: "${city}", day: "${day}", region: "${target.region}", model: "${target.model}"}}
        turns:
          - user: ${city} ${day} ${target.name} ${target.deployment} ${target.version}
            capture: {answer: $.id}
          - user: ${answer}
            expect: {text: "${answer}"}
    """
    assert told(text, settings=("day",)) == []
    assert [each.message for each in mistakes(text)] == ["unknown variable `day`"] * 2


def test_a_capture_is_unknown_before_it_is_made():
    turn = "{user: '${answer}', capture: {answer: $.id}, expect: {text: a}}"
    (only,) = told(f"turns: [{turn}]")
    assert only == "unknown variable `answer` | the turn `turn-1` captures it: only turns after that know it"
    assert told("request: {a: '${answer}'}\nturns: [{user: a, capture: {answer: $.id}, expect: {text: a}}]")


def test_a_variable_cannot_stand_in_a_key():
    assert told("request: {'${x}': 1}")[0].startswith("a variable cannot stand in a key")


def test_the_caret_is_under_the_variable():
    (only,) = mistakes("turns: [{user: 'hello ${nobody}', expect: {text: a}}]")
    assert (only.place.line, only.place.column, only.place.width) == (2, 23, 8)


def test_texts_that_are_not_sent_hold_no_variables():
    found = scenario('scenario: A ${title}\nid: a\nabout: "${x} $$"')
    assert (found.title, found.about) == ("A ${title}", "${x} $$")


ROWS = """
    cases:
      - {city: Oslo, most: 100, who: {role: user}}
      - {city: "${b} $", most: 200, who: null}
    request: {metadata: {city: "${city}"}, max_output_tokens: "${most}"}
    headers: {x-ms-client-request-id: "${most}"}
    tools: [{type: function, name: "${city}"}]
    turns:
      - user: In ${city}, $$5.
        capture: {id: $.id}
        mock: {text: "${city} ${arguments.city} $$"}
      - input: ["${who}", "${id}"]
        expect:
          text: {contains: "${city}", excludes: "${id}"}
          usage: {total_tokens: {at_most: "${most}"}}
"""


def test_a_row_is_put_in_everywhere():
    found = scenario(ROWS)
    first, second = (bound(found, row) for row in found.rows)

    assert first.request == {"metadata": {"city": "Oslo"}, "max_output_tokens": 100}
    assert first.headers == {"x-ms-client-request-id": "100"}
    assert first.tools[0]["name"] == "Oslo"
    assert substitute(first.turns[0].argument, {}) == "In Oslo, $5."
    assert substitute(first.turns[1].argument, {"id": 7}) == [{"role": "user"}, 7]
    assert first.turns[0].mock == {"text": "Oslo ${arguments.city} $$"}
    assert substitute(second.request, {"b": "secret"})["metadata"]["city"] == "${b} $"
    assert substitute(second.turns[0].argument, {"b": "secret"}) == "In ${b} $, $5."


def test_expectations_bind_row_and_capture():
    text, usage = bound(scenario(ROWS), {"city": "Oslo", "most": 100}).turns[1].expect

    assert usage.names == frozenset()
    assert usage.matcher.holds(100) is True
    assert usage.matcher.holds(101) is False
    assert text.names == {"id"}
    with pytest.raises(RuntimeError, match="bound before"):
        list(text.matcher.match("x"))
    assert text.bind({"id": "msg"}).matcher.holds("in Oslo") is True
    assert text.bind({"id": "in"}).matcher.holds("in Oslo") is False
    with pytest.raises(UnknownVariable):
        text.bind({})


def test_a_captured_text_is_no_template():
    text, _ = bound(scenario(ROWS), {"city": "${id} $$", "most": 1}).turns[1].expect
    assert text.bind({"id": "x"}).matcher.holds("has ${id} $$") is True


def test_a_value_that_makes_no_matcher():
    from harness.source.place import Refused

    demand = bound(scenario(ROWS.replace('"${most}"}}\n"', '"${most}"}}\n')), {"city": "a"}).turns[1].expect[1]
    with pytest.raises(Refused) as refused:
        demand.bind({"most": "many"})
    assert refused.value.diagnostics[0].place == demand.place


def test_an_expectation_without_variables_is_left_as_it_is():
    found = scenario("cases: [{a: 1}]\nturns: [{user: a, expect: {text: {contains: $$5}}}]")
    demand = found.turns[0].expect[0]
    assert demand.bind({"a": 1}) is demand
    assert demand.partly_bound({"a": 1}) is demand
    assert demand.matcher.holds("costs $5") is True
    assert demand.raw == {"contains": "$$5"}


def test_a_regular_expression_around_a_variable():
    found = scenario("cases: [{a: '[0-9'}]\nturns: [{user: a, expect: {text: {matches: 'x$'}}}]")
    assert found.turns[0].expect[0].matcher.holds("ax")
    assert (
        "with row 1 of `cases`"
        in told("cases: [{a: '[0-9'}]\nturns: [{user: a, expect: {text: {matches: '^${a}'}}}]")[0]
    )
    assert told("cases: [{a: '[0-9]'}]\nturns: [{user: a, expect: {text: {matches: '^${a}$'}}}]") == []


def test_a_brace_that_is_never_closed():
    assert told("cases: [{n: 1}]\nturns: [{user: '${n', expect: {text: a}}]")[0].startswith("unknown variable `${n`")


@pytest.mark.parametrize(
    ("text", "varies"),
    [
        ("Reply with OK.", False),
        ("It is 5$ {net}", False),
        ("${n}", True),
        ("five $$", True),
        (r"\x24{n}", True),
        (r"\u0024\x7bn}", True),
    ],
)
def test_a_scenario_in_which_no_variable_can_stand_is_known_as_one(text, varies):
    """Where none can, nothing is looked for; an escape in a quoted text may spell one."""
    path = "{path: {'$.output[0].type': message}}"
    read = scenario(f'cases: [{{n: "4"}}]\nturns:\n  - user: "{text}"\n    expect: {path}\n')

    assert read.varies is varies
    assert bound(read, read.rows[0]).turns[0].argument == text.encode().decode("unicode_escape").replace("${n}", "4")
