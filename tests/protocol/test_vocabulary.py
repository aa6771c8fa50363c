"""The tables hold every word that the installed official client knows."""

import typing

from openai.types.responses import Response, ResponseOutputItem, ResponseStreamEvent

from harness.protocol.grammar import GRAMMAR, LEVELS, PHASES, Move
from harness.protocol.profiles import LENIENT, PROFILES
from harness.protocol.vocabulary import EVENTS, ITEMS, RESPONSE, RESPONSE_STATUSES, fields, json_type, names_of


def union(alias):
    """The classes of an annotated union, by the value of their `type`."""
    classes = typing.get_args(typing.get_args(alias)[0])
    return {typing.get_args(one.model_fields["type"].annotation)[0]: one for one in classes}


def test_every_event_of_the_official_client_is_known_with_its_required_fields():
    for name, known in union(ResponseStreamEvent).items():
        assert name in EVENTS
        wanted = {field for field, about in known.model_fields.items() if about.is_required()}
        # logprobs are newer than the first recordings; error is nested on the wire
        wanted -= {"type", "sequence_number", "logprobs"} | ({"message"} if name == "error" else set())
        assert set(EVENTS[name]) >= wanted - {"annotation"}, name


def test_every_item_of_the_official_client_is_known_with_its_statuses():
    for name, known in union(ResponseOutputItem).items():
        assert name in ITEMS
        status = known.model_fields.get("status")
        values = ITEMS[name].statuses
        if status is not None:
            literal = next(
                (one for one in (status.annotation, *typing.get_args(status.annotation)) if typing.get_args(one)),
                status.annotation,
            )
            spoken = {value for value in typing.get_args(literal) if isinstance(value, str)}
            assert spoken <= values, name


def test_what_a_plain_response_needs_the_official_client_declares():
    assert set(RESPONSE) <= set(Response.model_fields)
    status = typing.get_args(Response.model_fields["status"].annotation)[0]
    assert set(typing.get_args(status)) == RESPONSE_STATUSES


def test_every_event_has_a_step_and_every_step_an_event():
    assert set(GRAMMAR) == set(EVENTS)


def test_every_text_grows_and_settles_by_events_of_the_table():
    for level in LEVELS.values():
        if level.value and level.value != "part":
            moves = {step.move for step in GRAMMAR.values() if step.level is level}
            assert {Move.GROW, Move.SETTLE} <= moves, level.name
            settle = next(step for step in GRAMMAR.values() if step.level is level and step.move is Move.SETTLE)
            assert level.value in EVENTS[settle.type]


def test_every_phase_belongs_to_an_item_type():
    assert set(PHASES) <= set(ITEMS)


def test_every_profile_names_its_evidence():
    assert set(PROFILES) == {"core", "codex", "lenient"}
    assert all(dialect.evidence and dialect.name for dialect in LENIENT.dialects)
    assert len({dialect.name for dialect in LENIENT.dialects}) == len(LENIENT.dialects)


def test_json_types_are_named_as_json_names_them():
    named = [json_type(value) for value in (None, True, 1, 1.5, "", [], {})]
    assert named == ["null", "boolean", "integer", "number", "string", "list", "object"]
    assert names_of(fields("x:number?")["x"]) == "integer or number or null"
