"""A record that is taken up again goes on behind its last whole line, wherever its process was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import runs

from harness.record.chain import CannotGoOn, ChainFile, NotRecorded
from harness.record.lock import Held, RunLock, held
from harness.record.run import Run
from harness.record.writer import RunWriter

MODES = [runs.case_id(str(n)) for n in range(4)]
HOLD = """
import sys, pathlib, harness.record.lock as lock
taken = lock.RunLock(pathlib.Path(sys.argv[1]), since="then")
print("held", flush=True)
sys.stdin.read()
"""


def begun(folder: Path, cases: int) -> Path:
    with RunWriter(folder, runs.head(MODES)) as writer:
        for mode in MODES[:cases]:
            writer.exchanges(mode, "turn-1", 0, runs.exchange())
            writer.case(runs.case(mode))
    return folder


def test_record_cut_at_every_byte_is_taken_up(tmp_path: Path):
    """Whatever is left of the file, what is appended is read, and the chain holds (D12)."""
    begun(tmp_path / "whole", 2)
    whole = (tmp_path / "whole" / "record.jsonl").read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 10]
    every = {0, 1, len(whole) - 1, *(end + step for end in ends for step in (-40, -1, 0, 1, 40))}
    for length in sorted(at for at in every if 0 <= at <= len(whole)):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / "record.jsonl").write_bytes(whole[:length])
        with RunWriter(folder, runs.head(MODES), again=True) as writer:
            writer.case(runs.case(MODES[3]))

        run = Run.read(folder)
        kept = MODES[: max(0, sum(end <= length for end in ends) - 1)]
        assert ([line.case for line in run.cases], run.problems) == ([*kept, MODES[3]], ()), length


def test_exchanges_are_found_on_both_sides_of_an_interruption(tmp_path: Path):
    folder = begun(tmp_path / "run", 1)
    with (folder / "exchanges.jsonl").open("ab") as file:
        file.write(b'{"n":2,"kind":"exch')
    with RunWriter(folder, runs.head(MODES), again=True) as writer:
        where = writer.exchanges(MODES[1], "turn-1", 0, runs.exchange(b"later"))
        writer.case(runs.case(MODES[1]))

    run = Run.read(folder).sound()
    assert run.wire(where).body == b"later"
    assert len(run.cases) == 2


def test_old_head_stays(tmp_path: Path):
    """What the first process planned is what the run is measured by."""
    folder = begun(tmp_path / "run", 1)
    with RunWriter(folder, runs.head(MODES[:1], seed=99), again=True):
        pass

    assert Run.read(folder).head == Run.read(begun(tmp_path / "other", 1)).head


def test_altered_end_is_not_built_upon(tmp_path: Path):
    """A chain that goes on from a line nobody wrote would vouch for it."""
    path = begun(tmp_path / "run", 2) / "record.jsonl"
    before = path.read_bytes().replace(b'"verdict":"passed"', b'"verdict":"failed"')
    path.write_bytes(before)

    with pytest.raises(CannotGoOn, match="last line is not as it was written"):
        RunWriter(tmp_path / "run", runs.head(MODES), again=True)

    assert path.read_bytes() == before


def test_long_last_line_is_found(tmp_path: Path):
    """A line longer than what is read at once."""
    file = ChainFile(tmp_path / "file.jsonl")
    file.append("head", b'{"text":"%s"}' % (b"x" * 300_000))
    file.close()
    file = ChainFile.again(tmp_path / "file.jsonl")
    file.append("head", b"{}")
    file.close()

    first, second = (tmp_path / "file.jsonl").read_bytes().splitlines()
    assert second.startswith(b'{"n":1,')
    assert first[-66:-2] in second


def test_part_of_a_run_has_one_writer(tmp_path: Path):
    """The second is told who the first is (D14); another part is free."""
    with RunLock(tmp_path, since="2026-07-01T10:00:00Z"):
        with pytest.raises(Held, match=f"is being written by process {os.getpid()} on .* since 2026-07-01T10:00:00Z"):
            RunLock(tmp_path)
        with RunLock(tmp_path, "gw1"):
            assert [path.name for path, _ in held(tmp_path)] == ["run-gw1.lock", "run.lock"]
            assert [path.name for path, _ in held(tmp_path, "gw1")] == ["run-gw1.lock"]
            assert held(tmp_path, "gw") == ()

    assert held(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_lock_of_a_killed_process_is_free(tmp_path: Path):
    """Its file is still there and names it; the lock is not (D14)."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Held, match=f"process {other.pid} on"):
            RunLock(tmp_path)
        other.kill()
        other.wait()

    assert (tmp_path / "run.lock").exists()
    with RunLock(tmp_path):
        pass


def test_lock_that_cannot_be_made_is_named(tmp_path: Path):
    with pytest.raises(NotRecorded, match="the lock could not be written"):
        RunLock(tmp_path / "missing")


def test_lock_file_of_any_content_is_no_obstacle(tmp_path: Path):
    (tmp_path / "run.lock").write_bytes(b"\xff{")
    with RunLock(tmp_path), pytest.raises(Held, match="process"):
        RunLock(tmp_path)
