"""Faults on our own side: every row of group D has tests of its own, and this table says which."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "D01": ("plugin/test_resume.py::test_figures_are_those_of_an_uninterrupted_run", "proofs/kills.py"),
    "D02": ("plugin/test_workers_die.py::test_case_of_a_dead_worker_is_errored",),
    "D03": ("plugin/test_workers_die.py::test_case_of_a_dead_worker_is_errored",),
    "D04": ("plugin/test_workers_die.py::test_workers_that_die_at_every_case_end_the_run",),
    "D05": ("plugin/test_interrupt.py::test_first_signal_ends_the_run_in_order",),
    "D06": ("plugin/test_interrupt.py::test_second_signal_ends_it_at_once",),
    "D07": ("plugin/test_interrupt.py::test_first_signal_ends_the_run_in_order",),
    "D08": ("proofs/kills.py",),
    "D09": (
        "plugin/test_disk_faults.py::test_everything_asked_of_the_disk_fails_once",
        "record/test_record_writer.py::test_full_disk_at_any_write_leaves_all_before_it",
    ),
    "D10": (
        "plugin/test_disk_faults.py::test_everything_asked_of_the_disk_fails_once",
        "report/test_report_page.py::test_old_page_stays_when_the_disk_is_full",
    ),
    "D11": (
        "plugin/test_disk_faults.py::test_everything_asked_of_the_disk_fails_once",
        "record/test_record_writer.py::test_directory_that_cannot_be_made_is_named",
    ),
    "D12": (
        "record/test_record_run.py::test_cut_record_loses_only_its_last_line",
        "record/test_record_again.py::test_record_cut_at_every_byte_is_taken_up",
    ),
    "D13": (
        "record/test_record_run.py::test_altered_byte_is_named_and_its_case_errored",
        "plugin/test_resume.py::test_altered_record_is_not_taken_up",
    ),
    "D14": (
        "plugin/test_resume.py::test_run_that_is_being_written_is_refused",
        "record/test_record_again.py::test_lock_of_a_killed_process_is_free",
    ),
    "D15": ("engine/test_engine_auth.py::test_three_hours_of_sixty_minute_tokens",),
    "D16": ("engine/test_engine_auth.py::test_a_token_that_ends_before_a_turn_may",),
    "D17": ("engine/test_engine_auth.py::test_all_at_once_wait_for_one_fetch",),
    "D18": ("engine/test_engine_auth.py::test_a_failed_refresh_is_survived_while_the_old_token_is_good",),
    "D19": ("engine/test_engine_auth.py::test_tokens_that_are_old_when_they_come",),
    "D20": ("engine/test_engine_auth.py::test_without_any_good_token_the_reason_is_told",),
    "D21": ("engine/test_engine_auth.py::test_azure_identity_itself",),
    "D23": ("proofs/many_cases.py",),
    "D27": ("engine/test_engine_many.py::test_a_bug_of_ours_errs_one_case_alone",),
    "D28": ("plugin/test_plugin.py::test_a_page_that_breaks_takes_nothing_with_it",),
    "D29": ("record/test_record_writer.py::test_values_that_json_cannot_hold_are_recorded_all_the_same",),
    "D32": (
        "record/test_record_run.py::test_newer_format_is_refused_untouched",
        "record/test_record_run.py::test_record_of_format_1_is_read_for_ever",
    ),
    "D33": ("plugin/test_resume.py::test_changed_scenario_is_refused_or_runs_again",),
    "D34": ("plugin/test_resume.py::test_workers_take_up_what_others_began",),
    "D35": ("cli/test_gc.py::test_what_a_killed_run_left_is_removed",),
    "D38": ("mock/test_mock_api.py::test_port_taken_is_an_error",),
    "D43": ("gate/test_gate_decisions.py::test_a_rate_that_must_be_shown",),
    "D44": ("cli/test_gc.py::test_an_interrupted_run_cleans_up_itself",),
}
"""Row → tests and proofs below `tests/`."""

OPEN: Final[Mapping[str, str]] = {
    "D22": "the doctor looks at the clock; a run does not note the difference yet",
    "D24": "answers of 200 MiB are bounded and lie apart; opening such a page in a browser is not timed",
    "D25": "few file descriptors end in errors that are told; parallelism is not lowered by itself",
    "D26": "ids come from files and names; pytest-xdist compares collections, nothing of ours does",
    "D30": "files are written as UTF-8 everywhere; no test runs under another locale",
    "D31": "result files are complete with a full or broken stdout (tried by hand); no test holds it",
    "D36": "unknown ids are in the ledger; requests carry no tag",
    "D37": "no test looks for exceptions that nobody retrieved",
    "D39": "versions stand in the head; no warning is given",
    "D40": "options take names of variables; no test reads the list of processes",
    "D41": "variables are named in the support bundle, not in the head of a run",
    "D42": "the workflows that `harness init` makes upload always; not tested by a failing job",
    "D45": "no list of other plugins is tested",
}
"""Rows of which a part is not built or not tested, and which."""


@pytest.mark.parametrize("row", ROWS)
def test_row_has_its_tests(row: str):
    """Each that is named is there, under this very name."""
    for named in ROWS[row]:
        path, _, function = named.partition("::")
        text = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert not function or re.search(rf"^(async )?def {function}\(", text, re.MULTILINE), named


def test_no_row_is_forgotten():
    """45 rows: tested, or said to be open."""
    assert sorted((*ROWS, *OPEN)) == [f"D{number:02}" for number in range(1, 46)]
