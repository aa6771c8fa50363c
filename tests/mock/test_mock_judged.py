"""Whatever the endpoint sends without a defect is read without a finding of any level, streamed or plain."""

import json
from typing import Any

import pytest
from builders.endpoint import Visitor, events_of, visiting
from builders.judging import ASKED, CODE, FORMAT, SUMMED, TOOL, exchanged, judged
from builders.tool_stalls import approving, dice, served, tool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.engine.planning.tool_servers import Stall


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", ASKED)
def test_answers_of_every_kind(name: str, stream: bool):
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, **ASKED[name], "stream": stream}
        return await exchanged(visitor, "POST", "/responses", asked)

    assert visiting(visit)[0] == []


@pytest.mark.parametrize("more", [{"stream": True}, {"stream": False}, {"background": True, "stream": True}])
@pytest.mark.parametrize("model", ["gpt-4.1", "gpt-5-mini"])
def test_drawn_pictures(model: str, more: dict[str, bool]):
    tool = {"type": "image_generation", "partial_images": 2, "output_format": "webp", "quality": "low"}

    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": "Draw a teal boat.", "tools": [tool], **more}
        lines = {"x_ms_oai_image_generation_deployment": "gpt-image-1"}
        status, head, body = await visitor.send("POST", "/responses", asked, **lines)
        return judged("POST", "/responses", asked, status, head, body), body

    found, body = visiting(visit, model=model, script={"issues": ["image-streaming"]})

    assert b"image_generation_call" in body
    assert found == []


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("failing", [True, False])
def test_tools_of_servers(stream: bool, failing: bool):
    """Listed, asked, approved, called, well and badly; two servers in one request."""

    async def visit(visitor: Visitor, stall: Stall):
        asked = {"model": visitor.model, "input": "Roll the dice for 2d4.", "stream": stream, "tools": [tool(stall)]}
        found, body = await exchanged(visitor, "POST", "/responses", asked)
        asking = events_of(body)[-1]["response"] if stream else json.loads(body)
        asked |= {"input": approving(asking), "previous_response_id": asking["id"]}
        found += (await exchanged(visitor, "POST", "/responses", asked))[0]
        asked |= {"tools": [tool(stall, label, require_approval="never") for label in ("dice", "more")]}
        asked |= {"input": "Roll the dice for 3d6.", "previous_response_id": None}
        return found + (await exchanged(visitor, "POST", "/responses", asked))[0]

    tools = dice("7", failed=failing) | {"more": dice()["dice"]}
    with served() as servers, servers.open(tools) as stall:
        assert visiting(lambda visitor: visit(visitor, stall)) == []


@pytest.mark.parametrize("stream", [True, False])
def test_use_of_a_computer(stream: bool):
    screen = {"type": "computer_use_preview", "display_width": 9, "display_height": 9, "environment": "linux"}

    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "tools": [screen], "truncation": "auto", "stream": stream}
        prompt = "Click the button of the bank and press ENTER."
        found, body = await exchanged(visitor, "POST", "/responses", {**asked, "input": prompt})
        while b"computer_call" in body:
            made = events_of(body)[-1]["response"] if stream else json.loads(body)
            if made["output"][-1]["type"] != "computer_call":
                break
            call = made["output"][-1]
            shot = {"type": "computer_screenshot", "image_url": "data:image/png;base64,AAAA"}
            follow = {"type": "computer_call_output", "call_id": call["call_id"], "output": shot}
            follow["acknowledged_safety_checks"] = call["pending_safety_checks"]
            more = {**asked, "input": [follow], "previous_response_id": made["id"]}
            lines, body = await exchanged(visitor, "POST", "/responses", more)
            found += lines
        return found, body

    found, body = visiting(visit, model="computer-use-preview")

    assert found == []
    assert b"keypress" in body


def test_judge_is_no_rubber_stamp():
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, **ASKED["text"], "stream": True}
        return (await exchanged(visitor, "POST", "/responses", asked))[0]

    assert "order.seq_back" in " ".join(visiting(visit, defects=["A57"]))


def test_blocked_completion():
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": "Write four sentences about rain.", "stream": True}
        return await exchanged(visitor, "POST", "/responses", asked)

    assert visiting(visit, script={"blocked": "completion"})[0] == []


def test_background_and_all_that_follows():
    async def visit(visitor: Visitor):
        found: list[str] = []

        async def say(method: str, path: str, asked: object = None) -> Any:
            lines, body = await exchanged(visitor, method, path, asked)
            found.extend(lines)
            return body

        asked = {"model": visitor.model, "input": "Write four sentences about rain.", "background": True}
        first = json.loads(await say("POST", "/responses", asked))["id"]
        for _ in range(3):
            await say("GET", f"/responses/{first}")
        await say("GET", f"/responses/{first}/input_items")
        second = json.loads(await say("POST", "/responses", asked))["id"]
        await say("POST", f"/responses/{second}/cancel")
        await say("GET", f"/responses/{second}")
        events = events_of(await say("POST", "/responses", {**asked, "stream": True}))
        streamed = events[0]["response"]["id"]
        for after in (-1, 0, 1, 2, 3, 7, len(events) - 2):
            await say("GET", f"/responses/{streamed}?stream=true&starting_after={after}")
        await say("POST", "/responses/compact", {"model": visitor.model, "previous_response_id": streamed})
        await say("POST", "/responses/input_tokens", {"model": visitor.model, "input": "Hi"})
        await say("DELETE", f"/responses/{first}")
        return found

    assert visiting(visit) == []


WORDS = st.sampled_from(
    [
        "My parcel is 17.",
        "Calculate 6 * 7 and save it to a file.",
        "What is my parcel?",
        "Write a long story.",
        "Please refuse this.",
        "naïve 𝄞",
        "",
        "Zürich?",
    ]
)
ITEMS = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "developer"]), "content": WORDS}),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    prompt=st.one_of(WORDS, ITEMS),
    options=st.fixed_dictionaries(
        {},
        optional={
            "tools": st.sampled_from([[TOOL], [CODE], [TOOL, CODE]]),
            "text": st.just(FORMAT),
            "max_output_tokens": st.integers(16, 90),
            "store": st.booleans(),
            "background": st.just(True),
            "include": st.just(["reasoning.encrypted_content"]),
            "reasoning": st.sampled_from([SUMMED["reasoning"], {"effort": "minimal"}]),
            "context_management": st.just([{"type": "compaction", "compact_threshold": 10}]),
        },
    ),
    stream=st.booleans(),
)
def test_anything_that_is_answered(prompt: object, options: dict[str, Any], stream: bool):
    if options.get("background"):
        options.pop("store", None)

    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": prompt, "stream": stream, **options}
        status, lines, body = await visitor.send("POST", "/responses", asked)
        return judged("POST", "/responses", asked, status, lines, body)

    assert visiting(visit) == []
