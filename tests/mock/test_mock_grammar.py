"""Inside of every item, the endpoint streams the events that the services were recorded to stream, in their order."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import aiohttp
import corpus
from builders.endpoint import NOW, Visitor, events_of
from builders.judging import ASKED, SHELL_OUTPUT
from builders.tool_stalls import approving, dice, served, tool

from harness.mock import MockServer, bases

JSON = dict[str, Any]
Words = dict[str, set[tuple[str, ...]]]
"""By item type: what stands between its announcement and its closing, repetitions of an event once."""

NEVER_STREAMED = {"custom_tool_call"}
"""What the endpoint streams and no recording of the two services shows."""
NOT_HERE = {"tool_search_call", "tool_search_output", "program", "program_output"}
"""Tools that the documentation of Azure does not name."""


def words(streams: Iterable[Sequence[JSON]]) -> Words:
    found: Words = {}
    for events in streams:
        opened: dict[int, tuple[str, list[str]]] = {}
        for event in events:
            index = event.get("output_index")
            if event["type"] == "response.output_item.added":
                opened[index] = (event["item"]["type"], [])
            elif index not in opened:
                continue
            elif event["type"] == "response.output_item.done":
                kind, word = opened.pop(index)
                found.setdefault(kind, set()).add(once(word))
            elif opened[index][1][-1:] != [event["type"]]:
                opened[index][1].append(event["type"])
    return found


def once(word: list[str]) -> tuple[str, ...]:
    """The events of several parts or commands of an item, which follow one another, as those of one."""
    size = next(size for size in range(len(word) + 1) if word[:size] * (len(word) // max(1, size)) == word)
    return tuple(word[:size])


def of_services() -> Iterator[list[JSON]]:
    for record in corpus.streams():
        if record["provider"] in ("azure", "openai"):
            events = [event.get("data") for event in record["response"]["events"]]
            yield [event for event in events if isinstance(event, dict) and "type" in event]


@cache
def recorded() -> Words:
    return words(of_services())


async def hosted(visitor: Visitor) -> list[bytes]:
    """One stream of every kind of request, and those of a tool server: asked, approved, failing."""
    streams = [await visitor.stream(asked["input"], **{**asked, "stream": True}) for asked in ASKED.values()]
    for failing in (False, True):
        with served() as servers, servers.open(dice(failed=failing)) as stall:
            asked = {"tools": [tool(stall)]}
            streams.append(await visitor.stream("Roll the dice for 2d4.", **asked))
            asking = events_of(streams[-1])[-1]["response"]
            streams.append(await visitor.stream(approving(asking), previous_response_id=asking["id"], **asked))
    drawing = {"model": visitor.model, "input": "Draw a boat.", "stream": True, "tools": [PICTURE]}
    _, _, body = await visitor.send("POST", "/responses", drawing, x_ms_oai_image_generation_deployment="gpt-image-1")
    return [*streams, body]


def scripted() -> list[list[JSON]]:
    """Items that are had by script alone, shells and patches among them."""
    return [*([dict(item) for item in base.output] for base in bases.BASES.values()), [SHELL_OUTPUT]]


PICTURE = {"type": "image_generation", "partial_images": 1, "quality": "low"}


@cache
def ours() -> Words:
    async def run() -> list[bytes]:
        streams: list[bytes] = []
        async with MockServer(nonce="grammar") as server, aiohttp.ClientSession(auto_decompress=False) as session:
            for issues in (["image-streaming"], ["image-streaming", "calls-left-open"]):
                room = server.rooms.open({"issues": issues}, model="gpt-5-mini", clock=lambda: NOW)
                streams += await hosted(Visitor(server, room, session))
            for items in scripted():
                room = server.rooms.open({"items": items}, model="gpt-5.1", clock=lambda: NOW)
                streams.append(await Visitor(server, room, session).stream("Hi"))
        return streams

    return words(events_of(body) for body in asyncio.run(run()))


def test_items_stream_what_was_recorded_and_nothing_else():
    assert set(ours()) - set(recorded()) == NEVER_STREAMED
    others = {kind: ours()[kind] - recorded()[kind] for kind in set(ours()) - NEVER_STREAMED}
    assert {kind: found for kind, found in others.items() if found} == {}


def test_every_recorded_kind_of_item_is_streamed():
    assert set(recorded()) - set(ours()) == NOT_HERE
