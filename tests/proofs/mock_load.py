"""256 streams of 500 events at once, ten rounds: nothing fails, nothing leaks. `python tests/proofs/mock_load.py`

The endpoint runs in a process of its own, so that its memory is its own; every stream is followed to its end with
raw sockets and counted. Between rounds the responses are deleted, as a client that cleans up would do. Prints the
memory after each round; ends with 1 where a stream failed or memory grew by more than a tenth after round two.
"""

import argparse
import asyncio
import gc
import json
import re
import subprocess
import sys
import time
from pathlib import Path

KEY = "a-key-for-the-load"
SERVER = """
import asyncio, os, sys
from harness.mock import MockServer

async def run():
    async with MockServer() as server:
        words = " ".join(["lantern"] * (3 * (int(sys.argv[1]) - 10)))
        quota = {"requests": 10**9, "tokens": 10**12}
        room = server.rooms.open({"reply": words, "quota": quota}, name="", key=sys.argv[2])
        print(server.url, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(run())
"""


async def follow(port: int, number: int) -> tuple[int, str]:
    """One stream to its end: how many events it had, and the id of its response."""
    body = json.dumps({"model": "gpt-5-mini", "input": f"Number {number}", "stream": True}).encode()
    lines = f"host: 127.0.0.1:{port}\r\napi-key: {KEY}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"POST /openai/v1/responses HTTP/1.1\r\n" + lines.encode() + body)
        sent = await reader.read(-1)
    finally:
        writer.close()
    assert sent.startswith(b"HTTP/1.1 200"), sent[:200]
    assert sent.count(b"event: response.completed\n") == 1, "a stream has no end"
    numbers = [int(found) for found in re.findall(rb'\n?data: {"type":"[^"]+","sequence_number":(\d+)', sent)]
    assert numbers == list(range(len(numbers))), "events are missing or out of order"
    found = re.search(rb'"id":"(resp_\w+)"', sent)
    assert found
    return len(numbers), found[1].decode()


async def delete(port: int, response_ids: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for response_id in response_ids:
        lines = f"host: 127.0.0.1:{port}\r\napi-key: {KEY}\r\n\r\n"
        writer.write(f"DELETE /openai/v1/responses/{response_id} HTTP/1.1\r\n{lines}".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head)[0]))
        assert head.startswith(b"HTTP/1.1 200")
    writer.close()


async def one_round(port: int, streams: int, events: int) -> None:
    """All streams at once, each followed to its end; then they are deleted."""
    done = await asyncio.gather(*(follow(port, number) for number in range(streams)))
    assert {count for count, _ in done} == {events}, {count for count, _ in done}
    assert len({response_id for _, response_id in done}) == streams
    await delete(port, [response_id for _, response_id in done])


def resident(pid: int) -> float:
    """Resident memory of a process in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def prove(streams: int, events: int, rounds: int) -> list[float]:
    """Memory in MiB after each round. Raises AssertionError where a stream failed."""
    command = [sys.executable, "-c", SERVER, str(events), KEY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdin
        port = int(process.stdout.readline().rpartition(b":")[2])
        memory = []
        for number in range(rounds):
            began = time.perf_counter()
            asyncio.run(one_round(port, streams, events))
            gc.collect()
            memory.append(resident(process.pid))
            took = time.perf_counter() - began
            print(f"round {number + 1:2}: {memory[-1]:6.1f} MiB, {streams * events / took:9,.0f} events/s", flush=True)
        process.stdin.close()
        return memory


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=256)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    found = prove(arguments.streams, arguments.events, arguments.rounds)
    growth = found[-1] / found[1] - 1
    print(f"memory after the last round: {growth:+.1%} of that after the second")
    sys.exit(growth > 0.1)
