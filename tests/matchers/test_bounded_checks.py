"""No pattern, schema or path holds up a run: each ends in time, or says that it did not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpath import JSONPathEnvironment

from harness.matchers import BadMatcher, TooLong, compile, paths, patterns, schemas
from harness.pointer import MISSING

CATASTROPHES = {
    "(a|aa)+$": "a" * 100 + "!",
    "(.*a){25}$": "a" * 5_000 + "b",
    r"(?:x+x+)+y": "x" * 5_000,
}
"""Patterns that Python's own engine would follow for years, each with a text that sets it off."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of a second is enough to see that something has no end; and nothing that was made before is used."""
    for kept in (patterns.compiled, paths.read, paths._environment, schemas._validator):
        kept.cache_clear()
    for module in (patterns, schemas):
        monkeypatch.setattr(module, "SECONDS", 0.2)
    monkeypatch.setattr(paths, "MOST_NODES", 20_000)


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_a_pattern_without_end_is_told(pattern: str):
    """E20: an error of ours that names the pattern, never a hang."""
    with pytest.raises(TooLong, match="did not come to an end"):
        list(compile({"matches": pattern}).match(CATASTROPHES[pattern]))


@pytest.mark.parametrize("wrap", [lambda inner: {"not": inner}, lambda inner: {"any_of": [inner, {"contains": "a"}]}])
def test_nothing_around_such_a_pattern_makes_an_answer_of_it(wrap: Any):
    """Neither `not` nor `any_of` turns a check that did not end into one that holds."""
    with pytest.raises(TooLong):
        list(compile(wrap({"matches": "(a|aa)+$"})).match("a" * 100 + "!"))


def doubling(levels: int, leaf: dict[str, Any]) -> dict[str, Any]:
    """A schema that refers twice to itself at each level: 2 ** levels leaves."""
    steps = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n - 1}"}] * 2} for n in range(1, levels + 1)}
    return {"$defs": {"a0": leaf, **steps}, "$ref": f"#/$defs/a{levels}"}


SCHEMAS: dict[str, tuple[dict[str, Any], Any]] = {
    "pattern": ({"pattern": "(a|aa)+$"}, "a" * 100 + "!"),
    "names": ({"patternProperties": {"(a|aa)+$": {}}}, {"a" * 100 + "!": 1}),
    "additional": ({"patternProperties": {"(a|aa)+$": {}}, "additionalProperties": False}, {"a" * 100 + "!": 1}),
    "doubling": (doubling(40, {"type": "string"}), "x"),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_without_end_is_told(name: str):
    """E21."""
    schema, value = SCHEMAS[name]
    with pytest.raises(TooLong):
        list(compile({"json_schema": schema}).match(value))


def test_a_schema_in_a_circle_cannot_be_applied():
    (mismatch,) = compile({"json_schema": {"$ref": "#"}}).match(1)
    assert not mismatch.fits


def test_many_entries_are_compared_in_time():
    """Each with each would be five thousand million comparisons."""
    unique = compile({"json_schema": {"uniqueItems": True}})
    assert unique.holds([{"a": n} for n in range(100_000)]) is True


@pytest.mark.parametrize(
    "reference", ["https://example.com/s.json", "other.json#/a", "file:///etc/passwd", "//host/x", "urn:x"]
)
def test_no_reference_leads_out(reference: str):
    """E21: a remote reference is the author's mistake, when the file is read."""
    for schema in ({"$ref": reference}, {"properties": {"a": {"items": [{"$dynamicRef": reference}]}}}):
        with pytest.raises(BadMatcher, match="leads out of the schema"):
            compile({"json_schema": schema})


def test_a_schema_that_cannot_be_bounded_is_refused():
    with pytest.raises(BadMatcher, match="no end that can be foreseen"):
        compile({"json_schema": {"patternProperties": {"a": {}}, "unevaluatedProperties": False}})


DEEP: Any = [[[[list(range(8))] * 8] * 8] * 8] * 8


@pytest.mark.parametrize("path", ["$..*..*..*", "$[?count($..*..*..*) > 0]", "$..[?@..[?@..[?@..x]]]"])
def test_a_query_without_end_is_told(path: str):
    """It visits so many nodes and no more, those inside of filters too."""
    with pytest.raises(TooLong):
        paths.found_at(path, DEEP)


@pytest.mark.parametrize(
    ("path", "nodes"), [("$", 0), ("$[*]", 3), ("$[0,0]", 2), ("$[?@>1]", 5), ("$..*", 1), ("$..[?@>1]", 4)]
)
def test_every_node_counts_once(path: str, nodes: int, monkeypatch: pytest.MonkeyPatch):
    """Each that is found, each filter that is asked, each level that is gone down to."""
    monkeypatch.setattr(paths, "MOST_NODES", nodes)
    paths.found_at(path, [1, 2, 3])
    monkeypatch.setattr(paths, "MOST_NODES", nodes - 1)
    if nodes:
        with pytest.raises(TooLong, match=f"a query visits at most {nodes - 1} nodes"):
            paths.found_at(path, [1, 2, 3])


def test_a_pattern_in_a_query_has_an_end():
    with pytest.raises(TooLong):
        paths.found_at("$[?search(@, '(a|aa)+$')]", ["a" * 100 + "!"])


RFC_9535: list[tuple[str, Any, Any]] = [
    ("$.a", {"a": 1}, 1),
    ("$['a']", {"a": None}, None),
    ("$.b", {"a": 1}, MISSING),
    ("$[0]", [7], 7),
    ("$[-1]", [7, 8], 8),
    ("$[5]", [7], MISSING),
    ("$[0:2]", [1, 2, 3], [1, 2]),
    ("$[::-1]", [1, 2, 3], [3, 2, 1]),
    ("$[0,0]", [7], [7, 7]),
    ("$.*", {"a": 1, "b": 2}, [1, 2]),
    ("$..a", {"a": {"a": 1}}, [{"a": 1}, 1]),
    ("$[?@.a]", [{"a": 0}, {"b": 1}], [{"a": 0}]),
    ("$[?@.a==1.0]", [{"a": 1}, {"a": True}], [{"a": 1}]),
    ("$[?@.a=='x' && !(@.b>1)]", [{"a": "x", "b": 1}, {"a": "x", "b": 2}], [{"a": "x", "b": 1}]),
    ("$[?@.a==$[0].b]", [{"b": 3}, {"a": 3}], [{"a": 3}]),
    ("$[?length(@)==2]", ["ab", "abc", [1, 2], {"a": 1}, 7], ["ab", [1, 2]]),
    ("$[?count(@.*)>1]", [[1], [1, 2]], [[1, 2]]),
    ("$[?value(@..a)==1]", [{"a": 1}, {"a": 2}], [{"a": 1}]),
    ("$[?match(@, 'a.c')]", ["abc", "xabc", "a\nc"], ["abc"]),
    ("$[?search(@, 'b')]", ["abc", "x", 7], ["abc"]),
    ("$[?search(@, '[')]", ["["], []),
]
"""Queries, a value, and what RFC 9535 says that they find."""


@pytest.mark.parametrize(("path", "value", "finds"), RFC_9535, ids=[row[0] for row in RFC_9535])
def test_what_a_query_finds(path: str, value: Any, finds: Any):
    assert paths.found_at(path, value) == finds


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "$.",
        "$[",
        "$.a | $.b",
        "$ ",
        "$.a ",
        "$[01]",
        "$[?typeof(@)=='x']",
        "$[?@.a in [1]]",
        "$.~a",
        "$[?@.a==1",
        "$[1e9990]",
        "$[1e2]",
        "$[1:1e3]",
        "$[" + "9" * 5000 + "]",
        "$[?@.a==1e99999]",
        "$[\x1b[2J]",
    ],
)
def test_what_is_no_query(path: str):
    """What the RFC has not, other dialects' words among it, is refused when the file is read."""
    with pytest.raises(paths.NoPath):
        paths.read(path)


NAMES = st.sampled_from(["a", "b", "_c1", "A"])
STEP = st.one_of(NAMES.map(".{}".format), st.integers(-4, 4).map("[{}]".format))
TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@given(st.lists(STEP, max_size=4).map("".join), TREES)
def test_names_and_indices_find_what_the_library_finds(steps: str, tree: Any):
    """Law: a query that is followed without the library finds the same, and nothing where that finds nothing."""
    matches = JSONPathEnvironment(strict=True).compile("$" + steps).findall(tree)

    assert isinstance(paths.read("$" + steps), tuple)
    assert paths.found_at("$" + steps, tree) == (matches[0] if matches else MISSING)


@given(st.from_regex(paths._PLAIN, fullmatch=True))
def test_what_is_followed_without_the_library_is_a_query_to_it(path: str):
    """Law: nothing is taken for a query that the library refuses."""
    assert JSONPathEnvironment(strict=True).compile(path).singular_query()


@given(st.text(st.sampled_from("$.[]*?@'a0-:,()=!<> "), max_size=30))
def test_any_text_is_a_query_or_is_refused(text: str):
    """Law: no text makes reading or finding stumble."""
    try:
        paths.read("$" + text)
    except paths.NoPath:
        return
    paths.found_at("$" + text, {"a": [0, {"a": 1}]})


@given(st.text(st.sampled_from("ab()[]{}*+?|\\^$.-1,"), max_size=12), st.text(st.sampled_from("ab-1"), max_size=20))
def test_any_text_is_a_pattern_or_is_refused(pattern: str, text: str):
    """Law: a pattern that is accepted comes to an end, and finds what Python's engine finds."""
    import re

    try:
        compiled = patterns.compiled(pattern)
    except patterns.NoPattern:
        return
    assert patterns.found(compiled, text) is (re.search(pattern, text) is not None)


def test_a_doubtful_pattern_is_refused_whoever_compiled_it_before():
    """Python warns of it once, and keeps it."""
    import re
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        re.compile("[[d]")
    for fold in (False, True):
        with pytest.raises(patterns.NoPattern, match="Possible nested set"):
            patterns.compiled("[[d]", fold)


def test_no_time_left_is_no_answer():
    """Even for a search that would be quick."""
    with pytest.raises(TooLong, match=r"`a` did not come to an end within 0\.2 s"):
        patterns.found(patterns.compiled("a"), "a", deadline=0.0)


def test_a_value_too_deep_for_a_query_is_told():
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(TooLong):
        paths.found_at("$..a", deep)
