"""How the next turn knows the earlier ones: the exact bodies, and the laws behind them."""

from typing import Any

import pytest
from builders.cases import conducted, loud, said
from builders.replies import plain
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.turns.state import ENCRYPTED, STATES, Past, replayed

TWO_TURNS = """
turns:
  - {user: My number is 7., request: {store: true}}
  - {user: What is it?, expect: {status: completed}}
"""
THOUGHT = {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "sealed"}
CALL = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "call_id": "call_1",
    "name": "look",
    "arguments": "{}",
}
FIRST = {"type": "message", "role": "user", "content": "My number is 7."}
SECOND = {"type": "message", "role": "user", "content": "What is it?"}


def past(turn: str, new: list[Any], output: list[Any], id: Any = "resp_1") -> Past:
    return Past(turn, new, plain(output=output, id=id))


def test_chained_sends_the_new_items_and_the_id():
    """The model, the author's own fields, the new input, and who came before; nothing else."""
    done, target = conducted(TWO_TURNS, "OK", "7", state="chained")

    assert target.bodies == [
        {"model": "d-1", "store": True, "input": [FIRST]},
        {"model": "d-1", "input": [SECOND], "previous_response_id": "resp_1"},
    ]
    assert loud(done) == []


def test_manual_sends_all_that_was_said_and_answered():
    """Reasoning stands beside its call, as it came, between the question and the new items."""
    done, target = conducted(TWO_TURNS, [THOUGHT, CALL], "7", state="manual")

    assert target.bodies[1] == {"model": "d-1", "input": [FIRST, THOUGHT, CALL, SECOND]}
    assert done.error is None


def test_stateless_stores_nothing_and_asks_for_sealed_reasoning():
    """`store: false` over whatever the author wrote, in every turn."""
    _, target = conducted(TWO_TURNS, [THOUGHT, CALL], "7", state="stateless")

    assert target.bodies == [
        {"model": "d-1", "store": False, "include": [ENCRYPTED], "input": [FIRST]},
        {"model": "d-1", "store": False, "include": [ENCRYPTED], "input": [FIRST, THOUGHT, CALL, SECOND]},
    ]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ({}, [ENCRYPTED]),
        ({"include": None}, [ENCRYPTED]),
        ({"include": [ENCRYPTED]}, [ENCRYPTED]),
        ({"include": ["a", ENCRYPTED, "b"]}, ["a", ENCRYPTED, "b"]),
        ({"include": ["a"]}, ["a", ENCRYPTED]),
    ],
)
def test_include_is_not_doubled(written: dict[str, Any], sent: list[str]):
    """What the author asks for stays, in order; ours is added once. The author's own list is left as it is."""
    before = {name: list(value) for name, value in written.items() if value}
    assert STATES["stateless"].carry(written, [], [])["include"] == sent
    assert {name: value for name, value in written.items() if value} == before


@pytest.mark.parametrize("own", ["resp_other", None])
def test_the_authors_previous_response_id_is_respected(own: str | None):
    """Written down, it is sent as it is, null too."""
    body = STATES["chained"].carry({"previous_response_id": own}, [], [past("a", [], [])])

    assert body["previous_response_id"] == own


def test_chained_without_an_id_names_nothing():
    """A response that lost its id cannot be named; that it has none is another rule's finding."""
    assert STATES["chained"].carry({}, ["new"], [past("a", [], [], id=...)]) == {"input": ["new"]}


items = st.lists(st.dictionaries(st.sampled_from(["type", "id", "x"]), st.text(max_size=5)), max_size=3)
bodies = st.dictionaries(st.text(min_size=1, max_size=8), st.integers() | st.none() | st.text(), max_size=4)


@given(st.lists(st.tuples(items, items), max_size=4), items, bodies)
def test_by_hand_is_all_earlier_items_in_order_and_then_what_is_new(turns, new, body):
    """Law: nothing of what was said is lost, doubled, mended or moved; nothing else of the body is touched."""
    whole = [past(f"turn-{n}", asked, answered) for n, (asked, answered) in enumerate(turns)]
    everything = [item for asked, answered in turns for item in (*asked, *answered)]

    assert replayed(whole) == everything
    for name in ("manual", "stateless"):
        carried = STATES[name].carry(body, new, whole)
        assert carried.pop("input") == [*everything, *new]
        left = {key: value for key, value in body.items() if key not in ("input", "store", "include")}
        assert {key: carried[key] for key in left} == left


@given(st.lists(st.tuples(items, items), max_size=4), items, bodies)
def test_chained_never_repeats_what_was_said(turns, new, body):
    """Law: the input is what is new, whatever came before; the last response is named."""
    whole = [past(f"turn-{n}", asked, answered, f"resp_{n}") for n, (asked, answered) in enumerate(turns)]
    carried = STATES["chained"].carry(body, new, whole)

    assert carried["input"] == new
    if whole and "previous_response_id" not in body:
        assert carried["previous_response_id"] == f"resp_{len(whole) - 1}"


def test_streamed_turns_carry_the_same():
    """What a stream spelled goes back as a plain answer would."""
    _, target = conducted(TWO_TURNS, "Noted.", "7", state="manual", delivery="stream")

    first, second = target.bodies
    assert (first["stream"], second["stream"]) == (True, True)
    assert second["input"] == [FIRST, said("Noted."), SECOND]
