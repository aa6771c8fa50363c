"""States that need something done before a turn: windows, conversations; and the rule by which items are dropped."""

from typing import Any

import pytest
from builders.cases import BASE, conducted, loud, said
from builders.replies import plain
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.turns.state import Past, pruned, replayed
from harness.wire.exchange import How

THREE = """
turns:
  - {user: My number is 7.}
  - {user: Say it., request: {instructions: Be short., temperature: 1}}
  - {user: And again., expect: {status: completed}}
"""
WINDOW: dict[str, Any] = {
    "object": "response.compaction",
    "output": [
        {"id": "msg_9", "type": "message", "role": "user", "status": "completed", "content": []},
        {"id": "cmp_1", "type": "compaction", "encrypted_content": "sealed"},
    ],
}
OTHER = {**WINDOW, "output": [{"id": "cmp_2", "type": "compaction", "encrypted_content": "sealed too"}]}


def user(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": text}


def addresses(target: Any) -> list[str]:
    return [request.url.removeprefix(BASE) for request in target.requests]


TURNS = ["responses", "responses/compact", "responses", "responses/compact", "responses"]


def test_compacted_sends_all_and_goes_on_from_the_window():
    """The window as it came, whole, and what is new; the next compaction is of what followed from the window."""
    done, target = conducted(THREE, "OK", WINDOW, "7", OTHER, "7 again", state="compacted")

    assert addresses(target) == TURNS
    first, compact, second, again, third = target.bodies
    assert first == {"model": "d-1", "input": [user("My number is 7.")]}
    assert compact == {"model": "d-1", "instructions": "Be short.", "input": [user("My number is 7."), said("OK")]}
    assert second["input"] == [*WINDOW["output"], user("Say it.")]
    assert again["input"] == [*WINDOW["output"], user("Say it."), said("7")]
    assert third["input"] == [*OTHER["output"], user("And again.")]
    assert not any("previous_response_id" in body for body in target.bodies)
    assert loud(done) == []


def test_compacted_by_the_id_of_the_last_response():
    """The service is told what to compact by an id; the window begins a new chain."""
    done, target = conducted(THREE, "OK", WINDOW, "7", OTHER, "7 again", state="compacted_chained")

    assert addresses(target) == TURNS
    _, compact, second, again, third = target.bodies
    assert compact == {"model": "d-1", "instructions": "Be short.", "previous_response_id": "resp_1"}
    assert again["previous_response_id"] == "resp_3"
    assert "input" not in again
    for body, window in ((second, WINDOW), (third, OTHER)):
        assert "previous_response_id" not in body
        assert body["input"][:-1] == window["output"]
    assert loud(done) == []


def test_a_compaction_belongs_to_its_turn():
    """It is kept with the turn that needed it, first in wire order, and judged as any other exchange."""
    heavy = {**WINDOW, "usage": {"input_tokens": 5, "output_tokens": 5, "total_tokens": 11}}
    done, _ = conducted(THREE, "OK", heavy, "7", OTHER, "7 again", state="compacted")

    assert [[reply.operation for reply in taken.replies] for taken in done.conversation.turns] == [
        ["create"],
        ["compact", "create"],
        ["compact", "create"],
    ]
    assert ("sem.usage_sum", "turn-2", 1) in [(f.rule, f.turn, f.wire.exchange) for f in done.findings]


@pytest.mark.parametrize("answer", [(400, {"message": "no", "type": "invalid"}), How.CONNECT])
def test_what_cannot_be_compacted_ends_the_turn(answer: Any):
    """The refusal is what the turn came to; nothing is created from a window that is not there."""
    done, target = conducted(THREE, "OK", answer, state="compacted")

    assert len(target.requests) == 2
    assert loud(done) == (["avail.connect"] if answer is How.CONNECT else ["expect.answered"])


@pytest.mark.parametrize("state", ["chained", "manual", "compacted", "compacted_chained"])
def test_what_a_turn_compacted_is_not_compacted_again(state: str):
    """The window of the turn `compact` starts a new chain, in whichever state; its id is never continued from."""
    text = "turns: [{user: a}, {compact: {}}, {user: b, expect: {status: completed}}]"
    done, target = conducted(text, "OK", WINDOW, "B", state=state)

    assert addresses(target) == ["responses", "responses/compact", "responses"]
    assert target.bodies[2] == {"model": "d-1", "input": [*WINDOW["output"], user("b")]}
    assert loud(done) == []


def test_the_service_compacts_by_itself():
    """It is told above how many tokens; what precedes the newest compaction item is not sent any more."""
    compaction = WINDOW["output"][1]
    done, target = conducted(THREE, "OK", [said("7"), compaction], "7 again", state="auto_compacted")

    asked = [{"type": "compaction", "compact_threshold": 60}]
    assert [body["context_management"] for body in target.bodies] == [asked] * 3
    assert target.bodies[1]["input"] == [user("My number is 7."), said("OK"), user("Say it.")]
    assert target.bodies[2]["input"] == [compaction, user("And again.")]
    assert done.error is None


def test_a_conversation_is_opened_once():
    """Before the first turn, and every turn names it with what is new alone."""
    opened = {"id": "conv_1", "object": "conversation"}
    answers = [{"conversation": {"id": "conv_1"}}] * 3
    done, target = conducted(THREE, opened, *answers, state="conversation")

    assert addresses(target) == ["conversations", "responses", "responses", "responses"]
    assert target.bodies[0] == {}
    assert [body["conversation"] for body in target.bodies[1:]] == ["conv_1"] * 3
    assert [body["input"] for body in target.bodies[1:]] == [
        [user("My number is 7.")],
        [user("Say it.")],
        [user("And again.")],
    ]
    assert not any("previous_response_id" in body for body in target.bodies)
    assert loud(done) == []


def test_a_conversation_goes_on_where_it_is_finished_in_the_background():
    """The last reply of such a turn is no create, and the conversation is known all the same."""
    opened = {"id": "conv_1", "object": "conversation"}
    queued = {"id": "resp_2", "status": "queued", "output": [], "conversation": {"id": "conv_1"}}
    finished = {**queued, "status": "completed", "output": [said("OK")]}
    text = "turns: [{user: a}, {user: b, expect: {status: completed}}]"
    _, target = conducted(text, opened, queued, finished, queued, finished, state="conversation", delivery="background")

    assert [body.get("conversation") for body in target.bodies] == [None, "conv_1", "conv_1"]


items = st.lists(
    st.sampled_from(["message", "reasoning", "compaction", "function_call"]).map(lambda type_: {"type": type_}),
    max_size=8,
)


@given(items)
def test_only_what_the_newest_compaction_stands_for_is_dropped(some: list[Any]):
    """Law: what is kept is the end of what there was; it holds one compaction item, the first, or all there was."""
    kept = list(pruned(some))

    assert some[len(some) - len(kept) :] == kept
    compactions = [item for item in some if item["type"] == "compaction"]
    if compactions:
        assert kept[0] == {"type": "compaction"}
        assert kept.count({"type": "compaction"}) == 1
    else:
        assert kept == some


@given(st.lists(st.tuples(items, items, st.none() | items), min_size=1, max_size=5))
def test_a_window_stands_for_everything_before_it(turns: list[Any]):
    """Law: from the newest window on, nothing is lost, doubled or moved; what it stands for is not sent again."""
    past = [Past(f"turn-{n}", new, plain(output=out), window) for n, (new, out, window) in enumerate(turns)]
    start = max((n for n, (_, _, window) in enumerate(turns) if window is not None), default=0)
    expected = list(turns[start][2] or []) + [item for new, out, _ in turns[start:] for item in (*new, *out)]

    assert replayed(past) == expected
