"""Lines as JSON: nothing is lost on the way there and back, and the schema says what is written."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import jsonschema
import pytest
from builders import runs
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.findings import Finding, Level, OnWire, Verdict
from harness.pointer import MISSING
from harness.record import schema
from harness.record.chain import START, frame
from harness.record.fields import WrongShape, encode, reader
from harness.record.lines import CaseLine, ExchangeLine, FindingLine, Head, Latency, Usage

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
SCALARS: Mapping[Any, st.SearchStrategy[Any]] = {
    str: ANY_TEXT,
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63),
    float: st.floats(allow_nan=False, allow_infinity=False),
}
JSON = st.recursive(
    st.none() | st.one_of(*SCALARS.values()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


def anything(form: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation that the lines use."""
    if form in (Any, object):
        return JSON
    if form in SCALARS:
        return SCALARS[form]
    if isinstance(form, type) and issubclass(form, StrEnum):
        return st.sampled_from(form)
    if is_dataclass(form):
        hints = get_type_hints(form)
        return st.builds(form, **{f.name: anything(hints[f.name]) for f in fields(form)})
    arguments = get_args(form)
    if get_origin(form) is tuple:
        return st.lists(anything(arguments[0]), max_size=2).map(tuple)
    if get_origin(form) is Mapping:
        return st.dictionaries(ANY_TEXT, anything(arguments[1]), max_size=2)
    return st.none() | anything(arguments[0])


@settings(max_examples=60, deadline=None)
@given(anything(CaseLine))
def test_any_case_comes_back_equal(line: CaseLine):
    text = encode(line)

    assert text.isascii()
    assert "\n" not in text
    assert line == reader(CaseLine)(json.loads(text))


@settings(max_examples=20, deadline=None)
@given(anything(Head), anything(ExchangeLine))
def test_any_head_and_exchange_come_back_equal(head: Head, exchange: ExchangeLine):
    assert head == reader(Head)(json.loads(encode(head)))
    assert exchange == reader(ExchangeLine)(json.loads(encode(exchange)))


SCHEMA = jsonschema.Draft202012Validator(schema.line_schema())


@settings(max_examples=15, deadline=None)
@given(anything(CaseLine))
def test_any_case_fits_the_schema(line: CaseLine):
    written, _ = frame(1, "case", encode(line).encode(), START)

    SCHEMA.validate(json.loads(written))


@pytest.mark.parametrize(
    ("pointer", "wrong"),
    [("verdict", "good"), ("case", 7), ("findings", {}), ("repeat", "0"), ("unknown", 1)],
)
def test_schema_refuses_what_is_not_written(pointer: str, wrong: object):
    body = json.loads(encode(runs.case())) | {pointer: wrong}
    written, _ = frame(1, "case", json.dumps(body).encode(), START)

    assert not SCHEMA.is_valid(json.loads(written))


def test_shipped_schema_is_the_made_one():
    """After a change of the lines: `python -m harness.record.schema`."""
    assert schema.FILE.read_text(encoding="utf-8") == schema.text()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"case": None}, "/case"),
        ({"repeat": 1.5}, "/repeat"),
        ({"attempt": True}, "/attempt"),
        ({"seconds": "1"}, "/seconds"),
        ({"verdict": "good"}, "/verdict"),
        ({"findings": [{"rule": "a.b", "level": "error"}]}, "/findings/0/message"),
        ({"turns": {}}, "/turns"),
        ({"applied_rules": {"a/b": "x"}}, "/applied_rules/a~1b"),
        ({"usage": []}, "/usage"),
        ({"values": []}, "/values"),
    ],
)
def test_wrong_shape_is_named_by_its_pointer(change: dict[str, Any], pointer: str):
    body = json.loads(encode(runs.case())) | change

    for _ in range(2):  # the second is read in the way of the first
        with pytest.raises(WrongShape) as caught:
            reader(CaseLine)(body)
        assert caught.value.pointer == pointer


def test_lines_that_look_alike_are_read_one_by_one():
    """Names and types that were met before spare no look at what is inside them."""
    body = json.loads(encode(runs.case()))
    read = reader(CaseLine)

    assert read(body | {"seconds": 2}) == read(body | {"seconds": 2.0})
    assert type(read(body | {"seconds": 2}).seconds) is float
    assert read(body | {"verdict": "failed"}).verdict is Verdict.FAILED
    with pytest.raises(WrongShape, match="passed or failed"):
        read(body | {"verdict": "good"})
    assert read(body) == runs.case()


def test_unknown_key_is_passed_over_and_a_missing_one_takes_its_default():
    """So a field with a default can be added without a new format."""
    body = json.loads(encode(runs.case())) | {"later": 1}
    del body["repeat"]

    assert reader(CaseLine)(body) == runs.case()


def test_empty_fields_are_left_out():
    body = json.loads(encode(runs.case(region=None, findings=(), values={})))

    assert not {"region", "findings", "values", "row"} & body.keys()


def test_finding_is_kept_with_plain_values():
    found = Finding("a.b", Level.ERROR, "m", OnWire(2, 3, 4, "/x"), expected=MISSING, actual=b"\xff", turn="t")

    line = FindingLine.of(found, source_line="text: x", allowed="known")

    assert (line.exchange, line.event, line.offset, line.pointer) == (2, 3, 4, "/x")
    assert (line.expected, line.actual) == ({"$missing": True}, {"$base64": "/w=="})
    assert (line.turn, line.source_line, line.allowed) == ("t", "text: x", "known")


def test_sums_over_turns_keep_what_nobody_said():
    usage = Usage.over([Usage(1, 2, 3), Usage(10, None, 30)])
    latency = Latency.over([Latency(0.1, None, 1.0), Latency(0.3, None, 2.0), Latency()])

    assert usage == Usage(11, 2, 33)
    assert latency == Latency(0.3, None, 3.0)
    assert Latency.over([]) == Latency()
