"""`cases:` from a table beside the scenario: types kept, bounds held, mistakes at the table's own lines."""

from pathlib import Path

import pytest

from harness.scenario import rows
from harness.scenario.load import load
from harness.source.place import Refused

SCENARIO = 'scenario: Rows\ncases: %s\nturns: [{user: "${city}", expect: {status: completed}}]\n'


def loaded(folder: Path, name: str, text: str | bytes) -> tuple[dict[str, object], ...]:
    path = folder / "specs" / "a.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SCENARIO % name)
    table = path.parent / name
    table.parent.mkdir(exist_ok=True, parents=True)
    table.write_bytes(text.encode() if isinstance(text, str) else text)
    (scenario,) = load(path, folder)
    return tuple(dict(row) for row in scenario.rows)


def test_comma_separated_values_are_text(tmp_path: Path):
    found = loaded(tmp_path, "tables/rows.csv", 'city,degrees\nOslo,3\n\n"Rome, Italy","2""1"\n')
    assert found == ({"city": "Oslo", "degrees": "3"}, {"city": "Rome, Italy", "degrees": '2"1'})


def test_other_line_ends_and_a_mark_at_the_beginning(tmp_path: Path):
    assert loaded(tmp_path, "rows.csv", b"\xef\xbb\xbfcity\r\nOslo\r\n") == ({"city": "Oslo"},)


def test_a_cell_may_hold_lines(tmp_path: Path):
    assert loaded(tmp_path, "rows.csv", 'city\n"a\nb"\n') == ({"city": "a\nb"},)


def test_lines_of_json_keep_their_types(tmp_path: Path):
    found = loaded(tmp_path, "rows.jsonl", '{"city": "Oslo", "n": 3}\n\n{"n": null, "city": ["a"]}\n')
    assert found == ({"city": "Oslo", "n": 3}, {"n": None, "city": ["a"]})


@pytest.mark.parametrize(
    ("name", "text", "message", "line"),
    [
        ("rows.csv", "city,n\nOslo\n", "this row has 1 cells, and the first line 2", 2),
        ("rows.csv", "city,my town\nOslo,x\n", "`my town` is no name for a variable", 1),
        ("rows.csv", "city,target\nOslo,x\n", "the name `target` is the harness's own", 1),
        ("rows.csv", 'city\n"Oslo\n', "this is no CSV", 2),
        ("rows.jsonl", '{"city": 1}\n{"city": 1, "n": 2}\n', "the first row has no column `n`", 2),
        ("rows.jsonl", '{"city": 1}\n{}\n', "this is no row", 2),
        ("rows.jsonl", '{"city": 1}\n{"city": Infinity}\n', "this is no JSON", 2),
        ("rows.jsonl", '{"city": 1}\n' + "[" * 100_000 + "\n", "this is no JSON", 2),
    ],
)
def test_a_mistake_stands_at_its_line(tmp_path: Path, name: str, text: str, message: str, line: int):
    with pytest.raises(Refused) as refusal:
        loaded(tmp_path, name, text)
    first = refusal.value.diagnostics[0]
    assert message in first.message
    assert (first.place.file, first.place.line) == (f"specs/{name}", line)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rows.csv", "city\n", "has no row"),
        ("rows.jsonl", "", "has no row"),
        ("rows.csv", b"\x89PNG\r\n\x1a\n", "its content is something else"),
        ("rows.csv", b"city\n\xff\n", "its content is something else"),
        ("rows.xlsx", b"PK\x03\x04", "is no table"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_the_scenario(tmp_path: Path, name: str, text: str | bytes, message: str):
    with pytest.raises(Refused) as refusal:
        loaded(tmp_path, name, text)
    (first, *_) = refusal.value.diagnostics
    assert message in first.message
    assert first.place.line == 2


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "MOST", 3)
    with pytest.raises(Refused, match="at most 3 rows"):
        loaded(tmp_path, "rows.csv", "city\n" + "x\n" * 5)
    monkeypatch.setattr(rows, "LARGEST", 10)
    with pytest.raises(Refused, match="a table has at most"):
        loaded(tmp_path, "rows.csv", "city\nabcdefgh\n")


def test_a_link_is_not_followed(tmp_path: Path):
    """E27: what lies outside is not read, whatever it is called."""
    (tmp_path / "secret.csv").write_text("city\nOslo\n")
    path = tmp_path / "specs" / "a.yaml"
    path.parent.mkdir()
    path.write_text(SCENARIO % "rows.csv")
    (path.parent / "rows.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(Refused, match="cannot be read"):
        load(path, tmp_path)


def test_rows_of_a_table_are_tried_before_anything_runs(tmp_path: Path):
    """An expectation that a row makes none is the author's mistake at load, as with rows in the file."""
    path = tmp_path / "a.yaml"
    path.write_text('scenario: Rows\ncases: rows.jsonl\nturns: [{user: a, expect: {text: {contains: "${n}"}}}]\n')
    (tmp_path / "rows.jsonl").write_text('{"n": "a"}\n{"n": 7}\n')
    with pytest.raises(Refused, match="with row 2 of `cases`"):
        load(path, tmp_path)
