"""What is kept of the ids that a run's cases were given."""

from harness.engine.planning import given
from harness.engine.planning.given import Given


def test_ids_are_known_to_the_first_case_that_was_given_them():
    """Whatever an id is made of."""
    known = Given()
    ids = [f"resp_{number}" for number in range(5_000)] + ["", "\ud83d", "é" * 300]

    assert [known.first(each, f"case {number % 2_000}") for number, each in enumerate(ids)] == [
        f"case {number % 2_000}" for number in range(len(ids))
    ]
    assert [known.first(each, "another") for each in ids] == [f"case {number % 2_000}" for number in range(len(ids))]
    assert known.first("resp_new", "another") == "another"


def test_ids_are_known_for_a_fixed_number_of_others_at_least(monkeypatch):
    """So that memory has an end: tables of 16 places, of which 10 are filled."""
    monkeypatch.setattr(given, "PLACES", 16)
    monkeypatch.setattr(given, "FULL", 10)
    known = Given()
    for number in range(95):
        assert known.first(f"resp_{number}", f"case {number}") == f"case {number}"

    assert [known.first(f"resp_{number}", "another") for number in range(85, 95)] == [
        f"case {number}" for number in range(85, 95)
    ]
    assert known.first("resp_79", "another") == "another"
