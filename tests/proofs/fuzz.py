"""Minutes of inputs that nobody would send: no exception, no input over a second, bounded memory.

Run `PYTHONPATH=tests python tests/proofs/fuzz.py --minutes 10` from the checkout (`make fuzz MINUTES=10`). Each input
is a stream or a response, correct or with a seeded defect, that was mutated on three levels: its bytes, its frames,
the values in its JSON. It is cut into frames in one piece and in random chunks (the frames must be the same), decoded
strictly, read as a reply by every profile, and judged. It stops at the first input that breaks a law, keeps it as
`fuzz-failure.bin` and exits with 1. Where the recorded corpus is there, its streams are mutated too.
"""

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corpus
from builders import streams
from builders.on_wire import asking, sse

from harness.conversation import Conversation
from harness.mock.defects import DEFECTS, base
from harness.mock.defects.spoiling import spoil
from harness.protocol.profiles import PROFILES
from harness.protocol.vocabulary import EVENTS
from harness.reply import Reply
from harness.rules import judge
from harness.wire.exchange import Ending, Exchange, Head, How, Request
from harness.wire.sse import Decoder, frames
from harness.wire.strict_json import NotStrict, decode

SECONDS_EACH = 1.0
GROWTH = 64 << 20
"""Bytes by which the process may grow after its first tenth."""
LONGEST = 1 << 20
CHUNKED = 1 << 18
HEAVY = ("A41", "A42a")
TOKENS = (
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"data: ",
        b"data",
        b"event: ",
        b"id: 1\n",
        b"retry: x\n",
        b": \n",
        b"\0",
        b"\xff",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\\ud83d",
        b"\\ude00",
        b"\\u0000",
        b'"',
        b'\\"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
    ),
    *(
        b",",
        b":",
        b"NaN",
        b"-Infinity",
        b"null",
        b"true",
        b"1e999",
        b"7" * 50,
        b"-",
        b"[DONE]",
        b"[" * 80,
        b'{"a":' * 80,
    ),
    *(name.encode() for name in sorted(EVENTS)),
)
VALUES = (
    None,
    True,
    False,
    0,
    1,
    -1,
    7,
    10**18,
    1.5,
    "",
    "x",
    "\ud83d",
    "é" * 9,
    [],
    [None],
    {},
    {"type": "message"},
    [[]],
)


def seeds() -> list[bytes]:
    """What is mutated: streams written by hand, streams with a defect, responses, real streams where there are any."""
    written = [sse(made()) for made in streams.BASES.values()]
    of_streams = [d for d in DEFECTS.values() if isinstance(d, base.OfEvents | base.OfFrames) and d.id not in HEAVY]
    spoilt = [b"".join(spoil(made(), [d])) for d in of_streams for made in (streams.x1, streams.x3, streams.x9)]
    plain = [json.dumps(made()[-1]["response"]).encode() for made in streams.BASES.values()]
    recorded: list[bytes] = []
    if any(corpus.FOLDER.glob("*.jsonl.gz")):
        recorded = [corpus.exchange(record).body for record in corpus.records()]
    return [body for body in (*written, *spoilt, *plain, *recorded) if 0 < len(body) < 100_000]


class Mutator:
    """Makes inputs; the same seed makes the same ones."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.seeds = seeds()

    def next(self) -> bytes:
        """One input."""
        chance = self.chance
        body = chance.choice(self.seeds)
        if chance.random() < 0.5:
            body = self._frames(body)
        if chance.random() < 0.6:
            for _ in range(chance.choice((1, 1, 2, 3, 8))):
                body = self._bytes(body)
        if chance.random() < 0.01:
            body *= chance.randint(2, 40)
        return body[:LONGEST]

    def _bytes(self, body: bytes) -> bytes:
        chance = self.chance
        at = chance.randrange(len(body) + 1)
        match chance.randrange(7):
            case 0:
                return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 1:
                return body[:at] + chance.choice(TOKENS) + body[at:]
            case 2:
                return body[:at] + chance.choice(TOKENS) + body[at + chance.randrange(40) :]
            case 3:
                return body[:at] + body[at + chance.choice((1, 2, 9, 200)) :]
            case 4:
                piece = body[at : at + chance.choice((1, 7, 99, 999))]
                return body[:at] + piece * chance.choice((1, 2, 30)) + body[at:]
            case 5:
                other = chance.choice(self.seeds)
                return body[:at] + other[chance.randrange(len(other)) :]
            case _:
                return body[:at]

    def _frames(self, body: bytes) -> bytes:
        """Whole frames dropped, doubled, moved, taken from elsewhere, or with a value of their JSON replaced."""
        chance = self.chance
        blocks = body.split(b"\n\n")
        for _ in range(chance.choice((1, 1, 2, 5))):
            at, to = chance.randrange(len(blocks)), chance.randrange(len(blocks))
            match chance.randrange(6):
                case 0:
                    del blocks[at]
                case 1:
                    blocks.insert(to, blocks[at])
                case 2:
                    blocks.insert(to, blocks.pop(at))
                case 3:
                    blocks.insert(at, chance.choice(chance.choice(self.seeds).split(b"\n\n")))
                case _:
                    blocks[at] = self._value(blocks[at])
            if not blocks:
                return b""
        return b"\n\n".join(blocks)

    def _value(self, block: bytes) -> bytes:
        head, mark, data = block.rpartition(b"data: ")
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            return block
        chance, node = self.chance, event
        while isinstance(node, dict | list) and node:
            key: Any = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
            if chance.random() < 0.4 or not isinstance(node[key], dict | list):
                if chance.random() < 0.2:
                    del node[key]
                else:
                    node[key] = chance.choice(VALUES)
                break
            node = node[key]
        return head + mark + json.dumps(event).encode()


def laws(body: bytes, chance: random.Random) -> float:
    """Everything that must hold of any bytes, or it raises; answers the CPU seconds of the slowest reading."""
    slowest = 0.0
    whole = frames(body)
    if len(body) <= CHUNKED:  # a call a byte has its price
        decoder, found, at = Decoder(), [], 0
        while at < len(body):
            step = chance.choice((1, 2, 3, 17, 500, 5_000))
            found += decoder.feed(body[at : at + step])
            at += step
        assert found + decoder.finish() == whole, "the chunks change the frames"
    for data in (body, *(frame.data for frame in whole[:50] if frame.data is not None)):
        try:
            decode(data)
        except NotStrict as refusal:
            if not 0 <= refusal.position <= len(data):
                raise AssertionError(f"{refusal.kind} outside the data") from refusal
    kind = chance.choice(("text/event-stream", "application/json", "text/html", ""))
    how = chance.choice((How.COMPLETE, How.COMPLETE, How.CUT, How.BAD_CLOSE, How.CLOSED))
    head = chance.choice((None, Head(200, (("content-type", kind),)), Head(chance.choice((204, 302, 429, 500)), ())))
    asked = chance.choice(
        (asking(), asking(stream=None), Request("", ""), asking(include=["reasoning.encrypted_content"]))
    )
    for profile in PROFILES.values():
        started = time.process_time()
        reply = Reply(Exchange(asked, head, body, (), Ending(how)), profile=profile)
        for name in ("findings", "events", "response", "folded", "error", "text", "refusal", "usage", "output", "seen"):
            getattr(reply, name)
        assert all(0 <= (found.wire.offset or 0) <= len(body) for found in reply.findings)
        judge(Conversation.recorded([reply, reply]))
        slowest = max(slowest, time.process_time() - started)
    return slowest


def run(minutes: float, number: int, clock: Callable[[], float] = time.monotonic) -> int:
    mutator, chance = Mutator(number), random.Random(number + 1)
    began, count, slowest, early = clock(), 0, 0.0, 0
    while clock() - began < 60 * minutes:
        body = mutator.next()
        try:
            slow = laws(body, chance)
            assert slow < SECONDS_EACH, f"{slow:.1f} s for {len(body)} bytes"
        except BaseException as error:
            Path("fuzz-failure.bin").write_bytes(body)
            print(f"input {count} of seed {number} (kept in fuzz-failure.bin): {type(error).__name__}: {error}")
            raise
        count, slowest = count + 1, max(slowest, slow)
        if clock() - began < 6 * minutes:
            early = peak()
    grown = peak() - early
    print(
        f"{count:,} inputs in {minutes:g} minutes (seed {number}): no exception; slowest reading {slowest:.2f} s; "
        f"at most {peak() >> 20} MiB, {grown >> 20} MiB more than after the first tenth"
    )
    return int(grown > GROWTH)


def peak() -> int:
    """The most memory that the process had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    sys.exit(run(arguments.minutes, arguments.seed))
