"""Runs that are recorded and played again: nothing is sent, and the same is found."""

import json
from pathlib import Path
from typing import Any

import pytest
import scipy.special  # noqa: F401  compiled modules are loaded once per process, and pytester forgets what it loaded

from harness.record.run import Run
from harness.wire.client import Client

WORD = """
scenario: Recall
id: recall
modes: {delivery: [plain, stream, background, resumed]}
turns:
  - user: My parcel number is 4417. Reply with OK.
  - user: What is my parcel number?
    expect: {text: {contains: "4417"}}
"""
MOVED = WORD.replace("Reply with OK.", "Reply with OK, please.")
STRICTER = WORD.replace('contains: "4417"', 'contains: "4418"')


@pytest.fixture
def bench(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> "Bench":
    return Bench(pytester, monkeypatch)


class Bench:
    """A project with one file of scenarios."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester, self.monkeypatch, self.runs = pytester, monkeypatch, 0
        (pytester.path / "specs").mkdir()

    def write(self, text: str) -> None:
        (self.pytester.path / "specs" / "recall.yaml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> pytest.RunResult:
        self.runs += 1
        return self.pytester.runpytest_inprocess("--rootdir=.", "--run-id", f"run{self.runs}", *arguments)

    def record(self, text: str = WORD, *arguments: str) -> Run:
        """A run that is kept as the cassette `tape`; from then on nothing can be sent."""
        self.write(text)
        self.run("specs", "--record", "tape", *arguments)

        async def refuse(*_: Any) -> None:
            raise AssertionError("something was sent")

        self.monkeypatch.setattr(Client, "_exchange", refuse)
        self.monkeypatch.setattr("harness.mock.server.MockServer.start", refuse)
        return Run.read(self.pytester.path / "tape")

    @property
    def latest(self) -> Run:
        return Run.read(self.pytester.path / "reports" / f"run{self.runs}")


def judged(run: Run) -> list[Any]:
    """All that a run says of its cases but when and how fast it was."""
    return [
        (
            *(line.case, line.repeat, line.attempt, line.verdict, line.reason, line.findings),
            *(dict(line.applied_rules), dict(line.applied_expectations), line.usage, line.latency),
            [(turn.id, turn.said, turn.status) for turn in line.turns],
        )
        for line in run.cases
    ]


@pytest.mark.parametrize("defect", [None, "A62", "A10", "B18"])
def test_a_replay_finds_the_same(bench: Bench, defect: str | None):
    """Verdicts, findings, times and tokens, with and without a defect; the head says what it was."""
    recorded = bench.record(WORD, *(("--defect", defect) if defect else ()))
    result = bench.run("--replay", "tape")

    assert judged(bench.latest) == judged(recorded)
    assert bool(result.ret) == (defect is not None)
    head = bench.latest.head
    assert (head.seed, head.replayed, head.rejudged) == (recorded.head.seed, recorded.head.run, None)
    assert {line.kind for line in head.targets} == {"replay"}
    result.stdout.fnmatch_lines(["ran on what was recorded"])


def test_a_replay_can_be_played_again(bench: Bench):
    """Its record is a cassette as well, under the same seed."""
    recorded = bench.record()
    bench.run("--replay", "tape")
    bench.run("--replay", "reports/run2")

    assert judged(bench.latest) == judged(recorded)
    assert bench.latest.head.seed == recorded.head.seed


def test_another_request_is_shown_beside_the_nearest(bench: Bench):
    """Strict: the case is errored, with what was recorded and what is asked now."""
    bench.record()
    bench.write(MOVED)
    result = bench.run("--replay", "tape")

    assert result.ret == 3
    assert {line.verdict for line in bench.latest.cases} == {"errored"}
    told = bench.latest.cases[0].reason or ""
    assert told.startswith("nothing recorded answers POST responses; the nearest is POST responses of turn-1")
    assert "Reply with OK, please." in told


def test_a_scenario_that_was_not_recorded_is_errored(bench: Bench):
    bench.record()
    bench.write(WORD.replace("id: recall", "id: other"))
    result = bench.run("--replay", "tape", "specs")

    assert result.ret == 3
    assert bench.latest.cases[0].reason == "nothing of this case was recorded: record the run again"
    result.stdout.fnmatch_lines(["recorded, and in its file no more: specs/recall.yaml::recall*"])


def test_new_expectations_over_an_old_record(bench: Bench):
    """What was answered stands; what is expected of it is today's. The failed case says how to look at it alone."""
    bench.record()
    bench.write(STRICTER)
    result = bench.run("--rejudge", "tape")

    assert result.ret == 1
    assert [line.verdict for line in bench.latest.cases] == ["failed"] * 4
    assert {finding.rule for line in bench.latest.cases for finding in line.findings} == {"expect.text"}
    assert bench.latest.head.rejudged == "run1"
    line = "again, without a call: harness rejudge reports/run2 'specs/recall.yaml::recall[[]*-plain-chained]'"
    result.stdout.fnmatch_lines([line])


def test_a_changed_request_may_be_judged_anew(bench: Bench):
    """The turns line up, so the recorded answers are held to the scenario of today."""
    bench.record()
    bench.write(MOVED)

    assert bench.run("--rejudge", "tape").ret == 0


def test_turns_that_do_not_line_up_cannot(bench: Bench):
    bench.record()
    bench.write(WORD.replace("turns:\n", "turns:\n  - count_tokens: {user: hello}\n"))
    bench.run("--rejudge", "tape")

    assert {line.verdict for line in bench.latest.cases} == {"errored"}


def test_the_line_of_a_failed_case_plays_just_that(bench: Bench):
    """What a normal run prints can be typed in."""
    bench.record(STRICTER)
    shown = bench.run("--replay", "tape").stdout.str()
    (line,) = {each for each in shown.split("\n") if each.startswith("again, ") and "-stream-" in each}
    arguments = line.split("harness run ")[1].replace("'", "").split(" ")
    bench.run(*arguments)

    assert [each.delivery for each in bench.latest.cases] == ["stream"]
    assert [each.verdict for each in bench.latest.cases] == ["failed"]


def test_thresholds_of_today_over_the_repeats_of_that_day(bench: Bench):
    """`pass` is a threshold too: the runs that there are are counted anew."""
    flaky = "mock: {flaky: {defect: A102, rate: 0.3}}"
    text = WORD.replace("modes: {delivery: [plain, stream, background, resumed]}", flaky)
    recorded = bench.record(text, "--repeat", "20")
    passed = sum(line.verdict == "passed" for line in recorded.cases)
    assert recorded.verdicts[recorded.cases[0].case] == "failed"
    assert 0 < passed < 20

    bench.write(text.replace("id: recall", f"id: recall\nrepeat: 20\npass: {{at_least: {passed}}}"))
    assert bench.run("--rejudge", "tape").ret == 0
    assert len(bench.latest.cases) == 20
    assert bench.run("--replay", "tape").ret == 1


def test_what_was_skipped_is_skipped_once_for_the_same_reason(bench: Bench):
    recorded = bench.record(WORD + "targets: [nobody]\n")
    bench.run("--replay", "tape")

    assert judged(bench.latest) == judged(recorded)
    assert {line.verdict for line in bench.latest.cases} == {"skipped"}


def test_a_folder_that_holds_something_is_not_overwritten(bench: Bench):
    bench.write(WORD)
    (bench.pytester.path / "tape").mkdir()
    (bench.pytester.path / "tape" / "mine.txt").write_text("kept")
    result = bench.run("specs", "--record", "tape")

    assert result.ret == 4
    assert not (bench.pytester.path / "reports").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--replay", "nowhere"),
        ("--replay", "tape", "--rejudge", "tape"),
        ("--replay", "tape", "--defect", "A57"),
        ("--replay", "tape", "--endpoint", "https://example.com", "--deployment", "x"),
        ("--rejudge", "tape", "--repeat", "3"),
    ],
)
def test_what_does_not_go_together_is_refused(bench: Bench, arguments: tuple[str, ...]):
    bench.record()

    assert bench.run("specs", *arguments).ret == 4


def test_an_altered_cassette_is_refused(bench: Bench):
    bench.record()
    path = bench.pytester.path / "tape" / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"verdict":"passed"', b'"verdict":"failed"', 1))

    assert bench.run("specs", "--replay", "tape").ret == 4


def test_what_is_planted_is_what_was_planted(bench: Bench):
    """Facts and generated values are those of the recorded run, in another run under another id."""
    text = WORD + "expect: {carry_over: {plants: 2}}\n"
    given = "---\nscenario: Drawn\nid: drawn\ngiven: {word: {text: {min_size: 3, alphabet: abc}}}\n"
    given += 'turns: [{user: "Repeat exactly: ${word}", expect: {status: completed}}]\n'
    recorded = bench.record(text + given)
    bench.run("--replay", "tape")

    assert judged(bench.latest) == judged(recorded)
    assert [dict(line.values) for line in bench.latest.cases] == [dict(line.values) for line in recorded.cases]
    assert [line.examples for line in bench.latest.cases] == [line.examples for line in recorded.cases]


def test_workers_play_their_share(bench: Bench):
    """In other processes too, where nothing was patched: each case has its own tape."""
    recorded = bench.record()
    bench.run("--replay", "tape", "-n", "2")

    assert judged(bench.latest) == judged(recorded)


def test_no_secret_is_on_a_cassette(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """The key of a target is in none of its files, and what was blanked is played all the same."""
    import asyncio
    from threading import Event, Thread

    from harness.mock.server import MockServer

    secret = "k3y-" + "Zq7vT3mB5pL2wR8"
    ready, stop, address = Event(), Event(), []

    def serve() -> None:
        async def go() -> None:
            server = MockServer()
            await server.start()
            room = server.rooms.open({"reply": f"the key is {secret}"}, key=secret)
            address.append(room.url)
            ready.set()
            await asyncio.to_thread(stop.wait)
            await server.stop()

        asyncio.run(go())

    thread = Thread(target=serve)
    thread.start()
    ready.wait(20)
    monkeypatch.setenv("TAPE_KEY", secret)
    try:
        text = WORD.replace("[plain, stream, background, resumed]", "[plain, stream]").replace("chained]", "manual]")
        text = text.replace("delivery: [plain, stream]", "delivery: [plain, stream], state: [manual]")
        where = ("--endpoint", address[0], "--deployment", "gpt-5-mini", "--api-key-env", "TAPE_KEY")
        recorded = bench.record(text, *where)
    finally:
        stop.set()
        thread.join()
    files = [path.read_bytes() for path in (bench.pytester.path / "tape").rglob("*") if path.is_file()]
    assert not any(secret.encode() in data for data in files)
    assert any(b"[redacted]" in data for data in files)

    monkeypatch.delenv("TAPE_KEY")
    bench.run("--replay", "tape")
    assert judged(bench.latest) == judged(recorded)
    assert "secret.echo" in json.dumps([finding.rule for line in bench.latest.cases for finding in line.findings])


def test_a_cassette_is_a_record(bench: Bench):
    """Of the same format, readable by everything that reads records."""
    bench.record()
    names = sorted(path.name for path in Path("tape").iterdir())

    assert names[:2] == ["exchanges.jsonl", "record.jsonl"]
