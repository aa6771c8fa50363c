"""Places, the blocks that show a mistake, and what is suggested instead."""

import sys
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yaml.error import MarkedYAMLError

from harness.source.document import examine, parse
from harness.source.lines import Lines
from harness.source.place import HIDDEN, Diagnostic, Place, Refused, did_you_mean, escaped, shown, suggestion
from harness.source.syntax import explained


def test_the_block_of_the_style_guide():
    diagnostic = Diagnostic(
        Place("specs/tools/weather.yaml", 5, 5, 5),
        "unknown key `expct` in a turn",
        "did you mean `expect`?",
        "    expct:",
    )

    assert str(diagnostic) == (
        "error: unknown key `expct` in a turn\n"
        " --> specs/tools/weather.yaml:5:5\n"
        "  |\n"
        "5 |     expct:\n"
        "  |     ^^^^^ did you mean `expect`?"
    )


def test_the_margin_is_as_wide_as_the_number():
    lines = str(Diagnostic(Place("a.yaml", 1234, 1), "wrong", None, "x")).splitlines()
    assert lines[1:] == ["    --> a.yaml:1234:1", "     |", "1234 | x", "     | ^"]


@pytest.mark.parametrize(
    ("line", "column", "width", "quoted", "carets"),
    [
        ("key: value", 6, 5, "key: value", "     ^^^^^"),
        ("日本: x", 5, 1, "日本: x", "      ^"),  # two cells each
        ("\tkey", 2, 3, " key", " ^^^"),
        ("a\u202eb: c", 1, 3, "a\\u202eb: c", "^^^^^^^^"),
        ("e\u0301: c", 1, 2, "e\u0301: c", "^"),  # a combining accent has no cell of its own
        ("short", 9, 4, "short", "     ^"),
        ("", 1, 1, "", "^"),
    ],
)
def test_carets_stand_under_what_is_meant(line, column, width, quoted, carets):
    block = str(Diagnostic(Place("a.yaml", 1, column, width), "wrong", None, line)).splitlines()
    assert block[3:] == [f"1 | {quoted}".rstrip(), f"  | {carets}"]


def test_a_long_line_is_shown_around_the_place():
    line = "a" * 500 + "HERE" + "b" * 500
    quoted, carets = str(Diagnostic(Place("a.yaml", 1, 501, 4), "wrong", None, line)).splitlines()[3:]

    assert len(quoted) < 130
    assert quoted[4] == quoted[-1] == "…"
    assert quoted[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_a_width_beyond_the_window_is_cut():
    quoted, carets = str(Diagnostic(Place("a.yaml", 1, 1, 5000), "wrong", "hint", "x" * 5000)).splitlines()[3:]
    assert len(quoted) < 130
    assert carets.count("^") <= 120


def test_refused_shows_every_diagnostic():
    places = [Place("a.yaml", n, 1) for n in (1, 2)]
    refused = Refused(Diagnostic(place, f"wrong {place.line}") for place in places)

    assert [each.place for each in refused.diagnostics] == places
    assert str(refused).count("error: ") == 2
    assert "\n\nerror: wrong 2" in str(refused)


@given(st.text())
def test_nothing_hidden_is_ever_shown(text):
    """Whatever a file holds, its diagnostics are one screen of visible characters."""
    assert not HIDDEN.search(escaped(text))
    assert len(shown(text)) <= 80
    block = str(Diagnostic(Place(text, 1, 2, 3), text, text, text))
    assert len(block.splitlines()) <= 5
    assert not HIDDEN.search(block.replace("\n", ""))


@given(st.binary(max_size=300))
def test_reading_never_raises(data):
    documents, mistakes = examine(data, "a.yaml")
    assert documents or mistakes
    for mistake in mistakes:
        str(mistake)


yaml_like = st.text(st.sampled_from("ab: -[]{}\"'\n|>&*!#%?,0.~<\t\u2028\r"), max_size=60)


@given(yaml_like)
def test_reading_yaml_like_text_never_raises(text):
    documents, mistakes = examine(text.encode(), "a.yaml")
    assert documents or mistakes
    for mistake in mistakes:
        place = mistake.place
        assert place.line >= 1
        assert place.column >= 1
        assert place.width >= 1
        str(mistake)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(-1e9, 1e9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcä", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_what_yaml_writes_is_read_back(value):
    """Whatever the official dumper writes with quotes is read as it was, places included."""
    import json

    text = json.dumps({"a": value})  # JSON without lone surrogates is YAML
    if "\\ud" in text:
        return
    (document,) = parse(text.encode(), "a.yaml")
    assert document.value == {"a": value}


def test_places_of_nodes_and_keys():
    text = "a: 1\nb:\n  - c: |\n      text\n      more\n    d: {e: [f, g]}\n"
    (document,) = parse(text.encode(), "x.yaml")

    def at(*path, key=False):
        place = document.place(path, key)
        return place.line, place.column, place.width

    assert at("a") == (1, 4, 1)
    assert at("a", key=True) == (1, 1, 1)
    assert at("b", 0, "c") == (3, 8, 1)
    assert at("b", 0, "d", key=True) == (6, 5, 1)
    assert at("b", 0, "d") == (6, 8, 11)
    assert at("b", 0, "d", "e", 1) == (6, 16, 1)
    assert at("b", 0, "d", "nowhere", "deep") == at("b", 0, "d")
    assert at("b") == (3, 3, 6)
    assert at() == (1, 1, 4)


def test_an_alias_has_its_own_place_and_its_inside_the_anchors():
    (document,) = parse(b"a: &x {b: 1}\nc: *x\n", "x.yaml")

    assert str(document.place(("c",))) == "x.yaml:2:4"
    assert str(document.place(("c", "b"))) == "x.yaml:1:11"


def test_the_place_of_a_text_within_a_scalar():
    (document,) = parse(b'a: x ${b} ${c}\nd: |\n  one\n  two ${c}\ne: "\\x24{c}"\n', "x.yaml")

    assert document.place_of_text(("a",), "${c}") == Place("x.yaml", 1, 11, 4)
    assert document.place_of_text(("d",), "${c}") == Place("x.yaml", 4, 7, 4)
    assert document.place_of_text(("e",), "${c}") == document.place(("e",))


@pytest.mark.parametrize(
    ("word", "meant"),
    [("expct", "expect"), ("Expect", "expect"), ("expects", "expect"), ("turn", "turns"), ("zzz", None), ("", None)],
)
def test_did_you_mean(word, meant):
    assert did_you_mean(word, ["expect", "turns", "scenario"]) == meant


def test_a_suggestion_names_a_small_choice():
    assert suggestion("zzz", ["a", "b"]) == "one of a, b"
    assert suggestion("zzz", [f"word{n}" for n in range(50)]) is None
    assert suggestion("plein", ["plain"]) == "did you mean `plain`?"
    assert suggestion("x", []) is None


def test_did_you_mean_bears_a_very_long_word():
    assert did_you_mean("x" * 1_000_000, ["expect"]) is None


MALFORMED = {
    "a: b: c": "a second `:` in one line",
    "a: 'x": "this quote is never closed",
    'a: "x': "this quote is never closed",
    'a: "\\q"': "an unknown escape",
    'a: "\\ud800"': "this escape is no character",
    'a: "\\xzz"': "this escape is no character",
    "a: [1": "this list is never closed",
    "a: {b: 1": "this mapping is never closed",
    "a: [1,": "a value is missing here",
    "a: 1\n  b: 2": "a second `:` in one line",
    "a: 'x' y": "this does not go on with the mapping",
    "a:\n  - b\n  c: 1": "this does not go on with the list",
    "a: 1\nb c\nd: 1": "a line without `:` in a mapping",
    "a: *": "`*` begins an alias, and no name follows",
    "a: & b": "`&` begins an anchor, and no name follows",
    "a: !<x": "tags are refused",
    "a: !q!x y": "tags are refused",
    "a: |9x\n b": "what stands behind `|` or `>` is not understood",
    "a: @x": "no value begins with this character",
    "a: %x": "no value begins with this character",
    "a: `x`": "no value begins with this character",
    "a: - b": "a list cannot begin here",
    "a:\n\tb: 1": "a tab cannot indent in YAML",
    "[a]]": "the document ends before this",
    "%FOO": "directives are refused",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_yaml_is_told_in_our_words(text):
    _, (mistake, *_) = examine(text.encode(), "a.yaml")
    assert mistake.message == MALFORMED[text]


def test_what_the_parser_may_say_one_day_is_told_in_its_words():
    """An error that has no sentence of ours still has its place."""
    lines = Lines("x.yaml", "a: 1\nb: !\n")
    told = explained(MarkedYAMLError("while dreaming", None, "found a unicorn"), lines, 1, 3)
    assert (str(told.place), told.message, told.hint, told.line_text) == (
        "x.yaml:2:4",
        "this is not YAML",
        "found a unicorn",
        "b: !",
    )
    assert explained(MarkedYAMLError(), lines, 0, 0).hint is None


def test_every_character_that_only_acts_is_escaped():
    """Controls, formats, halves of pairs, separators, as Unicode sorts them: not only those that we thought of."""
    acting = [
        letter for letter in map(chr, range(sys.maxunicode + 1)) if category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ]

    assert len(acting) > 2_200
    assert [letter for letter in acting if escaped(letter) == letter] == []
