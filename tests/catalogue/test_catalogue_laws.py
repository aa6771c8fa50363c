"""Laws that hold whatever names are asked for."""

from hypothesis import given
from hypothesis import strategies as st

from harness.catalogue import Catalogue, Documented

CATALOGUE = Catalogue.load()
ALL_MODELS = (*CATALOGUE.models, *CATALOGUE.later_models)
ALL_VERSIONS = sorted({version for model in ALL_MODELS for version in CATALOGUE.versions(model)})

features = st.sampled_from(sorted(CATALOGUE.features))
models = st.sampled_from(ALL_MODELS)
regions = st.sampled_from(sorted(CATALOGUE.regions))
deployables = st.sampled_from([(model, version) for model in ALL_MODELS for version in CATALOGUE.versions(model)])
anything = st.text(max_size=20)


@given(
    feature=features | anything,
    model=st.none() | models | anything,
    region=st.none() | regions | anything,
    version=st.none() | st.sampled_from(ALL_VERSIONS) | anything,
)
def test_there_is_always_an_answer(feature, model, region, version):
    """Whatever the names are, known or not: a fact; and what is said has a source and a date."""
    fact = CATALOGUE.documents(feature, model, region, version)

    assert fact.answer is Documented.UNKNOWN or (fact.source and fact.date)
    if model not in ALL_MODELS:
        assert fact.answer is Documented.UNKNOWN


@given(model=anything, version=anything, region=anything)
def test_what_nobody_knows_is_offered_nowhere(model, version, region):
    assert CATALOGUE.offers(model, version, region) == () or model in ALL_MODELS


@given(feature=features, deployable=deployables, region=regions)
def test_a_region_takes_away_and_adds_nothing(feature, deployable, region):
    """Where a version is offered and the API answers, the answer is that without a region; else it is never yes."""
    model, version = deployable
    anywhere = CATALOGUE.documents(feature, model, None, version)
    there = CATALOGUE.documents(feature, model, region, version)

    if CATALOGUE.offers(model, version, region) and CATALOGUE.region(region).offered.answer is Documented.YES:
        assert there == anywhere
    else:
        assert there.answer is not Documented.YES


@given(feature=features, model=models, region=st.none() | regions)
def test_without_a_version_nothing_is_said_that_a_version_denies(feature, model, region):
    """Yes is yes for every version that can be had, no likewise."""
    fact = CATALOGUE.documents(feature, model, region)
    versions = CATALOGUE.versions(model)
    here = [v for v in versions if region is None or CATALOGUE.offers(model, v, region)]

    for version in here:
        answer = CATALOGUE.documents(feature, model, region, version).answer
        assert fact.answer in (Documented.UNKNOWN, answer)


@given(feature=features, model=models, region=regions)
def test_a_region_by_its_name_is_the_region(feature, model, region):
    shown = CATALOGUE.region(region).name
    by_name, by_id = (CATALOGUE.documents(feature, model, each) for each in (shown, region))

    assert by_name.answer is by_id.answer
    for version in CATALOGUE.versions(model):
        assert CATALOGUE.offers(model, version, shown) == CATALOGUE.offers(model, version, region)


@given(feature=features, model=models)
def test_a_model_that_does_not_answer_here_has_nothing_else_of_the_api(feature, model):
    entry = CATALOGUE.model(model).versions[0]
    if CATALOGUE.documents("text", model).answer is Documented.NO and feature not in entry.facts:
        assert CATALOGUE.documents(feature, model).answer is Documented.NO
