"""What a run may ask for is known, and bounded, before anything is sent (E23)."""

import os
import subprocess
import sys
from pathlib import Path

from builders.cases import Paper, cases, facts

from harness.engine.planning.ceiling import Ceiling, ceiling
from harness.engine.targets.embedded import embedded_family

TEXT = """
modes: {delivery: [plain, stream], state: [chained, compacted]}
request: {max_output_tokens: 100}
tools: [{type: function, name: look, returns: 1}]
turns:
  - {user: a, max_rounds: 3, attach: [{image: attachments/dot.png, via: file_id}]}
  - {wait: 2s}
  - {user: b, request: {max_output_tokens: "${target.name}"}, expect: {status: completed}}
  - {upload: {file: attachments/note.txt, purpose: assistants}}
"""


def test_requests_and_tokens_of_a_run():
    """Every round and upload, and what a state asks first; a wait is nothing."""
    found = cases(TEXT, Paper(facts()))

    one = ceiling(found[:1])
    assert one == Ceiling((3 + 1) + 8 + 1, 300, 8)
    assert ceiling(found).requests == 2 * 13 + 2 * 15
    assert str(one) == "at most 13 requests, 300 tokens of output"


def test_the_embedded_endpoint_costs_nothing():
    assert ceiling(cases(TEXT, embedded_family()[0])) == Ceiling()


def test_a_run_that_may_send_too_much_is_refused(tmp_path: Path):
    """Exit 4 before the first request; nobody listens at the address."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text("scenario: A\nturns: [{user: a, max_rounds: 2, expect: {text: a}}]\n")
    options = ["--endpoint", "http://127.0.0.1:9/v1/", "--deployment", "d"]
    text = (tmp_path / "specs" / "a.yaml").read_text()
    (tmp_path / "specs" / "a.yaml").write_text(text + "cases: [{n: 1}, {n: 2}, {n: 3}]\n")
    command = [sys.executable, "-m", "harness", "run", *options, "--max-requests", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ))

    assert done.returncode == 4, done.stdout
    assert "this run may send 3 requests to live targets, more than 2" in done.stdout + done.stderr
    assert not (tmp_path / "reports").exists()
