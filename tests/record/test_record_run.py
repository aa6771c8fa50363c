"""Records read back: sound ones, cut ones, altered ones, several as one."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from builders import runs

from harness.findings import Verdict
from harness.record.chain import START, frame
from harness.record.fields import encode
from harness.record.lines import FORMAT, Head
from harness.record.run import Run, merge
from harness.record.unsound import (
    Altered,
    Cut,
    Different,
    Doubled,
    Empty,
    Foreign,
    NewerFormat,
    NoHead,
    NoRecord,
    Unsound,
)
from harness.record.writer import RunWriter

IDS = [runs.case_id(str(n)) for n in range(4)]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record of three cases of four that were planned."""
    return runs.write(tmp_path / "run", runs.head(IDS), [runs.case(id) for id in IDS[:3]]) / "record.jsonl"


def rewritten(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(lines))
    return path


def forged(head: Head, *bodies: tuple[str, object]) -> bytes:
    """Lines with right sums and links, whatever they hold."""
    before, data = START, b""
    for n, (kind, body) in enumerate([("head", head), *bodies]):
        line, before = frame(n, kind, encode(body).encode(), before)
        data += line
    return data


def test_run_is_read_from_its_directory_or_its_file(record: Path):
    run = Run.read(record.parent)

    assert run == Run.read(record)
    assert [line.case for line in run.cases] == IDS[:3]
    assert run.missing == (IDS[3],)
    assert run.sound() is run


def test_record_of_format_1_is_read_for_ever():
    """Written once by the first harness; a change of the lines must not orphan it."""
    run = Run.read(Path(__file__).parent / "golden" / "format-1").sound()

    head, lines = runs.every_verdict()
    assert (run.head.run, run.head.planned, len(run.cases)) == (head.run, head.planned, len(lines))
    assert [line.verdict.value for line in run.cases] == [
        "passed",
        "failed",
        "inconclusive",
        "errored",
        "passed",
        "skipped",
    ]
    (where,) = run.cases[0].turns[0].exchanges
    assert run.wire(where).body == b"y" * 65_537
    assert run.cases[1].findings[1].place == runs.missed_text().place


def test_every_verdict_is_counted_by_case(tmp_path: Path):
    run = Run.read(runs.write(tmp_path / "run", *runs.every_verdict()))

    assert sorted(run.verdicts.values()) == sorted([*Verdict, Verdict.PASSED])
    assert len(run.missing) == 1


def test_cut_record_loses_only_its_last_line(record: Path):
    """Cut at every byte: never an exception but for a missing head, never a case that was not whole (D12)."""
    short = runs.case(IDS[0], turns=(), applied_rules={})
    data = forged(runs.head(IDS, rules={}, scenarios=()), ("case", short), ("case", replace(short, case=IDS[1])))
    ends = [n + 1 for n, byte in enumerate(data) if byte == 0x0A]
    for length in range(len(data)):
        record.write_bytes(data[:length])
        if length < ends[0]:
            with pytest.raises(NoHead if length else Empty):
                Run.read(record)
            continue
        run = Run.read(record)
        assert len(run.cases) == sum(1 for end in ends[1:] if end <= length)
        assert [type(problem) for problem in run.problems] == ([] if length in ends else [Cut])
        assert run.sound() is run


def test_altered_byte_is_named_and_its_case_errored(record: Path):
    """A byte of a middle line, drawn over all of it: the line is named, nothing else is lost (D13)."""
    lines = record.read_bytes().splitlines(keepends=True)
    for place in random.Random(7).sample(range(len(lines[2]) - 1), 300):
        changed = bytearray(lines[2])
        changed[place] ^= 1
        if changed[place] == 0x0A:
            continue
        run = Run.read(rewritten(record, [*lines[:2], bytes(changed), lines[3]]))

        assert [(type(problem), problem.line) for problem in run.problems] == [(Altered, 3)]
        with pytest.raises(Altered):
            run.sound()
        verdicts = {line.case: line.verdict for line in run.cases}
        assert verdicts[IDS[0]] == verdicts[IDS[2]] == Verdict.PASSED
        assert verdicts.get(IDS[1], Verdict.ERRORED) == Verdict.ERRORED
        assert (IDS[1] in verdicts) != (IDS[1] in run.missing)


def test_case_of_an_altered_line_says_why(record: Path):
    data = record.read_bytes().replace(b'"verdict":"passed"', b'"verdict":"failed"', 1)
    record.write_bytes(data)

    line = Run.read(record).cases[0]

    assert (line.verdict, line.turns, line.title) == (Verdict.ERRORED, (), runs.TITLE)
    assert line.reason == "line 2 of record.jsonl is not as it was recorded: its checksum is wrong"


def test_lost_line_feed_is_seen(record: Path):
    lines = record.read_bytes().splitlines(keepends=True)

    run = Run.read(rewritten(record, [lines[0], lines[1][:-1], *lines[2:]]))

    assert [(line.case, line.verdict) for line in run.cases] == [
        (IDS[0], Verdict.ERRORED),
        (IDS[1], Verdict.ERRORED),
        (IDS[2], Verdict.PASSED),
    ]


def test_line_written_anew_with_a_right_sum_is_seen_by_the_next(record: Path):
    lines = record.read_bytes().splitlines(keepends=True)
    old = json.loads(lines[2])
    body = encode(old["body"] | {"reason": "none"}).encode()
    lines[2], _ = frame(2, "case", body, old["before"])

    run = Run.read(rewritten(record, lines))

    assert [(str(p), p.case) for p in run.problems] == [
        ("record.jsonl, line 3: it was written anew after it was recorded", IDS[1])
    ]
    assert run.verdicts[IDS[1]] == Verdict.ERRORED


def test_line_taken_out_or_moved_is_seen(record: Path):
    lines = record.read_bytes().splitlines(keepends=True)

    out = Run.read(rewritten(record, [lines[0], lines[2], lines[3]]))
    moved = Run.read(rewritten(record, [lines[0], lines[2], lines[1], lines[3]]))

    assert [str(p) for p in out.problems] == ["record.jsonl, line 2: 1 line(s) that stood before it were taken out"]
    assert len(moved.problems) == 3
    assert {type(problem) for problem in moved.problems} == {Altered}


def test_altered_head_is_said(record: Path):
    record.write_bytes(record.read_bytes().replace(b'"seed":7', b'"seed":8', 1))

    run = Run.read(record)

    assert [str(problem) for problem in run.problems] == ["record.jsonl, line 1: the checksum of the head is wrong"]
    assert len(run.cases) == 3


def test_newer_format_is_refused_untouched(tmp_path: Path):
    path = tmp_path / "record.jsonl"
    path.write_bytes(forged(runs.head(IDS, format=FORMAT + 1)))
    before = path.read_bytes()

    with pytest.raises(NewerFormat, match=r"has format 2, this harness reads up to 1"):
        Run.read(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"hello\n",
        b"{}\n",
        b'{"n":0,"kind":"head","body":[],"before":"","sum":""}\n',
        frame(0, "case", b"{}", START)[0],
        frame(0, "head", b"{}", START)[0],
        frame(0, "head", b'{"run":"r","started":"s","format":"x"}', START)[0],
        frame(1, "head", b'{"run":"r","started":"s"}', START)[0],
        frame(0, "head", b'{"run":"r","started":"s"}', START)[0][:-1],
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_has_no_head_is_no_record(tmp_path: Path, data: bytes):
    path = tmp_path / "record.jsonl"
    path.write_bytes(data)

    with pytest.raises(NoHead):
        Run.read(path)


def test_nothing_there_is_no_record(tmp_path: Path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NoRecord):
            Run.read(path)


def test_record_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "record.jsonl").mkdir()

    with pytest.raises(NoRecord, match="Is a directory"):
        Run.read(tmp_path)


def test_altered_line_that_is_no_case_any_more_still_counts(tmp_path: Path):
    line, _ = frame(1, "case", encode({"case": IDS[0], "attempt": 2}).encode(), START)
    path = tmp_path / "record.jsonl"
    path.write_bytes(forged(runs.head(IDS)) + line.replace(b'"attempt":2', b'"attempt":3'))

    (left,) = Run.read(path).cases

    assert (left.case, left.verdict, left.file) == (IDS[0], Verdict.ERRORED, runs.FILE)


def test_foreign_case_is_not_taken(tmp_path: Path):
    path = tmp_path / "record.jsonl"
    path.write_bytes(forged(runs.head(IDS[:1]), ("case", runs.case(IDS[1])), ("case", runs.case(IDS[0]))))

    run = Run.read(path)

    assert [line.case for line in run.cases] == [IDS[0]]
    with pytest.raises(Foreign, match="line 2: the head did not plan"):
        run.sound()


def test_doubled_attempt_is_said_and_the_first_taken(tmp_path: Path):
    path = tmp_path / "record.jsonl"
    path.write_bytes(
        forged(
            runs.head(IDS[:1]),
            ("case", runs.case(IDS[0], Verdict.FAILED)),
            ("case", runs.case(IDS[0], Verdict.PASSED)),
        )
    )

    run = Run.read(path)

    assert run.verdicts == {IDS[0]: Verdict.FAILED}
    with pytest.raises(Doubled, match="line 3: attempt 1 at"):
        run.sound()


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [("later", {}, "unknown kind 'later'"), ("case", {"case": IDS[0]}, "it is no case: /scenario")],
)
def test_sound_line_that_cannot_be_read_is_said(tmp_path: Path, kind: str, body: object, why: str):
    path = tmp_path / "record.jsonl"
    path.write_bytes(forged(runs.head(IDS), (kind, body)))

    with pytest.raises(Altered, match=why):
        Run.read(path).sound()


@pytest.mark.parametrize(
    ("said", "verdict", "flaky"),
    [
        ("fp", Verdict.FAILED, True),
        ("ip", Verdict.PASSED, True),
        ("pp", Verdict.PASSED, False),
        ("fi", Verdict.FAILED, True),
        ("ii", Verdict.INCONCLUSIVE, False),
    ],
)
def test_no_later_attempt_takes_a_failure_back(tmp_path: Path, said: str, verdict: Verdict, flaky: bool):
    letters = {"f": Verdict.FAILED, "p": Verdict.PASSED, "i": Verdict.INCONCLUSIVE}
    lines = [runs.case(IDS[0], letters[letter], attempt=n) for n, letter in enumerate(said, 1)]

    run = Run.read(runs.write(tmp_path / "run", runs.head(IDS[:1]), lines)).sound()

    assert run.verdicts == {IDS[0]: verdict}
    assert (IDS[0] in run.flaky) == flaky
    assert [line.attempt for line in run.attempts[IDS[0]]] == [1, 2]


def sharded(directory: Path, head: Head) -> Path:
    """A run of four cases over two processes; answers its directory."""
    for shard, ids in (("gw10", IDS[2:]), ("gw2", IDS[:2])):
        with RunWriter(directory, head, shard=shard) as writer:
            for id in ids:
                where = writer.exchanges(id, "turn-1", 0, runs.exchange(id.encode()))
                writer.case(runs.case(id, turns=(runs.turn(exchanges=(where,)),)))
    return directory


def test_shards_of_a_directory_are_one_run(tmp_path: Path):
    run = Run.read(sharded(tmp_path / "run", runs.head(IDS))).sound()

    assert [line.case for line in run.cases] == IDS
    assert (run.missing, run.head.shard) == ((), None)
    for line in run.cases:
        assert run.wire(line.turns[0].exchanges[0]).body == line.case.encode()


def test_killed_shard_does_not_take_the_others_along(tmp_path: Path):
    directory = sharded(tmp_path / "run", runs.head(IDS))
    (directory / "record-gw3.jsonl").write_bytes(b"")

    run = Run.read(directory)

    assert len(run.cases) == 4
    assert [type(problem) for problem in run.problems] == [Empty]


def test_merged_runs_find_their_exchanges(tmp_path: Path):
    first = Run.read(sharded(tmp_path / "a", runs.head(IDS)))
    extra = runs.case_id("extra")
    with RunWriter(tmp_path / "deep" / "b", runs.head([extra])) as writer:
        where = writer.exchanges(extra, "turn-1", 0, runs.exchange(b"extra"))
        writer.case(runs.case(extra, turns=(runs.turn(exchanges=(where,)),)))

    run = merge([first, Run.read(tmp_path / "deep" / "b")]).sound()

    assert run.head.planned == (*IDS, extra)
    assert [run.wire(line.turns[0].exchanges[0]).body.decode() for line in run.cases] == [*IDS, "extra"]
    assert merge([first]).cases == first.cases


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"run": "another"}, "run"),
        ({"seed": 8}, "seed"),
        ({"targets": (replace(runs.TARGET, region="eastus2"),)}, "targets"),
        ({"scenarios": (replace(runs.head().scenarios[0], digest="cd" * 32),)}, "scenarios"),
    ],
)
def test_runs_that_differ_are_not_merged(tmp_path: Path, change: dict[str, object], what: str):
    first = Run.read(runs.write(tmp_path / "a", runs.head(IDS), []))
    other = Run.read(runs.write(tmp_path / "b", runs.head(IDS, **change), []))

    with pytest.raises(Different) as caught:
        merge([first, other])

    assert caught.value.what.startswith(what)


def test_same_attempt_in_two_runs_is_a_problem_of_the_merged_one(tmp_path: Path):
    both = [Run.read(runs.write(tmp_path / n, runs.head(IDS), [runs.case(IDS[0])])) for n in "ab"]

    with pytest.raises(Doubled):
        merge(both).sound()


def test_nothing_to_merge():
    with pytest.raises(ValueError, match="no runs"):
        merge([])


def test_every_problem_is_of_one_kind():
    """So that a caller can name them all."""
    assert all(
        issubclass(kind, Unsound)
        for kind in (Altered, Cut, Different, Doubled, Empty, Foreign, NewerFormat, NoHead, NoRecord)
    )
