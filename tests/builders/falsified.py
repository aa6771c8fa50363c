"""A catalogue in which some entries are false: what an endpoint that is not as documented would go by."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from harness.catalogue import Catalogue, Documented, Fact
from harness.engine.probing.probes import EFFORTS, PROBES
from harness.mock import offered
from harness.mock.offered import MODELS, REGIONS

FLIPPED = {Documented.YES: Documented.NO, Documented.NO: Documented.YES}
GROUP = "reasoning_effort"
"""It goes with its efforts: a model that takes none of them does not take the parameter."""
OF_GROUP = tuple(f"effort_{name}" for name in EFFORTS)
GRANTED = ("effort_low", "effort_medium", "effort_high")
"""What a model takes that is falsely said to take efforts."""
FEATURES = tuple(name for name in PROBES if name != "text")
"""All features that can be probed, but for the one without which nothing is."""


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
        if feature in OF_GROUP and (model, version, GROUP, None) in self._false:
            granted = super().documents(GROUP, model, region, version).answer is Documented.NO and feature in GRANTED
            return replace(fact, answer=Documented.YES if granted else Documented.NO)
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
    """Entries whose truth is documented, and whose falsehood an endpoint would show in these regions.

    An effort alone is one only where the model takes efforts, and another one of them.
    """
    catalogue = Catalogue.load()

    def truth(feature: str, model: str, version: str) -> Documented:
        return catalogue.documents(feature, model, version=version).answer

    for model, version in of:
        for region in regions:
            if catalogue.documents("text", model, region, version).answer in FLIPPED:
                yield False_(model, version, "text", region)
        taken = [name for name in OF_GROUP if truth(name, model, version) is Documented.YES]
        for feature in FEATURES:
            answer = truth(feature, model, version)
            single = truth(GROUP, model, version) is Documented.YES and (answer is Documented.NO or len(taken) > 1)
            if answer in FLIPPED and (feature not in OF_GROUP or single):
                yield False_(model, version, feature)


def drawn(seed: int, count: int, of: list[tuple[str, str]], regions: tuple[str, ...]) -> frozenset[False_]:
    """So many false entries: first one of each feature in each direction, then any of regions and features.

    At least two regions of each version stay as they are, so that its features can be seen at all, and of each version
    one entry about efforts is false at most.
    """
    random_ = random.Random(seed)
    seen = Catalogue.load()
    every = [
        each
        for each in candidates(of, regions)
        if (each.region not in regions[:2] if each.region else True)
        and any(
            seen.documents("text", each.model, region, each.version).answer is Documented.YES for region in regions[:2]
        )
    ]
    random_.shuffle(every)
    first = {(each.feature, each.truth): at for at, each in enumerate(every)}
    every = [every[at] for at in first.values()] + [each for at, each in enumerate(every) if at not in first.values()]
    chosen: list[False_] = []
    for each in every:
        about_efforts = each.feature in (GROUP, *OF_GROUP)
        same = [one for one in chosen if (one.model, one.version) == (each.model, each.version)]
        if about_efforts and any(one.feature in (GROUP, *OF_GROUP) for one in same):
            continue
        chosen.append(each)
    return frozenset(chosen[:count])


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
        forget()
        yield
    forget()


def forget() -> None:
    """What the endpoint knows of the catalogue by heart."""
    for known in (offered.deployable, offered.newest, offered.documented):
        known.cache_clear()
