"""The shape of plain responses.

After a deliberate change `python tests/protocol/test_shape.py` (with `tests` on the path) writes the golden text anew.
"""

import pytest
from builders import said
from builders import streams as s
from builders.streams import changed

from harness.findings import Level
from harness.protocol.profiles import CORE, LENIENT
from harness.protocol.shape import check_response
from harness.protocol.vocabulary import ITEMS, PARTS, RESPONSE

PLAIN = {name: base()[-1]["response"] for name, base in s.BASES.items()}


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_correct_response_is_passed(name):
    assert check_response(PLAIN[name]) == []


@pytest.mark.parametrize("name", sorted(RESPONSE))
def test_a_required_field_that_is_missing_is_found(name):
    response = {key: value for key, value in PLAIN["X1"].items() if key != name}

    (finding,) = check_response(response)

    assert (finding.rule, finding.wire.pointer, finding.level) == ("reply.shape", f"/{name}", Level.ERROR)


WRONG = [
    ("/output", {}, "/output"),
    ("/output", None, "/output"),
    ("/object", "answer", "/object"),
    ("/status", "done", "/status"),
    ("/created_at", "now", "/created_at"),
    ("/completed_at", 1, "/completed_at"),
    ("/usage", [], "/usage"),
    ("/output/0", "text", "/output/0"),
    ("/output/0/type", ..., "/output/0"),
    ("/output/0/id", ..., "/output/0/id"),
    ("/output/0/role", ..., "/output/0/role"),
    ("/output/0/content", ..., "/output/0/content"),
    ("/output/0/status", ..., "/output/0/status"),
    ("/output/0/status", "finished", "/output/0/status"),
    ("/output/0/content/0", None, "/output/0/content/0"),
    ("/output/0/content/0/text", ..., "/output/0/content/0/text"),
    ("/output/0/content/0/annotations", {}, "/output/0/content/0/annotations"),
    ("/output/0/content/0", 7, "/output/0/content/0"),
    ("/output/0/content/0/type", ..., "/output/0/content/0"),
    ("/output/0/content/0/text", 7, "/output/0/content/0/text"),
    ("/output/0/content/0/annotations", None, "/output/0/content/0/annotations"),
    ("/completed_at", 1_779_999_999, "/completed_at"),
    ("/metadata", [], "/metadata"),
    ("/output/0", None, "/output/0"),
    ("/output/0/type", 7, "/output/0"),
]
"""A field of a correct response, what it is set to, and where that is found."""


@pytest.mark.parametrize(("pointer", "value", "where"), WRONG)
def test_what_is_out_of_shape_is_found_where_it_is(pointer, value, where):
    (response,) = changed([PLAIN["X1"]], 0, pointer, value)

    (finding,) = check_response(response)

    assert (finding.rule, finding.wire.pointer, finding.wire.event) == ("reply.shape", where, None)


@pytest.mark.parametrize("kind", sorted(ITEMS))
def test_each_item_type_needs_its_fields_and_knows_its_statuses(kind):
    known = ITEMS[kind]
    found = check_response({**PLAIN["X1"], "output": [{"type": kind, "status": "finished"}]})

    missing = {finding.wire.pointer.rpartition("/")[2] for finding in found if finding.actual == "nothing"}
    assert missing == set(known.required) - {"status"}
    assert any(finding.actual == "finished" for finding in found) == bool(known.statuses)


def test_what_is_unknown_passes():
    response = {**PLAIN["X1"], "billing": {"payer": "developer"}, "output": [{"type": "x_search_call"}]}

    assert check_response(response) == []


def test_the_lenient_profile_warns():
    response = {key: value for key, value in PLAIN["X1"].items() if key != "error"}

    assert [finding.level for finding in check_response(response, LENIENT)] == [Level.WARNING]
    assert [finding.level for finding in check_response(response, CORE)] == [Level.ERROR]


def test_pointers_begin_where_the_response_does():
    (finding,) = check_response({**PLAIN["X1"], "status": "done"}, pointer="/response")

    assert finding.wire.pointer == "/response/status"


def response_with(pointer, value):
    return changed([PLAIN["X1"]], 0, pointer, value)[0]


SHAPES = said.named(
    [
        *((f"{pointer} = {value!r}", response_with(pointer, value)) for pointer, value, _ in WRONG),
        *((f"no {name}", response_with(f"/{name}", ...)) for name in RESPONSE),
        *(
            (f"a {kind} of nothing", {**PLAIN["X1"], "output": [{"type": kind, "status": "finished"}]})
            for kind in ITEMS
        ),
        *((f"a part of type {kind}", response_with("/output/0/content/0", {"type": kind})) for kind in PARTS),
        ("a summary part", changed([PLAIN["X3"]], 0, "/output/0/summary/1", {})[0]),
        ("completed as it was created", {**PLAIN["X1"], "completed_at": PLAIN["X1"]["created_at"]}),
        ("two wrong items", {**PLAIN["X2"], "output": [{"type": "message"}, 7]}),
    ]
)
GOLDEN = said.read("shapes") if __name__ != "__main__" else {}


@pytest.mark.parametrize("name", SHAPES)
def test_it_is_spoken_of_as_the_golden_lines_say(name):
    assert [said.line(one) for one in check_response(SHAPES[name])] == GOLDEN[name]


def test_there_is_no_golden_section_too_many():
    assert list(GOLDEN) == list(SHAPES)


def lines(response):
    return lambda: [said.line(one) for one in check_response(response)]


if __name__ == "__main__":
    said.write("shapes", {name: lines(response) for name, response in SHAPES.items()})
