"""What reaches the disk: one write a line, redacted, for the owner alone; and what a full disk does to it."""

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from builders import runs

from harness.findings import Verdict
from harness.record import writer as module
from harness.record.chain import ChainFile, NotRecorded, RecordExists, unframe
from harness.record.exchanges import BodyMissing
from harness.record.run import Run
from harness.record.unsound import Altered, NoRecord
from harness.record.writer import RedactionBroke, RunWriter
from harness.wire.exchange import Ending, How

CASE = runs.case_id()


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def test_head_is_on_disk_before_anything_else(tmp_path: Path):
    with RunWriter(tmp_path / "run", runs.head([CASE])):
        (head,) = lines(tmp_path / "run" / "record.jsonl")

    assert Run.read(tmp_path / "run").head.planned == (CASE,)
    framed = unframe(head)
    assert framed is not None
    assert (framed.n, framed.kind, framed.sound) == (0, "head", True)


def test_directory_and_files_are_the_owners_alone(tmp_path: Path):
    old = os.umask(0)
    try:
        with RunWriter(tmp_path / "reports" / "run", runs.head([CASE])) as writer:
            writer.exchanges(CASE, "turn-1", 0, runs.exchange(b"x" * 70_000))
    finally:
        os.umask(old)

    run = tmp_path / "reports" / "run"
    modes = {path.relative_to(run).parts[0]: stat.S_IMODE(path.stat().st_mode) for path in run.rglob("*")}
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert modes.pop("bodies") == 0o600  # a file in it is visited last
    assert stat.S_IMODE((run / "bodies").stat().st_mode) == 0o700
    assert modes == {"record.jsonl": 0o600, "exchanges.jsonl": 0o600}


def test_each_line_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written: list[bytes] = []
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: written.append(data) or write(file, data))

    with RunWriter(tmp_path / "run", runs.head([CASE])) as writer:
        writer.exchanges(CASE, "turn-1", 0, runs.exchange())
        writer.case(runs.case())

    assert len(written) == 4
    assert all(data.endswith(b"}\n") and data.count(b"\n") == 1 for data in written)


def test_every_line_vouches_for_the_one_before(tmp_path: Path):
    path = runs.write(tmp_path / "run", *runs.every_verdict()) / "record.jsonl"

    framed = [unframe(line) for line in lines(path)]

    assert [line.n for line in framed if line] == list(range(7))
    assert [line.before for line in framed[1:] if line] == [line.sum for line in framed[:-1] if line]


@pytest.mark.parametrize(
    "exchange",
    [
        runs.exchange(),
        runs.exchange(b""),
        runs.exchange(b"\xff\xfe\x00"),
        runs.exchange("sky \u2028 \x00 \ufffe".encode()),
        runs.exchange(bytes(range(256)) * 300),
        runs.exchange(head=None, head_at=None, ending=Ending(How.CONNECT, "refused"), arrivals=()),
        runs.exchange(encoded=17),
    ],
)
def test_exchange_comes_back_to_the_byte(tmp_path: Path, exchange: Any):
    with RunWriter(tmp_path / "run", runs.head([CASE])) as writer:
        writer.exchanges(CASE, "turn-1", 0, runs.exchange())
        where = writer.exchanges(CASE, "turn-2", 1, exchange)
        writer.case(runs.case())

    run = Run.read(tmp_path / "run")
    assert run.wire(where) == exchange
    assert (run.exchange(where).turn, run.exchange(where).number) == ("turn-2", 1)


def test_long_body_lies_once(tmp_path: Path):
    with RunWriter(tmp_path / "run", runs.head([CASE])) as writer:
        for number in range(3):
            writer.exchanges(CASE, "turn-1", number, runs.exchange(b"y" * 65_537))

    (body,) = (tmp_path / "run" / "bodies").iterdir()
    assert body.read_bytes() == b"y" * 65_537
    assert (tmp_path / "run" / "exchanges.jsonl").stat().st_size < 4000


def test_body_that_is_gone_or_changed_is_named(tmp_path: Path):
    with RunWriter(tmp_path / "run", runs.head([CASE])) as writer:
        where = writer.exchanges(CASE, "turn-1", 0, runs.exchange(b"y" * 65_537))
    (body,) = (tmp_path / "run" / "bodies").iterdir()

    body.write_bytes(b"z")
    with pytest.raises(BodyMissing, match="does not hold what its name says"):
        Run.read(tmp_path / "run").wire(where)

    body.unlink()
    with pytest.raises(BodyMissing, match="No such file"):
        Run.read(tmp_path / "run").wire(where)


def test_altered_or_lost_exchange_is_named(tmp_path: Path):
    with RunWriter(tmp_path / "run", runs.head([CASE])) as writer:
        where = writer.exchanges(CASE, "turn-1", 0, runs.exchange())
    path = tmp_path / "run" / where.file
    data = bytearray(path.read_bytes())
    data[where.offset + 60] ^= 1
    path.write_bytes(data)

    with pytest.raises(Altered, match="no sound exchange at byte"):
        Run.read(tmp_path / "run").exchange(where)

    path.unlink()
    with pytest.raises(NoRecord):
        Run.read(tmp_path / "run").exchange(where)


SECRET = b"key-that-must-not-be-kept"


def blanked(data: bytes) -> bytes:
    return data.replace(SECRET, b"[redacted]")


def test_secret_is_gone_before_the_disk(tmp_path: Path):
    """From headers, bodies (in their line, in base64, apart) and cases, also where a long value is cut inside of it."""
    text = SECRET.decode()
    with RunWriter(tmp_path / "run", runs.head([CASE], settings={"x": text}), redact=blanked) as writer:
        writer.exchanges(CASE, "turn-1", 0, runs.exchange(b"\xff" + SECRET))
        writer.exchanges(CASE, "turn-1", 1, runs.exchange(SECRET + b"x" * 70_000))
        writer.case(runs.case(findings=(runs.finding(actual="x" * 4090 + text),)))

    everything = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert SECRET not in everything
    assert b"x" * 4090 + b"key" not in everything
    assert everything.count(b"[redacted]") >= 4
    assert Run.read(tmp_path / "run").sound()


def test_redaction_that_breaks_a_line_keeps_it_from_the_disk(tmp_path: Path):
    writer = RunWriter(tmp_path / "run", runs.head([CASE]), redact=lambda data: data.replace(b"passed", b'"'))
    with writer, pytest.raises(RedactionBroke):
        writer.case(runs.case())

    assert len(lines(tmp_path / "run" / "record.jsonl")) == 1


def test_second_writer_is_refused(tmp_path: Path):
    runs.write(tmp_path / "run", runs.head([CASE]), [])

    with pytest.raises(RecordExists, match=r"record\.jsonl exists"):
        RunWriter(tmp_path / "run", runs.head([CASE]))


def test_shards_share_a_directory(tmp_path: Path):
    for shard in ("gw0", "gw1"):
        runs.write(tmp_path / "run", runs.head([CASE]), [], shard)

    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "exchanges-gw0.jsonl",
        "exchanges-gw1.jsonl",
        "record-gw0.jsonl",
        "record-gw1.jsonl",
    ]


@pytest.mark.parametrize("shard", ["", "../x", "a b", "a" * 65])
def test_name_of_a_shard_is_a_plain_one(tmp_path: Path, shard: str):
    with pytest.raises(ValueError, match="shard"):
        RunWriter(tmp_path / "run", runs.head([CASE]), shard=shard)


def test_directory_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(NotRecorded, match="the directory could not be written"):
        RunWriter(tmp_path / "file" / "run", runs.head([CASE]))


@pytest.mark.parametrize("k", range(6))
def test_full_disk_at_any_write_leaves_all_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, k: int):
    """The k-th write takes half a line, then the disk is full (D09)."""
    write, calls = os.write, iter(range(100))

    def full(file: int, data: bytes) -> int:
        n = next(calls)
        if n > k:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[: len(data) // 2] if n == k else data)

    monkeypatch.setattr(os, "write", full)
    modes = [runs.case_id(str(n)) for n in range(4)]
    finished = []
    with pytest.raises(NotRecorded, match="No space left on device"):  # noqa: SIM117, PT012
        with RunWriter(tmp_path / "run", runs.head(modes)) as writer:
            for mode in modes:
                writer.case(runs.case(mode))
                finished.append(mode)
    monkeypatch.undo()

    if k >= 2:
        run = Run.read(tmp_path / "run").sound()
        assert [line.case for line in run.cases] == finished == modes[: k - 2]
        assert not run.problems


def test_nothing_is_written_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    writer = RunWriter(tmp_path / "run", runs.head([CASE]))
    write = os.write

    def broken(file: int, data: bytes) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "write", broken)
    with pytest.raises(NotRecorded):
        writer.case(runs.case())
    monkeypatch.setattr(os, "write", write)
    with pytest.raises(NotRecorded):
        writer.exchanges(CASE, "turn-1", 0, runs.exchange())
    with pytest.raises(NotRecorded):
        writer.close()

    assert len(lines(tmp_path / "run" / "record.jsonl")) == 1


def test_disk_that_does_not_sync_is_said_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    writer = RunWriter(tmp_path / "run", runs.head([CASE]))
    fsync = os.fsync

    def broken(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(NotRecorded, match="what was written"):
        writer.close()
    monkeypatch.setattr(os, "fsync", fsync)
    writer.close()


def test_it_syncs_by_itself_and_not_for_every_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    synced, enough = [], threading.Event()
    fsync = os.fsync

    def counted(file: int) -> None:
        synced.append(threading.current_thread().name)
        fsync(file)
        if "record-sync" in synced:
            enough.set()

    monkeypatch.setattr(os, "fsync", counted)
    monkeypatch.setattr(module, "SYNC_EVERY", 0.01)
    modes = [runs.case_id(str(n)) for n in range(300)]
    with RunWriter(tmp_path / "run", runs.head(modes)) as writer:
        for mode in modes:
            writer.case(runs.case(mode))
        assert enough.wait(10)

    assert len(synced) < 300


def test_it_closes_whatever_its_syncing_thread_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Closed again and again in the very moment in which something is put on disk: it always comes to an end."""
    monkeypatch.setattr(module, "SYNC_EVERY", 0.0001)

    def open_and_close() -> None:
        for number in range(200):
            with RunWriter(tmp_path / str(number), runs.head([runs.case_id("a")])) as writer:
                writer.case(runs.case(runs.case_id("a")))

    thread = threading.Thread(target=open_and_close, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_threads_may_write_at_once(tmp_path: Path):
    modes = [runs.case_id(str(n)) for n in range(200)]
    with RunWriter(tmp_path / "run", runs.head(modes)) as writer:

        def write(own: list[str]) -> None:
            for mode in own:
                writer.exchanges(mode, "turn-1", 0, runs.exchange())
                writer.case(runs.case(mode))

        threads = [threading.Thread(target=write, args=(modes[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run = Run.read(tmp_path / "run").sound()
    assert (len(run.cases), run.missing) == (200, ())


def test_values_that_json_cannot_hold_are_recorded_all_the_same(tmp_path: Path):
    line = runs.case(
        values={"x": float("nan"), "y": {1, 2}, "z": b"\xff"},
        turns=(runs.turn(asked=[object], output=[{"when": float("inf")}]),),
        findings=(runs.finding(expected=float("nan"), actual="\ud800\x00\ufffe"),),
        verdict=Verdict.FAILED,
    )
    runs.write(tmp_path / "run", runs.head([CASE], settings={"x": {3}}), [line])

    run = Run.read(tmp_path / "run").sound()
    assert run.cases[0].values == {"x": "nan", "y": [1, 2], "z": {"$base64": "/w=="}}
    assert run.cases[0].findings[0].actual == "\ud800\x00\ufffe"
    assert run.head.settings == {"x": [3]}


def test_long_values_are_cut_and_the_rest_is_kept(tmp_path: Path):
    line = runs.case(
        reason="r" * 5000,
        findings=(runs.finding(actual="a" * 10_000, message="m" * 5000, source_line="s" * 5000),),
        turns=(runs.turn(output=[runs.said("t" * 1_000_000)]),),
        verdict=Verdict.FAILED,
    )
    runs.write(tmp_path / "run", runs.head([CASE]), [line])

    (kept,) = Run.read(tmp_path / "run").cases
    (found,) = kept.findings
    assert found.actual["bytes"] == 10_000
    assert all("cut: 5000 bytes" in text for text in (kept.reason or "", found.message, found.source_line or ""))
    assert kept.turns[0].said[0]["content"][0]["text"]["bytes"] == 1_000_000
    assert (tmp_path / "run" / "record.jsonl").stat().st_size < 50_000


def test_body_that_cannot_be_kept_stops_the_writer(tmp_path: Path):
    writer = RunWriter(tmp_path / "run", runs.head([CASE]))
    (tmp_path / "run" / "bodies").write_text("in the way")

    with pytest.raises(NotRecorded, match="a body could not be written"):
        writer.exchanges(CASE, "turn-1", 0, runs.exchange(b"x" * 70_000))
    with pytest.raises(NotRecorded):
        writer.exchanges(CASE, "turn-1", 0, runs.exchange())
    with pytest.raises(NotRecorded):
        writer.close()


def test_disk_that_does_not_sync_stops_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "SYNC_EVERY", 0.001)
    writer = RunWriter(tmp_path / "run", runs.head([runs.case_id(str(n)) for n in range(100_000)]))

    def broken(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(NotRecorded, match="what was written"):  # noqa: PT012
        for n in range(100_000):
            writer.case(runs.case(runs.case_id(str(n))))
    with pytest.raises(NotRecorded):
        writer.close()


def test_file_that_cannot_be_opened_is_named(tmp_path: Path):
    with pytest.raises(NotRecorded, match="the file could not be written"):
        ChainFile(tmp_path / "missing" / "record.jsonl")
