"""The catalogue as tables: what is shown of it where a region, a model or a feature is named, and where none is.

A row is a mapping of column → value, every row of a table with the same columns. Values are texts, whole numbers,
truth values, lists of texts, or None where nothing is documented.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.catalogue.catalogue import Catalogue
from harness.catalogue.entries import Feature, ModelEntry, Region, VersionEntry
from harness.catalogue.facts import Fact

Row = Mapping[str, Any]
Tables = Mapping[str, list[Row]]


def tables(
    catalogue: Catalogue, *, region: str | None = None, model: str | None = None, feature: str | None = None
) -> Tables:
    """The tables by name, in the order in which they are shown.

    Raises:
        Unlisted: a name is none of the catalogue's.
    """
    place = catalogue.region(region) if region is not None else None
    entry = catalogue.model(model) if model is not None else None
    asked = catalogue.feature(feature) if feature is not None else None
    shown: dict[str, list[Row]] = {}
    if place is not None:
        shown["region"] = [_region(catalogue, place)]
    if asked is not None:
        shown["feature"] = [_feature(asked)]
        shown["documented"] = list(_answers(catalogue, asked, entry, place))
    elif entry is not None:
        shown["model"] = [_model(entry)]
        shown["versions"] = [_in_full(entry, each) for each in entry.versions]
        shown["documented"] = list(_features(catalogue, entry, place))
        shown["deployments"] = list(_deployments(catalogue, entry, place))
    elif place is not None:
        shown["deployments"] = [
            row for each in _every_model(catalogue) for row in _deployments(catalogue, each, place) if row["types"]
        ]
    else:
        shown["models"] = [_version(each, version) for each in _every_model(catalogue) for version in each.versions]
        shown["regions"] = [_region(catalogue, each) for each in catalogue.regions.values()]
        shown["features"] = [_feature(each) for each in catalogue.vocabulary.values()]
        shown["deployment types"] = [
            {"type": each.name, "as_of": each.date, "means": each.means} for each in catalogue.types.values()
        ]
        shown["sources"] = [
            {"source": each.name, "as_of": each.date or None, "where": each.where}
            for each in catalogue.sources.values()
        ]
    return shown


def _every_model(catalogue: Catalogue) -> Iterator[ModelEntry]:
    return (catalogue.model(name) for name in (*catalogue.models, *catalogue.later_models))


def _region(catalogue: Catalogue, region: Region) -> Row:
    return {
        "region": region.id,
        "name": region.name,
        "geography": region.geography or None,
        **_told(region.offered),
    }


def _feature(feature: Feature) -> Row:
    return {"feature": feature.name, "means": feature.means}


def _model(model: ModelEntry) -> Row:
    return {
        "model": model.name,
        "family": model.family,
        "in_the_guide": model.listed,
        "limited_access": model.limited_access,
        "remarks": [f"{name}: {remark}" for name, remark in model.remarks.items()],
    }


def _in_full(model: ModelEntry, version: VersionEntry) -> Row:
    contexts = [f"{kind} {tokens.value}" for kind, tokens in version.context_of.items()]
    return {
        **_version(model, version),
        "in_the_guide": version.listed,
        "prompt_characters": _value(version.prompt_characters),
        "training_data": _value(version.training_data),
        "context_of": contexts or None,
    }


def _version(model: ModelEntry, version: VersionEntry) -> Row:
    life = version.retirement
    return {
        "model": model.name,
        "version": version.name,
        "status": life.status if life is not None else None,
        "retires": life.day.isoformat() if life is not None else None,
        "context": _value(version.context),
        "input": _value(version.input),
        "output": _value(version.output),
        "default_effort": _value(version.default_effort),
        "efforts": list(version.efforts.value) if version.efforts is not None else None,
    }


def _value(stated: Any) -> Any:
    return None if stated is None else stated.value


def _answers(catalogue: Catalogue, feature: Feature, model: ModelEntry | None, region: Region | None) -> Iterator[Row]:
    """The feature on every model, or on every version of one."""
    place = region.id if region is not None else None
    if model is None:
        for each in _every_model(catalogue):
            yield {"model": each.name, **_told(catalogue.documents(feature.name, each.name, place))}
        return
    for version in model.versions:
        fact = catalogue.documents(feature.name, model.name, place, version.name)
        yield {"model": model.name, "version": version.name, **_told(fact)}


def _features(catalogue: Catalogue, model: ModelEntry, region: Region | None) -> Iterator[Row]:
    place = region.id if region is not None else None
    for name in catalogue.vocabulary:
        yield {"feature": name, **_told(catalogue.documents(name, model.name, place))}


def _told(fact: Fact) -> Row:
    return {
        "documented": fact.answer.value,
        "as_of": fact.date or None,
        "source": fact.source or None,
        "remark": fact.remark or None,
    }


def _deployments(catalogue: Catalogue, model: ModelEntry, region: Region | None) -> Iterator[Row]:
    """Where each version can be deployed: its types in one region, or the regions of each of its types."""
    for version in model.versions:
        head = {"model": model.name, "version": version.name}
        if region is not None:
            yield {**head, "types": list(catalogue.offers(model.name, version.name, region.id))}
            continue
        for kind in catalogue.types:
            places = [id for id in catalogue.regions if kind in catalogue.offers(model.name, version.name, id)]
            if places:
                yield {**head, "type": kind, "regions": sorted(places)}
