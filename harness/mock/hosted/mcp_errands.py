"""Errands to MCP servers, over streamable HTTP, with the official client: list the tools, call one.

Every errand is a connection of its own, as each response of the service is. It goes to loopback alone, see
`harness.mock.errands`; redirects to other origins are not followed, and the environment's proxies are not used.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from harness.mock.errands import SECONDS, Undone, imported, loopback, pinned
from harness.mock.store import JSON

CLIENT: Final = "mcp.client.streamable_http"
PAGES: Final = 20
"""Pages of a list that are read at most."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A server by its address, and the header lines that go with every request to it."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListTools:
    """All tools of a server, as `mcp_list_tools` shows them: annotations, description, input_schema, name."""

    server: Remote

    async def carry_out(self) -> list[JSON]:
        """Raises `Undone` where the server cannot be reached or does not speak MCP."""
        found: list[JSON] = []
        async with connected(self.server) as client:
            cursor = None
            for _ in range(PAGES):
                page = await client.list_tools(cursor=cursor)
                found += [shown(tool) for tool in page.tools]
                cursor = page.next_cursor
                if not cursor:
                    break
        return found


@dataclass(frozen=True, slots=True)
class CallTool:
    """One call of a tool → its output, or the error that `mcp_call` shows."""

    server: Remote
    name: str
    arguments: JSON

    async def carry_out(self) -> "Called":
        """Raises `Undone` where the server cannot be reached or does not speak MCP."""
        async with connected(self.server) as client:
            from mcp import MCPError  # there by now

            try:
                called = await client.call_tool(self.name, self.arguments)
            except MCPError as error:
                return Called(None, {"type": "mcp_protocol_error", "code": error.code, "message": error.message})
        parts = [part.model_dump(mode="json", by_alias=True, exclude_none=True) for part in called.content]
        if called.is_error:
            return Called(None, {"type": "mcp_tool_execution_error", "content": parts})
        return Called("\n".join(str(part.get("text", part.get("type"))) for part in parts), None)


@dataclass(frozen=True, slots=True)
class Called:
    """What came of a call; one of the two is None."""

    output: str | None
    error: JSON | None


@asynccontextmanager
async def connected(server: Remote) -> AsyncIterator[Any]:
    """A client that has shaken hands. Raises `Undone`, with the last HTTP status where one was a failure."""
    parts = loopback(server.url)
    await imported(CLIENT)
    import anyio
    import httpx2
    from mcp import Client, MCPError
    from mcp.client.streamable_http import streamable_http_client

    failures: list[int] = []

    async def note(response: httpx2.Response) -> None:
        if response.status_code >= 400:
            failures.append(response.status_code)

    try:
        with anyio.fail_after(SECONDS):
            async with (
                httpx2.AsyncClient(
                    headers=dict(server.headers),
                    timeout=SECONDS,
                    trust_env=False,
                    verify=parts.scheme == "https",
                    event_hooks={"response": [note]},
                ) as http,
                Client(streamable_http_client(pinned(parts), http_client=http), cache=None) as client,
            ):
                yield client
    except Exception as error:
        cause = first(error)
        if not isinstance(cause, (httpx2.HTTPError, MCPError, OSError, ValueError, RuntimeError)):
            raise
        raise Undone(str(cause) or type(cause).__name__, failures[-1] if failures else None) from error


def first(error: BaseException) -> BaseException:
    """What went wrong first, out of the groups in which tasks report it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def shown(tool: Any) -> JSON:
    """A tool as the service lists it."""
    hints = tool.annotations
    return {
        "annotations": {"read_only": bool(hints and hints.read_only_hint)},
        "description": tool.description,
        "input_schema": tool.input_schema,
        "name": tool.name,
    }
