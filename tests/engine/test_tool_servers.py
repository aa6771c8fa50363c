"""The harness's own tool servers, spoken to with the official client and by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from builders.tool_stalls import EXPRESSION, dice
from mcp import Client, MCPError

from harness.engine.planning.tool_servers import ServedTool, Stall, Told, ToolServers, serving

PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


def visiting(visit: Callable[[ToolServers], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with serving() as servers:
            return await visit(servers)

    return asyncio.run(run())


async def called(stall: Stall, name: str, **arguments: Any) -> tuple[str, bool]:
    async with Client(stall.url("dice"), cache=None) as client:
        result = await client.call_tool(name, arguments)
    return result.content[0].text, bool(result.is_error)


def test_tools_are_listed_and_called_and_counted():
    async def visit(servers: ToolServers) -> tuple:
        with servers.open(dice({"sum": 7})) as stall:
            async with Client(stall.url("dice"), cache=None) as client:
                listed = (await client.list_tools()).tools
            before = stall.hits
            return listed, before, await called(stall, "roll", expression="2d4"), stall.hits

    (tool,), before, answer, after = visiting(visit)

    assert (tool.name, tool.description, tool.input_schema) == ("roll", "Rolls the dice", EXPRESSION)
    assert answer == ('{"sum": 7}', False)
    assert (before, after) == ({"dice": {"roll": 0}}, {"dice": {"roll": 1}})


def test_failures_are_told_and_counted():
    tools = {"dice": {"roll": ServedTool(lambda given: None if given else Told("broken", failed=True))}}

    async def visit(servers: ToolServers) -> tuple:
        with servers.open(tools) as stall:
            return await called(stall, "roll"), await called(stall, "roll", n=1), await called(stall, "no"), stall.hits

    assert visiting(visit) == (
        ("broken", True),
        ("The tool roll has no answer to these arguments.", True),
        ("The tool no has no answer to these arguments.", True),
        {"dice": {"roll": 2, "no": 1}},
    )


def test_stalls_do_not_know_each_other():
    async def visit(servers: ToolServers) -> tuple:
        with servers.open(dice("one")) as one, servers.open(dice("two")) as two:
            said = await asyncio.gather(called(one, "roll"), called(two, "roll"))
            return said, one.hits, two.hits

    assert visiting(visit) == ([("one", False), ("two", False)], *[{"dice": {"roll": 1}}] * 2)


@pytest.mark.parametrize(
    ("path", "lines", "status"),
    [("", {}, 404), ("/x/dice/mcp", {}, 404), (None, {}, 401), (None, {"Authorization": "Bearer wrong"}, 401)],
)
def test_who_does_not_know_the_way_is_turned_away(path: str | None, lines: dict[str, str], status: int):
    async def visit(servers: ToolServers) -> int:
        with servers.open(dice(), "right") as stall:
            address = stall.url("dice") if path is None else servers.address + path
            async with aiohttp.ClientSession() as session, session.post(address, json=PING, headers=lines) as answer:
                return answer.status

    assert visiting(visit) == status


def test_a_foreign_host_is_turned_away():
    async def visit(servers: ToolServers) -> int:
        with servers.open(dice()) as stall:
            lines = {"Host": "evil.example", "Accept": "application/json, text/event-stream"}
            asking = {"json": PING, "headers": lines}
            async with aiohttp.ClientSession() as session, session.post(stall.url("dice"), **asking) as answer:
                return answer.status

    assert visiting(visit) in (403, 421)


def test_a_closed_stall_is_gone():
    async def visit(servers: ToolServers) -> None:
        with servers.open(dice()) as stall:
            pass
        await called(stall, "roll")

    with pytest.raises(ExceptionGroup) as raised:
        visiting(visit)
    assert raised.group_contains(MCPError)
