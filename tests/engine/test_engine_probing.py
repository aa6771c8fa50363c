"""What is documented and what is true: falsified entries are found, each with its direction, and nothing else is."""

import asyncio
import json

import pytest
from builders.falsified import FLIPPED, False_, believed, drawn, versions
from click.testing import CliRunner

from harness.catalogue import Catalogue, Documented
from harness.cli import main
from harness.engine.pace.steadiness import Steadiness
from harness.engine.probing.probes import PROBES
from harness.engine.probing.probing import Did, Drift, Entry, Probed, entries, probe
from harness.engine.targets.embedded import EmbeddedTarget
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.mock.offered import REGIONS


def family(of: list[tuple[str, str]], regions: tuple[str, ...]) -> list[EmbeddedTarget]:
    return [
        EmbeddedTarget(Facts(f"mock/{region}/{model}@{version}", "embedded", "mock", model, model, version, region))
        for model, version in of
        for region in regions
    ]


def probed(targets: list[EmbeddedTarget], features: tuple[str, ...] = ()) -> tuple[Probed, ...]:
    async def run() -> tuple[Probed, ...]:
        grounds = RunGrounds(steadiness=Steadiness())
        try:
            return await probe(targets, grounds, Catalogue.load(), features)
        finally:
            await grounds.close()

    return asyncio.run(run())


def told(found: tuple[Entry, ...]) -> set[tuple[str, str, str, str | None, str]]:
    """Entries as they were falsified: a region where the target does not answer as documented."""
    said = set()
    for each in found:
        regions = [name.split("/")[1] for name in each.targets] if each.feature == "text" else [None]
        said |= {(each.model, each.version, each.feature, region, each.drift) for region in regions}
    return said


def expected(falsified: frozenset[False_]) -> set[tuple[str, str, str, str | None, str]]:
    ways = {Documented.YES: Drift.MISSING, Documented.NO: Drift.UNDOCUMENTED}
    return {(each.model, each.version, each.feature, each.region, ways[each.truth]) for each in falsified}


FEW = ("vision", "temperature", "background", "compaction", "effort_high", "effort_xhigh", "json_mode", "functions")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_false_entries_in_four_regions(seed):
    """Told are those that are false, each with its direction, and no other."""
    of, regions = versions()[10:20], (*tuple(REGIONS)[:2], "swedencentral", "eastus2")
    falsified = frozenset(each for each in drawn(seed, 60, of, regions) if each.feature in (*FEW, "text"))

    with believed(falsified):
        found = entries(probed(family(of, regions), FEW))

    assert len({(each.feature, each.truth) for each in falsified}) >= 8
    assert told(found) == expected(falsified)


def test_efforts_are_told_one_by_one_or_all_together():
    """A model that takes none of them is told to take no effort at all, once."""
    of, regions = [("o3", "2025-04-16"), ("o4-mini", "2025-04-16"), ("gpt-4.1", "2025-04-14")], ("eastus2",)
    falsified = frozenset(
        {
            False_("o3", "2025-04-16", "reasoning_effort"),
            False_("o4-mini", "2025-04-16", "effort_low"),
            False_("gpt-4.1", "2025-04-14", "reasoning_effort"),
        }
    )

    with believed(falsified):
        seen = probed(family(of, regions), ("reasoning_effort",))

    assert told(entries(seen)) == expected(falsified)
    assert {cell.feature for cell in seen[0].cells} == {"text", "reasoning_effort", *PROBES["reasoning_effort"].parts}


def test_a_true_catalogue():
    """Every feature that can be probed, on every version, in one region that documents it."""
    catalogue = Catalogue.load()
    places = {
        each: next(
            region
            for region in REGIONS
            if catalogue.documents("text", each[0], region, each[1]).answer is Documented.YES
        )
        for each in versions()
    }

    seen = probed([target for each, region in places.items() for target in family([each], (region,))])

    assert len(places) >= 20
    assert entries(seen) == ()
    assert {cell.did for each in seen for cell in each.cells} == {Did.WORKS, Did.REFUSES}


def test_what_does_not_answer_is_asked_nothing_else():
    (one,) = probed(family([("computer-use-preview", "2025-03-11")], ("australiaeast",)))

    assert [cell.did for cell in one.cells] == [Did.REFUSES, *[Did.NOT_ASKED] * (len(one.cells) - 1)]
    assert one.drifts == ()


def test_flips_are_possible_at_all():
    assert set(FLIPPED) == {Documented.YES, Documented.NO}


FILE = "targets: [{name: m, endpoint: mock, model: [o3@2025-04-16, gpt-4.1@2025-04-14], region: eastus2}]\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "targets.yaml").write_text(FILE)
    return lambda *arguments: CliRunner().invoke(main, ["probe", *arguments])


ASKED = ("--feature", "vision", "--feature", "temperature")


def test_the_command(run):
    result = run(*ASKED)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "1  m/eastus2/o3@2025-04-16",
        "2  m/eastus2/gpt-4.1@2025-04-14",
        "",
        "                1     2",
        "text          yes   yes",
        "vision        yes   yes",
        "temperature    no   yes",
        "",
        "Nothing differs from what is documented.",
    ]


def test_the_command_where_something_differs(run):
    with believed(frozenset({False_("o3", "2025-04-16", "vision")})):
        shown, data, page = run(*ASKED), run(*ASKED, "--format", "json"), run(*ASKED, "--format", "markdown")

    assert (shown.exit_code, data.exit_code, page.exit_code) == (1, 1, 1)
    assert "support.missing  o3 2025-04-16 vision: documented, but refused on m/eastus2/o3@2025-04-16: " in shown.stdout
    (drift,) = json.loads(data.stdout)["drift"]
    assert (drift["feature"], drift["drift"], drift["targets"]) == (
        "vision",
        "support.missing",
        ["m/eastus2/o3@2025-04-16"],
    )
    assert "| m/eastus2/o3@2025-04-16 | yes | **no** | no |" in page.stdout


def test_a_feature_that_cannot_be_probed(run):
    result = run("--feature", "visoin")

    assert result.exit_code == 4
    assert "did you mean `vision`?" in result.stderr
