"""A catalogue in which some entries are false: what an endpoint that is not as documented would go by."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from harness.catalogue import Catalogue, Documented, Fact
from harness.mock import offered
from harness.mock.offered import MODELS, REGIONS

FLIPPED = {Documented.YES: Documented.NO, Documented.NO: Documented.YES}
ENFORCED = ("streaming", "structured_outputs", "vision", "pdf")
"""Features that the embedded endpoint refuses wherever its catalogue denies them, whatever the request holds else."""


@dataclass(frozen=True)
class False_:
    """A false entry: a feature of a model's version, or that the version answers in a region."""

    model: str
    version: str
    feature: str
    region: str | None = None

    @property
    def truth(self) -> Documented:
        return Catalogue.load().documents(self.feature, self.model, self.region, self.version).answer


class Falsified(Catalogue):
    """The catalogue, but for these entries."""

    def __init__(self, entries: frozenset[False_]) -> None:
        self._false = {(each.model, each.version, each.feature, each.region) for each in entries}

    def documents(self, feature: str, model: str | None, region: str | None = None, version: str | None = None) -> Fact:
        fact = super().documents(feature, model, region, version)
        flips = (model, version, feature, region) in self._false
        return replace(fact, answer=FLIPPED[fact.answer]) if flips else fact


def versions() -> list[tuple[str, str]]:
    """Every version of every model that the endpoint has, of which it is documented that it answers somewhere."""
    catalogue = Catalogue.load()
    return [
        (model, version)
        for model in MODELS
        for version in catalogue.versions(model)
        if any(catalogue.documents("text", model, region, version).answer is Documented.YES for region in REGIONS)
    ]


def candidates(of: list[tuple[str, str]], regions: tuple[str, ...]) -> Iterator[False_]:
    """Entries whose truth is documented, and whose falsehood an endpoint would show in these regions."""
    catalogue = Catalogue.load()
    for model, version in of:
        for region in regions:
            if catalogue.documents("text", model, region, version).answer in FLIPPED:
                yield False_(model, version, "text", region)
        for feature in ENFORCED:
            if catalogue.documents(feature, model, version=version).answer in FLIPPED:
                yield False_(model, version, feature)


def drawn(seed: int, count: int, of: list[tuple[str, str]], regions: tuple[str, ...]) -> frozenset[False_]:
    """So many false entries, half of them of features and half of regions, both directions among them.

    At least two regions of each version stay as they are, so that its features can be seen at all.
    """
    random_ = random.Random(seed)
    every = list(candidates(of, regions))
    features = [each for each in every if each.region is None]
    places = [each for each in every if each.region is not None and each.region not in regions[:2]]
    seen = Catalogue.load()
    features = [
        each
        for each in features
        if any(
            seen.documents("text", each.model, region, each.version).answer is Documented.YES for region in regions[:2]
        )
    ]
    return frozenset(random_.sample(features, count // 2) + random_.sample(places, count - count // 2))


@contextmanager
def believed(entries: frozenset[False_]) -> Iterator[None]:
    """While this lasts, the embedded endpoint goes by a falsified catalogue; whoever compares reads the true one."""
    falsified = Falsified(entries)

    class Known:
        @staticmethod
        def load() -> Any:
            return falsified

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offered, "Catalogue", Known)
        offered.deployable.cache_clear()
        offered.newest.cache_clear()
        yield
    offered.deployable.cache_clear()
    offered.newest.cache_clear()
