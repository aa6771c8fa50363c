"""The engine in a thread of its own: cases in, futures of their lines out."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from harness.engine.cassette import Cassette
from harness.engine.echoing import Finds
from harness.engine.engine import Engine
from harness.engine.exploring import Exploring
from harness.engine.ledger import Ledger
from harness.engine.plan import Case
from harness.engine.repeating import Finished
from harness.engine.resuming import Earlier
from harness.engine.steadiness import Steadiness
from harness.record.writer import RunWriter

GRACE: Final = 2.0
"""Seconds that running turns have after an interrupt."""


class EngineLoop:
    """One event loop in one thread, for as long as a run takes; everything else only waits for futures."""

    def __init__(
        self,
        writer: RunWriter,
        concurrency: int,
        steadiness: Steadiness | None = None,
        ledger: Ledger | None = None,
        exploring: Exploring | None = None,
        seed: int = 0,
        finds: Finds | None = None,
        earlier: Earlier | None = None,
        cassette: Cassette | None = None,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._engine = Engine(
            writer,
            concurrency,
            steadiness=steadiness,
            ledger=ledger,
            exploring=exploring,
            seed=seed,
            finds=finds,
            earlier=earlier,
            cassette=cassette,
        )
        self._thread = threading.Thread(target=self._run, name="harness-engine", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def submit(self, cases: Sequence[Case]) -> list["Future[Finished]"]:
        """Takes cases on; a future for each, in the same order."""
        futures: list[Future[Finished]] = [Future() for _ in cases]
        taken = [(case, future.set_result, future.set_exception) for case, future in zip(cases, futures, strict=True)]
        self._loop.call_soon_threadsafe(self._engine.add, taken)
        return futures

    def moment(self) -> tuple[int, int]:
        """How many cases are under way, and how many requests wait for quota."""
        return self._engine.moment

    def stop(self, grace: float = 0.0) -> None:
        """Drops what is under way and ends the thread; a second time does nothing.

        `grace`: seconds in which what is under way may end, while nothing more is asked.
        """
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._engine.stop(grace), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
