"""MCP servers for tests: one HTTP server in a thread of its own, a stall for each test."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from harness.engine.planning.tool_servers import ServedTool, Stall, Told, ToolServers, serving

EXPRESSION = {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}


@contextlib.contextmanager
def served() -> Iterator[ToolServers]:
    """The server, as long as it is needed."""
    ready, over, found = threading.Event(), asyncio.Event(), []

    async def run() -> None:
        async with serving() as servers:
            found.extend([servers, asyncio.get_running_loop()])
            ready.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert ready.wait(20)
    try:
        yield found[0]
    finally:
        found[1].call_soon_threadsafe(over.set)
        thread.join()


def dice(value: Any = "7", **more: Any) -> dict[str, dict[str, ServedTool]]:
    """A server `dice` with one tool, `roll`, which always answers this."""
    return {"dice": {"roll": ServedTool(lambda given: Told(value, **more), "Rolls the dice", EXPRESSION)}}


def tool(stall: Stall, label: str = "dice", **more: Any) -> dict[str, Any]:
    """The definition of a stall's server, as a request has it."""
    return {"type": "mcp", "server_label": label, "server_url": stall.url(label), **more}


def types(response: Mapping[str, Any]) -> list[str]:
    """The types of a response's output but for what was thought."""
    return [item["type"] for item in response["output"] if item["type"] != "reasoning"]


def approving(response: Mapping[str, Any], approve: bool = True) -> list[dict[str, Any]]:
    """The answers to all approval requests of a response."""
    return [
        {"type": "mcp_approval_response", "approval_request_id": item["id"], "approve": approve}
        for item in response["output"]
        if item["type"] == "mcp_approval_request"
    ]
