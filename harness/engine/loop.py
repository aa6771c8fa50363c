"""The engine in a thread of its own: cases in, futures of their lines out."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from harness.engine.engine import Engine
from harness.engine.planning.plan import Case
from harness.engine.planning.repeating import Finished

GRACE: Final = 2.0
"""Seconds that running turns have after an interrupt."""


class EngineLoop:
    """One event loop in one thread, for as long as a run takes; everything else only waits for futures."""

    def __init__(self, engine: Engine) -> None:
        self._loop = asyncio.new_event_loop()
        self._engine = engine
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
