"""A record of unknown origin: names in it lead nowhere, and it never claims more memory than it has bytes."""

from dataclasses import replace

import pytest
from builders import runs

from harness.record.exchanges import BodyMissing, content
from harness.record.lines import Body, Where
from harness.record.run import Run
from harness.record.unsound import NoRecord
from harness.record.writer import RunWriter


@pytest.fixture
def recorded(tmp_path):
    """A run with one exchange, and where the exchange stands."""
    folder = tmp_path / "ours"
    with RunWriter(folder, runs.head(())) as writer:
        where = writer.exchanges("case", "turn-1", 0, runs.exchange())
    return Run.read(folder), where


@pytest.mark.parametrize(
    "file",
    ["../theirs/exchanges.jsonl", "/dev/zero", "/proc/self/environ", "a/../../theirs/exchanges.jsonl", "", "\0", ".."],
)
def test_E40_exchanges_are_read_below_their_run_alone(file, recorded, tmp_path):
    """Even a sound record elsewhere is not reached by a name in this one."""
    run, where = recorded
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "exchanges.jsonl").write_bytes((run.folder / where.file).read_bytes())
    with pytest.raises(NoRecord):
        run.exchange(replace(where, file=file))


def test_E40_a_link_below_a_run_is_not_followed(recorded, tmp_path):
    run, where = recorded
    (tmp_path / "elsewhere").write_bytes((run.folder / where.file).read_bytes())
    (run.folder / "link.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NoRecord):
        run.exchange(replace(where, file="link.jsonl"))


@pytest.mark.parametrize(("offset", "length"), [(0, 1 << 62), (1 << 62, 10), (-1, 10), (0, -1), (1 << 70, 1)])
def test_numbers_of_a_record_take_no_memory(offset, length, recorded):
    run, where = recorded
    with pytest.raises(NoRecord):
        run.exchange(Where(where.file, offset, length))


def test_the_exchange_itself_is_read(recorded):
    run, where = recorded
    assert run.exchange(where).case == "case"


@pytest.mark.parametrize("name", ["../../key", "/etc/hostname", "..", "a/b"])
def test_E40_bodies_lie_below_their_folder_alone(name, tmp_path):
    (tmp_path / "run" / "bodies").mkdir(parents=True)
    (tmp_path / "key").write_bytes(b"a-key")
    with pytest.raises(BodyMissing) as missing:
        content(Body(5, sha256=name), tmp_path / "run" / "bodies")
    assert "does not hold" not in missing.value.why  # what lies elsewhere was not even opened
