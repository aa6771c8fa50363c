"""Opens the doors of the mock on loopback, inside the event loop that is running, and closes them again."""

import asyncio
import contextlib
import socket
from typing import Final

from harness.mock.app import Service
from harness.mock.connection import Connection
from harness.mock.house import House, Limits, Observe
from harness.mock.rawdoor import RawDoor
from harness.mock.rooms import Rooms
from harness.mock.spillage import Times

LOOPBACK: Final = "127.0.0.1"


class MockServer:
    """A server for the rooms of one run. No threads, no signal handlers; stop it in the loop that started it.

    `url` is `http://127.0.0.1:PORT`; a room's own address is `room.url`. `nonce` fixes what is otherwise drawn
    anew for every server: the ids of its rooms. `latency` seconds pass before every answer.
    """

    def __init__(self, nonce: str | None = None, *, latency: float = 0.0) -> None:
        self.rooms = Rooms(nonce)
        self.limits = Limits()
        service = Service(self.rooms, latency)
        self._house = House(service, self.limits)
        self._door = RawDoor(service, self.limits)
        self._server: asyncio.Server | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return self.rooms.address

    @property
    def times(self) -> Times:
        """How long the timed faults of the transport take; may be shortened at any moment."""
        return self._door.times

    def observe(self, observe: Observe) -> None:
        """From now on this is told of every answer of the main door."""
        self._house.observe = observe

    async def start(self, port: int = 0) -> None:
        """Listens; port 0 lets the system choose. Raises OSError where the port is taken."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            listener.close()
            raise
        loop = asyncio.get_running_loop()
        # as many may wait as may be served: of a burst none is refused before we can say so
        self._server = await loop.create_server(
            lambda: Connection(self._house), sock=listener, backlog=self.limits.connections
        )
        self._watching = asyncio.create_task(self._watch(), name="mock deadlines")
        self.rooms.address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        self.rooms.raw_address = f"http://{LOOPBACK}:{await self._door.start(LOOPBACK)}"

    async def _watch(self) -> None:
        """Ends connections on which nothing comes."""
        while True:
            await asyncio.sleep(min(1.0, self.limits.head_seconds / 4))
            now = asyncio.get_running_loop().time()
            for connection in tuple(self._house.connections):
                connection.expire(now)

    async def stop(self) -> None:
        """Closes every connection at once and waits until nothing is left; stopping twice is nothing."""
        server, watching = self._server, self._watching
        if server is None or watching is None:
            return
        self._server = self._watching = None
        await self._door.stop()
        server.close()
        watching.cancel()
        open_now = tuple(self._house.connections)
        for connection in open_now:
            connection.abort()
        for task in (watching, *(connection.task for connection in open_now)):
            if task is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await asyncio.sleep(0)

    async def __aenter__(self) -> "MockServer":
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()
