"""What targets really do, beside what is documented: a smallest request for each feature, and where the two differ."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from harness.catalogue import Catalogue, Documented
from harness.engine.pace.breaker import NotSent
from harness.engine.probing.probes import PROBES
from harness.engine.targets.auth import NoCredential
from harness.engine.targets.facts import Facts
from harness.engine.targets.target import Door, Grounds, Target
from harness.engine.turns.delivery import post
from harness.protocol.profiles import CORE
from harness.reply import Reply

AT_ONCE: Final = 32
"""How many targets are probed at the same time."""
FIRST: Final = "text"
REFUSING: Final = (400, 403, 404, 405, 422, 501)
"""Statuses by which a service says that it does not do something."""


class Did(StrEnum):
    """What a target did when it was asked for a feature."""

    WORKS = "works"
    REFUSES = "refuses"
    UNCLEAR = "unclear"  # it could not be observed: throttled, failing, not reached, or no credential
    NOT_ASKED = "not asked"  # it answers in no way


class Drift(StrEnum):
    """Which way documentation and target differ: the codes of the rules that say so of a case."""

    MISSING = "support.missing"  # documented, and refused
    UNDOCUMENTED = "support.undocumented"  # documented as absent, and works


@dataclass(frozen=True, slots=True)
class Cell:
    """A feature of a target: what is documented, where, and what it did. `told` is what it said where it refused."""

    target: str
    feature: str
    documented: Documented
    did: Did
    source: str = ""
    date: str = ""
    told: str = ""
    status: int | None = None

    @property
    def drift(self) -> Drift | None:
        match self.documented, self.did:
            case Documented.YES, Did.REFUSES:
                return Drift.MISSING
            case Documented.NO, Did.WORKS:
                return Drift.UNDOCUMENTED
        return None


@dataclass(frozen=True, slots=True)
class Probed:
    """All that was seen of one target, feature by feature."""

    facts: Facts
    cells: tuple[Cell, ...]

    @property
    def drifts(self) -> tuple[Cell, ...]:
        """Where it differs from what is documented. What follows from another difference is not told beside it.

        Where it does not even answer as documented, that alone is told; where a feature differs, its parts that differ
        in the same way are not.
        """
        found = tuple(cell for cell in self.cells if cell.drift)
        first = tuple(cell for cell in found if cell.feature == FIRST)
        told = {(part, cell.drift) for cell in found for part in PROBES[cell.feature].parts}
        return first or tuple(cell for cell in found if (cell.feature, cell.drift) not in told)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the catalogue that is not true of some targets, and of which."""

    model: str
    version: str
    feature: str
    drift: Drift
    targets: tuple[str, ...]
    cell: Cell


def entries(probed: Sequence[Probed]) -> tuple[Entry, ...]:
    """The drifts, those of one feature of one model's version together, whatever the region."""
    found: dict[tuple[str, str, str, Drift], list[Cell]] = {}
    for each in probed:
        for cell in each.drifts:
            assert cell.drift is not None
            key = (each.facts.model or each.facts.deployment, each.facts.version or "", cell.feature, cell.drift)
            found.setdefault(key, []).append(cell)
    return tuple(Entry(*key, tuple(cell.target for cell in cells), cells[0]) for key, cells in found.items())


async def probe(
    targets: Sequence[Target], grounds: Grounds, catalogue: Catalogue, features: Sequence[str] = ()
) -> tuple[Probed, ...]:
    """What each target does, in order. `features` narrows what is asked; `text` is always asked first, and with a
    feature its parts."""
    wanted = {FIRST, *features, *(part for name in features for part in PROBES[name].parts)}
    asked = [name for name in PROBES if not features or name in wanted]
    room = asyncio.Semaphore(AT_ONCE)

    async def one(target: Target) -> Probed:
        async with room:
            return Probed(target.facts, await _cells(target, grounds, catalogue, asked))

    return tuple(await asyncio.gather(*(one(target) for target in targets)))


async def _cells(target: Target, grounds: Grounds, catalogue: Catalogue, asked: Sequence[str]) -> tuple[Cell, ...]:
    facts = target.facts
    seen: dict[str, tuple[Did, str, int | None]] = {}
    if facts.missing:
        seen = dict.fromkeys(asked, (Did.UNCLEAR, facts.missing, None))
    else:
        try:
            async with target.open(grounds, None) as opened:
                seen = await _asked(grounds.steady(target, opened), facts, asked)
        except NoCredential as missing:
            seen = {name: (Did.UNCLEAR, str(missing), None) for name in asked}
    return tuple(_cell(facts, name, catalogue, seen) for name in asked)


async def _asked(door: Door, facts: Facts, asked: Sequence[str]) -> dict[str, tuple[Did, str, int | None]]:
    seen: dict[str, tuple[Did, str, int | None]] = {}
    for name in asked:
        if seen and seen[FIRST][0] is not Did.WORKS:
            seen[name] = (Did.NOT_ASKED, "", None)
            continue
        sent = PROBES[name]
        if sent.parts:
            seen[name] = _of_parts([seen[part] for part in sent.parts])
            continue
        accept = "text/event-stream" if sent.fields.get("stream") else "application/json"
        try:
            exchange = await door.sender.send(post(door.base + sent.path, sent.body(facts.deployment), (), accept))
        except NotSent as unsent:
            seen[name] = (Did.UNCLEAR, unsent.why, None)
            continue
        seen[name] = _did(Reply(exchange, 0, profile=CORE))
    return seen


def _of_parts(parts: Sequence[tuple[Did, str, int | None]]) -> tuple[Did, str, int | None]:
    """What the parts of a feature say of it: one that works is enough, and none may be unclear where all refuse."""
    for kind in (Did.WORKS, Did.UNCLEAR):
        for part in parts:
            if part[0] is kind:
                return part
    return parts[0]


def _did(reply: Reply) -> tuple[Did, str, int | None]:
    """What an answer says of the feature: only a refusal of its very kind is one."""
    status = reply.exchange.status
    if status == 200:
        answer = reply.response
        failed = answer is None or answer.get("status") == "failed" or answer.get("error")
        return (Did.UNCLEAR if failed else Did.WORKS), "", status
    error = reply.error or {}
    told = str(error.get("message") or reply.exchange.ending.detail or "")[:300]
    return (Did.REFUSES if status in REFUSING else Did.UNCLEAR), told, status


def _cell(facts: Facts, feature: str, catalogue: Catalogue, seen: Mapping[str, tuple[Did, str, int | None]]) -> Cell:
    fact = catalogue.documents(feature, facts.model, facts.region, facts.version)
    did, told, status = seen[feature]
    return Cell(facts.name, feature, fact.answer, did, fact.source, fact.date, told, status)
