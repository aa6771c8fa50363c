"""Spoils streams and recordings for as long as it is told to, and has everything read: nothing may raise.

    python tests/proofs/fuzz_reading.py --seconds 600

Each round takes a correct stream, spoils some bytes of it, cuts it at random, and reads it in every way: decoder in
chunks, frames at once, reply with all rules. Memory is measured; what was found is counted by rule.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from builders import streams
from builders.on_wire import exchange, payload

from harness.conversation import Conversation
from harness.reply import Reply
from harness.rules import judge
from harness.wire.exchange import How
from harness.wire.sse import Decoder, frames

BASES = [getattr(streams, name)() for name in dir(streams) if name[:1] == "x" and name[1:].isdigit()]
SCRAPS = [
    b"\n",
    b"\r",
    b"\n\n",
    b":",
    b"data: ",
    b"event: ",
    b"{",
    b"}",
    b'"',
    b"\\ud83d",
    b"\xff",
    b"\0",
    b"[DONE]",
    b"null",
]


def spoilt(random_: random.Random) -> bytes:
    """A stream with a few bytes replaced, lost or put in, and sometimes an event with a foreign field."""
    events = [dict(event) for event in random_.choice(BASES)]
    for _ in range(random_.randrange(3)):
        event = random_.choice(events)
        event[random_.choice([*event, "type", "error"])] = random_.choice(
            [None, 0, -1, "", "x", [], {}, [{}], True, 1.5]
        )
    blocks = [b"event: %s\ndata: %s\n\n" % (str(event.get("type")).encode(), payload(event)) for event in events]
    for _ in range(random_.randrange(3)):
        at = random_.randrange(len(blocks))
        blocks[at : at + random_.randrange(3)] = [random_.choice(blocks)]
    body = bytearray(b"".join(blocks))
    for _ in range(random_.randrange(5)):
        at = random_.randrange(len(body) + 1)
        body[at : at + random_.choice([0, 1, 2, 50, 2000])] = random_.choice([*SCRAPS, random_.randbytes(2)])
    return bytes(body[: random_.choice([len(body), random_.randrange(len(body) + 1)])])


def read(body: bytes, random_: random.Random) -> Counter[str]:
    """Reads a body in every way; the rules that spoke."""
    decoder, found, at = Decoder(), [], 0
    while at < len(body):
        size = random_.choice([1, 2, 3, 100, 5000])
        found += decoder.feed(body[at : at + size])
        at += size
    assert found + decoder.finish() == frames(body), body
    reply = Reply(exchange(body, how=random_.choice(list(How))))
    for name in dir(Reply):
        if not name.startswith("_") and name != "offset_of":
            getattr(reply, name)
    return Counter(finding.rule for finding in judge(Conversation.recorded([reply])).findings)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--seed", type=int, default=0)
    told = options.parse_args()
    random_, rules, rounds = random.Random(told.seed), Counter[str](), 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    until = time.monotonic() + told.seconds
    while time.monotonic() < until:
        rules += read(spoilt(random_), random_)
        rounds += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{rounds} spoilt streams read, none raised; {len(rules)} rules spoke; memory grew by {grown:.0f} MiB")
    for rule, count in rules.most_common():
        print(f"{count:8} {rule}")


if __name__ == "__main__":
    main()
