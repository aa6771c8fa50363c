"""The page about the endpoint says what is so."""

import re

import pytest
from click.testing import CliRunner
from proofs.endpoint_page import PAGE, filled

from harness.cli.mock import command
from harness.mock.faithful import BY_OPERATION, BY_SUBJECT
from harness.mock.operations.table import OPERATIONS, TALKS


def test_every_operation_that_is_served_is_told_of():
    served = {f"{method} {path}" for method, path in OPERATIONS} | {f"WebSocket {path}" for path in TALKS}

    assert set(BY_OPERATION) == served


def test_the_page_is_up_to_date():
    """`python tests/proofs/endpoint_page.py` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")

    assert filled(page) == page
    assert page.count("<!-- end -->") == 3


@pytest.mark.parametrize("name", [*BY_OPERATION, *BY_SUBJECT])
def test_what_is_simpler_has_a_reason(name):
    entry = (BY_OPERATION | BY_SUBJECT)[name]

    assert entry.faithful
    assert bool(entry.why) == (entry.simplified != "nothing known")
    assert "|" not in entry.faithful + entry.simplified + entry.why


def test_every_option_stands_on_the_page():
    said = CliRunner().invoke(command, ["--help"]).output

    assert set(re.findall(r"--[a-z-]+", said)) - {"--help"} == set(
        re.findall(r"^\| `(--[a-z-]+)", PAGE.read_text(), re.M)
    )
