"""Whatever stands in the definition of a hosted tool and in its items, it is answered or refused; nothing stumbles."""

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.mock.errands import done
from harness.mock.errors import Refused
from harness.mock.operations import creating
from harness.mock.rooms import Rooms

NOWHERE = "http://127.0.0.1:1/mcp"
FIELDS: dict[str, list[str]] = {
    "mcp": [
        "server_label",
        "server_url",
        "connector_id",
        "headers",
        "authorization",
        "allowed_tools",
        "require_approval",
    ],
    "web_search": ["filters", "user_location", "search_context_size"],
    "file_search": ["vector_store_ids", "max_num_results"],
    "custom": ["name", "description", "format"],
    "computer_use_preview": ["display_width", "display_height", "environment"],
}
WELL: dict[str, dict[str, Any]] = {
    "mcp": {"server_label": "x", "server_url": NOWHERE},
    "web_search": {},
    "file_search": {"vector_store_ids": ["vs_harness"]},
    "custom": {"name": "x"},
    "computer_use_preview": {"display_width": 9, "display_height": 9, "environment": "mac"},
}
ITEMS = [
    "mcp_approval_response",
    "mcp_approval_request",
    "mcp_call",
    "mcp_list_tools",
    "computer_call",
    "computer_call_output",
    "web_search_call",
    "file_search_call",
    "custom_tool_call",
    "custom_tool_call_output",
]
OF_ITEM = [
    *("id", "call_id", "name", "arguments", "output", "tools", "server_label", "action", "approve", "input", "error"),
    *("pending_safety_checks", "acknowledged_safety_checks", "approval_request_id", "queries", "results"),
]
odd: list[Any] = [None, True, -1, 2.5, "", "a", "{}", "[]", [], [1], ["x"], {}, {"tool_names": 5}, {"always": 5}]
odd += [
    {"never": {"tool_names": None}},
    {"allowed_domains": [5]},
    {"tool_names": ["x"], "read_only": True},
    [{"id": []}],
]
odd += [{"type": "grammar", "syntax": "regex", "definition": pattern} for pattern in ("((", "(a+)+$")]
value = st.sampled_from(odd)
tools = st.sampled_from([*FIELDS]).flatmap(
    lambda kind: st.dictionaries(st.sampled_from(FIELDS[kind] or ["x"]), value, max_size=2).map(
        lambda wrong: {"type": kind, **WELL[kind], **wrong}
    )
)
items = st.builds(
    lambda kind, fields: {"type": kind, "id": "a", "call_id": "a", **fields},
    st.sampled_from(ITEMS),
    st.dictionaries(st.sampled_from(OF_ITEM), value, max_size=5),
)
PROMPTS = [
    "Search the files of the harbour of Velmora.",
    "Click at 99999,1 and type 'a' in the bank.",
    f"Call x with {'a' * 60}!",
    "",
]
CHOICES = ["auto", "required", "none", {"type": "custom", "name": "x"}, {"type": "mcp", "server_label": "x"}]

bodies = st.fixed_dictionaries(
    {
        "input": st.builds(
            lambda said, before: [*before, {"role": "user", "content": said}],
            st.sampled_from(PROMPTS),
            st.lists(items, max_size=3),
        ),
        "tools": st.lists(tools, min_size=1, max_size=3),
        "tool_choice": st.sampled_from(CHOICES),
        "stream": st.booleans(),
    }
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=bodies, model=st.sampled_from(["gpt-4.1", "computer-use-preview"]), defect=st.sampled_from(["", "B48", "B68"])
)
def test_any_definition_and_item_is_answered_or_refused(body: dict, model: str, defect: str):
    rooms = Rooms("hostile")
    room = rooms.open(model=model, defects=[defect] if defect else ())
    try:
        status = asyncio.run(done(creating.create(room, json.dumps({"model": model, **body}).encode()))).status
    except Refused as refused:
        status = refused.status
    assert status in (200, 400, 404, 424)
