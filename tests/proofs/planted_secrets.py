"""Plants credentials at over thirty places of an endpoint's answers, in six spellings; looks for them in all output.

Five kinds of credential: a key, a token handed over, a token of Entra ID, a secret that the file of targets declares,
and a key of the command line. For each kind and spelling a run is made whose answers hold the credential at every
place; then every artefact (record, exchanges, bodies, report, cassette, what the terminal showed) is searched for it
in every spelling, with whatever is compressed or in base64 opened. Exits 1 when a single one is found.
"""

import base64
import gzip
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from builders.streams import Telling, message, response

HERE = Path(__file__).parent
VALUE = "Zq7/Xk+9&vT3=mB5-secret-%s-pL2wR8"
KINDS = ("key", "token", "entra", "declared", "option")
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda value: base64.b64encode(b"ab" + value.encode()).decode(),
    "url": lambda value: quote(value, safe=""),
    "other case": str.swapcase,
    "escaped": lambda value: "".join(f"\\u{ord(letter):04x}" for letter in value),
    "html": html.escape,
}
HEADERS = (
    "location",
    "x-request-id",
    "set-cookie",
    "www-authenticate",
    "server",
    "retry-after",
    "x-ms-region",
    "x-debug",
)
SCENARIO = """
scenario: Planted {name}
id: planted-{name}
modes: {{delivery: [{delivery}]}}
turns: [{{user: "place {name}", expect: {{text: hello}}}}]
"""
"""What is expected never comes, so that every answer is also told at the terminal."""


def spoken(text: str) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
    }


def plain_places(planted: str) -> dict[str, tuple[int, list[tuple[str, str]], bytes]]:
    """Place → status, header lines, body of an answer that is not streamed."""
    body = json.dumps(response("completed", output=[spoken("hi")]))
    found: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {
        f"header-{name}": (200, [(name, planted)], body.encode()) for name in HEADERS
    }
    found["header-name"] = (200, [("x-" + re.sub(r"[^A-Za-z0-9-]", "", planted), "1")], body.encode())

    def whole(**fields: Any) -> bytes:
        return json.dumps(response("completed", **{"output": [spoken("hi")], **fields})).encode()

    argued = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "c", "name": "f"}
    thought = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": planted}]}
    refusal = {**spoken(""), "content": [{"type": "refusal", "refusal": planted}]}
    cited = spoken("hi")
    cited["content"][0]["annotations"] = [{"type": "url_citation", "url": f"https://x/{planted}", "title": planted}]
    found |= {
        "text": (200, [], whole(output=[spoken(f"It is {planted}.")])),
        "arguments": (200, [], whole(output=[{**argued, "arguments": json.dumps({"key": planted})}])),
        "call-name": (200, [], whole(output=[{**argued, "name": planted, "arguments": "{}"}])),
        "reasoning": (200, [], whole(output=[thought])),
        "refusal": (200, [], whole(output=[refusal])),
        "annotation": (200, [], whole(output=[cited])),
        "id": (200, [], whole(id=planted)),
        "model": (200, [], whole(model=planted)),
        "metadata": (200, [], whole(metadata={"a": planted})),
        "key-of-object": (200, [], whole(metadata={planted: "a"})),
        "unknown-field": (200, [], whole(debug={"headers": {"authorization": f"Bearer {planted}"}})),
        "error-message": (400, [], json.dumps({"error": {"message": f"bad key {planted}", "code": "x"}}).encode()),
        "error-code": (401, [], json.dumps({"error": {"message": "no", "code": planted}}).encode()),
        "html": (502, [("content-type", "text/html")], f"<h1>{planted}</h1>".encode()),
        "no-json": (200, [], f"{{broken {planted}".encode()),
        "long": (200, [], whole(output=[spoken("x" * 70_000 + planted)])),
        "binary": (200, [("content-type", "application/octet-stream")], b"\xff\xfe\x00" + planted.encode() + b"\xff"),
    }
    return found


def streamed_places(planted: str) -> dict[str, bytes]:
    """Place → the body of a stream."""

    def sse(events: list[dict[str, Any]]) -> bytes:
        return b"".join(b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in events)

    whole = sse(message(Telling().begin(), planted).end())
    good = sse(message(Telling().begin(), "hi").end())
    return {
        "stream-text": whole,
        "stream-deltas": sse(_cut(planted)),
        "stream-comment": b": " + planted.encode() + b"\n\n" + good,
        "stream-event-name": good.replace(b"event: response.created", b"event: " + planted.encode(), 1),
        "stream-error": sse([{"type": "error", "code": "x", "message": planted, "param": None, "sequence_number": 0}]),
    }


def _cut(planted: str) -> list[dict[str, Any]]:
    """A streamed message whose text comes in pieces of three letters."""
    events: list[dict[str, Any]] = []
    for event in message(Telling().begin(), planted).end():
        if event["type"] != "response.output_text.delta":
            events.append(event)
            continue
        events += [{**event, "delta": planted[at : at + 3]} for at in range(0, len(planted), 3)]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


class Planting(BaseHTTPRequestHandler):
    """Answers each request with the credential at the place that its input names."""

    protocol_version = "HTTP/1.1"
    planted = ""
    asked = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        type(self).asked += 1
        place = re.search(r"place ([a-z0-9_-]+)", json.dumps(body["input"]))
        assert place is not None
        name = place[1]
        plain, streamed = plain_places(self.planted), streamed_places(self.planted)
        status, lines, content = plain[name] if name in plain else (200, [], streamed[name])
        self.send_response(status)
        usual = "text/event-stream" if name in streamed else "application/json"
        if not any(key == "content-type" for key, _ in lines):
            self.send_header("content-type", usual)
        for key, value in lines:
            self.send_header(key, value.replace("\n", ""))
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """The service of managed identities: gives the credential as a token."""
        body = json.dumps(
            {"access_token": VALUE % "entra", "expires_on": "4000000000", "token_type": "Bearer", "resource": "r"}
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


def targets_of(kind: str, port: int) -> str:
    auth = {
        "key": "{api_key_env: P_KEY}",
        "token": "{token_env: P_TOKEN}",
        "entra": "{entra: managed_identity}",
        "declared": "{api_key_env: P_OTHER}",
    }[kind]
    return (
        f"secrets: {{declared: {{env: P_DECLARED, hosts: [api.example.com]}}}}\n"
        f"targets: [{{name: t, endpoint: 'http://127.0.0.1:{port}/v1/', deployment: d, auth: {auth}}}]\n"
    )


def run(kind: str, spelling: str, port: int, folder: Path) -> str:
    """A run over all places; gives what the terminal showed."""
    Planting.planted = SPELLINGS[spelling](VALUE % kind)
    specs = folder / "specs"
    specs.mkdir()
    for delivery, names in (("plain", plain_places("x")), ("stream", streamed_places("x"))):
        for name in names:
            (specs / f"{name}.yaml").write_text(SCENARIO.format(name=name, delivery=delivery))
    names = {"P_KEY": "key", "P_TOKEN": "token", "P_DECLARED": "declared", "P_OPTION": "option"}
    environment = {
        **os.environ,
        **{variable: VALUE % of for variable, of in names.items()},
        "P_OTHER": "another-key-entirely",
    }
    environment |= {"IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/token", "IDENTITY_HEADER": "header-of-identity"}
    arguments = ["specs", "-v", "-rA", "--tb=long", "-p", "no:cacheprovider", "--record", "tape"]
    if kind == "option":
        arguments += ["--endpoint", f"http://127.0.0.1:{port}/v1/", "--deployment", "d", "--api-key-env", "P_OPTION"]
    else:
        (folder / "targets.yaml").write_text(targets_of(kind, port))
    command = [sys.executable, "-m", "harness", "run", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def opened(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The data, and whatever in it is compressed or in base64, opened."""
    yield data
    if depth > 2:
        return
    for found in re.finditer(rb"[A-Za-z0-9+/]{200,}={0,2}", data):
        try:
            inner = base64.b64decode(found[0] + b"=" * (-len(found[0]) % 4))
        except ValueError:
            continue
        for unpack in (gzip.decompress, zlib.decompress, lambda raw: zlib.decompress(raw, -15), bytes):
            try:
                yield from opened(unpack(inner), depth + 1)
            except (OSError, zlib.error, EOFError, ValueError):
                continue


def hits(value: str, data: bytes) -> int:
    needles = {spell(value).lower().encode() for spell in SPELLINGS.values()}
    return sum(part.lower().count(needle) for part in opened(data) for needle in needles)


def pieces_left(value: str, data: bytes) -> bool:
    """Whether the deltas of a recorded stream, joined, still say it."""
    joined = "".join(re.findall(r'\\?"delta\\?":\s*\\?"([^"\\]*)', data.decode("utf-8", "replace")))
    return value.lower() in joined.lower()


def main() -> int:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Planting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    places = len(plain_places("x")) + len(streamed_places("x"))
    found = runs = artefacts = 0
    chosen = sys.argv[1:] or KINDS
    for kind in chosen:
        for spelling in SPELLINGS:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                asked = Planting.asked
                shown = run(kind, spelling, server.server_port, folder)
                runs += 1
                assert Planting.asked - asked >= places, (
                    f"{kind}, {spelling}: not every place was asked\n{shown[-2000:]}"
                )
                assert (folder / "tape" / "exchanges.jsonl").is_file(), f"no cassette was kept\n{shown[-2000:]}"
                kept = (*(folder / "reports").rglob("*"), *(folder / "tape").rglob("*"))
                written = [path for path in kept if path.is_file()]
                artefacts += len(written) + 1
                for where, data in [
                    *((path.name, path.read_bytes()) for path in written),
                    ("terminal", shown.encode()),
                ]:
                    count = hits(VALUE % kind, data) + pieces_left(SPELLINGS[spelling](VALUE % kind), data)
                    if count:
                        print(f"{kind}, {spelling}: {count} hits in {where}")
                    found += count
    server.shutdown()
    print(
        f"{places} places x {len(SPELLINGS)} spellings x {len(chosen)} kinds in {runs} runs, "
        f"{artefacts} artefacts: {found} hits"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
