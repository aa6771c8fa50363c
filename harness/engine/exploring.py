"""A case with generated parameters: many examples, and where one fails, the smallest that still does.

Hypothesis draws and shrinks in a thread of its own; each example is a run of the whole conversation in the engine's
loop. What failed is kept in a small file and tried first the next time.
"""

import asyncio
import hashlib
import importlib
import json
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from harness.engine.conduct import Conducted
from harness.engine.planning.examples import EXAMPLES, MOST_EXAMPLES, SHRINKS
from harness.engine.planning.plan import Case
from harness.findings import Verdict, verdict
from harness.scenario.drawing import strategy
from harness.scenario.load import bound

FOLDER: Final = Path(".harness") / "given"
"""Where failing values are kept, below the folder from which the run was started."""

Run = Callable[[Case], Awaitable[Conducted]]


@dataclass(frozen=True, slots=True)
class Exploring:
    """How much is explored: `examples` of each case (None: by its target), and the folder of kept values, if any."""

    examples: int | None = None
    kept: Path | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Explored:
    """What came of it: the smallest example that failed, else the last that ran, and how many ran."""

    case: Case
    conducted: Conducted
    examples: int


class _Falsified(Exception):
    """An example failed; Hypothesis looks for a smaller one."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class _Ended(BaseException):
    """There is no use to go on: an example could not be judged, or the run is over. Not Hypothesis's to catch."""


async def explore(case: Case, run: Run, exploring: Exploring) -> Explored:
    """Runs examples of the case until one fails and is small, or all have passed.

    An example that is inconclusive or errored ends the search at once: it says nothing of the values.

    Raises:
        harness.source.place.Refused: with drawn values a matcher is none.
    """
    search = _Search(case, run, exploring)
    kept = _Kept(exploring.kept, case)
    values = kept.read()
    if values is not None:
        await search.take(values)
        if search.last is not None and _judged(search.last.conducted) is not Verdict.PASSED:
            return search.last
    await search.explore()
    if search.error is not None:
        raise search.error
    found = search.last
    if found is None:
        raise RuntimeError("no example was drawn")
    kept.write(search.values if _judged(found.conducted) is Verdict.FAILED else None)
    return replace(found, examples=len(search.ran))


def _judged(conducted: Conducted) -> Verdict:
    return verdict(conducted.findings, error=conducted.error)


class _Search:
    """The search over one case; `last` is what is to be told of it."""

    def __init__(self, case: Case, run: Run, exploring: Exploring) -> None:
        self.case = case
        self.run = run
        kind = case.target.facts.kind
        self.examples = min(exploring.examples or EXAMPLES.get(kind, EXAMPLES["live"]), MOST_EXAMPLES)
        self.most = self.examples + SHRINKS.get(kind, SHRINKS["live"])
        self.seed = int.from_bytes(hashlib.sha256(f"{exploring.seed} {case.id}".encode()).digest()[:8], "big")
        self.ran: dict[str, Explored] = {}
        self.values: dict[str, Any] = {}
        self.last: Explored | None = None
        self.error: BaseException | None = None
        self._loop = asyncio.get_running_loop()
        self._current: Future[Explored] | None = None
        self._stopped = False

    async def take(self, values: Mapping[str, Any]) -> Explored:
        """Runs one example."""
        filled = replace(self.case, scenario=bound(self.case.scenario, values), values={**self.case.values, **values})
        conducted = await self.run(filled)
        self.last = Explored(filled, conducted, len(self.ran) + 1)
        self.values = dict(values)
        return self.last

    async def explore(self) -> None:
        """Lets Hypothesis search in its own thread, and waits for it."""
        importlib.import_module("hypothesis")  # here: threads that import it at once can meet a half of it
        done: asyncio.Future[None] = self._loop.create_future()

        def search() -> None:
            try:
                self._search()
            except BaseException as error:
                self.error = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(_set, done)

        threading.Thread(target=search, name="harness-examples", daemon=True).start()
        try:
            await done
        finally:
            self._stopped = True
            if self._current is not None:
                self._current.cancel()

    def _search(self) -> None:
        from hypothesis import HealthCheck, Phase, given, seed, settings, strategies

        drawn = strategies.fixed_dictionaries({name: strategy(raw) for name, raw in self.case.scenario.given.items()})
        quiet = settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        try:
            seed(self.seed)(quiet(given(drawn)(self._example)))()
        except _Falsified as smallest:
            self.last = self.ran[smallest.key]
            self.values = json.loads(smallest.key)
        except _Ended:
            pass

    def _example(self, values: dict[str, Any]) -> None:
        """One example as Hypothesis sees it: raises where it fails. The same values are never sent twice."""
        key = json.dumps(values, sort_keys=True)
        if key not in self.ran:
            if len(self.ran) >= self.most:
                return  # enough was sent: what is small by now is small enough
            if self._stopped:
                raise _Ended
            self._current = asyncio.run_coroutine_threadsafe(self.take(values), self._loop)
            try:
                self.ran[key] = self._current.result()
            except CancelledError:
                raise _Ended from None
            except Exception as error:
                self.error = error
                raise _Ended from None
        judged = _judged(self.ran[key].conducted)
        if judged is Verdict.FAILED:
            raise _Falsified(key)
        if judged is not Verdict.PASSED:
            raise _Ended


def _set(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


class _Kept:
    """The failing values of one case, in a file of their own."""

    def __init__(self, folder: Path | None, case: Case) -> None:
        name = hashlib.sha256(case.id.encode()).hexdigest()[:16]
        sensitive = case.scenario.sensitive
        self.path = folder / f"{name}.json" if folder is not None and not sensitive else None
        self.case = case.id
        self.given = hashlib.sha256(json.dumps(case.scenario.given, sort_keys=True).encode()).hexdigest()

    def read(self) -> dict[str, Any] | None:
        """What failed the last time, where it was drawn from the same strategies."""
        try:
            told = json.loads(self.path.read_bytes()) if self.path else None
        except (OSError, ValueError):
            return None
        match told:
            case {"case": self.case, "given": self.given, "values": dict(values)}:
                return values
        return None

    def write(self, values: Mapping[str, Any] | None) -> None:
        """Keeps what failed; with None, nothing did, and what was kept goes."""
        if self.path is None:
            return
        if values is None:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps({"case": self.case, "given": self.given, "values": values}), encoding="utf-8")
        part.replace(self.path)
