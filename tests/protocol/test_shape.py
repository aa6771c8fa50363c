"""The shape of plain responses."""

import pytest
from builders import streams as s
from builders.streams import changed

from harness.findings import Level
from harness.protocol.profiles import CORE, LENIENT
from harness.protocol.shape import check_response
from harness.protocol.vocabulary import ITEMS, RESPONSE

PLAIN = {name: base()[-1]["response"] for name, base in s.BASES.items()}


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_correct_response_is_passed(name):
    assert check_response(PLAIN[name]) == []


@pytest.mark.parametrize("name", sorted(RESPONSE))
def test_a_required_field_that_is_missing_is_found(name):
    response = {key: value for key, value in PLAIN["X1"].items() if key != name}

    (finding,) = check_response(response)

    assert (finding.rule, finding.wire.pointer, finding.level) == ("reply.shape", f"/{name}", Level.ERROR)


@pytest.mark.parametrize(
    ("pointer", "value", "where"),
    [
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
    ],
)
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
