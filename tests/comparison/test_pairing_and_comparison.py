"""Which attempts answer to each other, and what is said of them."""

from dataclasses import replace

import pytest
from builders import runs, verdicts

from harness.comparison.comparison import compare
from harness.comparison.pairing import Identity, UnclearTargets, mapped, pair
from harness.findings import Verdict
from harness.record.lines import TargetLine


def target(name: str, region: str | None = None, model: str | None = None) -> TargetLine:
    return TargetLine(name, "live", region=region, model=model)


OLD = [target("swe-old", "swedencentral", "gpt-4.1"), target("eus-old", "eastus2", "gpt-4.1")]
NEW = [target("swe-new", "swedencentral", "gpt-5"), target("eus-new", "eastus2", "gpt-5")]


def names(old, new, said=None):
    return mapped(runs.head(targets=tuple(old)), runs.head(targets=tuple(new)), said or {})


def test_targets_of_one_name_answer_to_each_other():
    assert names(OLD, OLD) == {"swe-old": "swe-old", "eus-old": "eus-old"}


def test_old_model_answers_to_new_model_in_its_region():
    assert names(OLD, NEW) == {"swe-old": "swe-new", "eus-old": "eus-new"}


def test_region_answers_to_region_where_the_model_is_the_same():
    old = [target("a", "swedencentral", "gpt-5"), target("b", "swedencentral", "o3")]
    new = [target("c", "eastus2", "gpt-5"), target("d", "eastus2", "o3")]
    assert names(old, new) == {"a": "c", "b": "d"}


def test_what_is_said_comes_first():
    assert names(OLD, NEW, {"swe-old": "eus-new"}) == {"swe-old": "eus-new", "eus-old": "swe-new"}


def test_what_cannot_be_told_is_asked():
    old = [target("a", "swedencentral", "gpt-4.1"), target("b", "swedencentral", "gpt-4.1")]
    new = [target("c", "swedencentral", "gpt-5"), target("d", "swedencentral", "gpt-5")]
    with pytest.raises(UnclearTargets, match=r"\(c, d\) answers to a, b"):
        names(old, new)
    with pytest.raises(UnclearTargets, match="x is no target of the base"):
        names(old, new, {"x": "c"})


def test_a_target_more_on_one_side_leaves_the_others_paired():
    assert names(OLD, [NEW[0]]) == {"swe-old": "swe-new"}


def test_repeats_are_paired_in_their_order():
    found = pair(verdicts.run({"one": "ppf"}), verdicts.run({"one": "pfp"}))
    assert [(each.before, each.after) for each in found.pairs] == [(True, True), (True, False), (False, True)]


def test_what_was_not_observed_is_told_apart():
    base = verdicts.run({"one": "p", "two": "p", "three": "p", "four": "s"})
    new = verdicts.run({"one": "i", "two": "e", "three": "p", "four": "s"})
    found = pair(base, new)
    assert [each.identity.scenario for each in found.pairs] == ["three"]
    assert [name.partition("::")[2].partition("[")[0] for name in found.unjudged] == ["one", "two"]


def test_new_removed_and_changed_scenarios_stand_apart():
    base = verdicts.run({"kept": "p", "gone": "p"})
    new = verdicts.run({"kept": "p", "fresh": "p"})
    changed = tuple(replace(each, digest="ff" * 32) if each.id == "kept" else each for each in new.head.scenarios)
    found = pair(base, replace(new, head=replace(new.head, scenarios=changed)))
    assert [name.partition("::")[2].partition("[")[0] for name in (*found.added, *found.removed)] == ["fresh", "gone"]
    assert found.changed == (f"{runs.FILE}::kept",)


def test_a_case_that_failed_once_is_not_mended_by_a_later_attempt():
    base = verdicts.run({"one": "p"})
    first, second = (verdicts.lines("one", letter)[0] for letter in "fp")
    new = replace(base, cases=(first, replace(second, attempt=2)))
    (found,) = pair(base, new).pairs
    assert found.new.verdict is Verdict.FAILED


def test_worst_scenario_comes_first_with_what_could_be_seen():
    table = {f"s{at}": "p" * 20 for at in range(100)}
    found = compare(verdicts.run(table), verdicts.run({**table, "s41": "pppf" * 5}))
    first, second = found.family("scenario")[:2]
    assert first.name == f"{runs.FILE}::s41"
    assert (first.lost, first.won, first.said) == (5, 0, "perhaps worse")
    assert first.detectable is not None
    assert 0.5 < first.detectable < 0.7
    assert first.needed > 0
    assert second.said == "same"
    assert len(found.lost) == 5


def test_a_clear_loss_is_called_one():
    table = {f"s{at}": "p" * 20 for at in range(100)}
    found = compare(verdicts.run(table), verdicts.run({**table, "s41": "ffffp" * 4}))
    assert found.family("scenario")[0].said == "worse"
    assert found.family("scenario")[0].corrected <= 100 * 0.5**16
    assert found.whole is not None
    assert found.whole.said == "worse"


def test_a_run_against_itself_has_nothing_lost():
    run = verdicts.run({f"s{at}": "pf"[at % 2] * 3 for at in range(20)})
    found = compare(run, run)
    assert not found.lost
    assert not found.won
    assert {one.said for one in found.groups} == {"same"}
    assert all(one.factor is None or one.factor.holds(1.0) for one in found.figures)


def test_losses_and_gains_trade_places_with_the_runs():
    base = verdicts.run({f"s{at}": "pppp" for at in range(12)})
    new = verdicts.run({f"s{at}": "ffff" if at < 3 else "pppp" for at in range(12)})
    there, back = compare(base, new), compare(new, base)
    assert [pair.new.case for pair in there.lost] == [pair.base.case for pair in back.won]
    assert {one.said for one in there.family("scenario")[:3]} == {"perhaps worse"}
    assert there.whole is not None
    assert back.whole is not None
    assert (there.whole.said, back.whole.said) == ("worse", "better")
    assert there.whole.drop == -back.whole.drop


def test_models_that_took_each_others_place_are_named():
    base = verdicts.run({"one": "p"}, [OLD[0]])
    new = verdicts.run({"one": "f"}, [NEW[0]])
    found = compare(base, new)
    assert [one.name for one in found.family("model")] == ["gpt-4.1 → gpt-5"]
    assert [one.name for one in found.family("region")] == ["swedencentral"]


def test_nothing_to_compare_is_said():
    found = compare(verdicts.run({"one": "p"}), verdicts.run({"two": "p"}))
    assert found.whole is None
    assert found.largest_drop(0.05) == 1.0


def test_slower_answers_are_seen():
    table = {f"s{at}": "pp" for at in range(20)}
    base = verdicts.run(table)
    new = verdicts.with_lines(base, latency=replace(base.cases[0].latency, first_token=0.48))
    found = compare(base, new)
    median = next(one for one in found.figures if one.name == "time to first token" and one.share == 0.5)
    assert median.changed
    assert median.factor is not None
    assert median.factor.estimate == pytest.approx(2.0)
    assert not any(one.changed for one in found.figures if one.name != "time to first token")


def test_cases_that_were_not_finished_are_told():
    found = compare(verdicts.run({"one": "p"}), verdicts.run({"one": ""}))
    assert found.missing == (verdicts.case_id("one"),)


@pytest.mark.parametrize(
    ("client", "state", "row", "id_"),
    [
        ("wire", "stateless", None, "a.yaml::one[t-stream-stateless]"),
        ("official", "stateless", 3, "a.yaml::one[t-stream-stateless-official-3]"),
        ("wire", "", 0, "a.yaml::one[t-stream-0]"),
    ],
)
def test_an_identity_reads_like_a_case(client, state, row, id_):
    assert str(Identity("a.yaml", "one", "t", "stream", state, client, row)) == id_


def test_targets_without_region_or_model_are_in_no_family():
    """Two nameless deployments answer to each other by their names, and stand in no group of a region or model."""
    bare = [target("a"), target("b")]
    found = compare(verdicts.run({"one": "p"}, bare), verdicts.run({"one": "f"}, bare))
    assert found.family("region") == found.family("model") == ()
    assert [one.name for one in found.family("scenario")] == [f"{runs.FILE}::one"]
    with pytest.raises(UnclearTargets, match=r"\(c, d\) answers to a, b of the base"):
        names(bare, [target("c"), target("d")])


def test_a_model_that_is_not_known_before_is_named_after():
    found = compare(verdicts.run({"one": "p"}, [target("a")]), verdicts.run({"one": "p"}, [target("a", model="o3")]))
    assert [one.name for one in found.family("model")] == ["o3"]


def test_all_that_an_unclear_target_could_be_is_told():
    with pytest.raises(UnclearTargets, match="nowhere is no target of the new run"):
        names(OLD, NEW, {"swe-old": "nowhere"})
    with pytest.raises(UnclearTargets, match="x is no target of the base"):
        names(OLD, NEW, {"x": "nowhere"})


def test_the_runs_and_what_is_paired_are_named():
    base = verdicts.run({"one": "pf"}, run="first")
    new = verdicts.run({"one": "fp"}, run="second")
    found = compare(base, new)
    assert (found.base, found.new) == ("first", "second")
    assert [(each.base.repeat, each.new.repeat) for each in found.lost] == [(0, 0)]
    assert [(each.base.repeat, each.new.repeat) for each in found.won] == [(1, 1)]


def test_modes_and_rows_of_a_scenario_are_paired_apart():
    """Each part of what a case is known by tells two of them apart."""
    parts = [
        {},
        {"delivery": "plain"},
        {"state": "chained"},
        {"client": "openai"},
        {"row": 0},
        {"row": 1},
        {"file": "x"},
    ]
    (line,) = verdicts.lines("one", "p")
    whole = replace(verdicts.run({}), cases=tuple(replace(line, **part) for part in parts))
    found = pair(whole, whole)
    assert len({each.identity for each in found.pairs}) == len(found.pairs) == len(parts)
    for at in range(len(parts)):
        less = replace(whole, cases=(*whole.cases[:at], *whole.cases[at + 1 :]))
        assert pair(whole, less).removed == pair(less, whole).added == (str(found.pairs[at].identity),)
        assert len(pair(whole, less).pairs) == len(parts) - 1


def test_targets_of_other_names_are_paired_under_the_name_in_the_base():
    base, new = verdicts.run({"one": "p"}, [OLD[0]]), verdicts.run({"one": "f"}, [NEW[0]])
    found = pair(base, new)
    assert [str(each.identity) for each in found.pairs] == [f"{runs.FILE}::one[swe-old-stream-stateless]"]
    assert found.targets == {"swe-old": "swe-new"}


def test_targets_of_one_region_need_a_model_to_be_told_apart():
    """A region alone, then a model alone, then whoever is left; never one of two."""
    old = [target("a", "swedencentral"), target("b", "eastus2"), target("c", model="o3")]
    new = [target("x", model="o3"), target("y", "eastus2"), target("z", "swedencentral")]
    assert names(old, new) == {"a": "z", "b": "y", "c": "x"}
    assert names([target("a", "swedencentral", "o3")], [target("x", "eastus2", "gpt-5")]) == {"a": "x"}
    same = [target("a", "swedencentral"), target("b", "swedencentral")]
    assert names([*same, target("k")], [target("k"), target("x", "eastus2")][:1]) == {"k": "k"}


def test_region_and_model_together_tell_apart_what_neither_does_alone():
    grid = [(region, model) for region in ("swedencentral", "eastus2") for model in ("o3", "gpt-5")]
    old = [target(f"old-{at}", *place) for at, place in enumerate(grid)]
    new = [target(f"new-{at}", *place) for at, place in enumerate(grid)]
    assert names(old, new[::-1]) == {f"old-{at}": f"new-{at}" for at in range(4)}


def test_a_name_that_is_taken_is_not_given_again():
    """What the reader said of a target holds, also against the target of the same name."""
    both = [target("a", "swedencentral", "o3"), target("b", "eastus2", "o3")]
    assert names(both, both, {"a": "b"}) == {"a": "b", "b": "a"}


def test_repeats_that_one_run_has_alone_are_not_paired():
    found = pair(verdicts.run({"one": "ppp"}), verdicts.run({"one": "pf"}))
    assert [(each.before, each.after) for each in found.pairs] == [(True, True), (True, False)]
    assert found.unjudged == found.added == found.removed == found.changed == ()


def test_the_last_attempt_counts_where_nothing_failed():
    base = verdicts.run({"one": "p"})
    first, second = (verdicts.lines("one", letter)[0] for letter in "ep")
    new = replace(base, cases=(first, replace(second, attempt=2)))
    (found,) = pair(base, new).pairs
    assert (found.new.verdict, found.new.attempt) == (Verdict.PASSED, 2)


@pytest.mark.parametrize(("letters", "unjudged"), [("ps", 0), ("ss", 0), ("is", 1), ("pi", 1), ("ep", 1), ("fs", 0)])
def test_what_was_left_out_on_purpose_is_not_unjudged(letters, unjudged):
    found = pair(verdicts.run({"one": letters[0]}), verdicts.run({"one": letters[1]}))
    assert len(found.unjudged) == unjudged
    assert found.pairs == ()
