"""`harness doctor --bundle`: what helps a helper, and no secret, question or answer in it."""

import base64
import io
import json
import stat
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from builders import runs
from click.testing import CliRunner, Result

from harness.cli import main
from harness.findings import Verdict

KEY = "k3y/of+the=service-0123456789"
OTHER = "another-p4ssword-that-nobody-configured"
ASKED = "What-was-asked-of-the-model"
ANSWERED = "What-the-model-answered"
TARGETS = """\
targets:
  - name: live
    endpoint: https://r.openai.azure.com/openai/v1/
    deployment: d
    model: o3
    region: eastus2
    auth: {api_key_env: SOME_TEST_KEY}
"""
TRACE = f"""Traceback (most recent call last):
  File "/somewhere/harness/rules/sem.py", line 3, in judge
    raise ValueError(text)
ValueError: {ANSWERED}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a target, a run in which everything that could leak stands, and a debug log of the same kind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOME_TEST_KEY", KEY)
    monkeypatch.setenv("CI_DEPLOY_PASSWORD", OTHER)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{OTHER}@proxy.example")
    (tmp_path / "targets.yaml").write_text(TARGETS)
    case = runs.case(verdict=Verdict.ERRORED, reason=TRACE, findings=(runs.finding(actual=ANSWERED, message=ASKED),))
    runs.write(tmp_path / "run", runs.head([case.case], settings={"who": ASKED}), [case])
    leaks = [KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode(), OTHER, "Bearer abcdefghijklmnop"]
    leaks += [
        "sk-ABCDEFGHIJKLMNOPQRST",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "https://x/?sig=abc123456",
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps({"what": leak}) + "\n" for leak in leaks))
    return tmp_path


def made(*more: str) -> tuple[Result, dict[str, bytes]]:
    result = CliRunner().invoke(main, ["doctor", "--bundle", "bundle.zip", *more])
    with zipfile.ZipFile(io.BytesIO(Path("bundle.zip").read_bytes())) as file:
        return result, {name: file.read(name) for name in file.namelist()}


def test_it_holds_no_secret_no_question_and_no_answer(here: Path):
    """Planted in the environment, the record and the log, in every form; none comes out."""
    result, parts = made("--run", "run", "--log", "log.jsonl")

    assert result.exit_code == 0, result.output
    assert set(parts) == {"about.json", "targets.json", "run.json", "debug-log.jsonl"}
    everything = b"".join(parts.values())
    planted = [KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode()[:-4], OTHER, ASKED, ANSWERED]
    planted += ["abcdefghijklmnop", "sk-ABCDEF", "eyJzdWIi", "abc123456", str(Path.home()) + "/"]
    assert [leak for leak in planted if leak.encode() in everything] == []
    assert parts["debug-log.jsonl"].count(b"[redacted]") >= 8
    assert all(json.loads(line) for line in parts["debug-log.jsonl"].splitlines())


def test_it_tells_what_a_helper_needs(here: Path):
    """Versions, targets, counts, rules, and where in our code a case was errored."""
    _, parts = made("--run", "run")

    about, targets, run = (json.loads(parts[name]) for name in ("about.json", "targets.json", "run.json"))
    assert {"pytest", "aiohttp"} <= set(about["packages"])
    assert "HTTPS_PROXY" in about["variables"]
    assert [(each["name"], each["region"]) for each in targets] == [("live", "eastus2")]
    assert (run["verdicts"], run["planned"], run["missing"]) == ({"errored": 1}, 1, 0)
    assert run["cases"][0]["where"] == ['File "/somewhere/harness/rules/sem.py", line 3, in judge', "ValueError"]


def test_it_is_for_its_owner_alone_and_whole_or_not_there(here: Path):
    made()
    assert stat.S_IMODE((here / "bundle.zip").stat().st_mode) & 0o077 == 0

    result = CliRunner().invoke(main, ["doctor", "--bundle", "missing/bundle.zip"])
    assert result.exit_code == 3
    assert "was not written" in result.output


@pytest.mark.parametrize("arguments", [[], ["--run", "."], ["--log", "log.jsonl"]])
def test_wrong_use_is_refused(here: Path, arguments: list[str]):
    assert CliRunner().invoke(main, ["doctor", *arguments], standalone_mode=False).exit_code != 0
