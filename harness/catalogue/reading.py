"""The data files of the package → entries. What the keys mean stands at the head of each file."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from harness.catalogue.entries import DeploymentType, Feature, ModelEntry, Region, VersionEntry
from harness.catalogue.facts import Documented, Fact, Retirement, Source, Stated, cited

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every value of reasoning.effort; a model's list makes a feature `effort_…` of each."""
TYPED: Final = ("default_effort", "context", "input", "output", "prompt_characters", "training_data")

YES, NO, UNKNOWN = Documented.YES, Documented.NO, Documented.UNKNOWN
RULES: Final[Mapping[str, Mapping[Documented, Documented]]] = {
    "as": {YES: YES, NO: NO},
    "against": {YES: NO, NO: YES},
    "given": {YES: YES},
    "without": {YES: NO},
    "only": {NO: NO},
}
"""A rule's word → what another feature's answer says of this one."""

Sources = Mapping[str, Source]
Read = Callable[[str], tuple[str, str]]


def data(name: str) -> Mapping[str, Any]:
    """A data file as plain data."""
    text = Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - our own
    return loaded


def sources(raw: Mapping[str, Any]) -> Sources:
    """The pages that were read, by id."""
    return {id: Source(id, each["name"], each["date"], each["where"]) for id, each in raw["sources"].items()}


def regions(raw: Mapping[str, Any], known: Sources) -> dict[str, Region]:
    """All regions by id."""
    found = {}
    for id, each in raw["regions"].items():
        listed = each.get("listed", "guide")
        source, day = cited([known[listed]])
        offered = Fact(YES, source, day)
        if listed == "tables":
            offered = Fact(NO, *cited([known["guide"], known["later_guide"]]))
        found[id] = Region(id, each.get("name", id), each.get("geography", ""), offered, listed == "guide")
    return found


def features(raw: Mapping[str, Any], known: Sources) -> dict[str, Feature]:
    """All features by name."""
    return {name: _feature(name, each, known) for name, each in raw["features"].items()}


def _feature(name: str, raw: Mapping[str, Any], known: Sources) -> Feature:
    word = next((word for word in RULES if word in raw), None)
    rule: Mapping[Documented, Documented] = RULES[word] if word else {}
    if "elsewhere" in raw:
        rule = {UNKNOWN: Documented(raw["elsewhere"])}
    read = tuple(known[id] for id in raw.get("read", ()))
    return Feature(name, raw["means"], raw[word] if word else None, rule, read, raw.get("remark", ""))


def types(raw: Mapping[str, Any]) -> dict[str, DeploymentType]:
    """All deployment types by name."""
    return {name: DeploymentType(name, each["means"], each["date"]) for name, each in raw["types"].items()}


def availability(raw: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """(model, version) → deployment type → the regions in which it can be had."""
    every = frozenset(raw["all"].split())
    return {
        (model, version): {type_: _cell(cell, every) for type_, cell in cells.items()}
        for model, versions in raw["versions"].items()
        for version, cells in versions.items()
    }


def _cell(cell: str, every: frozenset[str]) -> frozenset[str]:
    first, *rest = cell.split()
    return every - frozenset(rest[1:]) if first == "all" else frozenset((first, *rest))


def model(name: str, raw: Mapping[str, Any], known: Sources) -> ModelEntry:
    """A model with its versions."""
    read = tuple(known[id] for id in raw["read"])
    versions = [_version(version, raw, own, known) for version, own in raw["versions"].items()]
    limited = bool(raw.get("limited_access"))
    listed = "listed" not in raw
    return ModelEntry(name, raw["family"], listed, limited, tuple(versions), read, raw.get("remarks", {}))


def _version(name: str, raw: Mapping[str, Any], own: Mapping[str, Any], known: Sources) -> VersionEntry:
    def read(fact: str) -> tuple[str, str]:
        return cited([known[id] for id in raw.get("read_elsewhere", {}).get(fact, raw["read"])])

    both = {**raw, **own}
    typed: dict[str, Any] = {key: Stated(both[key], *read(key)) for key in TYPED if key in both}
    if "efforts" in both:
        typed["efforts"] = Stated(tuple(both["efforts"]), *read("efforts"))
    contexts = {class_: Stated(tokens, *read("context")) for class_, tokens in both.get("context_of", {}).items()}
    return VersionEntry(
        name,
        "listed" not in both,
        _facts(raw, own, read),
        _retirement(own, known["schedule"]),
        context_of=contexts,
        **typed,
    )


def _facts(raw: Mapping[str, Any], own: Mapping[str, Any], read: Read) -> dict[str, Fact]:
    remarks = raw.get("remarks", {})
    answers: list[tuple[Sequence[str], Documented]] = []
    for entry in (raw, own):
        answers += [(entry.get("has", ()), YES), (entry.get("lacks", ()), NO)]
    facts = {name: _fact(answer, read(name), remarks.get(name, "")) for names, answer in answers for name in names}
    if "efforts" in raw:
        for effort in EFFORTS:
            answer = YES if effort in raw["efforts"] else NO
            if effort in raw.get("efforts_left_open", ()):
                answer = UNKNOWN
            remark = remarks.get(f"effort_{effort}", remarks.get("efforts", "") if answer is UNKNOWN else "")
            facts[f"effort_{effort}"] = _fact(answer, read("efforts"), remark)
    return facts


def _fact(answer: Documented, read: tuple[str, str], remark: str) -> Fact:
    return Fact(answer, *read, remark=remark)


def _retirement(own: Mapping[str, Any], schedule: Source) -> Retirement | None:
    if "retirement" not in own:
        return None
    return Retirement(own.get("status", "generally_available"), own["retirement"], schedule.name, schedule.date)
