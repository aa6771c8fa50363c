"""Streams and responses that nobody would send, for `fuzz.py`: their bytes, their frames, the values in their JSON.

What is mutated is correct or has a seeded defect; where the recorded corpus is there, its streams are mutated too.
"""

import json
import random
import time
from functools import cache
from pathlib import Path
from typing import Any, Final

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

SEEDS: Final = Path(__file__).with_name("fuzz_seeds")
LONGEST: Final = 1 << 20
CHUNKED: Final = 1 << 18
"""Longer bodies are not cut into chunks: a call a byte has its price."""
HEAVY: Final = ("A41", "A42a")
TOKENS: Final = (
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
VALUES: Final = (
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


def kept(name: str) -> list[bytes]:
    """The inputs of this reader that the repository keeps."""
    folder = SEEDS / name
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """What is mutated: streams written by hand, with a defect, kept, and real ones where there are any; responses."""
    written = [sse(made()) for made in streams.BASES.values()]
    of_streams = [d for d in DEFECTS.values() if isinstance(d, base.OfEvents | base.OfFrames) and d.id not in HEAVY]
    spoilt = [b"".join(spoil(made(), [d])) for d in of_streams for made in (streams.x1, streams.x3, streams.x9)]
    plain = [json.dumps(made()[-1]["response"]).encode() for made in streams.BASES.values()]
    recorded: list[bytes] = []
    if any(corpus.FOLDER.glob("*.jsonl.gz")):
        recorded = [corpus.exchange(record).body for record in corpus.records()]
    return tuple(body for body in (*written, *spoilt, *plain, *kept(name), *recorded) if 0 < len(body) < 100_000)


class Mutator:
    """Makes inputs; the same seed makes the same ones."""

    def __init__(self, name: str, number: int) -> None:
        self.chance = random.Random(f"{name} {number}")
        self.seeds = list(seeds(name))

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


def framing(body: bytes, chance: random.Random) -> tuple[float, str]:
    """Cuts bytes into frames, in one piece and in random chunks, and reads each frame's data as strict JSON.

    Answers the CPU seconds of the slowest of the three, and what came of it, in a word.
    """
    started = time.process_time()
    whole = frames(body)
    slowest = time.process_time() - started
    if len(body) <= CHUNKED:
        decoder, found, at, started = Decoder(), [], 0, time.process_time()
        while at < len(body):
            step = chance.choice((1, 2, 3, 17, 500, 5_000))
            found += decoder.feed(body[at : at + step])
            at += step
        assert found + decoder.finish() == whole, "the chunks change the frames"
        slowest = max(slowest, time.process_time() - started)
    seen: set[str] = set()
    started = time.process_time()
    for data in (body, *(frame.data for frame in whole[:50] if frame.data is not None)):
        try:
            decode(data)
        except NotStrict as refusal:
            seen.add(refusal.kind)
            if not 0 <= refusal.position <= len(data):
                raise AssertionError(f"{refusal.kind} outside the data") from refusal
    return max(slowest, time.process_time() - started), ", ".join(sorted(seen))


def judging(body: bytes, chance: random.Random) -> tuple[float, str]:
    """Reads bytes as a reply by every profile, and judges a conversation of it.

    Answers the CPU seconds of the slowest profile, and the codes of what was found.
    """
    slowest, seen = 0.0, set[str]()
    kind = chance.choice(("text/event-stream", "text/event-stream", "application/json", "text/html", ""))
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
        seen |= {found.rule for found in reply.findings}
    return slowest, ", ".join(sorted(seen))
