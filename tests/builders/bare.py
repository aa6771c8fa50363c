"""Bare sockets to the embedded endpoint: bytes go in, bytes come back."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from harness.mock import MockServer, Room

BODY = json.dumps({"model": "gpt-4.1", "input": "Reply with OK."}).encode()


class Bare:
    """A server, a room, and bytes to and from its socket."""

    def __init__(self, server: MockServer, room: Room) -> None:
        self.server = server
        self.room = room
        self.port = int(server.url.rpartition(":")[2])

    def request(self, body: bytes = BODY, *lines: str, method: str = "POST", path: str = "/responses") -> bytes:
        target = self.room.url.removeprefix(self.server.url) + path
        fields = [f"host: 127.0.0.1:{self.port}", f"api-key: {self.room.key}", f"content-length: {len(body)}", *lines]
        return "\r\n".join([f"{method} {target} HTTP/1.1", *fields, "", ""]).encode() + body

    async def say(self, data: bytes, patience: float = 5.0) -> bytes:
        """Everything that comes back until the other side closes, or until nothing comes for a while."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        got = b""
        try:
            while block := await asyncio.wait_for(reader.read(1 << 20), patience):
                got += block
        except (TimeoutError, ConnectionResetError):
            got += b"<open>" if patience < 5.0 else b"<reset>"
        writer.close()
        return got


def bare(visit: Callable[[Bare], Awaitable[Any]], **limits: Any) -> Any:
    async def run() -> Any:
        async with MockServer(nonce="bare") as server:
            for name, value in limits.items():
                setattr(server.limits, name, value)
            return await visit(Bare(server, server.rooms.open(model="gpt-4.1")))

    return asyncio.run(run())


def statuses(got: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]
