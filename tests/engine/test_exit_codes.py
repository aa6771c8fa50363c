"""Exit codes of a run for every mix of verdicts: 4 alone; else 3, 2, 1, 6, 5, 0, the first that applies."""

import itertools

import pytest

import harness.engine.targets.embedded  # what pytester finds imported it does not import anew for each run
import harness.running.run  # noqa: F401
from harness.record.chain import NotRecorded
from harness.record.lines import CaseLine
from harness.record.writer import RunWriter

TURN = "turns: [{user: Reply with OK., "
FILES = {
    "passed": "expect: {status: completed}}]\n",
    "failed": "expect: {text: quite another word}}]\n",
    "inconclusive": "expect: {status: completed}, mock: {error: {status: 429, code: insufficient_quota}}}]\n",
    "errored": "capture: {it: $.nowhere}, expect: {status: completed}}]\n",
}
PLAIN_FAILS = "def test_plain():\n    assert False\n"
INTERRUPT = "def test_interrupt():\n    raise KeyboardInterrupt\n"
STRONGEST_FIRST = {"errored": 3, "interrupted": 2, "failed": 1, "plain": 1, "inconclusive": 6, "passed": 0}
MIXES = [
    *itertools.combinations(STRONGEST_FIRST, 2),
    tuple(STRONGEST_FIRST),
    ("failed", "plain", "inconclusive", "passed"),
]


def prepare(pytester: pytest.Pytester, *kinds: str) -> list[str]:
    """Files of these kinds; the arguments that run them, an interruption last."""
    (pytester.path / "specs").mkdir(exist_ok=True)
    arguments = ["specs"]
    for kind in kinds:
        if kind in FILES:
            text = f"scenario: One that is {kind}\nid: {kind}\ntags: [{kind}]\n{TURN}{FILES[kind]}"
            (pytester.path / "specs" / f"{kind}.yaml").write_text(text)
    if "plain" in kinds:
        (pytester.path / "test_plain_fails.py").write_text(PLAIN_FAILS)
        arguments.append("test_plain_fails.py")
    if "interrupted" in kinds:
        (pytester.path / "test_zz_interrupt.py").write_text(INTERRUPT)
        arguments.append("test_zz_interrupt.py")
    return arguments


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A run whose interruption does not interrupt this one."""
    options = ("--rootdir=.", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    return pytester.runpytest_inprocess(*options, *arguments, no_reraise_ctrlc=True)


@pytest.mark.parametrize("mix", MIXES, ids="+".join)
def test_the_strongest_decides(pytester: pytest.Pytester, mix: tuple[str, ...]):
    """Whatever else there is, and in whatever order it ran."""
    result = run(pytester, *prepare(pytester, *mix))

    assert result.ret == min((STRONGEST_FIRST[kind] for kind in mix), key=[3, 2, 1, 6, 0].index)


def test_nothing_selected_and_nothing_found(pytester: pytest.Pytester):
    arguments = prepare(pytester, "failed", "errored")

    assert run(pytester, *arguments, "-k", "no_such_name").ret == 5
    assert run(pytester, *arguments, "-m", "failed and errored").ret == 5


def test_what_is_not_selected_does_not_count(pytester: pytest.Pytester):
    arguments = prepare(pytester, "passed", "failed", "errored", "inconclusive")

    assert run(pytester, *arguments, "-m", "passed").ret == 0


def test_skipped_cases_are_no_failure(pytester: pytest.Pytester):
    prepare(pytester, "passed")
    (pytester.path / "specs" / "passed.yaml").write_text(
        f"scenario: Not here\nneeds: [temperature]\ntargets: ['mock/*/gpt-5-mini']\n{TURN}{FILES['passed']}"
    )
    result = run(pytester, "specs")

    result.assert_outcomes(skipped=1)
    assert result.ret == 0


@pytest.mark.parametrize("others", [(), ("failed", "errored", "inconclusive", "interrupted")])
def test_refused_stands_alone(pytester: pytest.Pytester, others: tuple[str, ...]):
    """One wrong scenario, and nothing is sent: not the good ones, not with pytest told to go on."""
    arguments = prepare(pytester, *others)
    (pytester.path / "specs" / "bad.yaml").write_text("scenario: Bad\nturns: [{usr: a}]\n")

    assert run(pytester, *arguments).ret == 4
    assert run(pytester, *arguments, "--continue-on-collection-errors").ret == 4
    assert not (pytester.path / "reports").exists()


def test_a_setting_that_makes_no_matcher_is_refused(pytester: pytest.Pytester):
    """Known only once the settings are put in, and still before anything is sent: 4, with the place."""
    prepare(pytester)
    (pytester.path / "specs" / "set.yaml").write_text(
        "scenario: Set\n" + TURN + 'expect: {usage: {total_tokens: {at_most: "${most}"}}}}]\n'
    )
    result = run(pytester, "specs", "--set", "most=many")

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*specs/set.yaml:2:*"])
    assert run(pytester, "specs", "--set", "most=100000").ret == 0


@pytest.mark.parametrize(
    "fixture",
    [
        "    raise RuntimeError('no')\n    yield\n",
        "    yield\n    raise RuntimeError('no')\n",
        "    assert False\n    yield\n",
    ],
    ids=["setup", "teardown", "assertion"],
)
def test_a_fixture_that_breaks_is_the_environments_fault(pytester: pytest.Pytester, fixture: str):
    """It says nothing of the endpoint: 3, whatever the other cases say."""
    pytester.makeconftest(f"import pytest\n@pytest.fixture(autouse=True)\ndef it(request):\n{fixture}")
    result = run(pytester, *prepare(pytester, "failed", "passed"))

    assert result.ret == 3


@pytest.mark.parametrize("row", ["first", "last"])
def test_what_cannot_be_recorded_is_three(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, row: str):
    """A disk that is full: the case is no pass, and the code says that the harness is at fault."""
    plain = RunWriter.case

    def case(self: RunWriter, line: CaseLine) -> None:
        if line.scenario == {"first": "failed", "last": "passed"}[row]:
            raise NotRecorded(self.directory, "a case", OSError(28, "No space left on device"))
        plain(self, line)

    monkeypatch.setattr(RunWriter, "case", case)
    result = run(pytester, *prepare(pytester, "failed", "passed"))

    assert result.ret == 3
    result.stdout.fnmatch_lines(["*could not be recorded*"])


@pytest.mark.parametrize("tag", ["skip", "xfail"])
def test_a_tag_never_hides_a_verdict(pytester: pytest.Pytester, tag: str):
    """A tag becomes a mark; one with which pytest would excuse the failure is refused."""
    prepare(pytester, "failed")
    path = pytester.path / "specs" / "failed.yaml"
    path.write_text(path.read_text().replace("tags: [failed]", f"tags: [{tag}]"))

    assert run(pytester, "specs").ret == 4


def test_x_stops_at_each_kind_of_failure(pytester: pytest.Pytester):
    """-x ends after a case that is inconclusive too; what was not run counts for nothing."""
    arguments = prepare(pytester, "inconclusive", "passed")
    result = run(pytester, *arguments, "-x")

    assert result.ret == 6
    result.assert_outcomes(failed=1)


def test_letters_and_words(pytester: pytest.Pytester):
    """F, E and I in the row of dots, and the words with -v."""
    arguments = prepare(pytester, "failed", "errored", "inconclusive", "passed")

    assert sorted(run(pytester, *arguments, "-q", "--reports", "r1").outlines[0].split()[0]) == [".", "E", "F", "I"]
    words = run(pytester, *arguments, "-v", "--reports", "r2").stdout.str()
    for word in ("FAILED", "ERRORED", "INCONCLUSIVE", "PASSED"):
        assert f" {word}" in words
