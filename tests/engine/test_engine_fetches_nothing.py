"""No address that stands in a scenario or an answer is resolved or connected to: watched from inside the process."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from builders.streams import response

ADDRESSES = (
    "https://rebinding.example.com/x.png",
    "http://169.254.169.254/latest/meta-data",
    "http://2130706433/x.png",
    "http://0x7f.1/x.png",
    "http://[::ffff:10.0.0.1]/x.png",
    "http://[::1]/x.png",
    "https://127.0.0.1/x.png",
    "file:///etc/passwd",
    "gopher://127.0.0.1/x",
    "ftp://127.0.0.1/x",
    "//rebinding.example.com/x.png",
)
REFUSED = ADDRESSES[1:7]
"""Those that a scenario may not even send on."""
WATCHING = """
import sys
def watch(event, given):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open({file!r}, "a") as kept:
            kept.write(f"{{event}} {{given[1:3] if event != 'socket.getaddrinfo' else given[:2]}}\\n")
sys.addaudithook(watch)
"""


@pytest.fixture
def service() -> Iterator[int]:
    """Answers with addresses wherever one may stand: text, citations, pictures, header lines, a redirect."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            moved = "elsewhere" in json.dumps(body["input"])
            cited = [
                {"type": "url_citation", "url": url, "title": url, "start_index": 0, "end_index": 2}
                for url in ADDRESSES
            ]
            part = {"type": "output_text", "text": " ".join(ADDRESSES), "annotations": cited, "logprobs": []}
            said = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
            drawn = [
                {"id": f"ig_{at}", "type": "image_generation_call", "status": "completed", "result": url}
                for at, url in enumerate(ADDRESSES)
            ]
            told = json.dumps(response("completed", [*drawn, said])).encode()
            self.send_response(307 if moved else 200)
            self.send_header("location", ADDRESSES[0])
            self.send_header("link", f"<{ADDRESSES[1]}>; rel=preload")
            self.send_header("refresh", f"0; url={ADDRESSES[2]}")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *arguments: Any) -> None:
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield serving.server_port
    serving.shutdown()
    serving.server_close()


def project(folder: Path, *turns: str) -> Path:
    """A folder with a scenario of these turns, in which every connection and every name that is asked for is kept."""
    (folder / "specs").mkdir()
    body = "\n".join(f"  - {turn}" for turn in turns)
    (folder / "specs" / "all.yaml").write_text(f"scenario: Addresses\nturns:\n{body}\n")
    (folder / "conftest.py").write_text(WATCHING.format(file=str(folder / "seen.txt")))
    return folder


def run(folder: Path, *arguments: str) -> tuple[int, str, list[str]]:
    """Exit status, what was shown, and where the process connected to or what it asked the resolver."""
    command = [sys.executable, "-m", "harness", "run", "specs", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    seen = folder / "seen.txt"
    return done.returncode, done.stdout + done.stderr, seen.read_text().splitlines() if seen.exists() else []


def test_nothing_but_the_target_is_connected_to(service: int, tmp_path: Path):
    """Through a live target: what the scenario sends, what comes back, and a redirect."""
    picture = f"{{type: input_image, image_url: '{ADDRESSES[0]}'}}"
    content = f"[{{type: message, role: user, content: [{{type: input_text, text: Look.}}, {picture}]}}]"
    folder = project(
        tmp_path,
        "{user: Show me., expect: {text: {contains: rebinding}, images: {count: {at_least: 1}}}}",
        f"{{input: {content}, expect: {{status: completed}}}}",
        "{user: Go elsewhere., expect: {status: completed}}",
    )

    status, shown, seen = run(folder, "--endpoint", f"http://127.0.0.1:{service}/v1/", "--deployment", "d")

    assert status == 1, shown
    assert "wire.redirect" in shown
    assert {each for each in seen if each.startswith("socket.connect")} == {
        f"socket.connect (('127.0.0.1', {service}),)"
    }
    assert [each for each in seen if "example.com" in each or "169.254" in each] == []


def test_what_leads_into_a_network_is_refused_before_anything_is_sent(tmp_path: Path):
    turns = [
        f"{{input: [{{type: message, role: user, content: [{{type: input_image, image_url: '{url}'}}]}}]}}"
        for url in REFUSED
    ]
    status, shown, seen = run(project(tmp_path, *turns, "{user: Hi, expect: {status: completed}}"))

    assert status == 4, shown
    assert shown.count("lies in a network that the service is not sent into") == len(REFUSED)
    assert seen == []


def test_the_embedded_endpoint_asks_no_resolver(tmp_path: Path):
    """A name might stand for another address tomorrow, or at the second question: none is asked for at all."""
    picture = f"{{type: input_image, image_url: '{ADDRESSES[0]}'}}"
    content = f"[{{type: message, role: user, content: [{{type: input_text, text: Look.}}, {picture}]}}]"
    folder = project(tmp_path, f"{{input: {content}, expect: {{error: {{status: 400}}}}}}")

    status, shown, seen = run(folder)

    assert status == 0, shown
    assert [each for each in seen if "127.0.0.1" not in each] == []
