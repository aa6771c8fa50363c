"""A run that is killed at a counted step of what it makes at a provider, and the endpoint that it made it at.

Steps are: before a line of a ledger is written, when half of it is, and after it; before a request goes out, when the
head of its answer has come, when the first bytes of its body have, and when it is over. One case runs at a time, so
that they come in the same order each time.

`python -m builders.stepped NOTES STEP …` is the run: it notes the name of each step in a file, and ends itself by
SIGKILL at that one: the 17th (`17`), the second of its name (`POST files: head#2`), none (`0`). What follows are the
arguments of `harness`.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import harness
from harness.cli import main
from harness.engine import ledger
from harness.mock import MockServer, Room
from harness.mock.store import Store
from harness.wire import client

TESTS: Final = Path(__file__).parents[1]
KEY: Final = "a-key-for-runs-that-are-killed"
SCENARIOS: Final = """
scenario: Files and answers
modes: {delivery: [plain, stream, background]}
turns:
  - {id: up, upload: {file: attachments/note.txt, purpose: assistants}, capture: {file: $.id}}
  - {user: Say OK., expect: {status: completed}}
---
scenario: Conversation and containers
modes: {delivery: [plain, stream]}
tools: [{type: code_interpreter, container: {type: auto}}]
turns:
  - call: {method: POST, path: conversations, body: {}}
  - call: {method: POST, path: containers, body: {name: ours}}
  - {user: "Use code to calculate 17 * 23.", expect: {container: {present: true}}}
---
scenario: A conversation of the harness
modes: {state: [conversation]}
turns:
  - {user: Say OK., expect: {status: completed}}
"""


class Steps:
    """Counts them, notes the name of each, and ends this process at one of them."""

    def __init__(self, notes: Path, last: str) -> None:
        self.notes, self.last = notes, last
        self.seen: Counter[str] = Counter()

    def __call__(self, name: str) -> None:
        self.seen[name] += 1
        with self.notes.open("a") as file:
            file.write(name + "\n")
        if self.last in (str(self.seen.total()), f"{name}#{self.seen[name]}"):
            os.kill(os.getpid(), signal.SIGKILL)


def watched(step: Steps) -> None:
    """From here on each step is counted."""

    def write(file: int, line: bytes) -> int:
        name = " ".join(word for word in ("kind", "id", "settled", "gone") if f'"{word}":'.encode() in line) or "end"
        half = len(line) // 2
        step(f"ledger {name}: before")
        os.write(file, line[:half])
        step(f"ledger {name}: half")
        os.write(file, line[half:])
        step(f"ledger {name}: after")
        return len(line)

    ledger.os = SimpleNamespace(**{**vars(os), "write": write})  # type: ignore[assignment]
    run, read, keep = client._Reading.run, client._Reading._read, client._Reading._keep

    def name(reading: Any) -> str:
        path = reading._request.url.partition("/v1/")[2].partition("?")[0]
        return f"{reading._request.method} {path.partition('/')[0]}"

    async def running(self: Any, *arguments: Any) -> Any:
        step(f"{name(self)}: before")
        done = await run(self, *arguments)
        step(f"{name(self)}: after")
        return done

    async def reading(self: Any, *arguments: Any) -> Any:
        step(f"{name(self)}: head")
        return await read(self, *arguments)

    def keeping(self: Any, *arguments: Any) -> None:
        first = not self._body
        keep(self, *arguments)
        if first:
            step(f"{name(self)}: first bytes")

    client._Reading.run, client._Reading._read, client._Reading._keep = running, reading, keeping  # type: ignore[method-assign]  # each step is seen


@contextmanager
def serving() -> Iterator[Room]:
    """The embedded endpoint in a thread, with its one room: what it holds can be looked at."""
    rooms: list[Room] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        server = MockServer(nonce="stepped")
        await server.start()
        rooms.append(server.rooms.open(None, name="", key=KEY))
        ready.set()
        await asyncio.to_thread(over.wait)
        await server.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield rooms[0]
    finally:
        over.set()
        thread.join()


KINDS: Final = {"responses": "response", "conversations": "conversation", "containers": "container", "files": "file"}
"""What an endpoint keeps, and what a ledger calls it."""


def kept(room: Room) -> list[str]:
    """The kinds of all that the endpoint still holds."""
    return [kind for name, kind in KINDS.items() for _ in getattr(room.store, name)]


@dataclass(frozen=True)
class Killed:
    """What came of a run that was killed at a step, and of `harness gc` after it.

    `steps` are the names of those that it came to; `before` and `left` the kinds of what the endpoint held when the run
    was dead, and after `gc`; `status` and `swept` how both ended; `told` what `gc` said.
    """

    steps: tuple[str, ...]
    status: int
    before: list[str]
    swept: int
    told: str
    left: list[str]


def faults(done: Killed) -> list[str]:
    """What must not be: something that stays and is not told of, or an exit status that says otherwise.

    What stays with an id that nobody read is told by its kind; of a response, its container stays too.
    """
    nameless = Counter(re.findall(r"^  [a-z ,]+: (\w+) \(no id came\)", done.told, re.MULTILINE))
    allowed = nameless + Counter({"container": nameless["response"]})
    wrong = [f"{kind} is left and not told of" for kind in (Counter(done.left) - allowed)]
    unknown = "of unknown id: " in done.told
    if done.status != -signal.SIGKILL:
        wrong.append(f"the run was not killed: {done.status}")
    if not done.told.startswith("no run here has left a ledger") and done.swept != int(unknown):
        wrong.append(f"gc ended with {done.swept}")
    return wrong


def project(folder: Path) -> None:
    """The scenarios, with what they upload."""
    (folder / "specs").mkdir(parents=True)
    (folder / "specs" / "stays.yaml").write_text(SCENARIOS)
    shutil.copytree(TESTS / "builders" / "attachments", folder / "specs" / "attachments")


def killed(room: Room, folder: Path, at: int | str) -> Killed:
    """Runs the scenarios in a new folder, ends the run at a step (0: at none), and cleans up by its ledger.

    What is left at the endpoint then is forgotten there, so that it is counted once.
    """
    project(folder)
    notes = folder / "steps.txt"
    notes.touch()
    places = f"{Path(harness.__file__).parents[1]}{os.pathsep}{TESTS}"  # the same package as here
    environment = {**os.environ, "PYTHONPATH": places, "STEP_KEY": KEY}
    options = ["--endpoint", room.url, "--api-key-env", "STEP_KEY"]
    run = [sys.executable, "-m", "builders.stepped", str(notes), str(at), "run", "-q", "--concurrency", "1"]
    done = subprocess.run(
        [*run, *options, "--deployment", "gpt-5-mini"], cwd=folder, env=environment, capture_output=True, timeout=120
    )
    before = kept(room)
    swept = subprocess.run(
        [sys.executable, "-m", "harness", "gc", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    steps, left = tuple(notes.read_text().splitlines()), kept(room)
    room.store = Store()
    return Killed(steps, done.returncode, before, swept.returncode, swept.stdout + swept.stderr, left)


if __name__ == "__main__":
    watched(Steps(Path(sys.argv[1]), sys.argv[2]))
    sys.argv = ["harness", *sys.argv[3:]]
    main()
