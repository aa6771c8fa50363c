"""The catalogue and the reference files say the same: nothing is lost, nothing is invented.

Left aside: the spelling of regions in the translated list (`seed_spelling`), and the words of notes; that a model has
a note is compared by the remarks that it must leave.
"""

import re

from reference import reference

from harness.catalogue import Catalogue, Documented, ModelEntry
from harness.catalogue.reading import EFFORTS

CATALOGUE = Catalogue.load()
YES, NO, UNKNOWN = Documented.YES, Documented.NO, Documented.UNKNOWN

PAGES = {
    "M": "models page",
    "R": "reasoning page",
    "R2": "reasoning page of February",
    "SO": "structured outputs page",
    "RT": "retirement schedule",
    "T": "deployment tables",
    "C": "recorded traffic of Azure",
    "CO": "recorded traffic of api.openai.com",
    "I": "earlier guide to the Responses API",
    "SM": "guide to the Responses API",
    "S": "guide to the Responses API",
}
CAPABILITIES = {
    "reasoning": "reasoning",
    "reasoning_summary": "reasoning_summary",
    "vision": "vision",
    "function_calling": "functions",
    "parallel_tool_calls": "parallel_functions",
    "structured_outputs": "structured_outputs",
    "streaming": "streaming",
    "computer_use": "computer_use",
    "json_mode": "json_mode",
    "image_generation_tool": "image_generation",
    "mcp_tool": "mcp",
    "image_generation": "image_model",
}
VALUES = {
    "context_window": "context",
    "max_input_tokens": "input",
    "max_output_tokens": "output",
    "max_prompt_characters": "prompt_characters",
    "default_reasoning_effort": "default_effort",
}
FROM_ELSEWHERE = {"text", "chat_completions", "reasoning_effort", "web_search", "interleaved_thinking", "phase"}
"""Features that the entries hold and the reference has under another key, in a note, or for families of models."""
ALSO_READ = {"web search page"}
"""Pages that are cited for those, and stand at no model of the reference."""


def entries() -> dict[str, dict]:
    return {entry["name"]: entry for entry in reference("models")["models"]}


def value(stated):
    return None if stated is None else stated.value


def test_the_regions():
    """Each with its name and where it lies; the listed ones in the same order."""
    read = reference("regions")
    listed = [(each["id"], each["display"], each["geography"]) for each in read["regions"]]
    later = [(each["id"], each["display"], each["geography"]) for each in read["later_additions"]["regions"]]
    ours = CATALOGUE.regions.values()

    assert [(r.id, r.name, r.geography) for r in ours if r.listed] == listed
    assert len(listed) == 25
    others = [(r.id, r.name, r.geography) for r in ours if not r.listed and r.offered.answer is YES]
    assert others == later
    assert [r.id for r in ours if r.offered.answer is NO] == read["only_in_model_tables"]


def test_the_models_and_their_versions():
    """35 models in 39 versions, in the guide's order; what came later or from tables is marked."""
    read = reference("models")
    assert list(CATALOGUE.models) == list(entries())
    assert len(CATALOGUE.models) == read["meta"]["model_count"] == 35
    listed = {name: [v.name for v in CATALOGUE.model(name).versions if v.listed] for name in CATALOGUE.models}
    assert listed == {name: entry["versions"] for name, entry in entries().items()}
    assert sum(map(len, listed.values())) == read["meta"]["version_count"] == 39

    others = {name: [v.name for v in CATALOGUE.model(name).versions if not v.listed] for name in CATALOGUE.models}
    added: dict[str, list[str]] = {name: entry.get("table_versions", []) for name, entry in entries().items()}
    later = {each["name"]: each["versions"] for each in read["later_additions"]["models"]}
    added["gpt-chat-latest"] = later.pop("gpt-chat-latest")
    assert others == added
    assert {name: list(CATALOGUE.versions(name)) for name in CATALOGUE.later_models} == later


def test_what_each_version_can_do():
    """Every yes and no of the reference is ours, and every one of ours stands there."""
    for name, read in entries().items():
        for version in CATALOGUE.model(name).versions:
            theirs = {**read["capabilities"], **read.get("by_version", {}).get(version.name, {})}
            expected = {CAPABILITIES[k]: YES if v else NO for k, v in theirs.items() if k in CAPABILITIES}
            ours = {k: f.answer for k, f in version.facts.items() if not k.startswith("effort_")}
            assert {k: v for k, v in ours.items() if k not in FROM_ELSEWHERE} == expected, (name, version.name)


def test_the_paths_on_which_a_model_answers():
    """A list of paths without chat completions denies them; a model without any is an image model."""
    for name, read in entries().items():
        facts = CATALOGUE.model(name).versions[0].facts
        apis = read["capabilities"].get("apis")
        if apis is None:
            assert read["family"] == "gpt-image"
            assert "not as `model`" in read["note"]
            assert facts["text"].answer is NO
            assert "chat_completions" not in facts
            continue
        assert set(apis) <= {"responses", "chat_completions"}
        assert (facts["text"].answer is YES) == ("responses" in apis)
        assert (facts["chat_completions"].answer is YES) == ("chat_completions" in apis)


def test_the_features_that_the_reference_has_elsewhere():
    for name, read in entries().items():
        facts = CATALOGUE.model(name).versions[0].facts
        note = read.get("note", "")
        effort = "reasoning_effort" in read["capabilities"] or "effort is supported" in note
        assert ("reasoning_effort" in facts) == effort, name
        assert ("interleaved_thinking" in facts) == ("interleaved thinking" in note), name
        assert ("phase" in facts) == ("phase label" in note or name == "gpt-5.3-codex"), name
        assert ("web_search" in facts) == (name.startswith("gpt-") and "image" not in name), name
        assert all(facts[each].answer is YES for each in FROM_ELSEWHERE - {"text", "chat_completions"} if each in facts)


def test_reasoning_efforts():
    """The list as it stands; a value beside it is denied, or open where the reference says so."""
    for name, read in entries().items():
        listed = read["capabilities"].get("reasoning_effort")
        for version in CATALOGUE.model(name).versions:
            assert value(version.efforts) == (None if listed is None else tuple(listed)), name
            for effort in EFFORTS if listed else ():
                answer = CATALOGUE.documents(f"effort_{effort}", name, None, version.name).answer
                left_open = "without saying whether" in read.get("note", "") and effort in ("none", "xhigh")
                assert answer is (YES if effort in listed else UNKNOWN if left_open else NO), (name, effort)


def test_limits_and_other_values():
    for name, read in entries().items():
        for version in CATALOGUE.model(name).versions:
            theirs = {**read["capabilities"], **read.get("by_version", {}).get(version.name, {})}
            for key, ours in VALUES.items():
                assert value(getattr(version, ours)) == theirs.get(key), (name, key)
            data = read.get("training_data")
            assert value(version.training_data) == (None if data is None else str(data)), name
            contexts = {kind: tokens.value for kind, tokens in version.context_of.items()}
            assert contexts == read.get("context_by_deployment", {}), name


def test_every_key_of_the_reference_is_compared():
    """A new key there is a new kind of fact, and needs a place here."""
    known = {"name", "versions", "family", "capabilities", "capability_sources", "lifecycle", "training_data", "note"}
    known |= {"conflicts", "by_version", "table_versions", "access", "context_by_deployment"}
    for name, read in entries().items():
        assert read.keys() <= known, name
        assert read["capabilities"].keys() <= {*CAPABILITIES, *VALUES, "apis", "reasoning_effort"}, name


def test_families_access_and_lifecycles():
    for name, read in entries().items():
        ours = CATALOGUE.model(name)
        assert (ours.family, ours.limited_access) == (read["family"], read.get("access") == "limited")
        life = read.get("lifecycle", {})
        for version in ours.versions:
            theirs = life.get("by_version", {}).get(version.name, {} if "by_version" in life else life)
            known = version.retirement
            if not version.listed or "retirement" not in theirs:
                assert known is None, (name, version.name)
                continue
            assert known is not None
            assert (known.day.isoformat(), known.source) == (theirs["retirement"], PAGES[life["source"]])
            assert known.status == theirs.get("status", "generally_available")


def cited_by(entry: ModelEntry) -> set[str]:
    """Every page that some fact or value of the entry names."""
    phrases = {fact.source for version in entry.versions for fact in version.facts.values()}
    for version in entry.versions:
        stated = [getattr(version, each) for each in (*VALUES.values(), "training_data", "efforts")]
        phrases |= {each.source for each in stated if each is not None}
    return {page for phrase in phrases for page in phrase.split(" and ")}


def test_the_pages_that_were_read():
    """Each model cites the reference's pages for it, and no others."""
    for name, read in entries().items():
        tags = {tag for text in read["capability_sources"] for tag in re.split(r" / ", re.sub(r" \(.*", "", text))}
        assert tags <= PAGES.keys(), name
        expected = {PAGES[tag] for tag in tags}
        if "T" in tags:  # the versions' own source
            expected -= {PAGES["T"]}
            assert not any(version.listed for version in CATALOGUE.model(name).versions)
        assert cited_by(CATALOGUE.model(name)) - ALSO_READ == expected, name


def test_facts_that_one_page_alone_gives():
    """Efforts come from the reasoning page; what a tag names in brackets, or stands for alone, comes from its page."""
    for name, read in entries().items():
        tags = " ".join(read["capability_sources"])
        for version in CATALOGUE.model(name).versions:
            facts = version.facts
            assert version.efforts is None or version.efforts.source == PAGES["R"], name
            if "default effort" in tags:
                assert version.default_effort is not None
                assert version.default_effort.source.startswith("recorded traffic of "), name
            expected = {"image_generation": PAGES["I"], "mcp": PAGES["SM"]}
            expected |= {"structured_outputs": PAGES["SO"]} if "SO" in read["capability_sources"] else {}
            expected |= {"web_search": "web search page", "reasoning_effort": PAGES["R"]}
            for feature, page in expected.items():
                assert feature not in facts or facts[feature].source == page, (name, feature)


def test_notes_and_disagreements_leave_remarks():
    """A model has remarks where the reference has a note or a conflict about what it can do."""
    elsewhere = re.compile(
        r"docs list also|interleaved thinking; phase label$|seed gives no version|2025-09-11 is missing"
    )
    for name, read in entries().items():
        told = [each for each in (read.get("note"), *read.get("conflicts", ())) if each and not elsewhere.match(each)]
        remarks = dict(CATALOGUE.model(name).remarks)
        if name in ("gpt-5.4", "gpt-5.5"):
            assert "recorded traffic" in remarks.pop("reasoning_all_turns")
        if name == "gpt-5.5":
            told = []
        assert bool(remarks) == bool(told), name
        for conflict in read.get("conflicts", ()):
            (remark,) = [each for each in remarks.values() if each.startswith("the pages disagree")]
            assert "models page" in remark
            assert "models page" in conflict


def test_the_models_that_came_later():
    facts = reference("models")["later_additions"]["gpt_5_6_facts"]
    for name in CATALOGUE.later_models:
        (version,) = CATALOGUE.model(name).versions
        assert value(version.efforts) == tuple(facts["reasoning_effort"])
        limits = (version.context, version.input, version.output)
        expected = [facts[key] for key in ("context_window", "max_input_tokens", "max_output_tokens")]
        assert [value(limit) for limit in limits] == expected
        answers = {each: CATALOGUE.documents(each, name).answer for each in CATALOGUE.features}
        assert answers["reasoning_all_turns"] is YES
        assert facts["reasoning_context_default"] == "all_turns"
        assert answers["reasoning_pro_mode"] is (YES if "pro" in facts["reasoning_mode"] else NO)
        assert answers["multi_agent"] is YES
        assert "preview" in facts["multi_agent"]
        assert "2026-07-09" in CATALOGUE.model(name).remarks["versions"]


def test_where_each_version_can_be_deployed():
    """Every mark of the tables, and no other: all versions × types × regions."""
    read = reference("availability")
    marks = {
        (model, version, kind, region)
        for model, versions in read["availability"].items()
        for version, kinds in versions.items()
        for kind, regions in kinds.items()
        for region in regions
    }
    ours = {
        (model, version, kind, region)
        for model in (*CATALOGUE.models, *CATALOGUE.later_models)
        for version in CATALOGUE.versions(model)
        for region in CATALOGUE.regions
        for kind in CATALOGUE.offers(model, version, region)
    }
    assert len(marks) > 2000
    assert ours == marks
    assert sorted(CATALOGUE.regions) == sorted(read["meta"]["all_table_regions"])


def test_the_deployment_types_and_the_days_of_their_tables():
    tables = reference("availability")["meta"]["tables"].values()

    assert {name: kind.date for name, kind in CATALOGUE.types.items()} == {
        name: table["page_date"] for table in tables for name in table["covers"]
    }
