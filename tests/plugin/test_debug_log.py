"""`--debug-log FILE`: what the harness did, a JSON object a line, without a secret, for its owner alone."""

import base64
import html
import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from harness.engine import diary
from harness.engine.diary import LOG, Diary, tell
from harness.wire.redact import Redactor, Secret

SECRET = "k3y/of+the=service-0123456789"
SPEC = """
scenario: One
id: one
turns:
  - user: Reply with BANANA.
    expect: {status: completed}
"""


def run(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    (folder / "specs").mkdir(exist_ok=True)
    (folder / "specs" / "one.yaml").write_text(SPEC)
    command = [sys.executable, "-m", "harness", "run", "--run-id=run", *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120, check=False)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_it_is_off_unless_asked_for(tmp_path: Path):
    assert run(tmp_path).returncode == 0

    assert {path.name for path in tmp_path.iterdir()} <= {"specs", "reports", ".pytest_cache", ".harness"}
    assert not LOG.isEnabledFor(logging.DEBUG)
    assert not any(isinstance(handler, Diary) for handler in LOG.handlers)


def test_it_tells_what_was_done_and_nothing_that_was_said(tmp_path: Path):
    done = run(tmp_path, "--debug-log=log.jsonl")

    assert done.returncode == 0, done.stdout
    told = lines(tmp_path / "log.jsonl")
    whats = [line["what"] for line in told]
    wanted = ["the log begins", "case begins", "request", "answer", "case is recorded"]
    assert [what for what in whats if what in wanted] == wanted
    assert all({"at", "ms", "what", "level"} <= set(line) for line in told)
    assert [line["ms"] for line in told] == sorted(line["ms"] for line in told)
    (asked,) = (line for line in told if line["what"] == "request")
    assert (asked["method"], asked["url"].rpartition("/")[2]) == ("POST", "responses")
    (answered,) = (line for line in told if line["what"] == "answer")
    assert (answered["status"], answered["ending"]) == (200, "complete")
    (recorded,) = (line for line in told if line["what"] == "case is recorded")
    assert recorded["verdict"] == "passed"
    assert recorded["case"].startswith("specs/one.yaml::one[")
    assert "BANANA" not in (tmp_path / "log.jsonl").read_text()
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) & 0o077 == 0


def test_each_worker_has_its_own(tmp_path: Path):
    assert run(tmp_path, "--debug-log=log.jsonl", "-n1").returncode == 0

    assert "case is recorded" in {line["what"] for line in lines(tmp_path / "log-gw0.jsonl")}
    assert "case begins" not in {line["what"] for line in lines(tmp_path / "log.jsonl")}


def test_key_of_a_target_is_not_in_it(tmp_path: Path):
    """Nor where it is a part of the address that is asked."""
    key = "a-key-that-nobody-may-see-0123456789"
    options = ("--deployment=d", "--api-key-env=SOME_KEY", "--debug-log=log.jsonl")
    done = run(tmp_path, f"--endpoint=http://127.0.0.1:9/{key}/v1", *options, SOME_KEY=key)

    assert done.returncode == 6, done.stdout
    text = (tmp_path / "log.jsonl").read_text()
    assert "[redacted]" in text
    assert key not in text


@pytest.mark.parametrize("name", ["missing/log.jsonl", "specs", "link.jsonl", "log.jsonl/below"])
def test_file_that_cannot_be_written_is_refused(tmp_path: Path, name: str):
    """Told with its name before anything is sent; a link is not followed."""
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "link.jsonl").symlink_to("elsewhere")
    (tmp_path / "log.jsonl").write_text("")

    done = run(tmp_path, f"--debug-log={name}")

    assert done.returncode == 4, done.stdout
    assert f"--debug-log {name}: " in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "reports").exists()
    assert (tmp_path / "elsewhere").read_text() == ""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Callable[[], bytes]]:
    """A diary that knows the secret; answers what it wrote."""
    made = Diary(tmp_path / "log.jsonl", Redactor([Secret("SOME_KEY", SECRET)]))
    yield (tmp_path / "log.jsonl").read_bytes
    made.close()


SPELT = {
    "plain": SECRET,
    "upper": SECRET.upper(),
    "url": quote(SECRET, safe=""),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 of a header": base64.b64encode(f"user:{SECRET}".encode()).decode(),
    "HTML": html.escape(SECRET),
    "escapes": "".join(f"%{ord(letter):02X}" for letter in SECRET),
}


def clean(data: bytes, spelling: str) -> bool:
    """Whether no long part of the middle of a spelling is left."""
    folded = data.lower()
    return not any(spelling[at : at + 12].lower().encode() in folded for at in range(4, len(spelling) - 18))


@pytest.mark.parametrize("spelling", SPELT.values(), ids=SPELT)
def test_secret_is_blanked_wherever_it_stands(kept: Callable[[], bytes], spelling: str):
    """In the message, in facts however deep, in objects, in the trace of an exception, in what libraries warn of."""

    class Told:
        def __str__(self) -> str:
            return f"<{spelling}>"

    tell(f"before {spelling} after")
    tell("deep", facts={"list": [1, {"inner": f"x{spelling}"}], "bytes": spelling.encode(), "object": Told()})
    try:
        raise OSError(spelling)
    except OSError:
        LOG.exception("broken")
    logging.getLogger("aiohttp.client").warning("from a library: %s", spelling)

    data = kept()
    assert data.count(b"[redacted]") >= 5
    assert clean(data, spelling)
    assert [line["what"] for line in map(json.loads, data.splitlines())][1:3] == ["deep", "broken"]


@pytest.mark.parametrize("at", [1, 10, len(SECRET) // 2, len(SECRET) - 1])
def test_secret_that_is_split_over_fields_is_not_left_in_parts(kept: Callable[[], bytes], at: int):
    """In two facts, in a message and a fact, in the parts of a list: such a line tells nothing."""
    first, second = SECRET[:at], SECRET[at:]
    tell("two facts", one=first, other=second)
    tell(first, more=[second])
    tell("a list", parts=[first, {"x": second}], and_more=1)

    told = [json.loads(line) for line in kept().splitlines()]
    assert [set(line) for line in told] == [{"at", "ms", "level", "what"}] * 3
    assert [line["what"] for line in told] == ["[redacted]"] * 3


@pytest.mark.parametrize("at", [1, 10, len(SECRET) // 2, len(SECRET) - 1])
def test_secret_is_blanked_before_a_long_message_is_cut(kept: Callable[[], bytes], at: int):
    """Its first half alone would not be known as one."""
    tell("x" * (diary.LONGEST - at) + SECRET)

    (line,) = map(json.loads, kept().splitlines())
    assert line["what"] == "x" * (diary.LONGEST - at) + "[redacted]"[:at]


def test_what_is_no_secret_stays(kept: Callable[[], bytes]):
    tell("request", url="https://service.invalid/openai/v1/responses", status=200, parts=["a", "b"])

    (line,) = map(json.loads, kept().splitlines())
    assert (line["url"], line["status"]) == ("https://service.invalid/openai/v1/responses", 200)


def test_it_ends_before_it_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diary, "MOST", 2_000)
    made = Diary(tmp_path / "log.jsonl", Redactor())
    for number in range(100):
        tell("again", number=number)
    made.close()

    told = lines(tmp_path / "log.jsonl")
    assert told[-1] == {"what": "the log ends here: it is full"}
    assert len(told) < 50
    assert (tmp_path / "log.jsonl").stat().st_size < 2_000 + 100


def test_nothing_depends_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A disk that is full ends the log, and raises nothing."""
    made = Diary(tmp_path / "log.jsonl", Redactor())

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        tell("lost")
    tell("after")
    made.close()
    made.close()

    assert (tmp_path / "log.jsonl").read_bytes() == b""
    assert not LOG.isEnabledFor(logging.DEBUG)
