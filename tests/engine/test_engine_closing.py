"""A run that ends while connections are open (D37): closed inside its loop, and nothing is said afterwards."""

import asyncio
import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import runs
from builders.cases import cases

from harness.engine.engine import Engine
from harness.engine.loop import EngineLoop
from harness.engine.targets.embedded import embedded_family
from harness.engine.targets.live import live_target
from harness.record.writer import RunWriter

TEXT = "id: case\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"


class Silent:
    """A server in a thread of its own that takes requests and never answers; `there` when so many have come."""

    def __init__(self, wanted: int) -> None:
        self._wanted, self._come = wanted, 0
        self.there, self._ready = threading.Event(), threading.Event()
        self.left = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(20)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        talks = set[Any]()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talks.add(asyncio.current_task())
            await reader.readuntil(b"\r\n\r\n")
            self._come += 1
            if self._come == self._wanted:
                self.there.set()
            while await reader.read(65_536):
                pass
            self.left += 1
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        await asyncio.wait_for(asyncio.gather(*talks), 20)
        server.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent(3)
    yield server
    server.stop()


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    gc.collect()  # what nobody retrieved is told when it is thrown away
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("grace", [0.0, 0.1])
@pytest.mark.filterwarnings("error")
def test_connections_that_are_open_are_closed(
    silent: Silent, tmp_path: Path, caplog: pytest.LogCaptureFixture, grace: float
):
    """Three requests wait for an answer when the run is stopped; the peer sees each of them end."""
    (case,) = cases(TEXT, live_target(f"http://127.0.0.1:{silent.port}/v1", "d", None))
    with RunWriter(tmp_path / "run", runs.head()) as writer:
        loop = EngineLoop(Engine(writer))
        loop.submit([case] * 3)
        assert silent.there.wait(20)
        loop.stop(grace)
        loop.stop(grace)

    assert loop._loop.is_closed()
    assert complaints(caplog) == []


@pytest.mark.filterwarnings("error")
def test_connections_that_idle_are_closed(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """All is answered; the endpoint and its connections are still there."""
    (case,) = cases(TEXT, embedded_family()[0])
    with RunWriter(tmp_path / "run", runs.head()) as writer:
        loop = EngineLoop(Engine(writer))
        finished = [future.result(20) for future in loop.submit([case] * 5)]
        loop.stop()

    assert [str(each.verdict) for each in finished] == ["passed"] * 5
    assert complaints(caplog) == []


@pytest.mark.filterwarnings("error")
def test_whoever_waited_is_not_told_of_it(silent: Silent, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Futures of cases that were dropped raise nothing later, and no thread is left."""
    before = set(threading.enumerate())
    (case,) = cases(TEXT, live_target(f"http://127.0.0.1:{silent.port}/v1", "d", None))
    with RunWriter(tmp_path / "run", runs.head()) as writer:
        loop = EngineLoop(Engine(writer))
        futures = loop.submit([case] * 3)
        assert silent.there.wait(20)
        loop.stop()
        states = [future.done() for future in futures]
        del futures

    assert states == [False] * 3
    assert complaints(caplog) == []
    assert set(threading.enumerate()) - before <= {silent._thread}
