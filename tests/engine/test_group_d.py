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
    "D22": (
        "engine/test_engine_clocks.py::test_no_token_is_sent_that_has_ended",
        "engine/test_engine_clocks.py::test_a_difference_is_told_once",
    ),
    "D23": ("proofs/many_cases.py",),
    "D24": (
        "report/test_report_large.py::test_it_is_kept_whole_and_apart",
        "report/test_report_large.py::test_its_page_is_small_and_opens",
        "proofs/bounds.py",
    ),
    "D25": (
        "plugin/test_surroundings.py::test_few_open_files_mean_fewer_cases_at_once",
        "plugin/test_surroundings.py::test_too_few_open_files_are_refused_with_the_number",
    ),
    "D26": (
        "plugin/test_surroundings.py::test_workers_that_collect_otherwise_are_refused",
        "plugin/test_surroundings.py::test_ids_are_the_same_however_python_hashes",
        "plugin/test_surroundings.py::test_shards_of_different_collections_are_not_joined",
    ),
    "D27": ("engine/test_engine_many.py::test_a_bug_of_ours_errs_one_case_alone",),
    "D28": ("plugin/test_plugin.py::test_a_page_that_breaks_takes_nothing_with_it",),
    "D29": ("record/test_record_writer.py::test_values_that_json_cannot_hold_are_recorded_all_the_same",),
    "D30": (
        "plugin/test_surroundings.py::test_files_are_utf_8_under_any_code_page",
        "cli/test_streams.py::test_signs_that_a_code_page_has_not_are_escaped",
    ),
    "D31": (
        "cli/test_streams.py::test_files_are_whole_and_the_status_is_kept",
        "cli/test_streams.py::test_nothing_can_be_told_at_all",
    ),
    "D32": (
        "record/test_record_run.py::test_newer_format_is_refused_untouched",
        "record/test_record_run.py::test_record_of_format_1_is_read_for_ever",
    ),
    "D33": ("plugin/test_resume.py::test_changed_scenario_is_refused_or_runs_again",),
    "D34": ("plugin/test_resume.py::test_workers_take_up_what_others_began",),
    "D35": ("cli/test_gc.py::test_what_a_killed_run_left_is_removed",),
    "D36": (
        "engine/test_engine_tag.py::test_a_create_without_metadata_bears_it",
        "engine/test_engine_tag.py::test_a_create_of_unknown_end_is_told_with_time_region_and_mark",
    ),
    "D37": (
        "engine/test_engine_closing.py::test_connections_that_are_open_are_closed",
        "engine/test_engine_closing.py::test_whoever_waited_is_not_told_of_it",
    ),
    "D38": ("mock/test_mock_api.py::test_port_taken_is_an_error",),
    "D39": (
        "plugin/test_surroundings.py::test_newer_package_is_told",
        "plugin/test_surroundings.py::test_what_is_tested_is_what_is_installed_here",
        "plugin/test_surroundings.py::test_raw_client_needs_no_package_of_the_service",
    ),
    "D40": ("plugin/test_surroundings.py::test_no_secret_stands_in_the_list_of_processes",),
    "D41": (
        "plugin/test_surroundings.py::test_what_may_change_a_run_is_named_in_its_head",
        "plugin/test_surroundings.py::test_keys_of_tls_are_not_written_down_in_a_pipeline",
    ),
    "D42": (
        "starting/test_starting_set.py::test_what_was_recorded_is_kept_whatever_came_of_the_job",
        "plugin/test_surroundings.py::test_a_record_can_be_taken_away_at_any_moment",
    ),
    "D43": ("gate/test_gate_decisions.py::test_a_rate_that_must_be_shown",),
    "D44": ("cli/test_gc.py::test_an_interrupted_run_cleans_up_itself",),
    "D45": (
        "plugin/test_beside_others.py::test_reruns_take_no_finding_away",
        "plugin/test_beside_others.py::test_limit_of_time_loses_nothing",
        "plugin/test_beside_others.py::test_worker_that_is_ended_so_is_a_worker_that_died",
    ),
}
"""Row → tests and proofs below `tests/`."""


@pytest.mark.parametrize("row", ROWS)
def test_row_has_its_tests(row: str):
    """Each that is named is there, under this very name."""
    for named in ROWS[row]:
        path, _, function = named.partition("::")
        text = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert not function or re.search(rf"^(async )?def {function}\(", text, re.MULTILINE), named


def test_no_row_is_forgotten():
    assert sorted(ROWS) == [f"D{number:02}" for number in range(1, 46)]
