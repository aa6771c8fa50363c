"""The raw door: answers what the application answers, byte by byte, and can go wrong where a web server would not."""

import asyncio

from starlette.types import ASGIApp


class RawDoor:
    """A socket of its own beside the application's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def start(self, host: str) -> int:
        """Listens on a port that the system chooses, and tells which."""
        return 0

    async def stop(self) -> None:
        await asyncio.sleep(0)
