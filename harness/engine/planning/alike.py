"""Cases that differ in their mode alone: each is compared with the first of them that was taken on."""

import asyncio
from collections.abc import Mapping
from typing import Any

from harness.engine.planning.plan import Case
from harness.outline import Outline


class Alike:
    """Outlines of the cases that others are compared with, in one event loop.

    The first case of its kind that is entered is the one to compare with, so a finding stands in the same case in
    every run of the same plan: the others wait for its end, which never waits for anything of theirs. Cases of one
    scenario that run in different processes are not compared.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[Any, ...], tuple[str, asyncio.Future[Outline | None]]] = {}

    def enter(self, case: Case) -> None:
        """A case is taken on."""
        if len(case.scenario.modes.combinations()) > 1 and _kind(case) not in self._first:
            self._first[_kind(case)] = case.id, asyncio.get_running_loop().create_future()

    def known(self, case: Case, outline: Outline | None) -> None:
        """A case that others are compared with is over already: it ran before this run was taken up again."""
        self.enter(case)
        self.leave(case, outline)

    def kept(self, case: Case) -> Mapping[str, Any] | None:
        """What the record keeps of a case that others are compared with: empty where there is nothing to compare."""
        first, future = self._first.get(_kind(case), ("", None))
        if first != case.id or future is None or not future.done():
            return None
        outline = future.result()
        return {} if outline is None else outline.plain()

    async def others(self, case: Case) -> Mapping[str, Outline]:
        """What a case is compared with, by case id: one outline or none."""
        first, outline = self._first.get(_kind(case), (case.id, None))
        if first == case.id or outline is None:
            return {}
        found = await asyncio.shield(outline)
        return {} if found is None else {first: found}

    def leave(self, case: Case, outline: Outline | None = None) -> None:
        """A case is over; without an outline where there is nothing to compare with. The first word counts."""
        first, future = self._first.get(_kind(case), ("", None))
        if first == case.id and future is not None and not future.done():
            future.set_result(outline)


def _kind(case: Case) -> tuple[Any, ...]:
    """What cases have in common that differ in their mode alone."""
    scenario = case.scenario
    return scenario.file, scenario.id, case.target.facts.name, case.row, case.repeat, repr(sorted(case.values.items()))
