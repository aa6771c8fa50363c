"""A disk that fails once, at every single thing that is asked of it: nothing half is ever taken for a whole."""

import builtins
import errno
import hashlib
import io
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import scipy.stats  # noqa: F401  it cannot be imported twice in one process

from harness.record.run import Run
from harness.record.unsound import Empty, NoHead, NoRecord

SPEC = """
scenario: Long and short
id: long-and-short
cases: [{text: OK}, {text: "%s"}]
turns:
  - user: Repeat ${text}
    expect: {status: completed}
""" % ("long " * 15_000)  # so long that its bodies lie apart

KINDS = ("open", "write", "fsync", "replace")


class Disk:
    """What a process asks of the disk below a folder, counted; the k-th of a kind fails once, as on a full disk.

    A shim over `os` and `open` in this process: what another process or a library in C writes passes by it.
    """

    def __init__(self, folder: Path, kind: str, k: int) -> None:
        self.folder, self.kind, self.k = str(folder), kind, k
        self.counts: Counter[str] = Counter()
        self.failed: str | None = None
        self.reading = False
        self._lock = threading.Lock()
        self._real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in KINDS}
        self._open = builtins.open

    def ask(self, kind: str, path: Any, reading: bool = False) -> None:
        """Counts, and fails if it is the one."""
        if isinstance(path, int):
            try:
                path = os.readlink(f"/proc/self/fd/{path}")
            except OSError:
                return
        if not os.fspath(path).startswith(self.folder):
            return
        with self._lock:
            self.counts[kind] += 1
            if kind == self.kind and self.counts[kind] == self.k:
                self.failed, self.reading = Path(path).name, reading
                raise OSError(errno.ENOSPC, "No space left on device", os.fspath(path))

    def patched(self, patch: pytest.MonkeyPatch) -> None:
        def asked(kind: str) -> Callable[..., Any]:
            def call(first: Any, *others: Any, **more: Any) -> Any:
                self.ask(kind, first)
                return self._real[kind](first, *others, **more)

            return call

        for kind in KINDS:
            patch.setattr(os, kind, asked(kind))

        def opened(file: Any, mode: str = "r", *others: Any, **more: Any) -> Any:
            if not isinstance(file, int):
                self.ask("open", file, reading=mode.startswith("r") and "+" not in mode)
            real = self._open(file, mode, *others, **more)
            return _Written(real, self) if "w" in mode or "a" in mode else real

        patch.setattr(builtins, "open", opened)
        patch.setattr(io, "open", opened)  # what `Path.open` calls


class _Written:
    """A file opened for writing, whose writes are counted too."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, data: Any) -> Any:
        self._disk.ask("write", self._file.fileno())
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_Written":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


@contextmanager
def failing(folder: Path, kind: str, k: int) -> Iterator[Disk]:
    disk = Disk(folder, kind, k)
    with pytest.MonkeyPatch.context() as patch:
        disk.patched(patch)
        yield disk


def check_whole(directory: Path) -> None:
    """Every file that bears the name of a whole one is whole; what is read of the record is sound."""
    for body in directory.glob("bodies/*"):
        if not body.name.endswith(".part"):
            assert hashlib.sha256(body.read_bytes()).hexdigest() == body.name
    page = directory / "report.html"
    if page.exists():
        assert page.read_text().rstrip().endswith("</html>")
    for ledger in directory.glob("ledger*.jsonl"):
        assert all(json.loads(line) for line in ledger.read_bytes().splitlines())
    try:
        run = Run.read(directory)
    except (NoRecord, Empty, NoHead):
        return
    assert all(problem.harmless for problem in run.problems)
    for line in run.cases:
        for turn in line.turns:
            for where in turn.exchanges:
                run.wire(where)  # raises where a line or a body is not whole


@pytest.mark.parametrize("kind", KINDS)
def test_everything_asked_of_the_disk_fails_once(pytester: pytest.Pytester, kind: str):
    """Exit 3, or 4 where nothing was sent yet; what was finished before is on record and whole (D09, D10, D11)."""
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "case.yaml").write_text(SPEC)
    failed = []
    for k in range(1, 200):
        reports = pytester.path / f"reports-{k}"
        with failing(reports, kind, k) as disk:
            result = pytester.runpytest_inprocess(
                "--rootdir=.", "-q", "-p", "no:cacheprovider", "specs", f"--reports={reports}", "--run-id=run"
            )
        directory = reports / "run"
        if disk.failed is None:
            assert result.ret == 0
            break
        failed.append(disk.failed)
        sent = directory.joinpath("exchanges.jsonl")
        nothing = not sent.exists() or len(sent.read_bytes().splitlines()) < 2
        lost = not disk.reading  # what cannot be read once, when the page is made, is on record all the same
        assert result.ret in ((3, 4) if nothing else (3,) if lost else (0, 3)), (kind, k, disk.failed, result.ret)
        if directory.exists():
            check_whole(directory)
    else:
        pytest.fail("it never came to an end without a failure")

    assert len(failed) == disk.counts[kind] > 0
    assert {"record.jsonl", "exchanges.jsonl"} <= {name.split(" ")[0] for name in failed} or kind == "replace"


def test_the_shim_is_heard(tmp_path: Path):
    """Every kind of failure comes from every way in which this package writes."""
    for kind, doing in {
        "open": lambda: (tmp_path / "file").open("rb"),
        "write": lambda: (tmp_path / "file").write_bytes(b"x"),
        "replace": lambda: (tmp_path / "file").replace(tmp_path / "other"),
        "fsync": lambda: os.fsync(os.open(tmp_path / "file", os.O_RDONLY)),
    }.items():
        (tmp_path / "file").write_bytes(b"whole")
        with failing(tmp_path, kind, 1), pytest.raises(OSError, match="No space left"):
            doing()


def test_half_a_record_is_read_as_what_it_is(tmp_path: Path):
    """The check itself can fail: a body that is not what its name says, a page without its end."""
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies" / ("0" * 64)).write_bytes(b"half")
    with pytest.raises(AssertionError):
        check_whole(tmp_path)
    (tmp_path / "bodies" / ("0" * 64)).unlink()
    (tmp_path / "report.html").write_text("<html>")
    with pytest.raises(AssertionError):
        check_whole(tmp_path)
