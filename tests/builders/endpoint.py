"""The embedded endpoint for a test: a server, one room, a client that mends nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from harness.mock import MockServer, Room

NOW = 1_780_000_000.0


class Visitor:
    """Talks to one room over its socket."""

    def __init__(self, server: MockServer, room: Room, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.room = room
        self.session = session
        self.model = next(iter(room.deployments))

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, bytes]:
        """Status, header lines and body as they came."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        lines = {"api-key": self.room.key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.request(
            method, self.room.url + path, data=data, headers=lines, allow_redirects=False
        ) as reply:
            return reply.status, reply.headers, await reply.read()

    async def create(self, prompt: object, **more: object) -> dict[str, Any]:
        """A plain answer's JSON, or a refusal's."""
        _, _, body = await self.send("POST", "/responses", {"model": self.model, "input": prompt, **more})
        answer: dict[str, Any] = json.loads(body)
        return answer

    async def stream(self, prompt: object, **more: object) -> bytes:
        """The bytes of a streamed answer."""
        asked = {"model": self.model, "input": prompt, "stream": True, **more}
        _, _, body = await self.send("POST", "/responses", asked)
        return body

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        status, _, body = await self.send("GET", path)
        return status, json.loads(body)


def visiting(visit: Callable[[Visitor], Awaitable[Any]], **opening: Any) -> Any:
    """Runs a visit in a fresh room of a fresh server; what it returns comes back."""

    async def run() -> Any:
        async with MockServer(nonce="test") as server, aiohttp.ClientSession(auto_decompress=False) as session:
            opening.setdefault("clock", lambda: NOW)
            return await visit(Visitor(server, server.rooms.open(**opening), session))

    return asyncio.run(run())


def text_of(response: dict[str, Any]) -> str:
    """All visible text of a response."""
    parts = [part for item in response["output"] for part in item.get("content") or ()]
    return "".join(part.get("text", "") for part in parts)


def events_of(body: bytes) -> list[dict[str, Any]]:
    """The events of a stream that is spelled as this endpoint spells them."""
    blocks = body.decode().split("\n\n")
    assert blocks[-1] == ""
    return [json.loads(block.partition("data: ")[2]) for block in blocks[:-1]]
