"""Every stream that the endpoint emits, in every way in which it can be had, is read without a finding of any level:
in the background, taken up again, over a WebSocket; hosted tools too.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from builders.endpoint import Visitor, events_of, visiting
from builders.judging import ASKED, exchanged, judged
from builders.tool_stalls import approving, dice, served, tool

from harness.engine.planning.tool_servers import ToolServers

IMAGE = {"type": "image_generation", "partial_images": 2, "quality": "low"}
LINES = {"x_ms_oai_image_generation_deployment": "gpt-image-1"}
DICE = "Roll the dice for 2d4."


@pytest.fixture(scope="module")
def servers() -> Iterator[ToolServers]:
    with served() as servers:
        yield servers


async def taken_up(visitor: Visitor, asked: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The findings of a background stream and of what is left of it after its first, its middle, its last but one."""
    found, body = await exchanged(visitor, "POST", "/responses", {**asked, "background": True, "stream": True})
    events = events_of(body)
    response = events[-1]["response"]
    for after in (0, len(events) // 2, len(events) - 2):
        found += (await exchanged(visitor, "GET", f"/responses/{response['id']}?stream=true&starting_after={after}"))[0]
    return found + (await exchanged(visitor, "GET", f"/responses/{response['id']}"))[0], response


def in_background(asked: dict[str, Any]) -> dict[str, Any]:
    """The request without what does not go together with the background."""
    return {key: value for key, value in asked.items() if key != "store"}


@pytest.mark.parametrize("name", ASKED)
def test_background_streams_that_are_taken_up(name: str):
    async def visit(visitor: Visitor):
        return await taken_up(visitor, {"model": visitor.model, **in_background(ASKED[name])})

    assert visiting(visit)[0] == []


def test_calls_of_servers_in_the_background(servers: ToolServers):
    """The request for approval, and the call once it is given."""

    async def visit(visitor: Visitor):
        with servers.open(dice()) as stall:
            asked = {"model": visitor.model, "input": DICE, "tools": [tool(stall)]}
            found, asking = await taken_up(visitor, asked)
            more = {**asked, "input": approving(asking), "previous_response_id": asking["id"]}
            lines, made = await taken_up(visitor, more)
            return found + lines, [item["type"] for item in made["output"]], stall.hits

    found, kinds, hits = visiting(visit)

    assert found == []
    assert "mcp_call" in kinds
    assert hits == {"dice": {"roll": 1}}


async def heard(visitor: Visitor, socket: Any, asked: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The findings of one turn over a socket, whose messages are judged as the stream that they are, and its end."""
    await socket.send_str(json.dumps({"type": "response.create", **asked}))
    body, message = b"", {"type": ""}
    while message["type"] not in ("response.completed", "response.incomplete", "error"):
        message = json.loads((await socket.receive()).data)
        body += f"event: {message['type']}\ndata: {json.dumps(message)}\n\n".encode()
    head = {"content-type": "text/event-stream; charset=utf-8"}
    return judged("POST", "/responses", {**asked, "stream": True}, 200, head, body), message


def test_messages_of_a_socket(servers: ToolServers):
    """All kinds after one another on one connection, a call of a server and its approval, a picture."""

    async def visit(visitor: Visitor):
        found: dict[str, list[str]] = {}
        lines = {"api-key": visitor.room.key, **{name.replace("_", "-"): value for name, value in LINES.items()}}
        async with visitor.session.ws_connect(f"{visitor.room.url}/responses", headers=lines) as socket:
            for name, asked in ASKED.items():
                asked = {key: value for key, value in asked.items() if key != "stream_options"}  # not over a socket
                found[name], _ = await heard(visitor, socket, {"model": visitor.model, **asked})
            with servers.open(dice()) as stall:
                asked = {"model": visitor.model, "input": DICE, "tools": [tool(stall)]}
                found["asking"], end = await heard(visitor, socket, asked)
                asked |= {"input": approving(end["response"]), "previous_response_id": end["response"]["id"]}
                found["approved"], end = await heard(visitor, socket, asked)
                assert stall.hits == {"dice": {"roll": 1}}
            asked = {"model": visitor.model, "input": "Draw a boat.", "tools": [IMAGE]}
            found["drawn"], end = await heard(visitor, socket, asked)
            assert "image_generation_call" in [item["type"] for item in end["response"]["output"]]
        return found

    found = visiting(visit, script={"issues": ["image-streaming"]})

    assert {name: lines for name, lines in found.items() if lines} == {}
    assert len(found) == len(ASKED) + 3


@pytest.mark.parametrize(
    ("prompt", "tool"), [("Draw a boat.", IMAGE), ("Search the web for Velmora.", {"type": "web_search_preview"})]
)
def test_calls_that_are_left_open(prompt: str, tool: dict[str, Any]):
    """A recorded peculiarity of Azure, which is no fault."""

    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": prompt, "tools": [tool], "stream": True}
        status, head, body = await visitor.send("POST", "/responses", asked, **LINES)
        return judged("POST", "/responses", asked, status, head, body), events_of(body)[-1]["response"]

    found, response = visiting(visit, script={"issues": ["image-streaming", "calls-left-open"]})

    assert found == []
    assert {item["status"] for item in response["output"] if item["type"].endswith("_call")} & {
        "generating",
        "searching",
    }


def test_drawn_pictures_that_are_taken_up():
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": "Draw a boat.", "tools": [IMAGE], "background": True, "stream": True}
        status, head, body = await visitor.send("POST", "/responses", asked, **LINES)
        events = events_of(body)
        found = judged("POST", "/responses", asked, status, head, body)
        path = f"/responses/{events[-1]['response']['id']}?stream=true&starting_after="
        for after in (2, 5, len(events) - 2):
            found += (await exchanged(visitor, "GET", f"{path}{after}"))[0]
        return found

    assert visiting(visit, script={"issues": ["image-streaming"]}) == []
