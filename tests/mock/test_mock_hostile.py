"""Whatever is asked, the service answers or refuses; it never stumbles, and never reaches outside of its room."""

import asyncio
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.mock.asked_items import PARTS, REQUIRED
from harness.mock.errands import done
from harness.mock.errors import Refused
from harness.mock.operations import creating, responses
from harness.mock.parameters import PARAMETERS
from harness.mock.rooms import Rooms

scalars = st.none() | st.booleans() | st.integers(-5, 2000) | st.floats(allow_nan=False) | st.text(max_size=12)
words = st.sampled_from(["user", "assistant", "function", "auto", "none", "json_schema", "text", "x"])
FIELDS = ["type", "role", "content", "name", "schema", "format", "effort", "call_id", "output", "id", "arguments"]
names = st.sampled_from([*PARAMETERS, *FIELDS])
anything = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
parts = st.fixed_dictionaries({"type": st.sampled_from([*PARTS])}) | anything
items = st.fixed_dictionaries(
    {"type": st.sampled_from([*REQUIRED])},
    optional={
        "role": words,
        "content": st.text(max_size=9) | st.lists(parts, max_size=2) | anything,
        "call_id": words | anything,
        "output": st.lists(parts, max_size=2) | anything,
        "name": anything,
        "arguments": anything,
        "id": words | anything,
        "encrypted_content": anything,
        "summary": anything,
    },
)
tools = st.fixed_dictionaries(
    {"type": st.sampled_from(["function", "web_search", "mcp"]) | anything},
    optional={"name": words, "description": anything, "parameters": anything, "server_url": anything},
)
formats = st.fixed_dictionaries(
    {"type": words}, optional={"name": words, "schema": anything, "strict": st.booleans(), "description": anything}
)
bodies = st.fixed_dictionaries(
    {"model": st.just("gpt-5-mini") | st.just("gpt-4.1") | anything},
    optional={
        **{name: anything for name in PARAMETERS if name != "model"},
        "input": st.text(max_size=60) | st.lists(items, max_size=4) | anything,
        "tools": st.lists(tools, max_size=2),
        "text": st.fixed_dictionaries({"format": formats}) | anything,
        "instructions": st.text(max_size=40) | anything,
    },
)


def made_or_refused(visited, body: dict) -> int:
    """The status of the answer or of the refusal; what is neither is a fault of ours."""
    try:
        return asyncio.run(done(creating.create(visited, json.dumps(body).encode()))).status
    except Refused as refused:
        return refused.status if refused.body["error"]["message"] else 0


def room():
    return Rooms(nonce="hostile").open(deployments={"gpt-5-mini": "gpt-5-mini", "gpt-4.1": "gpt-4.1"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(bodies, st.sampled_from([(), ("B68",), ("B46",)]))
def test_any_request_is_answered_or_refused(body, defects):
    named = {"gpt-5-mini": "gpt-5-mini", "gpt-4.1": "gpt-4.1"}
    visited = Rooms(nonce="hostile").open(defects=defects, deployments=named)

    assert made_or_refused(visited, body) in (200, 400, 404)


PIECES = (
    "my|the|is|what|tell me|remember|=|:|?|.|count to|9999|in|exactly|three|words|sentences|reply with|say|\"|'|"
    "use the word|do not|think of a|secret|number|between|and|7|*|(|uppercase|end with|think|\n|about|call|you"
)
PROMPTS = st.lists(st.sampled_from(PIECES.split("|")) | st.text(max_size=8), max_size=14).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(PROMPTS, min_size=1, max_size=3), PROMPTS)
def test_any_prompt_gets_an_answer(prompts, instructions):
    visited = room()
    body = {
        "model": "gpt-4.1",
        "instructions": instructions,
        "input": [{"role": "user", "content": prompt} for prompt in prompts],
    }

    answer = asyncio.run(done(creating.create(visited, json.dumps(body).encode())))

    assert json.loads(answer.body)["status"] == "completed"


@given(st.dictionaries(st.sampled_from(["limit", "order", "after", "stream", "x"]), st.text(max_size=6)))
def test_any_query_is_answered_or_refused(query):
    visited = room()
    made = json.loads(asyncio.run(done(creating.create(visited, b'{"model":"gpt-4.1","input":"Hi"}'))).body)
    statuses = set()
    for operation in (responses.input_items, responses.retrieve):
        try:
            statuses.add(operation(visited, made["id"], query).status)
        except Refused as refused:
            statuses.add(refused.status)

    assert statuses <= {200, 400}
