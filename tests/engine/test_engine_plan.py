"""Which cases there are, under which ids, and why others are not run."""

from collections.abc import Sequence

import pytest
from builders.cases import Paper, cases, facts
from builders.scenarios import scenario

from harness.catalogue import Catalogue, Documented
from harness.catalogue.facts import Fact
from harness.engine.planning.plan import Plan, plan

MINI = Paper(facts("east/mini", model="gpt-5-mini", region="eastus2"))
BIG = Paper(facts("east/big", model="gpt-4.1", region="eastus2", deployment="d-2"))
ELSEWHERE = Paper(facts("mars/mini", model="gpt-5-mini", region="mars", deployment="d-3"))
UNKNOWN = Paper(facts("own", deployment="d-4"))


def planned(text: str, targets: Sequence[Paper] = (MINI,), *, first_that_fits: bool = False) -> Plan:
    return plan(scenario(text), targets, Catalogue.load(), first_that_fits=first_that_fits)


def test_every_row_in_every_mode_on_every_target():
    """Scenario × target × row × mode, in the author's order."""
    text = "id: sums\nmodes: {delivery: [plain, stream], state: [chained, manual]}\ncases: [{n: 1}, {n: 2}]\n"
    text += "turns: [{user: 'Say ${n}', expect: {status: completed}}]\n"
    found = planned(text, (MINI, BIG)).cases

    assert [case.name for case in found] == [
        f"sums[{target}-{delivery}-{state}-{row}]"
        for target in ("east/mini", "east/big")
        for row in (0, 1)
        for delivery in ("plain", "stream")
        for state in ("chained", "manual")
    ]
    assert [case.scenario.turns[0].argument for case in found[:5:4]] == ["Say 1", "Say 2"]
    assert found[4].values == {"n": 2}
    assert len({case.id for case in found}) == len(found)


def test_an_id_is_made_of_chosen_names_alone():
    """Another title, another text, other expectations: the same id. It names no title, no line, no address."""
    first, second = (
        planned(f"scenario: {title}\nid: sums\nturns: [{{user: {said}, expect: {{status: completed}}}}]\n").cases[0].id
        for title, said in (("One title", "Hello"), ("Quite another one", "Good day"))
    )

    assert first == second == "a.yaml::sums[east/mini-plain-chained]"


def test_a_scenario_without_rows_runs_once():
    (case,) = planned("id: sums").cases

    assert (case.row, case.values, case.skipped) == (None, {}, None)


def test_the_first_target_that_documents_the_needs():
    """Unconfigured, a scenario runs on the first that fits; configured, on all, and is skipped where it cannot."""
    text = "id: x\nneeds: [image_generation]"
    (only,) = planned(text, (MINI, BIG, UNKNOWN), first_that_fits=True).cases
    assert (only.target, only.skipped) == (BIG, None)

    every = planned(text, (MINI, BIG, UNKNOWN)).cases
    assert [case.target for case in every] == [MINI, BIG, UNKNOWN]
    assert [case.skipped is None for case in every] == [True, True, True]  # what nobody documents is tried


@pytest.mark.parametrize(
    ("needs", "target", "parts"),
    [
        ("temperature", MINI, ("needs temperature", "documented as absent on east/mini", "reasoning page", "2026-")),
        ("text", ELSEWHERE, ("needs text", "gpt-5-mini is not offered in mars", "2026-")),
        ("reasoning", BIG, ("needs reasoning", "documented as absent on east/big")),
    ],
)
def test_a_need_that_is_documented_as_absent(needs: str, target: Paper, parts: Sequence[str]):
    """Skipped, with the fact, its source and its date."""
    (case,) = planned(f"needs: [{needs}]", (target,)).cases

    assert case.skipped is not None
    for part in parts:
        assert part in case.skipped


def test_where_no_target_fits_it_is_skipped_once():
    """One case says why, rather than one for every target."""
    (case,) = planned("needs: [reasoning, temperature]", (MINI, BIG), first_that_fits=True).cases

    assert case.target == MINI
    assert "needs temperature" in (case.skipped or "")


@pytest.mark.parametrize(
    ("globs", "wanted"),
    [
        ("['*']", "mini big mars own"),
        ("['east/*']", "mini big"),
        ("[eastus2]", "mini big"),
        ("[gpt-5-mini]", "mini mars"),
        ("[d-4]", "own"),
        ("['*/big', own]", "big own"),
        ("[EASTUS2]", ""),
    ],
)
def test_targets_are_chosen_by_glob(globs: str, wanted: str):
    """By name, region, model or deployment; the others are skipped with the reason."""
    found = planned(f"targets: {globs}", (MINI, BIG, ELSEWHERE, UNKNOWN)).cases
    names = {"east/mini": "mini", "east/big": "big", "mars/mini": "mars", "own": "own"}

    assert " ".join(names[case.target.facts.name] for case in found if case.skipped is None) == wanted
    for case in found:
        assert case.skipped is None or f"and {case.target.facts.name} is none of them" in case.skipped


@pytest.mark.parametrize(
    ("modes", "clients", "wanted"),
    [
        ("", (), ["wire"]),
        ("", ("openai",), ["openai"]),
        ("modes: {client: [wire]}\n", ("openai",), ["wire"]),
        ("modes: {delivery: [stream]}\n", ("wire", "openai"), ["wire", "openai"]),
    ],
)
def test_the_client_of_a_target_is_for_scenarios_that_name_none(
    modes: str, clients: tuple[str, ...], wanted: list[str]
):
    found = planned(f"{modes}scenario: One\n", [Paper(facts("a", clients=clients))]).cases

    assert [case.client for case in found] == wanted
    assert [case.id.endswith("-openai]") for case in found] == [name == "openai" for name in wanted]


def test_what_cannot_be_with_the_client_of_a_target_either():
    text = "modes: {delivery: [background, plain], state: [stateless]}\nscenario: One\n"

    assert [case.delivery for case in planned(text, [Paper(facts("a", clients=("openai",)))]).cases] == ["plain"]


def test_modes_that_cannot_be_are_left_out_with_the_reason():
    """A stored response is read, so `stateless` is not run; what is left out is told."""
    text = "id: x\nmodes: {state: [chained, stateless], delivery: [plain, stream]}\n"
    found = planned(text + "turns:\n  - {id: a, user: Hi, expect: {status: completed}}\n  - {retrieve: a}\n")

    assert [(case.delivery, case.state) for case in found.cases] == [("plain", "chained"), ("stream", "chained")]
    assert [each.what for each in found.omitted] == ["plain-stateless-wire", "stream-stateless-wire"]
    for each in found.omitted:
        assert each.scenario == "a.yaml::x"
        assert "needs a stored response" in each.reason


def test_what_is_known_of_the_target_is_put_in():
    """`${target.…}` and settings, below the row's own values."""
    text = "cases: [{who: row}]\nturns: [{user: '${who} ${day} ${target.region}', expect: {status: completed}}]\n"
    (case,) = cases(text, MINI, who="setting", day="Monday")

    assert case.scenario.turns[0].argument == "row Monday eastus2"


@pytest.mark.parametrize(
    ("modes", "skipped"),
    [
        ("delivery: [plain]", None),
        ("delivery: [resumed]", "the mode resumed needs resume, which is documented as absent on a/b"),
        ("state: [conversation]", "the mode conversation needs conversations, which is documented as absent on a/b"),
        ("delivery: [background], state: [compacted]", None),
    ],
)
def test_a_mode_that_is_documented_as_absent(modes: str, skipped: str | None, monkeypatch: pytest.MonkeyPatch):
    """Skipped in that mode alone, with the fact and its source; nothing of it stands under `needs`."""
    documents = Catalogue.documents

    def poorer(self: Catalogue, feature: str, *who: str | None) -> Fact:
        absent = feature in ("resume", "conversations")
        return Fact(Documented.NO, "a guide", "2026-01-01") if absent else documents(self, feature, *who)

    monkeypatch.setattr(Catalogue, "documents", poorer)
    found = planned(f"modes: {{{modes}}}", (Paper(facts("a/b", model="gpt-5-mini", region="eastus2")),)).cases

    assert [case.skipped for case in found] == [skipped and f"{skipped} (a guide, 2026-01-01)"]
