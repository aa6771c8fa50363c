"""What is documented where: yes, no, or nothing at all, and each answer with its source."""

import re
from datetime import date

import pytest

from harness.catalogue import Catalogue, Documented, Fact
from harness.engine.embedded import DEFAULT_FAMILY

CATALOGUE = Catalogue.load()
REGIONS = (None, "eastus2", "swedencentral", "mars")


@pytest.mark.parametrize(
    ("feature", "model", "region", "answer"),
    [
        ("reasoning", "gpt-5-mini", "swedencentral", Documented.YES),
        ("reasoning", "gpt-5-mini", None, Documented.YES),
        ("temperature", "gpt-5-mini", "swedencentral", Documented.NO),
        ("temperature", "gpt-4.1", "eastus2", Documented.YES),
        ("mcp", "gpt-5-mini", "swedencentral", Documented.UNKNOWN),
        ("no_such_feature", "gpt-4.1", None, Documented.UNKNOWN),
        ("text", "a-model-of-ours", "eastus2", Documented.UNKNOWN),
        ("text", None, None, Documented.UNKNOWN),
        ("text", "", "mars", Documented.UNKNOWN),
        ("text", "computer-use-preview", "eastus", Documented.NO),
        ("text", "computer-use-preview", "eastus2", Documented.YES),
        ("no_such_feature", "o3", "mars", Documented.NO),
    ],
)
def test_what_is_documented(feature: str, model: str | None, region: str | None, answer: Documented):
    assert CATALOGUE.documents(feature, model, region).answer is answer


def test_a_region_that_does_not_offer_the_model_is_named():
    """No feature can be had there, and the fact says for which cause."""
    fact = CATALOGUE.documents("text", "o3", "mars")

    assert fact.answer is Documented.NO
    assert "o3 is not offered in mars" in fact.source


def test_every_fact_has_a_source_and_a_day():
    """Whatever is said was read somewhere, on a day that has been; what is not known claims neither."""
    for model in (*CATALOGUE.models, "other"):
        for feature in (*CATALOGUE.features, "other"):
            for region in REGIONS:
                fact = CATALOGUE.documents(feature, model, region)
                if fact.answer is Documented.UNKNOWN:
                    assert fact == Fact(Documented.UNKNOWN)
                else:
                    assert len(fact.source) > 10
                    assert re.fullmatch(r"\d{4}-\d\d-\d\d", fact.date)
                    assert date.fromisoformat(fact.date)


def test_no_feature_is_both_there_and_absent():
    data = Catalogue.load()._models
    for name, entry in data.items():
        assert set(entry["has"]).isdisjoint(entry["lacks"]), name
        assert len(set(entry["regions"])) == len(entry["regions"]) > 0, name
        assert set(entry) == {"versions", "has", "lacks", "regions"}, name


def test_the_default_targets_are_offered_where_they_stand():
    for model, region in DEFAULT_FAMILY:
        assert CATALOGUE.documents("text", model, region).answer is Documented.YES


def test_it_is_read_once():
    assert Catalogue.load() is Catalogue.load()
