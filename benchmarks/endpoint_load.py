"""Load for a benchmark, a process of its own: `python benchmarks/endpoint_load.py PORT PATH SECONDS` < request body.

Raw protocol: every connection keeps one request under way, as clients do, and counts markers in what comes back
without parsing any of it, so that this side costs little. Prints the counts and the seconds as JSON.
"""

import asyncio
import json
import sys
import time

CONNECTIONS = 32
ANSWER, EVENT = b"HTTP/1.1 200", b"\nevent: "


class Hitting(asyncio.Protocol):
    """One connection: a new request for each answer that begins, until told to stop."""

    stopped = False

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.tail = b""
        self.answers = self.events = self.size = 0
        self.failed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        joined = self.tail + data
        # a marker that is whole within the tail was counted before
        answers = joined.count(ANSWER) - self.tail.count(ANSWER)
        self.events += joined.count(EVENT) - self.tail.count(EVENT)
        self.tail = joined[-(len(ANSWER) - 1) :]
        self.answers += answers
        self.size += len(data)
        if joined.startswith(b"HTTP/1.1 ") and not joined.startswith(ANSWER):
            self.failed = True
        if answers and not Hitting.stopped:
            self.transport.write(self.request * answers)

    def connection_lost(self, error: Exception | None) -> None:
        self.failed = self.failed or not Hitting.stopped


async def hit(port: int, path: str, seconds: float, body: bytes) -> dict[str, float]:
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer benchmark-key\r\n"
    request = f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: Hitting(request), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - began
    hitting = [protocol for _, protocol in opened]
    counts = {name: sum(getattr(one, name) for one in hitting) for name in ("answers", "events", "size")}
    Hitting.stopped = True
    assert not any(one.failed for one in hitting), "an answer was not 200, or a connection was lost"
    for transport, _ in opened:
        transport.abort()
    return {**counts, "seconds": took}


if __name__ == "__main__":
    port, path, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    print(json.dumps(asyncio.run(hit(port, path, seconds, sys.stdin.buffer.read()))))
