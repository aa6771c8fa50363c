"""How fast a stream is read and judged, beside rivals over the same bytes, in one process.

Ours: bytes → frames → strict JSON → judged by all rules → folded. Beside it: the official client's own iteration over
typed events, and httpx-sse with a fast JSON parser, which check nothing. Then the judge alone beside the strict
decoding, and our cost of an event for streams of 10² to 2·10⁵ events. CPU time of the process, so that neighbours on
the machine matter little; rounds are interleaved, figures are medians. Prints what it measured; judges nothing.

`--corpus FOLDER` takes recorded streams (`*.jsonl.gz`); without it, RESPONSES_CORPUS or the streams written here.
"""

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import corpus
from builders import streams
from builders.on_wire import asking, sse

from harness.conversation import Conversation
from harness.protocol.stream import StreamChecker
from harness.reply import Reply
from harness.rules import judge
from harness.wire.exchange import Ending, Exchange, Head, How
from harness.wire.sse import batches
from harness.wire.strict_json import decode

CHUNK = 1 << 16
SIZES = (100, 1_000, 10_000, 199_999)
WORDS = (
    "The ",
    "tide ",
    "turns ",
    "twice ",
    "a ",
    "day",
    ", ",
    "and ",
    "the ",
    "moon ",
    "is ",
    "why",
    ". ",
    "Überall ",
)
Bodies = list[bytes]


def long_text(events: int) -> bytes:
    """A stream of so many events: one message, told in deltas as OpenAI pads them."""
    deltas = [WORDS[n % len(WORDS)] for n in range(events - 8)]
    told = streams.message(streams.Telling().begin(), *deltas).end()
    for event in told:
        if event["type"].endswith(".delta"):
            event["item_id"] = "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef01"
            event["obfuscation"] = "x7Qp2LmVz9RkT4w"[: 15 - len(event["delta"]) % 15]
        elif event.get("item_id"):
            event["item_id"] = "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef01"
        elif "item" in event:
            event["item"]["id"] = "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef01"
    told[-1]["response"]["output"][0]["id"] = "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef01"
    return sse(told)


def recorded() -> Bodies:
    """The streams of OpenAI and Azure in the recorded corpus, as bytes; none where there is none."""
    if not any(corpus.FOLDER.glob("*.jsonl.gz")):
        return []
    return [corpus.exchange(record).body for record in corpus.streams() if record["provider"] in ("openai", "azure")]


def written() -> Bodies:
    """Streams of every kind of output, written by hand, and answers of some length."""
    return [*(sse(base()) for base in streams.BASES.values()), *(long_text(size) for size in (40, 120, 400))]


# -- the contestants: each takes bodies and answers how many events it saw ---------------------------------------------


def ours(bodies: Bodies) -> int:
    count = 0
    for body in bodies:
        head = Head(200, (("content-type", "text/event-stream"),))
        reply = Reply(Exchange(asking(), head, body, (), Ending(How.COMPLETE)))
        judge(Conversation.recorded([reply]))
        assert reply.folded is not None
        count += reply.event_count
    return count


def typed(bodies: Bodies) -> int:
    """The official client's typed events."""
    import httpx2
    from openai import OpenAI, Stream
    from openai.types.responses import ResponseStreamEvent

    client = OpenAI(api_key="none", base_url="http://127.0.0.1:9")
    request = httpx2.Request("POST", "http://127.0.0.1:9/responses")
    count = 0
    for body in bodies:
        response = httpx2.Response(200, request=request, content=chunks(body))
        count += sum(1 for _ in Stream(cast_to=ResponseStreamEvent, response=response, client=client))
    return count


def plain_sse(loads: Callable[[str], Any]) -> Callable[[Bodies], int]:
    """httpx-sse and a JSON parser."""
    import httpx
    import httpx_sse

    def read(bodies: Bodies) -> int:
        count = 0
        for body in bodies:
            response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=chunks(body))
            for event in httpx_sse.EventSource(response).iter_sse():
                loads(event.data)
                count += 1
        return count

    return read


def chunks(body: bytes) -> Iterable[bytes]:
    return (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))


def payloads(bodies: Bodies) -> list[list[bytes]]:
    return [[frame.data for batch in batches(body) for frame in batch if frame.data is not None] for body in bodies]


def strict(streams_: list[list[bytes]]) -> int:
    count = 0
    for datas in streams_:
        for data in datas:
            decode(data)
        count += len(datas)
    return count


def judged(streams_: list[list[dict[str, Any]]]) -> int:
    count = 0
    for events in streams_:
        feed = (checker := StreamChecker()).feed
        for event in events:
            feed(event)
        checker.finish()
        count += len(events)
    return count


def rivals() -> dict[str, Callable[[Bodies], int]]:
    """Those that are installed."""
    found: dict[str, Callable[[Bodies], int]] = {"official client, typed": typed}
    try:
        import jiter

        found["httpx-sse + jiter"] = plain_sse(lambda data: jiter.from_json(data.encode()))
        import orjson

        found["httpx-sse + orjson"] = plain_sse(orjson.loads)
    except ImportError as error:
        print(f"(left out: {error.name} is not installed)")
    return found


# -- measuring ---------------------------------------------------------------------------------------------------------


def medians(contestants: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """The median CPU time of an event, in µs, of each; rounds are interleaved."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    counts = {name: run() for name, run in contestants.items()}  # once to warm up
    assert len(set(counts.values())) == 1, counts
    for _ in range(rounds):
        for name, run in contestants.items():
            gc.collect()
            began = time.process_time()
            count = run()
            times[name].append((time.process_time() - began) / count * 1e6)
    return {name: statistics.median(some) for name, some in times.items()}


def table(title: str, found: dict[str, float], base: str) -> None:
    print(f"\n{title}")
    for name, micros in found.items():
        print(f"  {name:26} {micros:8.2f} µs an event   {micros / found[base]:6.2f} × `{base}`")


def compare(title: str, bodies: Bodies, rounds: int) -> None:
    runs: dict[str, Callable[[], int]] = {"ours": lambda: ours(bodies)}
    for name, rival in rivals().items():
        runs[name] = lambda rival=rival: rival(bodies)  # type: ignore[misc]
    size = sum(map(len, bodies))
    table(f"{title}: {len(bodies)} streams, {size / 1e6:.1f} MB", medians(runs, rounds), "ours")
    datas = payloads(bodies)
    events = [[json.loads(data) for data in some] for some in datas]
    alone = {"strict decoding": lambda: strict(datas), "the judge": lambda: judged(events)}
    table("  of that, alone", medians(alone, 2 * rounds + 1), "strict decoding")


def flatness(rounds: int) -> None:
    runs = {}
    for size in SIZES:
        bodies = [long_text(size)] * max(1, 10_000 // size)
        runs[f"{size:,} events"] = lambda bodies=bodies: ours(bodies)
    times: dict[str, float] = {}
    for name, run in runs.items():  # one after the other: they are of different sizes
        times |= medians({name: run}, rounds)
    table("Ours, by length of the stream", times, "1,000 events")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if real := recorded():
        compare("Recorded streams of OpenAI and Azure", real, arguments.rounds)
    compare("Streams written by hand", written() * 3, arguments.rounds)
    compare("One answer of 2,000 events", [long_text(2_000)], arguments.rounds)
    flatness(arguments.rounds)
