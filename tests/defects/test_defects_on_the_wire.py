"""Every defect of group A that the embedded endpoint can commit is found under its codes, and no other is."""

import pytest
from builders.catalogue import FAULTS
from builders.spoilt import HEAVY, answered, base_name, errors, found, knocked, of_group_a, spoilt

from harness.findings import Level
from harness.mock import bases
from harness.mock.defects import DEFECTS, Defect, Door
from harness.wire.sse import Decoder, frames

DOORS = [one for one in DEFECTS.values() if isinstance(one, Door) and one.id.startswith("A")]


def holds(defect: Defect, findings) -> None:
    """The codes of the defect's row are found at its level, and at error level nothing else."""
    fault = FAULTS[defect.row]
    wanted = fault.codes & set(defect.findings)
    at_level = {finding.rule for finding in findings if finding.level is fault.level}
    assert wanted, f"the defect names {defect.findings}, the catalogue {set(fault.codes)}"
    if fault.level is Level.ERROR:
        assert at_level <= wanted, findings
    else:
        assert errors(findings) == set(), findings
    assert at_level & wanted if fault.any_of else wanted <= at_level, findings


@pytest.mark.parametrize("defect", of_group_a(), ids=lambda defect: f"{defect.id}-{defect.slug}")
def test_a_defect_is_found_under_its_codes_and_no_other(defect):
    holds(defect, found(spoilt(defect)))


@pytest.mark.parametrize("defect", DOORS, ids=lambda defect: f"{defect.id}-{defect.slug}")
def test_a_fault_of_the_transport_is_found_through_a_socket(defect):
    for stream in [stream for stream in (True, False) if ("X1" if stream else "X4") in defect.base]:
        holds(defect, found(knocked(defect, stream=stream)))


def test_through_the_raw_door_without_a_defect_nothing_is_found():
    assert [found(knocked(None, stream=stream)) for stream in (True, False)] == [(), ()]


@pytest.mark.parametrize("name", bases.BASES)
def test_base_exchanges_are_passed_in_silence(name):
    """N01 to N03, and every other exchange that defects are mutations of."""
    assert found(answered(None, name, stream=True)) == ()
    whole = found(answered(None, name, stream=False))
    # X8 is work in the background: had as a whole it was answered when all was done, which is worth a note.
    assert [each.rule for each in whole] == (["state.background_blocking"] if name == "X8" else [])
    assert all(each.level is Level.NOTE for each in whole)


@pytest.mark.parametrize("step", [1, 3, 16])
def test_chunks_change_no_frame_of_a_spoilt_stream(step):
    """N27, for what is wrong: with the same frames, whatever is judged of them is the same."""
    for defect in of_group_a():
        if defect.base != "X4" and defect.id not in HEAVY:
            body = spoilt(defect).body[:20_000]
            decoder = Decoder()
            fed = [frame for at in range(0, len(body), step) for frame in decoder.feed(body[at : at + step])]
            assert fed + decoder.finish() == frames(body), defect.id


def test_every_row_of_the_group_has_a_defect_that_says_what_the_catalogue_says():
    committed: dict[str, set[str]] = {}
    for defect in DEFECTS.values():
        if defect.id.startswith("A"):
            committed.setdefault(defect.row, set()).update(defect.findings)
    expected = {row: set(fault.codes) for row, fault in FAULTS.items()}
    assert set(expected) == set(committed)
    assert {row: codes for row, codes in committed.items() if not codes <= expected[row]} == {}
    assert {
        row: expected[row] - codes
        for row, codes in committed.items()
        if not FAULTS[row].any_of and codes != expected[row]
    } == {}


def test_a_defect_over_another_exchange_than_its_own_is_found_or_does_nothing():
    """Any base may be spoilt by any defect: what comes out is wrong in a way that its row names, or unchanged."""
    for defect in of_group_a():
        if defect.base in ("X4", "any") or defect.id in HEAVY:
            continue
        for name in ("X3", "X9", "X14"):
            if name == base_name(defect):
                continue
            exchange, good = answered(defect, name, stream=True), answered(None, name, stream=True)
            if (exchange.status, exchange.head, exchange.body) == (good.status, good.head, good.body):
                continue
            findings = found(exchange)
            fault = FAULTS[defect.row]
            assert {one.rule for one in findings if one.level is fault.level} & fault.codes, (defect.id, name, findings)
