"""Opens the doors of the mock on loopback, inside the event loop that is running, and closes them again."""

import asyncio
import contextlib
import socket
from typing import Final

import uvicorn

from harness.mock.app import application
from harness.mock.rawdoor import RawDoor
from harness.mock.rooms import Rooms
from harness.mock.spillage import Times

LOOPBACK: Final = "127.0.0.1"
CONNECTIONS: Final = 512


class MockServer:
    """A server for the rooms of one run. No threads, no signal handlers; stop it in the loop that started it.

    `url` is `http://127.0.0.1:PORT`; a room's own address is `room.url`. `nonce` fixes what is otherwise drawn
    anew for every server: the ids of its rooms.
    """

    def __init__(self, nonce: str | None = None) -> None:
        self.rooms = Rooms(nonce)
        self.app = application(self.rooms)
        self._server: uvicorn.Server | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._door = RawDoor(self.app)

    @property
    def url(self) -> str:
        return self.rooms.address

    @property
    def times(self) -> Times:
        """How long the timed faults of the transport take; may be shortened at any moment."""
        return self._door.times

    async def start(self, port: int = 0) -> None:
        """Listens; port 0 lets the system choose. Raises OSError where the port is taken."""
        # the protocol is named because asyncio turns off Nagle's delay only where it is
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            listener.close()
            raise
        config = uvicorn.Config(
            self.app,
            loop="none",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,
            limit_concurrency=CONNECTIONS,
            backlog=CONNECTIONS,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        self._server = server
        self._ticking = asyncio.create_task(server.main_loop(), name="mock clock of the date header")
        self.rooms.address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        self.rooms.raw_address = f"http://{LOOPBACK}:{await self._door.start(LOOPBACK)}"

    async def stop(self) -> None:
        """Closes every connection at once and waits until nothing is left; stopping twice is nothing."""
        server, ticking = self._server, self._ticking
        if server is None or ticking is None:
            return
        self._server = self._ticking = None
        await self._door.stop()
        ticking.cancel()
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        tasks = [ticking, *server.server_state.tasks]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        await asyncio.sleep(0)

    async def __aenter__(self) -> "MockServer":
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()
