"""How much memory `harness check` takes for one large file of many exchanges, and whether it stays within its promise.

Run `PYTHONPATH=tests python tests/proofs/check_memory.py --mib 1024` from the checkout. A HAR file of that size, whose
streams are correct, is written to a temporary folder and checked by a process of its own; its peak may be the limit of
one exchange (a body of 256 MiB) and 64 MiB. Exits with 1 where it was more, or where anything was found.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from builders.on_wire import sse
from builders.streams import Telling, message

from harness.wire.limits import LIMITS, MIB

ALLOWED = LIMITS.body + 64 * MIB
DELTAS = 4_000
"""Of one exchange: about 600 KiB."""


def write(path: Path, size: int) -> int:
    """Writes a HAR file of at least `size` bytes; answers how many exchanges it has."""
    body = sse(message(Telling().begin(), *["word "] * DELTAS).end()).decode()
    entry = {
        "startedDateTime": "2026-05-28T20:26:40.000Z",
        "time": 1000,
        "request": {
            "method": "POST",
            "url": "https://service.invalid/openai/v1/responses",
            "headers": [],
            "postData": {"mimeType": "application/json", "text": '{"model":"gpt-5-mini","input":"Hi","stream":true}'},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "content-type", "value": "text/event-stream"}],
            "content": {"mimeType": "text/event-stream", "text": body},
        },
    }
    text = json.dumps(entry)
    count = size // len(text) + 1
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log":{"version":"1.2","entries":[')
        for number in range(count):
            file.write((",\n" if number else "") + text)
        file.write("]}}")
    return count


def main(mib: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.har"
        count = write(path, mib * MIB)
        began = time.monotonic()
        process = subprocess.Popen([sys.executable, "-m", "harness", "check", str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
    peak = usage.ru_maxrss * 1024
    print(said.strip()[-300:])
    print(
        f"{mib} MiB, {count:,} exchanges, {count * (DELTAS + 8):,} events: {seconds:.0f} s, exit "
        f"{os.waitstatus_to_exitcode(status)}, at most {peak >> 20} MiB ({ALLOWED >> 20} MiB are allowed)"
    )
    return int(peak > ALLOWED or status != 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    sys.exit(main(parser.parse_args().mib))
