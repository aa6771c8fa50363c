"""No section of the service's guide is forgotten: its flows work through the official client and over plain HTTP."""

import reference
from builders.guide import BY_CLIENT, BY_HTTP, NO_FLOW
from builders.shown import lacking


def test_every_flow_that_is_named_exists():
    assert lacking(BY_CLIENT) == []
    assert lacking(BY_HTTP) == []


def test_every_section_is_shown_in_both_ways():
    rows = reference.rows("S")

    assert len(rows) == 24
    assert BY_HTTP.keys() == rows
    assert BY_CLIENT.keys() == rows - NO_FLOW.keys()
