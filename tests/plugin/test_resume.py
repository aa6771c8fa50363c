"""`--resume`: a run that was killed anywhere comes to the figures of one that was not."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import scipy.stats  # noqa: F401  it cannot be imported twice in one process

from harness.record.lines import CaseLine, Latency
from harness.record.lock import RunLock
from harness.record.run import Run

SPECS = {
    "modes": """
scenario: One of many
id: one-of-many
cases: [{n: 1}, {n: 2}]
modes: {delivery: [plain, stream]}
turns:
  - user: Reply with OK ${n}.
    expect: {status: completed, text: {contains: OK}}
""",
    "failing": """
scenario: Never so
id: never-so
turns:
  - user: Reply with OK.
    expect: {text: {contains: quite another word}}
""",
    "repeated": """
scenario: Four times
id: four-times
repeat: 4
pass: {at_least: 3}
turns:
  - user: Reply with OK.
    expect: {status: completed}
""",
}


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("--rootdir=.", "-p", "no:cacheprovider", *arguments)


@pytest.fixture
def whole(pytester: pytest.Pytester) -> Path:
    """A run that was not interrupted, in `reports/whole`."""
    for name, text in SPECS.items():
        path = pytester.path / "specs" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert run(pytester, "specs", "--run-id", "whole").ret == 1
    return pytester.path / "reports" / "whole"


def timeless(line: CaseLine) -> CaseLine:
    """A line without what is another in every run: times, ids, where its exchanges stand."""
    return replace(line, started="", seconds=0.0, turns=(), latency=Latency(), made={})


def figures(directory: Path) -> list[CaseLine]:
    lines = [timeless(line) for line in Run.read(directory).sound().cases]
    return sorted(lines, key=lambda line: (line.case, line.repeat, line.attempt))


def killed(whole: Path, lines: int, of_next: int = 0) -> Path:
    """The same run, as a process leaves it that was killed behind so many finished attempts and some bytes."""
    folder = whole.parent / f"killed-{lines}-{of_next}"
    folder.mkdir()
    kept = (whole / "record.jsonl").read_bytes().splitlines(keepends=True)
    cut = kept[lines + 1][:of_next] if of_next else b""
    (folder / "record.jsonl").write_bytes(b"".join(kept[: lines + 1]) + cut)
    (folder / "exchanges.jsonl").write_bytes((whole / "exchanges.jsonl").read_bytes()[:-7])
    return folder


@pytest.mark.parametrize(("lines", "of_next"), [(0, 0), (3, 200), (7, 0)])
def test_figures_are_those_of_an_uninterrupted_run(pytester: pytest.Pytester, whole: Path, lines: int, of_next: int):
    """The same verdicts, findings, comparisons and repeats, the same exit status; what was finished is untouched."""
    before = figures(whole)
    folder = killed(whole, lines, of_next)
    finished = (folder / "record.jsonl").read_bytes().rpartition(b"\n")[0]

    result = run(pytester, "specs", f"--resume={folder}")

    assert result.ret == 1
    result.assert_outcomes(passed=5, failed=1)
    assert figures(folder) == before
    assert Run.read(folder).problems == ()
    assert (folder / "record.jsonl").read_bytes().startswith(finished)
    assert (folder / "report.html").exists()


@pytest.mark.parametrize(("first", "then"), [((), ("-n2",)), (("-n2",), ())])
def test_workers_take_up_what_others_began(pytester: pytest.Pytester, whole: Path, first: tuple[str], then: tuple[str]):
    """The union of all records is what is finished; each process goes on in its own or begins one (D34)."""
    folder = killed(whole, 2)
    if first:
        (folder / "record.jsonl").rename(folder / "record-gw0.jsonl")
        (folder / "exchanges.jsonl").rename(folder / "exchanges-gw0.jsonl")

    result = pytester.runpytest_subprocess("--rootdir=.", "-q", "specs", f"--resume={folder}", *then)

    assert result.ret == 1
    read = Run.read(folder).sound()
    assert [(line.case, line.repeat, line.attempt, line.verdict) for line in read.cases] == [
        (line.case, line.repeat, line.attempt, line.verdict) for line in Run.read(whole).cases
    ]
    assert read.missing == ()


def test_shard_is_taken_up_alone(pytester: pytest.Pytester, whole: Path):
    """Each shard goes on in its own files; taken up without one, all of them are finished."""
    for shard in ("1/2", "2/2"):
        assert run(pytester, "specs", "--run-id=cut", f"--shard={shard}").ret in (0, 1)
    folder = whole.parent / "cut"
    for number in (1, 2):
        record = folder / f"record-{number}of2.jsonl"
        record.write_bytes(b"".join(record.read_bytes().splitlines(keepends=True)[:2]))

    first = run(pytester, "specs", f"--resume={folder}", "--shard=1/2")
    missing = Run.read(folder).missing
    second = run(pytester, "specs", f"--resume={folder}")

    assert 1 in (first.ret, second.ret)
    assert 0 < len(missing) < 6
    assert figures(folder) == figures(whole)


def test_finished_run_is_told_from_its_record(pytester: pytest.Pytester, whole: Path):
    """Nothing is sent, and the figures are the same."""
    before = (whole / "exchanges.jsonl").read_bytes()

    result = run(pytester, f"--resume={whole}")

    assert result.ret == 1
    result.assert_outcomes(passed=5, failed=1)
    assert (whole / "exchanges.jsonl").read_bytes() == before


def test_options_are_those_of_the_first_time(pytester: pytest.Pytester, whole: Path):
    """Defects, variables and paths need not be given again, and cannot be others."""
    (pytester.path / "specs" / "more.yaml").write_text(SPECS["failing"].replace("Never", "Other"))
    began = run(pytester, "specs/modes.yaml", "--run-id=other", "--defect=A102")
    assert began.ret == 1
    folder = killed(whole.with_name("other"), 1)

    refused = run(pytester, f"--resume={folder}", "--defect=A103")
    result = run(pytester, f"--resume={folder}")

    assert refused.ret == 4
    assert "--defect ['A103'] would make it another run: it was begun with ['A102']" in str(refused.stderr)
    result.assert_outcomes(failed=4)
    assert figures(folder) == figures(whole.with_name("other"))


def test_changed_scenario_is_refused_or_runs_again(pytester: pytest.Pytester, whole: Path):
    """Refused with what changed; when told to go on, its cases run once more, beside what is recorded (D33)."""
    folder = killed(whole, 1)
    (line,) = Run.read(folder).cases
    path = pytester.path / line.file
    path.write_text(path.read_text().replace("Reply with OK", "Answer with OK"))
    before = (folder / "record.jsonl").read_bytes()

    refused = run(pytester, "specs", f"--resume={folder}")
    assert refused.ret == 4
    refused.stderr.fnmatch_lines([f"*{line.file}: {line.scenario} was changed*"])
    assert (folder / "record.jsonl").read_bytes() == before

    run(pytester, "specs", f"--resume={folder}", "--resume-changed")
    attempts = Run.read(folder).attempts[line.case]
    assert [each.attempt for each in attempts if each.repeat == line.repeat] == [1, 2]
    assert Run.read(folder).sound().missing == ()
    assert line.scenario in (folder / "resumptions.jsonl").read_text()


def test_case_that_is_gone_is_refused(pytester: pytest.Pytester, whole: Path):
    (pytester.path / "specs" / "failing.yaml").unlink()

    result = run(pytester, "specs", f"--resume={killed(whole, 0)}")

    assert result.ret == 4
    result.stderr.fnmatch_lines(["*1 planned cases are not there: specs/failing.yaml::never-so*"])


def test_altered_record_is_not_taken_up(pytester: pytest.Pytester, whole: Path):
    folder = killed(whole, 5)
    record = folder / "record.jsonl"
    record.write_bytes(record.read_bytes().replace(b'"verdict":"passed"', b'"verdict":"failed"', 1))

    result = run(pytester, "specs", f"--resume={folder}")

    assert result.ret == 4
    result.stderr.fnmatch_lines(["*the record is not as it was written*checksum*"])


def test_folder_without_a_run_is_refused(pytester: pytest.Pytester, whole: Path):
    result = run(pytester, "specs", f"--resume={pytester.path}")

    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--resume*neither a record file nor a directory*"])


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_run_that_is_being_written_is_refused(pytester: pytest.Pytester, whole: Path, workers: tuple[str]):
    """By name or by folder, with workers or without: the message names the holder (D14)."""
    with RunLock(whole, since="2026-07-01T10:00:00Z"):
        for arguments in (["--run-id=whole"], [f"--resume={whole}"]):
            result = run(pytester, "specs", *arguments, *workers)
            assert result.ret == 4
            result.stderr.fnmatch_lines(
                [f"*is being written by process {os.getpid()} on * since 2026-07-01T10:00:00Z*"]
            )


def test_lock_of_one_worker_holds_the_whole_run(pytester: pytest.Pytester, whole: Path):
    """A worker that outlived its run may still write; nobody takes the run up meanwhile."""
    with RunLock(whole, "gw0"):
        result = run(pytester, "specs", f"--resume={whole}")

    assert result.ret == 4
    assert run(pytester, "specs", f"--resume={whole}").ret == 1
