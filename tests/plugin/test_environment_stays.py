"""What the environment holds stays there: no variable is reached by any spelling, no key by any mishap."""

import base64
import http.client
import json
import logging
import os
import re
import secrets
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.wire import client

KEY = "sk-planted-7f3a9c51d2"
SPELLINGS = (
    *("$NAME", "$${NAME}", "$(NAME)", "$(printenv NAME)", "`printenv NAME`", "%NAME%", "{{ NAME }}", "{{ env.NAME }}"),
    *("{{ cycler.__init__.__globals__.os.environ.NAME }}", "{% print(environ['NAME']) %}", "{0.__class__} {NAME}"),
    *("!ENV NAME", "<%= ENV['NAME'] %>", "~/NAME", "file:///proc/self/environ#NAME", "@NAME", "#{ENV['NAME']}"),
)
"""`$${` is how a text says `${`: unescaped it is refused, see below."""
POSITIONS = """
scenario: {title}
id: {id}
about: {text}
owner: {text}
request: {{tool_choice: none, instructions: {text}, metadata: {{note: {text}}}, user: {text}, prompt_cache_key: {text}}}
tools:
  - type: function
    name: look
    description: {text}
    parameters: {{type: object, properties: {{place: {{type: string, description: {text}, enum: [{text}]}}}}}}
    returns: {text}
cases: [{{word: {text}}}]
allow: {{order.index_gap: {{reason: {text}}}}}
turns:
  - user: {text}
    expect: {{text: {{not: {text}, matches: "."}}}}
    mock: {{reply: {text}}}
  - input: [{{role: developer, content: {text}}}, {{role: user, content: [{{type: input_text, text: {text}}}]}}]
    expect: {{text: {{any_of: [{{contains: {text}}}, {{equals: {text}}}, {{not: {text}}}]}}}}
  - user: "Reply with ${{word}}."
    expect: {{status: completed}}
"""
SLOW_TO_GUESS = 400
PACKED = re.compile(rb"eJ[A-Za-z0-9+/]{40,}={0,2}")
"""What was deflated and put into base64, as the page holds it."""


EXPANDING = """
import os
from harness.scenario import variables
whole = variables._put_in
def expanding(value, bindings, way):
    put = whole(value, bindings, way)
    return os.path.expandvars(put) if isinstance(put, str) else put
variables._put_in = expanding
"""


def canaries() -> dict[str, str]:
    return {f"CANARY_{secrets.token_hex(4)}_{number}".upper(): secrets.token_hex(12) for number in range(SLOW_TO_GUESS)}


def written(names: list[str]) -> str:
    """Scenarios that try each spelling with names of variables, in every place that takes text."""
    documents = []
    for number, spelling in enumerate(SPELLINGS):
        text = json.dumps(spelling.replace("NAME", names[number]))
        documents.append(POSITIONS.format(title=f"Spelling {number}", id=f"spelling-{number}", text=text))
    return "---\n".join(documents)


def everything(folder: Path) -> bytes:
    """The bytes of all files, and what is packed in pages once more unpacked."""
    whole = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return whole + b"".join(zlib.decompress(base64.b64decode(each)) for each in PACKED.findall(whole))


def leaked(data: bytes, values: list[str]) -> list[str]:
    """Which values stand in data, as they are or in base64."""
    found = [value for value in values if value.encode() in data]
    return found + [value for value in values if base64.b64encode(value.encode()).rstrip(b"=") in data]


def ran(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", "-m", "harness", "run", *arguments, "--reports", "out"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=110,
        check=False,
    )


@pytest.mark.parametrize("how", [["specs"], ["--untrusted", "specs"]], ids=["trusted", "untrusted"])
def test_T1_no_variable_of_the_environment_leaves_the_process(how: list[str], tmp_path: Path):
    """400 canaries, and every trick to have one written out: requests, record, page and terminal hold none."""
    planted = canaries()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "tricks.yaml").write_text(written(list(planted)))

    done = ran(tmp_path, planted, *how)

    output = done.stdout + done.stderr
    kept = everything(tmp_path / "out")
    assert f"collected {len(SPELLINGS)} items".encode() in output, output.decode()
    assert done.returncode in (0, 1), output.decode()  # an answer may say again what it must not
    assert leaked(output + kept, list(planted.values())) == []
    assert list(planted)[2].encode() in kept  # the names are there: what was searched is what was sent


def test_T1_a_run_that_reads_the_environment_is_seen(tmp_path: Path):
    """The same search, over a run in which somebody's plugin has the shell's way of naming variables work."""
    planted = canaries()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "tricks.yaml").write_text(written(list(planted)))
    (tmp_path / "specs" / "conftest.py").write_text(EXPANDING)

    done = ran(tmp_path, planted, "specs")

    found = leaked(done.stdout + done.stderr + everything(tmp_path / "out"), list(planted.values()))
    assert next(iter(planted.values())) in found, done.stdout.decode()


def test_T1_the_search_sees_what_leaks():
    assert leaked(b"x " + base64.b64encode(b"abcdefghi") + b" jkl", ["abcdefghi", "jkl", "mno"]) == ["jkl", "abcdefghi"]


@pytest.mark.parametrize("spelling", ["${%s}", "${env.%s}", "${%s:-x}", "${secret.%s}"])
def test_T1_a_variable_that_is_named_is_refused(spelling: str, tmp_path: Path, pytester: pytest.Pytester, monkeypatch):
    monkeypatch.setenv("CANARY_NAME", "a-value-nobody-knows")
    (pytester.path / "specs").mkdir()
    text = spelling % "CANARY_NAME"
    (pytester.path / "specs" / "a.yaml").write_text(
        f'scenario: A\nid: a\nturns: [{{user: "{text}", expect: {{status: completed}}}}]\n'
    )

    result = pytester.runpytest_inprocess("--rootdir=.", "specs")

    assert result.ret == 4
    assert "a-value-nobody-knows" not in result.stdout.str() + result.stderr.str()


@contextmanager
def endpoint(
    asked: list[dict[str, object]], scanned: Path | None = None, look: Callable[[], object] = str
) -> Iterator[str]:
    """A server that looks around while it answers: at all processes of this machine, and below a folder."""

    class Looking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            commands = b"".join(_commands())
            names = " ".join(map(str, scanned.rglob("*"))) if scanned else ""
            asked.append(
                {"authorization": self.headers["authorization"], "commands": commands, "names": names, "looked": look()}
            )
            body = b'{"error": {"message": "no", "code": "x", "type": "y", "param": null}}'
            self.send_response(400)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Looking) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def _commands() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:  # it has ended meanwhile
            continue


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc to look at")
def test_T25_no_secret_in_arguments_and_names_of_files(tmp_path: Path):
    """While a request is under way, neither a list of processes nor the temporary folder tells the key."""
    temporary, asked = tmp_path / "tmp", []
    temporary.mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(
        "scenario: A\nid: a\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"
    )
    with endpoint(asked, temporary) as base:
        done = ran(
            tmp_path,
            {"PLANTED_KEY": KEY, "TMPDIR": str(temporary)},
            *("specs", "--endpoint", base, "--deployment", "d", "--api-key-env", "PLANTED_KEY"),
        )

    assert [each["authorization"] for each in asked] == [f"Bearer {KEY}"], done.stdout
    assert b"PLANTED_KEY" in asked[0]["commands"]  # the run itself is among the processes
    assert KEY.encode() not in asked[0]["commands"] + everything(temporary)
    assert KEY not in asked[0]["names"]
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "out").rglob("*")} - {0} == set()


def test_T25_the_scan_sees_what_is_planted(tmp_path: Path):
    """A process that has the key among its arguments, and a file that is named after it."""
    (tmp_path / f"upload-{KEY}").touch()
    asked: list[dict[str, object]] = []
    waiting = subprocess.Popen([sys.executable, "-c", "input()", KEY], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with waiting, endpoint(asked, tmp_path) as base:
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
        connection.request("POST", "/v1", b"{}")
        connection.getresponse().read()
        connection.close()

    assert KEY.encode() in asked[0]["commands"]
    assert KEY in asked[0]["names"]


def spoken_to(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *more: str) -> tuple[str, list[object]]:
    """A run with a key on an endpoint that refuses; everything that it wrote anywhere, and what was asked."""
    monkeypatch.setenv("PLANTED_KEY", KEY)
    asked: list[dict[str, object]] = []
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "a.yaml").write_text(
        "scenario: A\nid: a\nmodes: {client: [wire, openai]}\n"
        "turns: [{user: My prompt is heron., expect: {status: completed}}]\n"
    )
    with endpoint(asked) as base:
        options = ("--endpoint", base, "--deployment", "d", "--api-key-env", "PLANTED_KEY")
        result = pytester.runpytest_inprocess("--rootdir=.", "specs", *options, *more)
    kept = everything(pytester.path / "reports").decode("utf-8", "replace")
    return result.stdout.str() + result.stderr.str() + kept, [each["authorization"] for each in asked]


def test_E69_a_mishap_of_ours_tells_no_key(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """The worst place and the worst words: where the header is made, with the header in the message."""

    async def broken(self: object, session: object, headers: object) -> None:
        raise ZeroDivisionError(f"while sending {headers}")

    monkeypatch.setattr(client._Reading, "run", broken)
    told, asked = spoken_to(pytester, monkeypatch, "-vv", "--showlocals", "--tb=long")

    assert asked == []
    assert "while sending" in told
    assert KEY not in told


def test_E70_no_log_of_any_library_tells_a_key(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """At the loudest level there is, for ourselves, the HTTP libraries and the official package."""
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    told, asked = spoken_to(pytester, monkeypatch, "--log-level=DEBUG", "--log-cli-level=DEBUG")

    assert asked == [f"Bearer {KEY}"] * 2
    assert KEY not in told + caplog.text
