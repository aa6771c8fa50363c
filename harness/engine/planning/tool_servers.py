"""MCP servers of the harness's own: real ones, on loopback, that count how often each tool is called.

One HTTP server a run; every case has a stall there, behind a path that nobody can guess. Under it each label is a
server of its own, over streamable HTTP, served by the official package:

    http://127.0.0.1:PORT/SECRET/LABEL/mcp
"""

import asyncio
import contextlib
import json
import logging
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

LOOPBACK: Final = "127.0.0.1"
ANYTHING: Final[Mapping[str, Any]] = {"type": "object", "properties": {}}
"""Parameters of a tool of which nothing else is said."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a served tool answers: any JSON value, or why it failed; after `delay` seconds."""

    value: Any = None
    failed: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class ServedTool:
    """One tool: what is listed of it, and what it answers to its arguments.

    `answer` is None for arguments of which nothing was foreseen: the call fails, and says so.
    """

    answer: Callable[[Mapping[str, Any]], Told | None]
    description: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=lambda: ANYTHING)
    read_only: bool = False


@dataclass(slots=True)
class Stall:
    """The servers of one case, by label; `bearer` is the access token that they want, where they want one.

    `calls` counts the calls that really came, by label and tool, whatever came of them.
    """

    base: str
    servers: Mapping[str, Mapping[str, ServedTool]]
    bearer: str | None = None
    calls: dict[str, Counter[str]] = field(default_factory=dict)

    def url(self, label: str) -> str:
        """The address of a server."""
        return f"{self.base}/{label}/mcp"

    @property
    def hits(self) -> dict[str, dict[str, int]]:
        """How often each tool was called, by label; 0 where it never was."""
        return {
            label: {name: self.calls.get(label, Counter())[name] for name in (*tools, *self._unknown(label, tools))}
            for label, tools in self.servers.items()
        }

    def _unknown(self, label: str, tools: Mapping[str, ServedTool]) -> Iterator[str]:
        """Tools that were called although they are not served."""
        return (name for name in self.calls.get(label, ()) if name not in tools)


class ToolServers:
    """All stalls of a run, by the secret part of their path."""

    def __init__(self) -> None:
        self.address = ""
        self._stalls: dict[str, Stall] = {}

    @contextlib.contextmanager
    def open(self, servers: Mapping[str, Mapping[str, ServedTool]], bearer: str | None = None) -> Iterator[Stall]:
        """The servers of one case, until it is over."""
        secret = secrets.token_urlsafe(18)
        stall = Stall(f"{self.address}/{secret}", servers, bearer)
        self._stalls[secret] = stall
        try:
            yield stall
        finally:
            del self._stalls[secret]

    def find(self, path: str) -> tuple[Stall, str] | None:
        """The stall of a path, and the label of the server there."""
        match path.split("/"):
            case ["", secret, label, "mcp"] if secret in self._stalls and label in self._stalls[secret].servers:
                return self._stalls[secret], label
        return None


@asynccontextmanager
async def serving() -> AsyncIterator[ToolServers]:
    """The HTTP server, as long as it is needed, in the loop that it is started in."""
    import uvicorn
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings

    class Server(uvicorn.Server):
        """One that leaves the process's signals alone."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    servers = ToolServers()
    ours = TransportSecuritySettings(allowed_hosts=[f"{LOOPBACK}:*", "localhost:*"])
    manager = StreamableHTTPSessionManager(speaker(servers), stateless=True, json_response=True, security_settings=ours)

    async def gate(scope: Any, receive: Any, send: Any) -> None:
        """Lets in who knows a path and, where it is wanted, the token."""
        found = servers.find(scope["path"])
        status = 404 if found is None else 401 if not may_enter(found[0], scope["headers"]) else 200
        if status == 200:
            await manager.handle_request(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    logging.getLogger("mcp").setLevel(logging.ERROR)  # a tool that is to fail is no news
    config = uvicorn.Config(gate, log_config=None, access_log=False, lifespan="off", ws="none", timeout_keep_alive=75)
    server = Server(config)

    async def serve(listener: socket.socket) -> None:
        async with manager.run():  # anyio wants it left in the task that entered it
            await server.serve([listener])

    with socket.create_server((LOOPBACK, 0)) as listener:
        servers.address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        task = asyncio.create_task(serve(listener))
        try:
            yield servers
        finally:
            server.should_exit = server.force_exit = True
            await task


def may_enter(stall: Stall, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request brings the token that the stall wants."""
    if stall.bearer is None:
        return True
    given = dict(headers).get(b"authorization", b"")
    return secrets.compare_digest(given, f"Bearer {stall.bearer}".encode())


def speaker(servers: ToolServers) -> Any:
    """What speaks MCP: it lists and calls the tools of the stall that a request's path names."""
    import mcp_types
    from mcp.server.lowlevel import Server

    def found(context: Any) -> tuple[Stall, str]:
        at = servers.find(context.request.url.path)
        assert at is not None  # the gate has looked
        return at

    async def listing(context: Any, params: Any) -> mcp_types.ListToolsResult:
        stall, label = found(context)
        return mcp_types.ListToolsResult(
            tools=[
                mcp_types.Tool(
                    name=name,
                    description=tool.description,
                    input_schema=dict(tool.parameters),
                    annotations=mcp_types.ToolAnnotations(read_only_hint=True) if tool.read_only else None,
                )
                for name, tool in stall.servers[label].items()
            ]
        )

    async def calling(context: Any, params: Any) -> mcp_types.CallToolResult:
        stall, label = found(context)
        stall.calls.setdefault(label, Counter())[params.name] += 1
        tool = stall.servers[label].get(params.name)
        told = tool.answer(params.arguments or {}) if tool is not None else None
        if told is None:
            told = Told(f"The tool {params.name} has no answer to these arguments.", failed=True)
        if told.delay:
            await asyncio.sleep(told.delay)
        text = told.value if isinstance(told.value, str) else json.dumps(told.value, ensure_ascii=False)
        return mcp_types.CallToolResult(content=[mcp_types.TextContent(type="text", text=text)], is_error=told.failed)

    return Server("responses-harness", on_list_tools=listing, on_call_tool=calling)
