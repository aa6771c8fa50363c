"""Which cases there are: scenario × target × mode × row × repeat, and why others were left out. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from typing import TYPE_CHECKING, Any

from harness.catalogue import Catalogue, Documented
from harness.engine.planning.bar import ONCE, Bar, TooFew, bar
from harness.engine.planning.reach import unserved
from harness.scenario.actions import MODE_NEEDS
from harness.scenario.load import bound
from harness.scenario.model import Scenario
from harness.scenario.variables import names
from harness.scenario.variants import fetched, variants
from harness.source.place import Diagnostic, Refused, shown, suggestion
from harness.targets.origins import on_list, origin_of

if TYPE_CHECKING:  # connections, which planning does without
    from harness.engine.targets.target import Target


@dataclass(frozen=True, slots=True)
class Case:
    """One case: a scenario with its row's values put in, on a target, in a mode.

    `id` is built from names that people chose, and is the same in every run. `skipped` says why it will not be
    sent, where the catalogue rules it out. `repeat` counts the runs of the case from 0, `repeats` says how many there
    are and how many must pass. `graders` are the targets whose models grade its answers, by name.
    """

    id: str
    scenario: Scenario
    target: "Target"
    delivery: str
    state: str
    client: str
    row: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    repeat: int = 0
    repeats: Bar = ONCE
    skipped: str | None = None
    graders: "Mapping[str, Target]" = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The case's name within its file: `id[target-delivery-state…]`."""
        return self.id.partition("::")[2]


@dataclass(frozen=True, slots=True)
class Omitted:
    """A mode that was multiplied out and cannot be run, and why."""

    scenario: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All cases of a run in order, and what was left out."""

    cases: tuple[Case, ...]
    omitted: tuple[Omitted, ...]


def drawn_from(case: Case, seed: int) -> str:
    """What is drawn for one repeat of a case is drawn from this: the same in every process, shard and replay."""
    return f"{seed}/{case.id}" + (f"/{case.repeat}" if case.repeat else "")


def sum_of(ids: Iterable[str]) -> str:
    """A sum of the ids of cases, in their order: processes that collected the same have the same."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


def plan(
    scenario: Scenario,
    targets: "Sequence[Target]",
    catalogue: Catalogue,
    settings: Mapping[str, Any] | None = None,
    *,
    first_that_fits: bool = False,
    repeat: int | None = None,
) -> Plan:
    """The cases of one scenario.

    `first_that_fits`: run on the first target that documents what the scenario needs, instead of on all; where
    none does, on the first of which the contrary is not documented. `repeat`: run each case so often, instead of as
    often as the scenario says.

    Raises:
        Refused: the scenario names a target that is not there, or so few runs cannot show what it demands.
    """
    repeats = repeats_of(scenario, repeat, f"--repeat {repeat}")
    home = f"{scenario.file}::{scenario.id}"
    cases = []
    graders = _graders(scenario, targets)
    for target, skipped in _chosen(scenario, targets, catalogue, first_that_fits):
        bindings = {**(settings or {}), **target.facts.variables()}
        rows: list[tuple[int | None, Mapping[str, Any]]] = [*enumerate(scenario.rows)] or [(None, {})]
        modes = scenario.modes.by(target.facts.clients).combinations()
        for row, values in rows:
            filled = bound(scenario, {**bindings, **values})
            for (delivery, state, client), (via, variant) in product(modes, variants(filled)):
                parts = (delivery, state, "" if client == "wire" else client, via, "" if row is None else str(row))
                label = "-".join((target.facts.name, *(part for part in parts if part)))
                cases.append(
                    Case(
                        f"{home}[{label}]",
                        variant,
                        target,
                        delivery,
                        state,
                        client,
                        row,
                        values,
                        skipped=skipped
                        or _unsupported((delivery, state), target, catalogue)
                        or _unfetched(variant, target),
                        repeats=repeats,
                        graders=graders,
                    )
                )
    omitted = tuple(Omitted(home, "-".join(mode), reason) for mode, reason in scenario.modes.left_out())
    return Plan(tuple(cases), omitted)


def repeats_of(scenario: Scenario, wanted: int | None, who: str) -> Bar:
    """How often each case runs; once where its examples are generated. `who` wants so many instead.

    Raises:
        Refused: so few runs cannot show what the scenario demands.
    """
    try:
        return ONCE if scenario.given else bar(scenario.repeats, wanted)
    except TooFew as few:
        place = scenario.place
        told = Diagnostic(place, f"{who}: {few}", f"repeat {few.needed} times", scenario.line_at(place) or "")
        raise Refused([told]) from None


def _unfetched(scenario: Scenario, target: "Target") -> str | None:
    """Why what the scenario sends by address cannot be fetched from the target; None where it can, or sends none."""
    facts = target.facts
    absent = [] if facts.kind == "embedded" else [name for name in fetched(scenario) if name not in facts.attachments]
    if not absent:
        return None
    return f"{facts.name} cannot fetch {absent[0]} from this machine: name its address under `attachments`"


def _graders(scenario: Scenario, targets: "Sequence[Target]") -> "dict[str, Target]":
    """The targets that `judge:` names.

    Raises:
        Refused: there is none of such a name.
    """
    known = {target.facts.name: target for target in targets}
    found, mistakes = {}, []
    expectations = [*scenario.expect, *(each for turn in scenario.turns for each in turn.expect)]
    for expectation in expectations:
        raw = expectation.raw if expectation.subject == "judge" else None
        name = raw.get("target") if isinstance(raw, Mapping) else None
        if isinstance(name, str) and name not in known:
            told, line = f"no target is called `{shown(name)}`", scenario.line_at(expectation.place)
            mistakes.append(Diagnostic(expectation.place, told, suggestion(name, list(known)), line or ""))
        elif isinstance(name, str):
            found[name] = known[name]
    if mistakes:
        raise Refused(mistakes)
    return found


def _chosen(
    scenario: Scenario, targets: "Sequence[Target]", catalogue: Catalogue, first_that_fits: bool
) -> "list[tuple[Target, str | None]]":
    """The targets to run on, each with the reason for which its cases are skipped, or None."""
    judged = []
    for target in targets:
        judged.append((target, _kept_from(scenario, target, catalogue)))
        if first_that_fits and judged[-1][1] is None and _documented(scenario, target, catalogue):
            return judged[-1:]
    if not first_that_fits:
        return judged
    fitting = [pair for pair in judged if pair[1] is None]
    return (fitting or judged)[:1]


def _kept_from(scenario: Scenario, target: "Target", catalogue: Catalogue) -> str | None:
    """Why the scenario is not sent to the target; None where it is."""
    return (
        _unwanted(scenario, target)
        or _unusable(target)
        or _sealed(scenario, target)
        or _beyond(scenario, target, catalogue)
    )


def _unwanted(scenario: Scenario, target: "Target") -> str | None:
    """Why the scenario is not meant for the target: none of its globs fits name, region or model."""
    facts = target.facts
    names = [name for name in (facts.name, facts.region, facts.model, facts.deployment) if name]
    if not scenario.targets or any(fnmatchcase(name, glob) for glob in scenario.targets for name in names):
        return None
    return f"is for the targets {', '.join(scenario.targets)} alone, and {facts.name} is none of them"


def _unusable(target: "Target") -> str | None:
    """Why nothing can be sent to the target: its credential is not there."""
    missing = target.facts.missing
    return f"{target.facts.name} cannot be used: {missing}" if missing else None


def _sealed(scenario: Scenario, target: "Target") -> str | None:
    """Why a secret that the scenario names may not be sent to the target."""
    facts = target.facts
    if not scenario.varies:
        return None
    named = names([*scenario.tools, scenario.request, *(turn.request for turn in scenario.turns)])
    for name in sorted(each.removeprefix("secret.") for each in named if each.startswith("secret.")):
        if name not in facts.secrets:
            return f"needs the secret {name}, which targets.yaml does not declare"
        if facts.kind != "embedded" and not on_list(origin_of(facts.endpoint).host, facts.secrets[name]):
            return f"the secret {name} may not be sent to {facts.name}: its host is not on the secret's list"
    return None


def _beyond(scenario: Scenario, target: "Target", catalogue: Catalogue) -> str | None:
    """Why the target cannot do what the scenario needs, or cannot reach what it needs."""
    return _unmet(scenario, target, catalogue) or unserved(scenario, target.facts)


def _documented(scenario: Scenario, target: "Target", catalogue: Catalogue) -> bool:
    """Whether everything that the scenario needs is documented for the target."""
    facts = target.facts
    return all(
        catalogue.documents(need, facts.model, facts.region, facts.version).answer is Documented.YES
        for need in scenario.needs
    )


def _unsupported(modes: Sequence[str], target: "Target", catalogue: Catalogue) -> str | None:
    """Why the target cannot be used in this delivery and state, as far as is documented.

    Where it is not even documented to answer at all, its modes say nothing more.
    """
    facts = target.facts
    if catalogue.documents("text", facts.model, facts.region, facts.version).answer is Documented.NO:
        return None
    for mode in modes:
        feature = MODE_NEEDS.get(mode)
        fact = catalogue.documents(feature, facts.model, facts.region, facts.version) if feature else None
        if fact is not None and fact.answer is Documented.NO:
            told = f"the mode {mode} needs {feature}, which is documented as absent on {facts.name}"
            return f"{told} ({fact.source}, {fact.date})"
    return None


def _unmet(scenario: Scenario, target: "Target", catalogue: Catalogue) -> str | None:
    """Why the target cannot meet the scenario's needs, as far as is documented."""
    facts = target.facts
    for feature in scenario.needs:
        fact = catalogue.documents(feature, facts.model, facts.region, facts.version)
        if fact.answer is Documented.NO:
            return f"needs {feature}, which is documented as absent on {facts.name} ({fact.source}, {fact.date})"
    return None
