"""Errands: carried out by whichever door took the request, to this machine alone, and never in the way of others."""

import asyncio
import importlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from builders.endpoint import Visitor, text_of, visiting
from builders.tool_stalls import dice, served, tool, types

from harness.engine.planning.tool_servers import ToolServers
from harness.mock import errands
from harness.mock.errands import FetchUrl, Undone, Work, done, loopback

PROMPT = "Roll the dice for the expression 2d4."
NEVER = {"require_approval": "never"}


@pytest.fixture(scope="module")
def servers() -> Iterator[ToolServers]:
    with served() as servers:
        yield servers


# addresses


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80/x", "http://localhost/x", "https://[::1]:1/", "http://127.9.9.9/"]
)
def test_this_machine(url: str):
    assert loopback(url).hostname


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0.0.0.0/",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost.example.com/",
        "http://127.0.0.1.nip.example/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "",
    ],
)
def test_no_other_machine(url: str):
    with pytest.raises(Undone):
        loopback(url)


def fetching(path: str, limit: int = 100) -> Any:
    """What is fetched from a server that answers, sends elsewhere, or sends much."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/away":
            return web.Response(status=302, headers={"location": "http://169.254.169.254/"})
        return web.Response(body=b"x" * (1000 if request.path == "/much" else 10), status=200)

    async def run() -> Any:
        app = web.Application()
        app.router.add_get("/{tail:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            port = runner.addresses[0][1]
            return await FetchUrl(f"http://localhost:{port}{path}", limit).carry_out()
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def test_what_is_fetched():
    fetched = fetching("/some")

    assert (fetched.status, fetched.content, fetched.headers["content-length"]) == (200, b"x" * 10, "10")


def test_redirects_are_not_followed():
    assert fetching("/away").status == 302


def test_too_much_is_not_taken():
    with pytest.raises(Undone, match="larger than 100 bytes"):
        fetching("/much")


def test_nobody_there():
    with pytest.raises(Undone):
        asyncio.run(FetchUrl("http://127.0.0.1:1/").carry_out())


def test_work_may_go_on_after_an_errand_that_failed():
    def work() -> Work[str]:
        try:
            yield FetchUrl("http://10.0.0.1/")
        except Undone as undone:
            return undone.message
        return "reached"

    assert "loopback addresses only" in asyncio.run(done(work()))


# doors


def test_over_a_socket(servers: ToolServers):
    async def visit(visitor: Visitor) -> list[dict]:
        lines = {"api-key": visitor.room.key}
        events = []
        async with visitor.session.ws_connect(f"{visitor.room.url}/responses", headers=lines) as socket:
            asked = {"model": visitor.model, "input": PROMPT, "tools": [tool(stall, **NEVER)]}
            await socket.send_str(json.dumps({"type": "response.create", **asked}))
            while not events or events[-1]["type"] != "response.completed":
                events.append(json.loads((await socket.receive()).data))
        return events

    with servers.open(dice()) as stall:
        final = visiting(visit)[-1]["response"]

    assert types(final) == ["mcp_list_tools", "mcp_call", "message"]


def test_at_the_raw_door(servers: ToolServers):
    """A defect of the transport, which is had at a door of its own."""

    async def visit(visitor: Visitor) -> str:
        try:
            return text_of(await visitor.create(PROMPT, tools=[tool(stall, **NEVER)]))
        except (aiohttp.ClientError, ValueError):
            return "torn"

    with servers.open(dice()) as stall:
        assert visiting(visit, defects=["A13"]) == "torn"
        assert stall.hits == {"dice": {"roll": 1}}


def test_in_background(servers: ToolServers):
    async def visit(visitor: Visitor) -> dict:
        made = await visitor.create(PROMPT, tools=[tool(stall, **NEVER)], background=True)
        for _ in range(4):
            _, made = await visitor.get(f"/responses/{made['id']}")
        return made

    with servers.open(dice()) as stall:
        assert types(visiting(visit)) == ["mcp_list_tools", "mcp_call", "message"]


def test_nobody_waits_for_the_errand_of_another(servers: ToolServers):
    """While a tool takes its time, other requests are answered; also those behind it on its own connection."""

    async def visit(visitor: Visitor) -> tuple[bool, str]:
        slow = asyncio.create_task(visitor.create(PROMPT, tools=[tool(stall, **NEVER)]))
        while not stall.hits["dice"]["roll"]:
            await visitor.create("Hi")
        still = not slow.done()
        return still, text_of(await slow)

    with servers.open(dice("7", delay=0.6)) as stall:
        still, text = visiting(visit)

    assert still
    assert "7" in text


def test_nobody_waits_for_a_package_that_is_imported(servers: ToolServers, monkeypatch: pytest.MonkeyPatch):
    """The first errand to a tool server of a process imports its client, which takes a second or two."""
    answered = threading.Event()

    def import_slowly(name: str) -> object:
        assert answered.wait(10)
        return importlib.import_module(name)

    async def visit(visitor: Visitor) -> str:
        slow = asyncio.create_task(visitor.create(PROMPT, tools=[tool(stall, **NEVER)]))
        await visitor.create("Hi")
        await visitor.create("Hi")
        answered.set()
        return text_of(await slow)

    monkeypatch.setattr(errands, "import_module", import_slowly)
    with servers.open(dice("7")) as stall:
        assert "7" in visiting(visit)


def test_a_client_that_goes_away_harms_nobody(servers: ToolServers):
    async def visit(visitor: Visitor) -> dict:
        slow = asyncio.create_task(visitor.create(PROMPT, tools=[tool(stall, **NEVER)]))
        while not stall.hits["dice"]["roll"]:
            await visitor.create("Hi")
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        return await visitor.create("Hi")

    with servers.open(dice("7", delay=0.6)) as stall:
        assert visiting(visit)["status"] == "completed"
