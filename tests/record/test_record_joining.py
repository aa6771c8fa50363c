"""Shards of one run joined: nothing is written anew, nothing is lost, and what is missing is told."""

from dataclasses import replace

import pytest
from builders import runs, verdicts
from click.testing import CliRunner

from harness.cli import main
from harness.record import joining
from harness.record.joining import NotOneRun, join
from harness.record.unsound import Different, NoRecord

TABLE = {f"s{at}": "p" if at % 5 else "f" for at in range(21)}


def shards(folder, many=3, **changes):
    """A run in parts, each in a folder of its own."""
    whole = verdicts.run(TABLE)
    folders = []
    for number in range(many):
        planned = whole.head.planned[number::many]
        head = replace(whole.head, planned=planned, **changes)
        cases = [line for line in whole.cases if line.case in planned]
        name = f"{number + 1}of{many}"
        folders.append(runs.write(folder / f"part{number}" / head.run, head, cases, shard=name))
    return folders


def test_joined_run_is_the_whole_one(tmp_path):
    whole = verdicts.run(TABLE)
    joined = join(shards(tmp_path), tmp_path / "whole")
    assert not joined.missing
    assert not joined.run.problems
    assert set(joined.run.head.planned) == set(whole.head.planned)
    assert joined.run.verdicts == whole.verdicts
    assert sorted(joined.run.cases, key=lambda line: line.case) == sorted(whole.cases, key=lambda line: line.case)


def test_files_are_copied_byte_for_byte(tmp_path):
    folders = shards(tmp_path)
    join(folders, tmp_path / "whole")
    for folder in folders:
        for file in folder.glob("*.jsonl"):
            assert (tmp_path / "whole" / file.name).read_bytes() == file.read_bytes()


def test_missing_shard_is_told(tmp_path):
    first, _, third = shards(tmp_path)
    joined = join([first, third], tmp_path / "whole")
    assert joined.missing == ((2, 3),)


def test_records_of_different_runs_are_not_joined(tmp_path):
    ours, theirs = shards(tmp_path / "a"), shards(tmp_path / "b", run="2026-07-02T10-00-00-aaaa")
    with pytest.raises(Different):
        join([ours[0], theirs[1]], tmp_path / "whole")
    with pytest.raises(NotOneRun, match="have one name and differ"):
        join([ours[0], theirs[0]], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()
    assert not list(tmp_path.glob(".*"))


def test_same_shard_twice_counts_once(tmp_path):
    folders = shards(tmp_path)
    assert not join([*folders, folders[0]], tmp_path / "whole").run.problems


def test_folder_without_a_record(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoRecord):
        join([*shards(tmp_path), tmp_path / "empty"], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_target_that_holds_a_record(tmp_path):
    folders = shards(tmp_path)
    with pytest.raises(NotOneRun, match="choose another"):
        join(folders, folders[0])


def test_command(tmp_path):
    folders = shards(tmp_path)

    def merge(*arguments):
        return CliRunner().invoke(main, ["merge", *map(str, arguments)])

    done = merge(*folders, "-o", tmp_path / "whole")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'whole'}: 21 cases, 21 attempts\n")
    assert (tmp_path / "whole" / "report.html").stat().st_size > 10_000
    done = merge(folders[0], folders[2], "-o", tmp_path / "two")
    assert (done.exit_code, done.stderr) == (6, "shard 2 of 3 is missing\n")
    assert merge(folders[0], "-o", tmp_path / "two").exit_code == 4
    assert merge(tmp_path / "none", "-o", tmp_path / "three").exit_code == 4


def test_altered_shard_is_told(tmp_path):
    folders = shards(tmp_path)
    record = folders[0] / "record-1of3.jsonl"
    record.write_bytes(record.read_bytes().replace(b'"verdict":"failed"', b'"verdict":"passed"', 1))
    done = CliRunner().invoke(main, ["merge", *map(str, folders), "-o", str(tmp_path / "whole")])
    assert done.exit_code == 3
    assert "error: record-1of3.jsonl, line 2" in done.stderr


def hostile_link(folder, secret):
    (folder / "bodies").mkdir(exist_ok=True)
    (folder / "bodies" / ("ab" * 32)).symlink_to(secret)


def hostile_folder(folder, secret):
    (folder / "bodies").symlink_to(secret.parent)


def hostile_record(folder, secret):
    (folder / "record-9of9.jsonl").symlink_to(secret)


def hostile_name(folder, secret):
    (folder / "bodies").mkdir(exist_ok=True)
    (folder / "bodies" / "a\nb").write_bytes(b"x")


def hostile_exchanges(folder, secret):
    """A name that acts in a terminal, of a file that nothing else is wrong with."""
    (folder / "exchanges-\x1b[2J.jsonl").write_bytes(b"")


def hostile_body(folder, secret):
    """Bytes that are not what their name says."""
    (folder / "bodies").mkdir(exist_ok=True)
    (folder / "bodies" / ("ab" * 32)).write_bytes(b"x")


@pytest.mark.parametrize(
    "plant", [hostile_link, hostile_folder, hostile_record, hostile_name, hostile_exchanges, hostile_body]
)
def test_E41_a_shard_brings_nothing_but_its_record(plant, tmp_path):
    """What a shard hands over is data of unknown origin: no link is followed, no other name is copied."""
    secret = tmp_path / "private" / "key"
    secret.parent.mkdir()
    secret.write_bytes(b"a-key-of-many-letters")
    folders = shards(tmp_path)
    plant(folders[1], secret)
    with pytest.raises(NotOneRun):
        join(folders, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


@pytest.mark.parametrize(("bound", "value"), [("MOST_FILES", 5), ("MOST_BYTES", 2_000)])
def test_E41_a_shard_has_an_end(bound, value, tmp_path, monkeypatch):
    monkeypatch.setattr(joining, bound, value)
    with pytest.raises(NotOneRun, match="more than"):
        join(shards(tmp_path), tmp_path / "whole")
