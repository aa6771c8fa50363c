"""Group E1 of the fault catalogue, as far as it concerns reading YAML: each row by its id."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.source.building import Limits
from harness.source.document import examine, parse
from harness.source.place import Refused

REPOSITORY = Path(__file__).parents[2]

CHILD = """
import json, resource, sys, time
from harness.source.document import examine
text = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
documents, mistakes = examine(text, "hostile.yaml")
seconds = time.process_time() - start
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
told = [str(each) for each in mistakes]
print(json.dumps({"told": told, "kib": grown, "seconds": seconds}))
"""


def in_child(text: bytes) -> dict:
    """What reading a file costs and says, in a process of its own: a crash there is an exit code here."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=text, capture_output=True, timeout=60, cwd=REPOSITORY, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def told(text: str | bytes) -> list[str]:
    """The messages with which a file is refused; none where it is not."""
    _, mistakes = examine(text.encode() if isinstance(text, str) else text, "a.yaml")
    return [each.message for each in mistakes]


def value(text: str | bytes):
    (document,) = parse(text.encode() if isinstance(text, str) else text, "a.yaml")
    return document.value


def alias_bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(lines).encode()


def few_aliases_much_text() -> bytes:
    """16 aliases, each doubling what is before it: few in number, 65,536 times the first node written out."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 17))]
    return "\n".join(lines).encode()


def merge_bomb() -> bytes:
    lines = ["a0: &a0 {k: v}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 26))]
    return "\n".join(lines).encode()


BOMBS = {
    "E02 alias bomb": alias_bomb(),
    "E02 few aliases, much text": few_aliases_much_text(),
    "E04 merge bomb": merge_bomb(),
    "E05 brackets": b"[" * 60_000,
    "E05 braces": b"{" * 60_000,
    "E05 keys of keys": b"? " * 60_000,
    "E05 dashes": b"- " * 60_000,
    "E05 mappings in a line": b"{a: " * 20_000,
    "E06 10 MB": b"a: " + b"x" * 10_000_000,
    "E06 10 MB of lines": b"a: x\n" * 2_000_000,
    "E06 200,000 entries": b"- a\n" * 200_000,
    "E06 200,000 keys": b"".join(b"k%d: v\n" % n for n in range(100_000)),
    "E06 17 MiB": b"#" * (17 << 20),
    "E06 a million documents": b"---\na: 1\n" * 1_000_000,
    "E06 many small documents": (b"---\n" + b"- a\n" * 1_000) * 900,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_is_built(name):
    """Neither memory nor time goes into what is going to be refused, and the C reader survives."""
    report = in_child(BOMBS[name])

    assert report["told"], name
    assert report["kib"] < 50 * 1024, name
    assert report["seconds"] < 2, name


def test_E01_tags_of_every_kind():
    for tag in ("!!python/object/apply:os.system", "!!str", "!own", "!", "!!binary", "!!set", "!<tag:x,1:y>"):
        assert any("tags are refused" in each for each in told(f"a: {tag} x")), tag
        assert any("tags are refused" in each for each in told(f"a: {tag} [x]")), tag
        assert any("tags are refused" in each for each in told(f"? {tag} a\n: b")), tag


def test_E01_no_constructor_beyond_json():
    kinds = {type(each) for each in value("[a, 1, 1.5, true, null, {a: b}, [c]]")}
    assert kinds == {str, int, float, bool, type(None), dict, list}


def test_E02_aliases_within_bounds_are_what_they_stand_for():
    assert value("a: &x [1, {b: c}]\nd: *x\ne: *x") == {
        "a": [1, {"b": "c"}],
        "d": [1, {"b": "c"}],
        "e": [1, {"b": "c"}],
    }


def test_E02_more_aliases_than_allowed():
    text = "a: &x 1\nb: [" + ", ".join(["*x"] * 33) + "]"
    assert told(text) == ["the document has more than 32 aliases"]


def test_E02_depth_counts_through_aliases():
    deep = "a: &a " + "[" * 20 + "x" + "]" * 20
    assert "written out, this is nested more than 32 levels deep" in told(deep + "\nb: " + "[" * 15 + "*a" + "]" * 15)


def test_E03_an_alias_to_itself():
    assert told("a: &x [1, *x]") == ["the alias `*x` stands for something that holds it"]
    assert told("a: *x") == ["the alias `*x` has no anchor before it"]


def test_E04_merge_keys():
    assert told("a: &x {b: c}\nd:\n  <<: *x") == ["merge keys are refused"]
    assert told("<<: {b: c}") == ["merge keys are refused"]
    assert told("'<<': x") == []
    (document,) = parse(b"a: <<\nb: [<<, '<<']\n", "a.yaml")  # no key is wanted there
    assert document.value == {"a": "<<", "b": ["<<", "<<"]}


def test_E05_depth_at_its_limit():
    assert told("[" * 32 + "]" * 32) == []
    assert told("[" * 33 + "]" * 33) == ["this is nested more than 32 levels deep"]


def test_E06_sizes_at_their_limits():
    filler = "a: '" + "x" * ((1 << 20) - 6) + "'"
    assert told(filler + "\n") == []
    assert told("a" + filler + "\n") == ["the document is larger than 1024 KiB"]
    assert told("[" + "1," * 19_998 + "1]") == []
    assert told("[" + "1," * 20_000 + "1]") == ["the document has more than 20000 nodes"]


def test_E06_every_document_has_its_own_limit():
    filler = "a: '" + "x" * 700_000 + "'\n"
    assert len(parse(f"{filler}---\n{filler}".encode(), "a.yaml")) == 2
    wide = "a: '" + "\N{SNOWMAN}" * 360_000 + "'\n"  # counted in bytes, not characters
    assert told(wide) == ["the document is larger than 1024 KiB"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "the key `a` stands here twice"),
        ("{a: 1, 'a': 2}", "the key `a` stands here twice"),
        ("1: a\n'1': b", "a key must be text: `1`"),
        ("1: a\ntrue: b", "a key must be text: `1`"),
        ("true: a", "a key must be text: `true`"),
        ("null: a", "a key must be text: `null`"),
        ("~: a", "a key must be text: `null`"),
        ("1.5: a", "a key must be text: `1.5`"),
        ("? \n: a", "a key must be text: `null`"),
        ("[a]: b", "a key must be text, not a mapping or a list"),
        ("{a: b}: c", "a key must be text, not a mapping or a list"),
        ("? {a: b}\n: c", "a key must be text, not a mapping or a list"),
    ],
)
def test_E07_keys(text, message):
    assert message in told(text)


def test_E07_a_doubled_key_deep_inside_an_alias_target_is_told_once():
    assert told("a: &x {b: 1, b: 2}\nc: *x\nd: *x") == ["the key `b` stands here twice"]


@pytest.mark.parametrize(
    "text",
    "no No NO off on y n yes 12:30:45 017 -017 1_000 2001-12-14 2001-12-14t21:59:43.10-05:00 0b1 0O17 0X1F "  # noqa: SIM905
    "1e 1.e+ .e1 + ++1 1.2.3 nul TrUe ~x 1,000 0x 0o8 .infinity .nano 1e5e5 09 -08".split(),
)
def test_E08_stays_text(text):
    assert value(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0), ("-0", 0), ("12", 12), ("+12", 12), ("-12", -12), ("0o17", 15), ("0x1F", 31), ("0xff", 255),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000.0), ("1.5E-3", 0.0015), ("01.5", 1.5),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("null", None), ("Null", None),
        ("~", None), ("", None), ('""', ""), ("'12'", "12"), ('"true"', "true"), ("'null'", "null"), ("|-\n 12", "12"),
    ],
)  # fmt: skip
def test_E08_core_scalars(text, expected):
    got = value(f"a: {text}\n")["a"]
    assert (got, type(got)) == (expected, type(expected))


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF", "1e400", "-1e999"])
def test_E09_not_finite(text):
    assert len(told(f"a: {text}")) == 1


def test_E09_long_numbers():
    assert value("a: " + "9" * 40) == {"a": int("9" * 40)}
    for text in ("9" * 41, "-" + "9" * 41, "9" * 5_000, "0x" + "f" * 41, "0o" + "7" * 41, "0." + "1" * 5_000):
        assert any("more than 40 digits" in each for each in told(f"a: {text}")), text[:10]
    assert value("a: '" + "9" * 5_000 + "'") == {"a": "9" * 5_000}


def test_E10_every_document_is_checked_and_all_are_refused():
    documents, mistakes = examine(b"a: 1\n---\nb: [1\n---\nc: c: d\n---\nd: 1\nd: 2\n", "a.yaml")

    assert [document.value for document in documents][:1] == [{"a": 1}]
    assert [each.place.line for each in mistakes] == [3, 5, 8]
    with pytest.raises(Refused):
        parse(b"a: 1\n---\nb: [1\n", "a.yaml")


def test_E10_documents_in_order_with_their_own_lines():
    documents = parse(b"# first\na: 1\n---\nb:\n  c: 2\n...\n# between\n---\nd: 3\n", "a.yaml")

    assert [document.value for document in documents] == [{"a": 1}, {"b": {"c": 2}}, {"d": 3}]
    assert [
        str(document.place(path)) for document, path in zip(documents, [("a",), ("b", "c"), ("d",)], strict=True)
    ] == [
        "a.yaml:2:4",
        "a.yaml:5:6",
        "a.yaml:9:4",
    ]


def test_E10_an_empty_document_among_others():
    assert told("a: 1\n---\n") == ["this document is empty"]
    assert told("---\n# only\n---\na: 1") == ["this document is empty"]


def test_E10_byte_order_mark_and_line_ends():
    assert value(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}
    assert value(b"a: 1\rb: 2") == {"a": 1, "b": 2}
    assert [d.value for d in parse(b"a: 1\r\n---\r\nb: 2\r\n", "a.yaml")] == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_E10_other_encodings(encoding):
    assert told("a: ä".encode(encoding))


def test_E10_tabs():
    assert told("a:\n\tb: 1") == ["a tab cannot indent in YAML"]


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\\x07", "\\u0000", "\\u202e", "\\x85"]
)
def test_E11_hidden_characters_in_keys(hidden):
    assert any("cannot be seen" in each for each in told(f'"a{hidden}b": 1'))
    assert told(f'a: "a{hidden}b"') == []


def test_E11_raw_control_characters():
    (message,) = told("a: x\x07")
    assert "\\x07" in message
    assert "\x07" not in message


def test_E16_templates_stay_text():
    for text in ("{{ cycler.__init__ }}", "{% for %}", "{{ 'a'*10**9 }}", "{0.__class__}"):
        assert value(f'a: "{text}"') == {"a": text}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "there is nothing in this file"),
        (b"\n\n", "there is nothing in this file"),
        (b"# only\n# comments", "there is nothing in this file"),
        (b"---\n", "this document is empty"),
        (b"null", "this document is empty"),
        (b"\xef\xbb\xbf", "there is nothing in this file"),
        (b"a: \xff", "the file is not UTF-8: byte 0xff at offset 3"),
        (b"\xef\xbb\xbfa: \xff", "the file is not UTF-8: byte 0xff at offset 6"),
        (b"\xef\xbb\xbf\xff", "the file is not UTF-8: byte 0xff at offset 3"),
        (b"\xef\xbb\xbfa: \xc3\xa4\xc3", "the file is not UTF-8: byte 0xc3 at offset 8"),
        (b"a: \xed\xa0\x80", "the file is not UTF-8: byte 0xed at offset 3"),
        (b"a: \xc0\xaf", "the file is not UTF-8: byte 0xc0 at offset 3"),
        (b"a: 'half of", "this quote is never closed"),
        (b"a: [half,", "a value is missing here"),
        (b"a: [half", "this list is never closed"),
        (b"a: {half: x", "this mapping is never closed"),
    ],
)
def test_E25_broken_and_empty_files(text, message):
    assert told(text) == [message]


def test_directives():
    assert value("%YAML 1.2\n---\na: 1") == {"a": 1}
    assert value("# first\n\n%YAML 1.2 # so\n---\na: 1") == {"a": 1}
    for line in ("%YAML 1.1", "%TAG ! tag:x,1:", "%FOO bar"):
        assert told(f"{line}\n---\na: 1") == ["directives are refused"]
    assert told("a: |\n  %TAG is text here\n") == []


def test_what_follows_the_end_of_a_document_is_not_passed_over():
    assert told("'a' b") == ["the document ends before this"]
    assert told("[a]]") == ["the document ends before this"]
    assert told("{a: 1} b: 2")


def test_the_limits_of_a_file_as_a_whole():
    few = Limits(documents=2, file_nodes=6, mistakes=3)
    said = [each.message for each in examine(b"a: 1\n---\nb: 1\n---\nc: 1\n", "a.yaml", few)[1]]
    assert said == ["the file holds more than 2 documents"]
    said = [each.message for each in examine(b"a: 1\n---\n[1, 2, 3, 4]\n", "a.yaml", few)[1]]
    assert said == ["the file has more than 6 nodes"]
    said = [each.message for each in examine(b"a: [!x 1, !x 2, !x 3, !x 4, !x 5]\n", "a.yaml", Limits(mistakes=3))[1]]
    assert said[3:] == ["there are too many mistakes to go on"]


def test_E06_a_file_at_its_limit():
    small = Limits(file_bytes=2 << 20, document_bytes=4 << 20)
    text = b"a: 1\n" + b"#" * ((2 << 20) - 5)
    assert examine(text, "a.yaml", small)[1] == []
    (mistake,) = examine(text + b"#", "a.yaml", small)[1]
    assert (str(mistake.place), mistake.message) == ("a.yaml:1:1", "the file is larger than 2 MiB")
    assert mistake.hint == "split it into several files"


def test_E02_what_aliases_stand_for_is_counted_as_if_it_were_written_out():
    text = b"a: &a [1, 2]\nb: *a\nc: *a\n"
    assert examine(text, "a.yaml", Limits(expanded=13))[1] == []
    (mistake,) = examine(text, "a.yaml", Limits(expanded=12))[1]
    assert (str(mistake.place), mistake.message) == (
        "a.yaml:3:4",
        "written out, the aliases make more than 12 nodes",
    )


def test_the_end_of_a_document_may_be_the_end_of_the_file():
    assert value("a: 1\n...") == {"a": 1}
    assert [each.value for each in parse(b"a: 1\n---\nb: 2\n...", "a.yaml")] == [{"a": 1}, {"b": 2}]


def test_mistakes_of_a_file_are_bounded():
    assert len(told("- [1\n---\n" * 3_000)) <= 101
    assert len(told("[" + ", ".join(["!x 1"] * 5_000) + "]")) <= 101
