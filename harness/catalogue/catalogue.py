"""The catalogue: what is documented of a feature on a model in a region, and what can be deployed where."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from harness.catalogue import reading
from harness.catalogue.entries import DeploymentType, Feature, ModelEntry, Region, Unlisted, VersionEntry
from harness.catalogue.facts import Documented, Fact, Retirement, Source, cited
from harness.source.place import did_you_mean

YES, NO, UNKNOWN = Documented.YES, Documented.NO, Documented.UNKNOWN


class Catalogue:
    """All facts. Each data file is read when something of it is first asked for.

    Names are those of the documentation: models and features as they are spelt there, regions by id ("eastus2") or as
    the service shows them ("East US 2"), versions by date, deployment types as in `types`.
    """

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """The catalogue that comes with the package; always the same one."""
        return cls()

    def documents(self, feature: str, model: str | None, region: str | None = None, version: str | None = None) -> Fact:
        """What is documented of a feature on a model; whatever the names are, there is an answer.

        In a region where the model (or the version) cannot be deployed, or where this API does not answer, it is no.
        Without `version` all versions count that can be had there; where they differ, it is unknown.
        """
        asked = (feature, model, region, version)
        if asked not in self._answered:
            self._answered[asked] = self._looked_up(*asked)
        return self._answered[asked]

    def _looked_up(self, feature: str, model: str | None, region: str | None, version: str | None) -> Fact:
        entry = self._entries.get(model or "")
        versions = [] if entry is None else [each for each in entry.versions if version in (None, each.name)]
        if entry is None or not versions:
            return Fact(UNKNOWN)
        if region is not None:
            placed = self._placed(entry, versions, region)
            if isinstance(placed, Fact):
                return placed
            versions = placed
        facts = [self._answer(feature, entry, each) for each in versions]
        if all(fact == facts[0] for fact in facts):
            return facts[0]
        told = ", ".join(f"{each.name} {fact.answer.value}" for each, fact in zip(versions, facts, strict=True))
        return Fact(UNKNOWN, facts[0].source, facts[0].date, f"it depends on the version: {told}")

    def offers(self, model: str, version: str, region: str) -> tuple[str, ...]:
        """The deployment types of a version in a region, in the order of `types`; none for unknown names.

        That this API answers in the region is another question: see `region(…).offered`.
        """
        place = self._regions_by_name.get(region.lower())
        cells = self._cells.get((model, version), {})
        return tuple(name for name in self.types if place is not None and place.id in cells.get(name, ()))

    def retirement(self, model: str, version: str) -> Retirement | None:
        """When a version retires; None where the schedule does not name it."""
        entry = self._entries.get(model)
        found = entry.version(version) if entry is not None else None
        return found.retirement if found is not None else None

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the guide's models, in its order. `later_models` came after it."""
        return tuple(name for name, entry in self._entries.items() if entry.listed)

    @property
    def later_models(self) -> tuple[str, ...]:
        """The names of models that newer pages added."""
        return tuple(name for name, entry in self._entries.items() if not entry.listed)

    def model(self, name: str) -> ModelEntry:
        """A model by its name.

        Raises:
            Unlisted: there is none of this name.
        """
        found = self._entries.get(name)
        if found is None:
            raise Unlisted("model", name, did_you_mean(name, self._entries))
        return found

    def versions(self, model: str) -> tuple[str, ...]:
        """The names of a model's versions.

        Raises:
            Unlisted: there is no such model.
        """
        return tuple(version.name for version in self.model(model).versions)

    @functools.cached_property
    def regions(self) -> Mapping[str, Region]:
        """All regions by id: those of the guide (`listed`), those added later, those of the deployment tables alone."""
        return reading.regions(self._places, self.sources)

    def region(self, name: str) -> Region:
        """A region by its id or as the service shows it.

        Raises:
            Unlisted: there is none of this name.
        """
        found = self._regions_by_name.get(name.lower())
        if found is None:
            near = did_you_mean(name, self._regions_by_name)
            raise Unlisted("region", name, near and self._regions_by_name[near].id)
        return found

    @functools.cached_property
    def vocabulary(self) -> Mapping[str, Feature]:
        """All features by name."""
        return reading.features(reading.data("features"), self.sources)

    @property
    def features(self) -> frozenset[str]:
        """The names of all features."""
        return frozenset(self.vocabulary)

    def feature(self, name: str) -> Feature:
        """A feature by its name.

        Raises:
            Unlisted: there is none of this name.
        """
        found = self.vocabulary.get(name)
        if found is None:
            raise Unlisted("feature", name, did_you_mean(name, self.vocabulary))
        return found

    @functools.cached_property
    def types(self) -> Mapping[str, DeploymentType]:
        """All deployment types by name."""
        return reading.types(self._tables)

    @functools.cached_property
    def sources(self) -> Mapping[str, Source]:
        """The pages that were read, by id."""
        return reading.sources(self._places)

    @functools.cached_property
    def _answered(self) -> dict[tuple[str, str | None, str | None, str | None], Fact]:
        """What `documents` has answered: every case of a run asks the same few questions."""
        return {}

    @functools.cached_property
    def _places(self) -> Mapping[str, Any]:
        return reading.data("regions")

    @functools.cached_property
    def _tables(self) -> Mapping[str, Any]:
        return reading.data("availability")

    @functools.cached_property
    def _cells(self) -> Mapping[tuple[str, str], Mapping[str, frozenset[str]]]:
        return reading.availability(self._tables)

    @functools.cached_property
    def _entries(self) -> Mapping[str, ModelEntry]:
        raw = reading.data("models")["models"]
        return {name: reading.model(name, each, self.sources) for name, each in raw.items()}

    @functools.cached_property
    def _regions_by_name(self) -> Mapping[str, Region]:
        by_id = self.regions
        return {**{region.name.lower(): region for region in by_id.values()}, **by_id}

    def _answer(self, feature: str, entry: ModelEntry, version: VersionEntry) -> Fact:
        """What the version's own entry says, else what the feature's rule makes of another answer, else unknown."""
        if (fact := version.facts.get(feature)) is not None:
            return fact
        known = self.vocabulary.get(feature)
        if known is None:
            return Fact(UNKNOWN)
        callable_ = version.facts.get("text", Fact(UNKNOWN))
        if callable_.answer is NO:
            return replace(callable_, remark="it answers on no path of this API by itself")
        of = self._answer(known.of, entry, version).answer if known.of else UNKNOWN
        answer = known.rule.get(of, UNKNOWN)
        remark = entry.remarks.get(feature, known.remark)
        if answer is not UNKNOWN:
            return Fact(answer, *cited(known.sources), remark=remark)
        names, day = cited(entry.sources if known.of or not known.sources else known.sources)
        return Fact(UNKNOWN, f"silent: {names}", day, remark)

    def _placed(self, entry: ModelEntry, versions: Sequence[VersionEntry], name: str) -> list[VersionEntry] | Fact:
        """Those of the versions that can be had in the region; else what is documented of all of them there."""
        region = self._regions_by_name.get(name.lower())
        if region is None or region.offered.answer is NO:
            listed = cited([self.sources["guide"], self.sources["later_guide"]])
            return Fact(NO, f"{listed[0]}: {entry.name} is not offered in {name}", listed[1])
        here = [each for each in versions if self.offers(entry.name, each.name, region.id)]
        if here:
            return here
        tables, day = cited([self.sources["tables"]])
        if all((entry.name, each.name) in self._cells for each in versions):
            return Fact(NO, f"{tables}: {entry.name} is not offered in {name}", day)
        return Fact(UNKNOWN, f"silent: {tables}", day)
