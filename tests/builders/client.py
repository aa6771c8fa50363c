"""The official client for a test, in a room of the embedded endpoint."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from openai import AsyncOpenAI

from harness.mock import MockServer


def using(program: Callable[[AsyncOpenAI], Awaitable[Any]], **opening: Any) -> Any:
    """Runs a program that talks to a fresh room; what it returns comes back. Nothing is repeated."""

    async def run() -> Any:
        async with MockServer() as server:
            room = server.rooms.open(**opening)
            async with AsyncOpenAI(base_url=room.url, api_key=room.key, max_retries=0) as client:
                return await program(client)

    return asyncio.run(run())
