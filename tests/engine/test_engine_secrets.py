"""What is secret stays where it belongs: the environment, the credentials of a run, and what is logged of both.

One run with four hundred canaries in its environment and tricks for reaching them in its scenarios, through both
clients, with a key and with tokens of Entra ID, everything that can be told told: no value stands anywhere.
"""

import asyncio
import gc
import json
import os
import pickle
import random
import string
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders.scenarios import mistakes, scenario
from builders.streams import response, x1

from harness.catalogue import Catalogue
from harness.engine.clock import Clock
from harness.engine.conduct import conduct
from harness.engine.pace.steadiness import Steadiness
from harness.engine.planning.plan import plan
from harness.engine.targets.auth import Fixed, NoCredential, Token, Tokens
from harness.engine.targets.facts import Facts
from harness.engine.targets.grounds import RunGrounds
from harness.engine.targets.live import LiveTarget
from harness.engine.targets.unsealing import Held
from harness.record.run import Run
from harness.wire.client import WrongOrigin
from harness.wire.exchange import Request
from harness.wire.redact import Secret

KEY = "Kq7-the-key-of-this-run-alone-x2"
TOKEN = "Tz9-the-token-of-this-run-alone-y4"
DRAWN = random.Random(11)


def _word(length: int) -> str:
    return DRAWN.choice(string.ascii_uppercase) + "".join(
        DRAWN.choices(string.ascii_uppercase + string.digits, k=length)
    )


CANARIES = {_word(11): f"canary-{_word(23)}" for _ in range(400)}
NAMES = tuple(CANARIES)

TEXTS = (
    *("$%s", "$(%s)", "%%%s%%", "{%s}", "{{%s}}", "{{ env.%s }}", "{{ cycler.__init__.__globals__.os.environ.%s }}"),
    *("{%% for x in environ %%}{{ x }}{%% endfor %%}%s", "`printenv %s`", "$(printenv %s)", "$${%s}", "$${env.%s}"),
    *(
        "<%%= ENV['%s'] %%>",
        "{0.__class__.__init__.__globals__[%s]}",
        "$ENV{%s}",
        "@%s",
        "!ENV %s",
        "$env:%s",
        "!!%s!!",
    ),
)
"""Spellings with which other tools reach the environment; here they are text."""
REFUSED = ("${%s}", "${env.%s}", "${env:%s}", "${%s:-x}", "${x:-${%s}}", "${ENV['%s']}", "${target.%s}", "${%s.%s}")
"""Spellings that look like a variable: none of that name is declared."""
POSITIONS = (
    "scenario: {0}",
    "summary: {0}",
    "request: {{instructions: {0}}}",
    "request: {{metadata: {{a: {0}}}}}",
    "request: {{{0}: 1}}",
    "tools: [{{type: function, name: f, description: {0}, parameters: {{type: object, properties: {{}}}}}}]",
    "tools: [{{type: function, name: f, parameters: {{type: object, properties: {{a: {{enum: [{0}]}}}}}}}}]",
    "turns: [{{user: {0}, expect: {{status: completed}}}}]",
    "turns: [{{user: Hi, attach: [{0}], expect: {{status: completed}}}}]",
    "turns: [{{user: Hi, expect: {{text: {{contains: {0}}}}}}}]",
    "turns: [{{user: Hi, expect: {{text: {{matches: {0}}}}}}}]",
    "turns: [{{user: Hi, request: {{user: {0}}}, expect: {{status: completed}}}}]",
    "turns: [{{user: Hi, expect: {{path: {{$.id: {0}}}}}}}]",
    "cases: [{{n: {0}}}]",
    "tags: [{0}]",
    "owner: {0}",
    "needs: [{0}]",
    "targets: [{0}]",
)


@pytest.mark.parametrize("position", POSITIONS)
def test_no_scenario_reads_the_environment(position: str, monkeypatch: pytest.MonkeyPatch):
    """Whatever is written wherever: what is read holds no value, nor does what is said of it."""
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    for at, trick in enumerate((*TEXTS, *REFUSED)):
        name = NAMES[at]
        written = json.dumps(trick.replace("%s", name).replace("%%", "%"))
        text = position.format(written) + "\n"
        told = "".join(map(str, mistakes(text)))
        if not told:
            told = repr(scenario(text))
        assert CANARIES[name] not in told, (trick, position)


def test_no_variable_of_the_environment_is_declared(monkeypatch: pytest.MonkeyPatch):
    for trick in REFUSED:
        monkeypatch.setenv(NAMES[0], CANARIES[NAMES[0]])
        text = f"turns: [{{user: {json.dumps(trick.replace('%s', NAMES[0]))}, expect: {{status: completed}}}}]\n"
        assert mistakes(text), trick


@dataclass
class Heard:
    """All that came to the server, as bytes."""

    requests: list[bytes] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[tuple[int, Heard]]:
    """A service that keeps what it hears and gives tokens; asked for an echo, it says the key."""
    heard = Heard()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.requests.append(f"{self.requestline}\n{self.headers}".encode() + body)
            asked = json.loads(body)
            said = KEY if b"an echo" in body else "Hello."
            if asked.get("stream"):
                events = x1()
                told = b"".join(
                    b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in events
                )
                self._say(told, "text/event-stream")
                return
            part = {"type": "output_text", "text": said, "annotations": [], "logprobs": []}
            item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
            echoed = {name: asked[name] for name in ("instructions", "metadata") if name in asked}
            self._say(json.dumps(response("completed", [item], **echoed)).encode(), "application/json")

        def do_GET(self) -> None:
            heard.requests.append(f"{self.requestline}\n{self.headers}".encode())
            told = {"access_token": TOKEN, "expires_on": "4000000000", "token_type": "Bearer", "resource": "r"}
            self._say(json.dumps(told).encode(), "application/json")

        def do_DELETE(self) -> None:
            self._say(b'{"id": "resp_1", "object": "response", "deleted": true}', "application/json")

        def _say(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield serving.server_port, heard
    serving.shutdown()
    serving.server_close()


BREAKING = """
import aiohttp
request = aiohttp.ClientSession._request
async def broken(self, method, url, **rest):
    if b"break" in (rest.get("data") or b""):
        raise RuntimeError("a bug of somebody")
    return await request(self, method, url, **rest)
aiohttp.ClientSession._request = broken
"""


def written(folder: Path, port: int) -> None:
    """Scenarios full of tricks, targets with a key and with tokens, and something that breaks in the middle."""
    tricks = [trick.replace("%s", NAMES[at]).replace("%%", "%") for at, trick in enumerate(TEXTS)]
    tool = {
        "type": "function",
        "name": "f",
        "description": tricks[6],
        "parameters": {"type": "object", "properties": {}},
    }
    turns = [{"user": trick, "expect": {"text": {"contains": trick}}} for trick in tricks]
    documents = [
        {
            "scenario": f"Tricks {tricks[0]}",
            "id": "tricks",
            "request": {"instructions": " ".join(tricks), "metadata": {"a": tricks[1], "b": tricks[4]}},
            "tools": [tool],
            "modes": {"client": ["wire", "openai"], "delivery": ["plain", "stream"]},
            "turns": turns[:6],
        },
        {"scenario": "Echo", "id": "echo", "turns": [{"user": "an echo", "expect": {"status": "completed"}}]},
        {
            "scenario": "Echo of what was drawn",
            "id": "echo-drawn",
            "given": {"n": {"integers": {"min_value": 0, "max_value": 9}}},
            "turns": [{"user": "an echo of ${n}", "expect": {"status": "completed"}}],
        },
        {"scenario": "Breaks", "id": "breaks", "turns": [{"user": "break", "expect": {"status": "completed"}}]},
    ]
    (folder / "specs").mkdir()
    (folder / "specs" / "all.yaml").write_text(yaml.safe_dump_all(documents, sort_keys=False))
    (folder / "conftest.py").write_text(BREAKING)
    auths = {"key": "{api_key_env: OF_KEY}", "entra": "{entra: managed_identity}"}
    entries = [
        f"{{name: {name}, endpoint: 'http://127.0.0.1:{port}/v1/', deployment: d, region: {region}, auth: {auth}}}"
        for (name, auth), region in zip(auths.items(), ("eastus2", "swedencentral"), strict=True)
    ]
    (folder / "targets.yaml").write_text(f"targets: [{', '.join(entries)}]\n")


def test_nothing_of_the_environment_or_a_credential_comes_out(tmp_path: Path, server: tuple[int, Heard]):
    """R1, R2, E70: requests, record, report, logs of every library at DEBUG, tracebacks, what the terminal shows."""
    port, heard = server
    written(tmp_path, port)
    environment = {**os.environ, **CANARIES, "OF_KEY": KEY, "IDENTITY_HEADER": "not-a-secret"}
    environment |= {
        "IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/token",
        "OPENAI_LOG": "debug",
        "PYTHONASYNCIODEBUG": "1",
    }
    told = ["-vv", "-rA", "-l", "--tb=long", "-o", "log_cli=true", "--log-level=DEBUG", "--log-cli-level=DEBUG"]
    command = [
        sys.executable,
        "-X",
        "dev",
        "-m",
        "harness",
        "run",
        "specs",
        *told,
        "--log-file=all.log",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=100, check=False)
    shown = done.stdout + done.stderr
    assert done.returncode == 3, shown.decode()[-3000:]  # what breaks is nobody's finding
    (reports,) = (tmp_path / "reports").iterdir()
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".py"}
    log = files[tmp_path / "all.log"]
    found = {
        line.case: {each.rule for each in line.findings if each.level == "error"} for line in Run.read(reports).cases
    }

    assert b"a bug of somebody" in shown
    assert b"DEBUG" in log
    assert b"openai" in log
    assert b"azure" in log
    for id_ in ("::echo[", "::echo-drawn["):
        assert all("secret.echo" in rules for case, rules in found.items() if id_ in case), id_
        assert any(id_ in case for case in found)
    asked = b"".join(heard.requests)
    assert asked.count(KEY.encode()) >= 5
    assert asked.count(TOKEN.encode()) >= 5
    for where, data in (("requests", asked), ("terminal", shown), *files.items()):
        low = data.decode("utf-8", "replace")
        assert [name for name, value in CANARIES.items() if value in low] == [], where
        if where != "requests":
            assert KEY not in low, where
            assert TOKEN not in low, where


HELD = "Hs3-a-secret-for-a-tool-server-z6"
TOOLS = "tools.example.com"
VALUES = (KEY, TOKEN, HELD)


def reachable(roots: list[Any]) -> Iterator[Any]:
    """Everything that can be reached by public names and in containers."""
    seen: dict[int, Any] = {}
    left = list(roots)
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, type | type(os)):
            continue
        seen[id(one)] = one
        yield one
        if isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            left += one
        elif not isinstance(one, str | bytes | int | float | None):
            names = {*getattr(one, "__dict__", {}), *(name for kind in type(one).__mro__ for name in _slots(kind))}
            left += [getattr(one, name, None) for name in names if not name.startswith("_")]


def _slots(kind: type) -> tuple[str, ...]:
    slots = getattr(kind, "__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def clean(one: Any) -> bool:
    text = one.decode("latin-1") if isinstance(one, bytes) else one if isinstance(one, str) else repr(one)
    return not any(value in text for value in VALUES)


def test_no_object_of_a_run_shows_a_credential(server: tuple[int, Heard]):
    """Neither by its public names nor by its repr; nor does any other object of ours that is alive."""
    port, heard = server

    async def fetch(afresh: bool) -> Token:
        return Token(Secret("a token", TOKEN), 4e9)

    async def run() -> list[Any]:
        base = f"http://127.0.0.1:{port}/v1/"
        tokens = Tokens("the test", fetch, Clock(), lambda secret: None)
        held = {"github": Held(Secret("G", HELD), ("127.0.0.1", TOOLS))}
        roots: list[Any] = []
        for name, credential in (("key", Fixed(Secret("k", KEY), "Authorization")), ("entra", tokens)):
            facts = Facts(name, "live", base, "d", region="here", secrets={"github": ("127.0.0.1", TOOLS)})
            target = LiveTarget(facts, credential, held=held)
            where = f"server_label: s, server_url: 'https://{TOOLS}/mcp'"
            text = f"tools: [{{type: mcp, {where}, authorization: '${{secret.github}}'}}]\n"
            (case,) = plan(scenario(text), [target], Catalogue.load()).cases
            grounds = RunGrounds(steadiness=Steadiness())
            try:
                roots += [target, case, grounds, await conduct(case, grounds)]
            finally:
                await grounds.close()
        return [*roots, tokens]

    roots = asyncio.run(run())
    seen = list(reachable(roots))

    asked = b"".join(heard.requests).decode()
    assert all(value in asked for value in VALUES)  # they were really used
    assert len(seen) > 300
    assert [type(one) for one in seen if not clean(one)] == []
    ours = [one for one in gc.get_objects() if str(type(one).__module__).startswith("harness.")]
    assert [type(one) for one in ours if not clean(one)] == []


@pytest.mark.parametrize(
    "way", [str, "{}".format, "{!s}".format, json.dumps, pickle.dumps, vars, lambda one: f"{one:>40}"]
)
def test_a_secret_does_not_become_a_text(way: Any):
    with pytest.raises(TypeError) as refused:
        way(Secret("THE_NAME", KEY))

    shown = traceback.TracebackException.from_exception(refused.value, capture_locals=True)
    assert KEY not in "".join(shown.format())


def test_what_is_raised_holds_no_credential(server: tuple[int, Heard]):
    """Errors of our own, with all local variables of the frames through which they came."""

    async def broken(afresh: bool) -> Token:
        raise OSError("no token")

    async def run() -> list[str]:
        shown = []
        base = f"http://127.0.0.1:{server[0]}/v1/"
        for credential in (Fixed(Secret("k", KEY)), Tokens("the test", broken, Clock(), lambda secret: None)):
            grounds = RunGrounds()
            try:
                async with LiveTarget(Facts("t", "live", base, "d"), credential).open(grounds, None) as door:
                    await door.sender.send(Request("POST", "https://elsewhere.example.com/responses"))
            except (WrongOrigin, NoCredential) as error:
                shown.append("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
            finally:
                await grounds.close()
        return shown

    shown = asyncio.run(run())

    assert len(shown) == 2
    assert all(KEY not in text for text in shown)
