"""`gate.yaml`: what it says, and what a person sees where it says nothing that can be meant.

After a deliberate change `PYTHONPATH=tests python tests/gate/test_gate_policy.py` writes the texts anew, for review.
"""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from harness.gate.policy import Policy, read, schema
from harness.source.document import parse
from harness.source.place import Refused

GOLDEN = Path(__file__).parents[1] / "golden" / "gate"

FULL = """\
must_pass: [follow-up-keeps-context, "specs/tools/*::*", "tag:smoke"]
pass_rate: {at_least: 0.95, confidence: 0.9}
regression: {alpha: 0.01, margin: 0.02}
latency: {first_token: {p50: 800ms, p95: 2s}, total: {p95: 1m}}
tokens: {run: 2000000, case: {p95: 4000}}
drift: allow
inconclusive: 0.02
flaky: refuse
skipped: refuse
live: true
known:
  - scenario: slow-answer
    rule: expect.latency
    owner: Core
    reason: a ticket is open
    until: 2027-03-31
"""


def shown(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        read(path)
    return str(refused.value).replace(path.as_posix(), path.name) + "\n"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_diagnostics_of_a_policy(path):
    assert shown(path) == path.with_suffix(".txt").read_text()


def test_everything_that_a_policy_can_say(tmp_path):
    file = tmp_path / "gate.yaml"
    file.write_text(FULL)
    policy = read(file).policy
    assert policy.latency.first_token.p50 == 0.8
    assert policy.latency.total.p95 == 60
    assert policy.tokens.case.p95 == 4000
    assert policy.known[0].last_day.isoformat() == "2027-03-31"
    assert policy.must_pass[2] == "tag:smoke"
    assert read(file).place("regression", "margin").line == 3


def test_schema_of_editors_knows_every_key_and_takes_what_is_read():
    made = schema()
    assert made["properties"].keys() == Policy.model_fields.keys()
    (document,) = parse(FULL.encode(), "gate.yaml")
    assert document.value.keys() == made["properties"].keys()
    Draft202012Validator.check_schema(made)
    Draft202012Validator(made).validate(document.value)


def test_schema_of_editors_refuses_a_misspelt_key():
    assert not Draft202012Validator(schema()).is_valid({"must_pas": ["smoke"]})


def test_empty_policy_is_the_one_without_a_file(tmp_path):
    file = tmp_path / "gate.yaml"
    file.write_text("{}\n")
    assert read(file).policy == Policy()


def test_policy_that_is_not_there(tmp_path):
    with pytest.raises(Refused, match="it cannot be read: No such file"):
        read(tmp_path / "gate.yaml")


if __name__ == "__main__":
    for each in sorted(GOLDEN.glob("*.yaml")):
        each.with_suffix(".txt").write_text(shown(each))
