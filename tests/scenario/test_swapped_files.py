"""A file, and a folder on the way to it, that become links and files again while they are read: nothing from outside.

The 100,000 swaps that the rule speaks of are `make threats`.
"""

import os

import pytest
from proofs.at_size import INSIDE, content, swaps

from harness.scenario.attachments import read_below


def test_T9_nothing_from_outside_is_read_while_links_come_and_go():
    outside, inside = swaps(2_000, content)

    assert outside == 0
    assert inside > 0


def test_T9_a_reader_that_follows_links_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "O_NOFOLLOW", 0)
    outside, _ = swaps(2_000, read_below)

    assert outside > 0


def test_T9_what_lies_inside_is_what_is_read(tmp_path):
    (tmp_path / "a.pdf").write_bytes(INSIDE)

    assert content(tmp_path, "a.pdf") == INSIDE
