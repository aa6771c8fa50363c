"""Items beside one another."""

from harness.protocol.items import arguments_not_json, doubled_call_ids, lonely_reasoning, unanswered

CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}", "status": "completed"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "1"}
ASKED = {"type": "mcp_approval_request", "id": "mcpr_1"}
APPROVED = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}
MESSAGE = {"type": "message", "role": "assistant", "content": []}


def test_a_call_waits_for_its_answer():
    other = {**CALL, "call_id": "c2"}

    assert unanswered([CALL, other, OUTPUT]) == [other]
    assert unanswered([ASKED]) == [ASKED]
    assert unanswered([ASKED, APPROVED, MESSAGE]) == []
    assert unanswered([OUTPUT, CALL]) == [CALL]


def test_reasoning_needs_what_it_led_to_right_behind_it():
    assert lonely_reasoning([THOUGHT, CALL]) == []
    assert lonely_reasoning([THOUGHT, THOUGHT, MESSAGE]) == []
    assert lonely_reasoning([MESSAGE, THOUGHT]) == [THOUGHT]
    assert lonely_reasoning([THOUGHT, {"role": "user", "content": "hi"}]) == [THOUGHT]


def test_arguments_are_json_unless_cut_off():
    cut = {**CALL, "arguments": '{"a":', "status": "incomplete"}

    assert list(arguments_not_json([CALL, cut])) == []
    assert list(arguments_not_json([MESSAGE, {**CALL, "arguments": "NaN"}])) == [(1, "NaN")]


def test_a_call_id_is_used_once():
    custom = {"type": "custom_tool_call", "call_id": "c1"}

    assert list(doubled_call_ids([CALL, custom])) == [(1, "c1")]
    assert list(doubled_call_ids([CALL, {"type": "shell_call", "call_id": "c1"}])) == []


def test_no_value_makes_them_stumble():
    odd = [{"type": [], "call_id": {}, "arguments": 1, "id": []}, {}]

    assert unanswered(odd) == lonely_reasoning(odd) == []
    assert list(arguments_not_json(odd)) == list(doubled_call_ids(odd)) == []
