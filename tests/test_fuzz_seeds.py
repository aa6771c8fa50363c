"""The seeds of the fuzzing obey its laws, and so do some files made of them: the long run is `make fuzz`."""

import pytest
from proofs import fuzz_files

LAWS = [(name, path.name) for name in fuzz_files.READERS for path in sorted((fuzz_files.SEEDS / name).iterdir())]


@pytest.mark.parametrize(("name", "file"), LAWS)
def test_a_seed_is_read_or_refused(name: str, file: str):
    assert fuzz_files.obeys(name, (fuzz_files.SEEDS / name / file).read_bytes()) < fuzz_files.SECONDS_EACH


@pytest.mark.parametrize("name", fuzz_files.READERS)
def test_files_made_of_them(name: str):
    mutator = fuzz_files.Mutator(name, 7)

    assert max(fuzz_files.obeys(name, mutator.next()) for _ in range(60)) < fuzz_files.SECONDS_EACH


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
