"""The embedded endpoint beside other servers of the same API: requests and SSE events a second, and how fast it starts.

    python benchmarks/endpoint_speed.py [--seconds 3] [--rounds 3] [--rival FOLDER]

Every server is a process of its own on one core, in turn, under the same load from another process on another core.
Ours makes every answer anew: model, state, bill. `aimock` (npm, put into FOLDER once) answers from fixtures; bare
starlette on uvicorn sends prepared bytes and is a measure of the machine. Two figures each: answers a second by the
clock, and by the processor time that the server used, which other work on the machine disturbs less.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
AIMOCK = "@copilotkit/aimock@1"
TEXT = "".join(f"{number} " for number in range(1, 1471))
"""What our model says when it counts: 491 deltas. The rival cuts by characters, and is told how many make as many."""
PLAIN = json.dumps({"model": "gpt-5-mini", "input": "Reply with OK."}).encode()
STREAM = json.dumps({"model": "gpt-5-mini", "input": "Count to 1470.", "stream": True}).encode()

NODE = """
import { LLMock } from "@copilotkit/aimock";
const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: %d });
mock.onMessage("Reply with OK.", { content: "OK" });
mock.onMessage("Count to 1470.", { content: %s });
await mock.start();
console.log(new URL(mock.url).port);
process.stdin.on("end", () => process.exit(0)).resume();
"""


class Missing(Exception):
    """A server that cannot be measured here, and why."""


# the servers, each in a process of its own


def serve_starlette() -> None:
    import socket

    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    event = b'event: response.output_text.delta\ndata: {"type":"x","delta":"' + b"lantern " * 20 + b'"}\n\n'
    body = json.dumps({"status": "completed", "padding": "x" * 1900}).encode()

    async def events() -> object:
        for _ in range(500):
            yield event

    async def answer(request: Request) -> Response:
        asked = json.loads(await request.body())
        if asked.get("stream"):
            return StreamingResponse(events(), media_type="text/event-stream")  # type: ignore[arg-type]
        return Response(body, media_type="application/json")

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/openai/v1/responses", answer, methods=["POST"])])
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listener])


def aimock(folder: Path) -> list[str]:
    """The command that starts the rival, installed into the folder if it is not there yet."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Missing("Node or npm is not installed")
    if not (folder / "node_modules" / "@copilotkit").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"type": "module", "private": true}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", AIMOCK]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            raise Missing(f"{AIMOCK} could not be installed: {error}") from error
    (folder / "aimock.mjs").write_text(NODE % (-(-len(TEXT) // 491), json.dumps(TEXT)))
    return ["node", str(folder / "aimock.mjs")]


@contextmanager
def running(command: list[str]) -> Iterator[tuple[int, int]]:
    """A server's process id and port, as long as it is needed; on the first of our cores."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=lambda: pin(0)
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.pid, int(re.findall(rb"\d+", process.stdout.readline().removesuffix(b"/openai/v1\n"))[-1])
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(20)


def pin(which: int) -> None:
    """This process on one core alone, where the system lets us choose."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[which % len(cores)]})


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(pid: int, port: int, path: str, body: bytes, seconds: float) -> dict[str, float]:
    """Counts of one round, and the server's processor time in it."""
    before = processor_seconds(pid)
    command = [sys.executable, str(HERE / "endpoint_load.py"), str(port), path, str(seconds)]
    done = subprocess.run(
        command, input=body, capture_output=True, check=True, timeout=seconds + 60, preexec_fn=lambda: pin(1)
    )
    return {**json.loads(done.stdout), "processor": processor_seconds(pid) - before}


def measure(commands: dict[str, tuple[list[str], str]], seconds: float, rounds: int) -> None:
    """Prints the medians of all servers and how ours compares; rounds are interleaved."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for _ in range(rounds):
        for name, (command, path) in commands.items():
            rows = found.setdefault(name, {"answers": [], "events": []})
            with running(command) as (pid, port):
                for unit, body in (("answers", PLAIN), ("events", STREAM)):
                    load(pid, port, path, body, seconds / 4)  # to warm up
                    got = load(pid, port, path, body, seconds)
                    rows[unit].append((got[unit] / got["seconds"], got[unit] / (got["processor"] or got["seconds"])))
    for unit, title in (("answers", "Plain answers"), ("events", "SSE events")):
        print(f"\n{title}            a second   ours is    a processor second   ours is")
        medians = {
            name: [statistics.median(column) for column in zip(*rows[unit], strict=True)]
            for name, rows in found.items()
        }
        for name, (clock, processor) in medians.items():
            ours = medians["ours"]
            ratios = f"{ours[0] / clock:8.2f} ×", f"{ours[1] / processor:8.2f} ×"
            print(f"  {name:22} {clock:10,.0f} {ratios[0]}   {processor:14,.0f}      {ratios[1]}")


# how fast it starts

INSIDE = """
import asyncio, json, time, aiohttp, pydantic, harness.engine.conduct
began = time.perf_counter()
from harness.mock.server import MockServer
imported = time.perf_counter()
async def run():
    server = MockServer()
    start = time.perf_counter()
    await server.start()
    print(json.dumps([imported - began, time.perf_counter() - start]))
    await server.stop()
asyncio.run(run())
"""


def starting(rounds: int) -> None:
    """Start-up inside a run (what a run has imported already is there), and of the command alone."""
    inside = [
        json.loads(subprocess.run([sys.executable, "-c", INSIDE], capture_output=True, check=True).stdout)
        for _ in range(rounds)
    ]
    imported, started = (statistics.median(column) * 1000 for column in zip(*inside, strict=True))
    alone, memory = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        command = [sys.executable, "-m", "harness", "mock", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            alone.append(time.perf_counter() - began)
            memory.append(resident(process.pid))
            process.terminate()
    print("\nStart")
    print(f"  inside a run   {started:6.1f} ms to listen, {imported:6.1f} ms to import")
    print(f"  alone          {statistics.median(alone):6.2f} s, {statistics.median(memory):.0f} MiB resident")


def resident(pid: int) -> float:
    """Resident memory in MiB; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rival", type=Path, default=Path(tempfile.gettempdir()) / "harness-rival")
    parser.add_argument("--serve", choices=("starlette",), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve == "starlette":
        serve_starlette()
    else:
        compare(arguments.seconds, arguments.rounds, arguments.rival)


def compare(seconds: float, rounds: int, rival: Path) -> None:
    os.environ["BENCHMARK_KEY"] = "benchmark-key"
    ours = [sys.executable, "-m", "harness", "mock", "--port", "0", "--key-env", "BENCHMARK_KEY"]
    ours += ["--quota", "1000000000", "1000000000000"]
    bare = [sys.executable, str(HERE / "endpoint_speed.py"), "--serve", "starlette"]
    api = "/openai/v1/responses"
    commands = {"ours": (ours, api), "starlette on uvicorn": (bare, api)}
    try:
        commands["aimock"] = (aimock(rival), "/v1/responses")
    except Missing as missing:
        print(f"aimock is left out: {missing}")
    measure(commands, seconds, rounds)
    starting(rounds)


if __name__ == "__main__":
    main()
