"""`harness rules` and `harness explain`."""

import json

from click.testing import CliRunner

from harness.cli import main
from harness.findings import CODES


def test_rules_lists_every_code_with_level_title_and_source():
    shown = CliRunner().invoke(main, ["rules", "--format", "json"])

    rows = {row["code"]: row for row in json.loads(shown.output)}
    assert shown.exit_code == 0
    assert set(rows) == set(CODES)
    assert rows["order.seq_gap"]["level"] == "error"
    assert rows["order.index_gap"]["level"] == "note"
    assert all(row["title"] and row["source"] for row in rows.values())


def test_rules_as_text_has_two_lines_for_each():
    shown = CliRunner().invoke(main, ["rules"])

    assert len(shown.output.splitlines()) == 2 * len(CODES)


def test_explain_prints_the_page():
    shown = CliRunner().invoke(main, ["explain", "order.response_id_changed"])

    assert shown.exit_code == 0
    assert shown.output.startswith("order.response_id_changed (error)\n\nA response keeps its id")
    assert "Shown by defect A79." in shown.output
    assert "Promised in: API reference, response.id" in shown.output
    assert "lenient: warning" in shown.output


def test_explain_of_an_unknown_code_says_what_was_meant():
    shown = CliRunner().invoke(main, ["explain", "order.seq_gapp"])

    assert (shown.exit_code, "did you mean `order.seq_gap`?" in shown.output) == (4, True)


def test_explain_shows_nothing_raw():
    shown = CliRunner().invoke(main, ["explain", "\x1b[2Jxyz"])

    assert shown.exit_code == 4
    assert "\x1b" not in shown.output
