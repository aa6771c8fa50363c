"""Verdicts: the table of fault catalogue 0.1 for every mix of findings."""

import itertools

import pytest

from harness.findings import CODES, Finding, Level, Severity, Verdict, verdict

PARTS = {
    "error": Finding("order.seq_gap", Level.ERROR, ""),
    "demand": Finding("expect.text", Level.ERROR, ""),
    "avail": Finding("avail.connect", Level.ERROR, ""),
    "warning": Finding("sem.usage_sum", Level.WARNING, ""),
    "note": Finding("wire.bad_close", Level.NOTE, ""),
    "avail_note": Finding("avail.stream_error", Level.NOTE, ""),
}
MIXES = [mix for size in range(len(PARTS) + 1) for mix in itertools.combinations(PARTS, size)]


@pytest.mark.parametrize("mix", MIXES, ids="+".join)
def test_the_verdict_of_every_mix(mix: tuple[str, ...]):
    """Any error but of availability fails; errors of availability alone are inconclusive; nothing else counts."""
    expected = Verdict.PASSED
    if "avail" in mix:
        expected = Verdict.INCONCLUSIVE
    if "error" in mix or "demand" in mix:
        expected = Verdict.FAILED
    findings = [PARTS[name] for name in mix]

    assert verdict(findings) is verdict(reversed(findings)) is expected
    assert verdict(findings, skipped="for a reason") is Verdict.SKIPPED
    # A fault of ours hides no proof that the endpoint is wrong, and makes nothing of what is missing.
    errored = Verdict.FAILED if expected is Verdict.FAILED else Verdict.ERRORED
    assert verdict(findings, error="a bug") is errored


def test_an_empty_reason_is_a_reason():
    """What is told apart is None, not what is false."""
    assert verdict([], error="") is Verdict.ERRORED
    assert verdict([], skipped="") is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.S1, Level.ERROR),
        (Severity.S2, Level.ERROR),
        (Severity.WARN, Level.WARNING),
        (Severity.S3, Level.NOTE),
    ],
)
def test_severity_gives_the_level(severity: Severity, level: Level):
    assert severity.level is level


def test_only_the_first_severity_cannot_be_lowered():
    for name, code in CODES.items():
        assert code.can_be_lowered == (code.severity is not Severity.S1), name


def test_codes_are_a_family_and_a_name_with_a_source():
    for name, code in CODES.items():
        family, _, rest = name.partition(".")
        assert family in {
            "order",
            "text",
            "tool",
            "reply",
            "sem",
            "state",
            "modes",
            "client",
            "wire",
            "avail",
            "secret",
            "mcp",
            "support",
        }, name
        assert rest.replace("_", "").isalnum(), name
        assert len(code.source) > 10, name
