"""Which attempts of a new run answer to which of a base.

A case is known by what people chose: file, scenario, mode and parameter row. Its target may have another name in the
new run, because the model or the region changed: the names are mapped, by the reader's word or by what the targets
have in common. Repeats are paired in their order: with the same seed, they were told the same facts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from harness.findings import Verdict
from harness.record.lines import CaseLine, Head, TargetLine
from harness.record.run import Run

COUNTED: Final[Mapping[Verdict, bool]] = {Verdict.PASSED: True, Verdict.FAILED: False}
"""Verdicts that say something about the endpoint, and whether it is good. The others are told apart."""


TOLD_APART: Final = frozenset({*COUNTED, Verdict.SKIPPED})
"""Verdicts that are as they were meant to be: of the others nothing can be said in a comparison."""


class UnclearTargets(ValueError):
    """Two runs have targets of different names, and nothing says which answers to which."""


class Identity(NamedTuple):
    """What a case is known by in any run; the target under its name in the base."""

    file: str
    scenario: str
    target: str
    delivery: str
    state: str
    client: str
    row: int | None

    def __str__(self) -> str:
        mode = "-".join(
            part for part in (self.delivery, self.state, "" if self.client == "wire" else self.client) if part
        )
        row = "" if self.row is None else f"-{self.row}"
        return f"{self.file}::{self.scenario}[{self.target}-{mode}{row}]"


@dataclass(frozen=True, slots=True)
class Pair:
    """One attempt in both runs."""

    identity: Identity
    base: CaseLine
    new: CaseLine

    @property
    def scenario(self) -> str:
        return f"{self.identity.file}::{self.identity.scenario}"

    @property
    def before(self) -> bool:
        return COUNTED[self.base.verdict]

    @property
    def after(self) -> bool:
        return COUNTED[self.new.verdict]


@dataclass(frozen=True, slots=True)
class Pairing:
    """What can be compared, and what stands in one run alone or cannot be judged.

    `added` and `removed` are cases of one run; `changed` scenarios whose text differs between the runs (they are
    compared all the same); `unjudged` cases of which an attempt was inconclusive, errored, skipped or never finished
    in either run.
    """

    pairs: tuple[Pair, ...]
    targets: Mapping[str, str]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()


def pair(base: Run, new: Run, names: Mapping[str, str] | None = None) -> Pairing:
    """Pairs the attempts of two runs. `names` maps targets of the base to those of the new run.

    Raises:
        UnclearTargets: a target answers to none, or to several, and no name was given.
    """
    targets = mapped(base.head, new.head, names or {})
    back = {after: before for before, after in targets.items()}
    before, after = _attempts(base, {}), _attempts(new, back)
    pairs, unjudged = [], []
    for identity, lines in before.items():
        matched = list(zip(lines, after.get(identity, ()), strict=False))
        pairs += [Pair(identity, old, line) for old, line in matched if {old.verdict, line.verdict} <= COUNTED.keys()]
        if any(not {old.verdict, line.verdict} <= TOLD_APART for old, line in matched):
            unjudged.append(str(identity))
    return Pairing(
        tuple(pairs),
        targets,
        added=tuple(str(identity) for identity in after if identity not in before),
        removed=tuple(str(identity) for identity in before if identity not in after),
        changed=_changed(base.head, new.head),
        unjudged=tuple(unjudged),
    )


def mapped(base: Head, new: Head, names: Mapping[str, str]) -> dict[str, str]:
    """Each target of the base and the one of the new run that answers to it.

    Those of the same name answer to each other; then those that alone share a region; then the last that is left.

    Raises:
        UnclearTargets: something is left on both sides, or a name given is none.
    """
    olds, news = {line.name: line for line in base.targets}, {line.name: line for line in new.targets}
    for before, after in names.items():
        if before not in olds or after not in news:
            wrong, where = (before, "the base") if before not in olds else (after, "the new run")
            raise UnclearTargets(f"{wrong} is no target of {where}")
    found = dict(names)
    found |= {name: name for name in olds if name in news and name not in found and name not in found.values()}
    for form in (_region_and_model, _region, _model, lambda _: "the only one"):
        left = _by(form, [line for name, line in olds.items() if name not in found])
        free = _by(form, [line for name, line in news.items() if name not in found.values()])
        for key in left.keys() & free.keys():
            if len(left[key]) == len(free[key]) == 1:
                found[left[key][0]] = free[key][0]
    lost = [name for name in olds if name not in found]
    unmet = [name for name in news if name not in found.values()]
    if lost and unmet:
        raise UnclearTargets(
            f"which target of the new run ({', '.join(unmet)}) answers to {', '.join(lost)} of the base?"
        )
    return found


def _region(line: TargetLine) -> str | None:
    return line.region


def _model(line: TargetLine) -> str | None:
    return line.model


def _region_and_model(line: TargetLine) -> str | None:
    return f"{line.region} {line.model}" if line.region and line.model else None


def _by(form: Callable[[TargetLine], str | None], lines: Iterable[TargetLine]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        key = form(line)
        if key is not None:
            found.setdefault(key, []).append(line.name)
    return found


def _attempts(run: Run, names: Mapping[str, str]) -> dict[Identity, tuple[CaseLine, ...]]:
    """The last attempt of each repeat, in their order, by what the case is known by."""
    found: dict[Identity, dict[int, CaseLine]] = {}
    for line in run.cases:
        target = names.get(line.target, line.target)
        identity = Identity(line.file, line.scenario, target, line.delivery, line.state, line.client, line.row)
        repeats = found.setdefault(identity, {})
        earlier = repeats.get(line.repeat)
        if earlier is None or earlier.verdict is not Verdict.FAILED:  # a later attempt removes no finding
            repeats[line.repeat] = line
    return {identity: tuple(repeats[number] for number in sorted(repeats)) for identity, repeats in found.items()}


def _changed(base: Head, new: Head) -> tuple[str, ...]:
    before = {f"{line.file}::{line.id}": line.digest for line in base.scenarios}
    after: Sequence[tuple[str, str]] = [(f"{line.file}::{line.id}", line.digest) for line in new.scenarios]
    return tuple(name for name, digest in after if before.get(name, digest) != digest)
