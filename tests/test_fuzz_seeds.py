"""The seeds of the fuzzing obey its laws, and so do some inputs made of them: the long run is `make fuzz`."""

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from proofs import fuzz, fuzz_files, fuzz_streams
from test_hostile_data import watched

KEPT = [
    (name, path.name)
    for name in fuzz.SUBJECTS
    for path in sorted((fuzz_files.SEEDS / name).iterdir())
    if path.is_file()
]


def read(name: str, data: bytes) -> float:
    return fuzz.SUBJECTS[name].obeys(data, random.Random(1))[0]


@pytest.mark.parametrize(("name", "file"), KEPT)
def test_a_seed_is_read_or_refused(name: str, file: str):
    assert read(name, (fuzz_files.SEEDS / name / file).read_bytes()) < fuzz.SECONDS_EACH


@pytest.mark.parametrize("name", fuzz.SUBJECTS)
def test_inputs_made_of_them(name: str):
    mutator = fuzz.SUBJECTS[name].mutator(name, 7)

    assert max(read(name, mutator.next()) for _ in range(40)) < fuzz.SECONDS_EACH


def test_every_reader_has_seeds_of_its_own():
    assert {name for name, _ in KEPT} == fuzz.SUBJECTS.keys()


def test_a_reader_that_stumbles_is_seen(monkeypatch):
    """Another exception than the promised one, or a message with something raw in it."""

    def raw(data: bytes) -> None:
        raise ValueError(data.decode())

    monkeypatch.setitem(fuzz_files.READERS, "gates", fuzz_files.Reader(int, ZeroDivisionError))
    monkeypatch.setitem(fuzz_files.READERS, "targets", fuzz_files.Reader(raw, ValueError))
    with pytest.raises(ValueError, match="invalid literal"):
        fuzz_files.obeys("gates", b"a")
    with pytest.raises(AssertionError, match="a message with"):
        fuzz_files.obeys("targets", b"\x1b[2J")


class Written(fuzz_files.Mutator):
    """Makes what its reader is to be given, over and over."""

    def __init__(self, *data: bytes) -> None:
        self.seeds: list[bytes] = []
        self.data = data
        self.made = 0

    def next(self) -> bytes:
        self.made += 1
        return self.data[self.made % len(self.data)]


def reading(monkeypatch, folder: Path, obeys: Any, *data: bytes) -> fuzz.Result:
    monkeypatch.setitem(fuzz.SUBJECTS, "gates", fuzz.Subject(lambda name, number: Written(*data), obeys))
    at_hand = fuzz.Reading("gates", 1, folder)
    for _ in range(6):
        at_hand.one(at_hand.mutator.next())
    return at_hand.result


def test_each_kind_of_broken_law_is_kept_once(monkeypatch, tmp_path):
    def stumbling(data: bytes, _: random.Random) -> tuple[float, str]:
        if data == b"a":
            raise KeyError(data)
        if data == b"b":
            raise fuzz.Endless("no end")
        return 0.0, ""

    result = reading(monkeypatch, tmp_path, stumbling, b"a", b"b", b"c")

    assert [kind.split()[0] for kind in result.broken] == ["Endless", "KeyError"]
    assert sorted(Path(file).read_bytes() for file in result.broken.values()) == [b"a", b"b"]
    assert result.inputs == 6
    assert not result.sound


def test_a_slow_input_is_read_again_and_broken_where_it_stays_slow(monkeypatch, tmp_path):
    took = iter((3.0, 2.0, 0.5, 9.0, 9.0, 9.0, *[0.1] * 4))

    result = reading(monkeypatch, tmp_path, lambda data, _: (next(took), ""), b"a")

    assert [kind.rpartition(": ")[2] for kind in result.broken] == ["'more than a second'"]
    assert result.slowest == 0.5


def test_a_new_outcome_is_mutated_further(monkeypatch, tmp_path):
    monkeypatch.setitem(
        fuzz.SUBJECTS, "gates", fuzz.Subject(lambda *_: Written(), lambda data, _: (0.0, data.decode()[0]))
    )
    at_hand = fuzz.Reading("gates", 1, tmp_path)
    for data in (b"a1", b"a2", b"b1"):
        at_hand.one(data)

    assert at_hand.mutator.seeds == [b"a1", b"b1"]


@pytest.mark.parametrize(
    ("result", "sound"),
    [
        (fuzz.Result("a", 1, most=1), True),
        (fuzz.Result("a"), False),
        (fuzz.Result("a", 1, broken={"KeyError": "file"}), False),
        (fuzz.Result("a", 1, most=fuzz.MOST + 1), False),
        (fuzz.Result("a", 1, grown=fuzz.GROWTH + 1), False),
    ],
)
def test_the_command_ends_with_what_was_found(monkeypatch, capsys, result: fuzz.Result, sound: bool):
    monkeypatch.setattr(fuzz, "apart", lambda name, minutes, number: result)

    assert fuzz.main(["gates"], 1, 1) == (not sound)
    assert ("| sound |" in capsys.readouterr().out) is sound


CRASHING = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


def test_a_process_that_dies_leaves_the_input_that_killed_it(monkeypatch, tmp_path):
    dying = tmp_path / "dying.py"
    dying.write_text(CRASHING)
    (tmp_path / "gates.current").write_bytes((2).to_bytes(4) + b"[[" + bytes(9))
    monkeypatch.setattr(fuzz, "BUILD", tmp_path)
    monkeypatch.setattr(fuzz, "__file__", str(dying))

    result = fuzz.apart("gates", 0, 1)

    assert [Path(file).read_bytes() for file in result.broken.values()] == [b"[["]
    assert [*result.broken] == ["the process ended with -11"]


def test_mutated_streams_are_the_same_for_the_same_number():
    one, other = (fuzz_streams.Mutator("sse", 3) for _ in range(2))

    assert [one.next() for _ in range(9)] == [other.next() for _ in range(9)]


def test_T10_reading_them_starts_nothing_and_opens_nothing_else():
    """No program, no connection, no code, and no file but those in which the seeds are handed over."""

    def read_all() -> None:
        for name, file in KEPT:
            read(name, (fuzz_files.SEEDS / name / file).read_bytes())

    read_all()  # what is loaded once is loaded
    with watched() as seen:
        read_all()

    ours = (str(fuzz_files.SEEDS), tempfile.gettempdir())
    assert len(seen) >= len(KEPT)
    assert [line for line in seen if not line.startswith(tuple(f"open {place}" for place in ours))] == []
