"""The objects that the endpoint sends look like those that the services sent: same keys, same types.

Held against the recorded answers of the last twelve months of the corpus: Azure's where there are any of the kind,
OpenAI's elsewhere. The differences that are left stand with their reasons in docs/endpoint.md, which is read here.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import corpus
import pytest
from builders.attachments import asking, file_part, image_part, pdf, picture
from builders.endpoint import NOW, Visitor, events_of
from builders.judging import SHELL_OUTPUT
from builders.shapes import JSON, Shape, family, objects, operation, shapes
from builders.tool_stalls import approving, dice, served, tool

from harness.engine.planning.tool_servers import Stall
from harness.mock import MockServer, bases
from harness.mock.offered import named

PAGE = Path(__file__).parents[2] / "docs" / "endpoint.md"
SINCE = 1_761_955_200
"""2025-11-01."""
USUAL = 0.95

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
TOOL = {"type": "function", "name": "depth_at", "parameters": SCHEMA, "strict": True}
Seen = list[tuple[str, JSON]]


# what was recorded


def made_at(body: Any, events: list[JSON]) -> int:
    """Seconds since the epoch; 0 where the recording does not say."""
    answers = [body, *(event.get("response") for event in events if isinstance(event, dict))]
    times = [one.get("created_at") for one in answers if isinstance(one, dict)]
    return max((int(time) for time in times if isinstance(time, int | float)), default=0)


@cache
def recorded() -> tuple[dict[str, Shape], dict[str, Shape]]:
    """The shapes of recent answers, Azure's before OpenAI's; and of all answers of both, by kind and by family."""
    recent: dict[str, Seen] = {"azure": [], "openai": []}
    ever: Seen = []
    for record in corpus.records():
        request, answer = record["request"], record["response"]
        if record["provider"] not in recent or not request.get("method"):
            continue
        events = [event["data"] for event in answer.get("events") or () if isinstance(event.get("data"), dict)]
        body = answer.get("body")
        asked = operation(request["method"], request["path"])
        found = list(objects(asked, answer["status"] or 200, body, events))
        ever += found
        when = made_at(body, events)
        if when >= SINCE or when == 0:
            recent[record["provider"]] += found
    families = shapes((family(kind), value) for kind, value in ever)
    return shapes(recent["openai"]) | shapes(recent["azure"]), families | shapes(ever)


# what we send


class Noting(Visitor):
    """A visitor that keeps every object of every answer."""

    def __init__(self, *more: Any) -> None:
        super().__init__(*more)
        self.seen: Seen = []

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, bytes]:
        status, lines, sent = await super().send(method, path, body, **headers)
        asked = operation(method, path.partition("?")[0])
        if lines["content-type"].startswith("text/event-stream"):
            self.seen += objects(asked, status, None, events_of(sent))
        else:
            self.seen += objects(asked, status, json.loads(sent))
        return status, lines, sent


async def responses(visitor: Noting) -> None:
    """Everything about responses but hosted tools."""
    plain = await visitor.create("My parcel is 17.")
    path = f"/responses/{plain['id']}"
    await visitor.stream("Write two sentences.", reasoning={"summary": "auto"}, include=["reasoning.encrypted_content"])
    await visitor.create("Extract a: x.", text={"format": {"type": "json_schema", "name": "s", "schema": SCHEMA}})
    await visitor.create("Count to 900.", max_output_tokens=300)
    await visitor.stream("Count to 900.", max_output_tokens=300)
    await visitor.stream("Call depth_at with a: Bergen.", tools=[TOOL])
    called = await visitor.create("Call depth_at with a: Bergen.", tools=[TOOL])
    call = next(item for item in called["output"] if item["type"] == "function_call")
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "41"}
    answered = await visitor.create([output], previous_response_id=called["id"], tools=[TOOL])
    await visitor.get(f"/responses/{answered['id']}/input_items?order=asc")
    await visitor.get(path)
    await visitor.send("DELETE", path)
    await visitor.get(path)
    waiting = await visitor.create("Hi", background=True)
    await visitor.send("POST", f"/responses/{waiting['id']}/cancel")
    await visitor.stream("Hi", background=True)


async def attachments(visitor: Noting) -> None:
    """Pictures and documents, and the lists that show them."""
    parts = (image_part(picture()), file_part(pdf("The code is K-9.")))
    made = await visitor.create(asking("What colour is the image?", *parts))
    await visitor.get(f"/responses/{made['id']}/input_items")
    await visitor.stream(asking("What is the code?", *parts))
    await visitor.create(asking("Look.", file_part(b"ID3", "audio/mpeg", "a.mp3")))


async def drawings(visitor: Noting) -> None:
    """Pictures that are drawn, plain and streamed."""
    lines = {"x_ms_oai_image_generation_deployment": "gpt-image-1"}
    asked = {"model": visitor.model, "input": "Draw a boat.", "tools": [{"type": "image_generation"}]}
    await visitor.send("POST", "/responses", asked, **lines)
    await visitor.send("POST", "/responses", {**asked, "stream": True}, **lines)


async def refusals(visitor: Noting) -> None:
    await visitor.create("Hi", temperature=9)
    await visitor.create("Hi", previous_response_id="resp_0")
    await visitor.send("POST", "/responses", {}, api_key="wrong")


async def code(visitor: Noting) -> None:
    """The code interpreter, with and without its outputs, and a file that it makes."""
    tool = {"type": "code_interpreter", "container": {"type": "auto"}}
    shown = {"tools": [tool], "include": ["code_interpreter_call.outputs"]}
    await visitor.create("Calculate 17 * 3.", tools=[tool])
    made = await visitor.create("Calculate 17 * 3 and save it to sum.txt.", **shown)
    await visitor.stream("Calculate 17 * 3 and save it to sum.txt.", **shown)
    await visitor.stream("Calculate 17 * 3.", tools=[tool])
    second = await visitor.create("Calculate 2 * 3.", previous_response_id=made["id"], tools=[tool])
    await visitor.get(f"/responses/{second['id']}/input_items?order=asc")


async def searches(visitor: Noting) -> None:
    """Searches of the web and of files, a custom tool."""
    files = {"type": "file_search", "vector_store_ids": ["vs_harness"]}
    results = {"include": ["file_search_call.results"]}
    for way in (visitor.create, visitor.stream):
        await way("Search the web: how deep is the harbour of Velmora?", tools=[{"type": "web_search"}])
        await way("Search the files: what costs a berth in Sellick?", tools=[files], **results)
        await way("Call run_code with x.", tools=[{"type": "custom", "name": "run_code"}])


async def servers(visitor: Noting, stall: Stall) -> None:
    """Tools of an MCP server, asked for, approved, and called at once."""
    tools = [tool(stall, server_description="Dice")]
    await visitor.stream("Roll the dice for 2d4.", tools=tools)
    asking = await visitor.create("Roll the dice for 2d4.", tools=tools)
    await visitor.create(approving(asking), previous_response_id=asking["id"], tools=tools)
    await visitor.stream(approving(asking), previous_response_id=asking["id"], tools=tools)
    await visitor.stream("Roll the dice for 2d4.", tools=[tool(stall, require_approval="never")])


async def screens(visitor: Noting) -> None:
    """The use of a computer, up to its second action."""
    tool = {"type": "computer_use_preview", "display_width": 9, "display_height": 9, "environment": "linux"}
    asked = {"tools": [tool], "truncation": "auto", "model": "computer-use-preview"}
    visitor.room.deployments = {**visitor.room.deployments, "computer-use-preview": named("computer-use-preview")}
    made = await visitor.create("Click the button and press ENTER.", **asked)
    shot = {"type": "computer_screenshot", "image_url": "data:image/png;base64,AAAA"}
    output = {"type": "computer_call_output", "call_id": made["output"][-1]["call_id"], "output": shot}
    await visitor.stream([output], previous_response_id=made["id"], **asked)


async def others(visitor: Noting) -> None:
    """Compaction, counting, conversations."""
    turns = [{"role": "user", "content": "My parcel is 17."}, {"role": "assistant", "content": "Noted."}]
    await visitor.send("POST", "/responses/compact", {"model": visitor.model, "input": turns})
    await visitor.send("POST", "/responses/input_tokens", {"model": visitor.model, "input": "Hi"})
    _, _, sent = await visitor.send("POST", "/conversations", {"metadata": {"a": "b"}})
    conversation = json.loads(sent)["id"]
    said = {"items": [{"role": "system", "content": "Be kind."}]}
    await visitor.send("POST", f"/conversations/{conversation}/items", said)
    await visitor.create("My parcel is 17.", conversation=conversation)
    long = " ".join(["The tide turns twice a day."] * 300)
    managed = [{"type": "compaction", "compact_threshold": 1000}]
    await visitor.stream(long, context_management=managed)
    await visitor.create(long, context_management=managed)
    for method, path in (("GET", ""), ("GET", "/items"), ("POST", ""), ("DELETE", "")):
        body = {"metadata": {"a": "c"}} if method == "POST" else None
        await visitor.send(method, f"/conversations/{conversation}{path}", body)


@cache
def ours() -> dict[str, Shape]:
    """The shapes of what the endpoint sends when all of this is asked of it."""

    async def run() -> Seen:
        seen: Seen = []
        async with MockServer(nonce="shapes") as server, aiohttp.ClientSession(auto_decompress=False) as session:
            for model in ("gpt-5-mini", "gpt-4.1"):
                room = server.rooms.open({"issues": ["image-streaming"]}, model=model, clock=lambda: NOW)
                visitor = Noting(server, room, session)
                for program in (responses, attachments, drawings, code, searches, screens, refusals, others):
                    await program(visitor)
                with served() as all_servers, all_servers.open(dice()) as stall:
                    await servers(visitor, stall)
                seen += visitor.seen
            scripts = [([dict(item) for item in base.output], base.model) for base in bases.BASES.values()]
            for items, model in [*scripts, ([SHELL_OUTPUT], "gpt-5.1")]:
                room = server.rooms.open({"items": items}, model=model, clock=lambda: NOW)
                visitor = Noting(server, room, session)
                await visitor.stream("Hi")
                await visitor.create("Hi")
                seen += visitor.seen
        return seen

    return shapes(asyncio.run(run()))


# the two beside each other


def differences() -> Iterator[tuple[str, str, str]]:
    """Kind, key and what is different about it."""
    recent, ever = recorded()
    for kind, shape in sorted(ours().items()):
        real = recent.get(kind) or ever.get(kind)
        if real is None:
            continue  # never recorded: nothing to hold it against
        whole = ever[family(kind)]
        known = whole if family(kind) == "response" else ever[kind]
        for key in sorted(real.usual(USUAL) - shape.usual(1.0)):
            yield kind, key, "missing"
        for key in sorted(set(shape.keys) - set(known.keys)):
            yield kind, key, "ours alone"
        for key in sorted(set(shape.types) & set(whole.types)):
            if not shape.types[key] <= whole.types[key]:
                yield kind, key, "another type"


def documented() -> dict[tuple[str, str, str], str]:
    """The rows of the page's table of differences: kind, key and difference → the reason."""
    rows = re.findall(r"^\| (.+?) \| `(\w+)` \| (missing|ours alone|another type) \| (.+?) \|$", PAGE.read_text(), re.M)
    return {(kind, key, what): reason for kind, key, what, reason in rows}


def test_shapes_are_those_of_the_recordings():
    found, known = set(differences()), documented()

    assert sorted(found - set(known)) == []
    assert sorted(set(known) - found) == [], "these differences are gone, and should leave the page"
    assert all(len(reason) > 10 for reason in known.values())


NEVER_SENT = {"tool_search_call", "tool_search_output", "program", "program_output"}
"""Items of tools that the documentation of Azure does not name; the page says so."""
BADLY_KEPT = {"error body of 200", "list of POST /conversations"}
"""Recorded without the status of the refusal, and without the end of the path."""


def test_all_that_was_recorded_is_held_against_ours():
    recent, _ = recorded()
    left_out = set(recent) - set(ours())

    assert len(set(recent) & set(ours())) > 120
    assert {kind for kind in left_out if not NEVER_SENT & set(kind.split())} <= BADLY_KEPT
    assert all(f"`{kind}`" in PAGE.read_text(encoding="utf-8") for kind in NEVER_SENT)


@pytest.mark.parametrize("value", [{"a": 1}, {"a": 1, "b": None}, {"a": "x", "b": None, "c": 0}])
def test_a_shape_that_differs_is_seen(value):
    real, own = shapes([("k", {"a": 1, "b": None})]), shapes([("k", value)])
    same = set(own["k"].keys) == set(real["k"].keys) and own["k"].types == real["k"].types

    assert same == (value == {"a": 1, "b": None})
