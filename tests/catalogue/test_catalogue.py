"""What is documented where: yes, no, or nothing at all, and each answer with its source."""

import re
import subprocess
import sys
import time
from datetime import date

import pytest
import yaml

from harness.catalogue import Catalogue, Documented, Fact, Unlisted, reading
from harness.engine.targets.family import MODELS

CATALOGUE = Catalogue.load()
REGIONS = (None, "eastus2", "swedencentral", "switzerlandwest", "mars")
YES, NO, UNKNOWN = Documented.YES, Documented.NO, Documented.UNKNOWN


@pytest.mark.parametrize(
    ("feature", "model", "region", "answer"),
    [
        ("reasoning", "gpt-5-mini", "swedencentral", YES),
        ("reasoning", "gpt-5-mini", None, YES),
        ("temperature", "gpt-5-mini", "swedencentral", NO),
        ("temperature", "gpt-4.1", "eastus2", YES),
        ("temperature", "gpt-4.1", "East US 2", YES),
        ("temperature", "gpt-5.2-chat", None, UNKNOWN),  # whether it reasons is not said
        ("mcp", "gpt-5-mini", "swedencentral", YES),  # every reasoning model
        ("mcp", "gpt-4o", None, YES),
        ("mcp", "gpt-4o-mini", None, UNKNOWN),
        ("pdf", "o3", None, YES),  # it reads images
        ("pdf", "o3-mini", None, NO),
        ("reasoning_summary", "o1", None, NO),
        ("reasoning_summary", "gpt-4.1", None, NO),  # nothing to sum up
        ("effort_none", "gpt-5.1", None, YES),
        ("effort_none", "gpt-5-mini", None, NO),
        ("effort_minimal", "gpt-5-mini", None, YES),
        ("effort_xhigh", "gpt-5.4-nano", None, UNKNOWN),  # left open by the page
        ("effort_low", "gpt-5-pro", None, NO),
        ("effort_low", "gpt-5.4-pro", None, UNKNOWN),
        ("effort_max", "gpt-5.6-sol", None, YES),
        ("effort_max", "gpt-4o", None, NO),
        ("streaming", "gpt-5-pro", None, NO),
        ("resume", "gpt-5-pro", None, NO),
        ("web_search", "gpt-4o", None, YES),
        ("image_generation", "gpt-5-mini", None, UNKNOWN),
        ("image_model", "gpt-image-1", "eastus2", YES),
        ("text", "gpt-image-1", "eastus2", NO),
        ("chaining", "gpt-image-1", None, NO),  # it answers on no path of this API
        ("input_tokens", "gpt-4.1", None, UNKNOWN),
        ("no_such_feature", "gpt-4.1", None, UNKNOWN),
        ("text", "a-model-of-ours", "eastus2", UNKNOWN),
        ("text", None, None, UNKNOWN),
        ("text", "", "mars", UNKNOWN),
        ("text", "computer-use-preview", "eastus", NO),
        ("text", "computer-use-preview", "eastus2", YES),
        ("text", "o3", "westeurope", YES),  # added by a later copy of the guide
        ("text", "o3", "switzerlandwest", NO),  # in the deployment tables, and in no list of this API's regions
        ("text", "gpt-5-codex", "westus3", UNKNOWN),  # one version is not offered there, of the other nothing is known
        ("text", "gpt-5.6-sol", "eastus2", UNKNOWN),
        ("no_such_feature", "o3", "mars", NO),
    ],
)
def test_what_is_documented(feature: str, model: str | None, region: str | None, answer: Documented):
    assert CATALOGUE.documents(feature, model, region).answer is answer


@pytest.mark.parametrize(
    ("version", "region", "answer"),
    [
        ("2024-11-20", None, YES),
        ("2024-05-13", None, NO),
        (None, None, UNKNOWN),
        (None, "eastus2", UNKNOWN),
        ("2024-11-20", "italynorth", YES),
        ("2024-05-13", "mars", NO),
        ("1999-01-01", None, UNKNOWN),
        ("1999-01-01", "eastus2", UNKNOWN),
    ],
)
def test_what_a_version_has(version: str | None, region: str | None, answer: Documented):
    """Strict schemas came to gpt-4o with its second version; where the version is not said, nothing is."""
    assert CATALOGUE.documents("structured_outputs", "gpt-4o", region, version).answer is answer


def test_versions_that_differ_are_told():
    remark = CATALOGUE.documents("structured_outputs", "gpt-4o").remark

    assert remark == "it depends on the version: 2024-11-20 yes, 2024-08-06 yes, 2024-05-13 no"


@pytest.mark.parametrize("region", ["mars", "switzerlandwest", "canadacentral"])
def test_a_region_that_does_not_offer_the_model_is_named(region: str):
    """No feature can be had there, and the fact says for which cause."""
    fact = CATALOGUE.documents("text", "o3" if region != "canadacentral" else "gpt-image-1", region)

    assert fact.answer is NO
    assert f"is not offered in {region}" in fact.source


def test_every_fact_has_a_source_and_a_day():
    """Whatever is said was read somewhere, on a day (or in a month) that has been; so was what nothing says."""
    for model in (*CATALOGUE.models, *CATALOGUE.later_models):
        for feature in CATALOGUE.features:
            for region in REGIONS:
                for version in (None, *CATALOGUE.versions(model)):
                    fact = CATALOGUE.documents(feature, model, region, version)
                    assert len(fact.source) > 10, (model, feature, region)
                    assert re.fullmatch(r"2026-\d\d(-\d\d)?", fact.date), (model, feature, region)
                    assert date.fromisoformat(f"{fact.date}-01"[:10])
    for names in (("text", "other"), ("other", "gpt-4.1"), ("text", None)):
        assert CATALOGUE.documents(*names) == Fact(UNKNOWN)


def test_every_value_has_a_source_and_a_day():
    for name in (*CATALOGUE.models, *CATALOGUE.later_models):
        for each in CATALOGUE.model(name).versions:
            stated = [each.efforts, each.default_effort, each.context, each.input, each.output, each.training_data]
            stated += [each.prompt_characters, each.retirement, *each.context_of.values()]
            for value in stated:
                assert value is None or (len(value.source) > 10 and re.fullmatch(r"2026-\d\d(-\d\d)?", value.date))


def test_the_data_files_hold_no_key_that_nothing_reads():
    """A misspelt key would be a fact lost in silence."""
    models = reading.data("models")["models"]
    own = {"listed", "status", "retirement", "has", "lacks", "output"}
    keys = {"family", "listed", "limited_access", "read", "read_elsewhere", "has", "lacks", "efforts"}
    keys |= {"efforts_left_open", "context_of", "remarks", "versions", *reading.TYPED}
    known = {*CATALOGUE.features, *reading.TYPED, "efforts", "versions"}
    for name, entry in models.items():
        assert entry.keys() <= keys, name
        assert {*entry["has"], *entry.get("lacks", ())} <= CATALOGUE.features, name
        assert set(entry["has"]).isdisjoint(entry.get("lacks", ())), name
        assert {*entry.get("read_elsewhere", ()), *entry.get("remarks", ())} <= known, name
        assert {*entry.get("efforts", ()), *entry.get("efforts_left_open", ())} <= set(reading.EFFORTS), name
        for version in entry["versions"].values():
            assert version.keys() <= own, name
    words = {"means", "read", "remark", "elsewhere", *reading.RULES}
    for name, feature in reading.data("features")["features"].items():
        assert feature.keys() <= words, name
        assert len(feature.keys() & {*reading.RULES, "elsewhere"}) <= 1, name
        assert "read" in feature or not feature.keys() & {*reading.RULES, "elsewhere"}, name


def test_features_look_at_features_that_are_there():
    """A rule names a known feature, and following the rules comes to an end."""
    for feature in CATALOGUE.vocabulary.values():
        seen = [feature.name]
        while (of := CATALOGUE.feature(seen[-1]).of) is not None:
            assert of not in seen
            seen.append(of)
        assert feature.means
        assert "\n" not in feature.means
    for effort in reading.EFFORTS:
        assert f"effort_{effort}" in CATALOGUE.features


def test_the_tables_name_what_the_catalogue_knows():
    """No misspelt model, version, type or region in a cell: it would be offered nowhere."""
    tables = reading.data("availability")
    for (model, version), cells in reading.availability(tables).items():
        assert version in CATALOGUE.versions(model)
        for type_, regions in cells.items():
            assert type_ in CATALOGUE.types
            assert regions
            assert regions <= CATALOGUE.regions.keys()
    assert set(tables["all"].split()) == CATALOGUE.regions.keys()
    for versions in tables["versions"].values():
        for cell in (cell for cells in versions.values() for cell in cells.values()):
            assert set(cell.removeprefix("all but ").removeprefix("all").split()) <= CATALOGUE.regions.keys()


@pytest.mark.parametrize(
    ("name", "id"),
    [("eastus2", "eastus2"), ("East US 2", "eastus2"), ("EASTUS2", "eastus2"), ("sweden central", "swedencentral")],
)
def test_a_region_by_id_or_name(name: str, id: str):
    assert CATALOGUE.region(name).id == id


@pytest.mark.parametrize(
    ("look", "name", "near"),
    [
        (CATALOGUE.region, "eastus22", "eastus2"),
        (CATALOGUE.region, "Sweden Centre", "swedencentral"),
        (CATALOGUE.region, "mars", None),
        (CATALOGUE.model, "gpt5-mini", "gpt-5-mini"),
        (CATALOGUE.versions, "o33", "o3"),
        (CATALOGUE.feature, "visoin", "vision"),
        (CATALOGUE.feature, "", None),
    ],
)
def test_an_unlisted_name_says_what_was_meant(look, name: str, near: str | None):
    with pytest.raises(Unlisted, match="there is no ") as told:
        look(name)

    assert (told.value.name, told.value.near) == (name, near)


def test_what_can_be_deployed():
    assert CATALOGUE.offers("computer-use-preview", "2025-02-11", "southindia") == ("global_standard",)
    assert CATALOGUE.offers("computer-use-preview", "2025-02-11", "South India") == ("global_standard",)
    assert CATALOGUE.offers("computer-use-preview", "2025-02-11", "eastus2") == ()
    assert CATALOGUE.offers("gpt-image-1.5", "2025-12-16", "eastus2") == ("global_standard", "data_zone_standard")
    for unknown in (("o3", "x", "eastus2"), ("x", "2025-04-16", "eastus2"), ("o3", "2025-04-16", "mars")):
        assert CATALOGUE.offers(*unknown) == ()


def test_when_a_version_retires():
    retirement = CATALOGUE.retirement("gpt-4o", "2024-05-13")

    assert retirement is not None
    assert (retirement.status, retirement.day, retirement.date) == ("deprecated", date(2026, 10, 1), "2026-09-02")
    assert CATALOGUE.retirement("gpt-5-codex", "2025-09-11") is None
    assert CATALOGUE.retirement("gpt-4o", "x") is None
    assert CATALOGUE.retirement("x", "x") is None


def test_where_pages_disagree_the_denial_is_taken_and_both_are_told():
    for feature, model in (("parallel_functions", "o3"), ("effort_none", "gpt-5.1-codex-max")):
        fact = CATALOGUE.documents(feature, model)
        assert fact.answer is NO
        assert fact.remark.startswith("the pages disagree: ")


def test_the_default_targets_are_offered_where_they_stand():
    for model, region in MODELS:
        assert CATALOGUE.documents("text", model, region).answer is YES


def test_it_is_read_once():
    assert Catalogue.load() is Catalogue.load()


def test_importing_it_and_the_plugin_reads_no_data():
    """Whoever has the package installed and no scenario pays for no catalogue."""
    code = "import harness.pytest_plugin, sys; assert 'harness.catalogue' not in sys.modules\n"
    code += "import harness.catalogue.reading as r; r.yaml.load = None; from harness.catalogue import Catalogue\n"
    code += "Catalogue.load()\n"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="libyaml is missing: PyYAML reads some ten times slower")
def test_it_is_read_quickly():
    """All of it within 50 ms of processor time; the best of several, as a machine may be busy."""
    spent = []
    for _ in range(7):
        begin = time.thread_time()
        catalogue = Catalogue()
        assert catalogue.documents("text", "o3", "eastus2").answer is YES
        spent.append(time.thread_time() - begin)
    assert min(spent) < 0.05
