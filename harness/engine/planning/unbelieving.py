"""The catalogue for who wants to find out for themselves: what is documented as absent is taken as not documented."""

from dataclasses import replace

from harness.catalogue import Catalogue, Documented, Fact


class Unbelieving(Catalogue):
    """Denies nothing, so that no case is passed over for what the documentation denies."""

    def documents(self, feature: str, model: str | None, region: str | None = None, version: str | None = None) -> Fact:
        fact = super().documents(feature, model, region, version)
        return replace(fact, answer=Documented.UNKNOWN) if fact.answer is Documented.NO else fact
