"""Files that nobody would write, for `fuzz.py`: scenarios, targets, gates, records, HAR and cassettes, mutated.

Mutated are their bytes, their lines, and the values in their tree. A reader must answer, or refuse in the one way that
it promises, with a message that hides nothing.
"""

import io
import json
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from unicodedata import category

import yaml

from harness.gate.policy import read as read_gate
from harness.record.chain import START, frame, unframe
from harness.record.run import Run
from harness.record.unsound import Unsound
from harness.scenario.load import read as read_scenarios
from harness.source.place import Refused
from harness.targets.reading import read as read_targets
from harness.wire.recordings import Unreadable
from harness.wire.recordings import read as read_recording

SEEDS: Final = Path(__file__).with_name("fuzz_seeds")
SPECS: Final = Path(__file__).parents[2] / "specs"
LONGEST: Final = 1 << 18
VALUES: Final = (None, True, -1, 10**18, 1.5, "", "x", "../../etc", "passed", "\ud83d", [], [None], {}, {"a": 1}, [[]])
TOKENS: Final = (
    *(b"\n", b"\r", b"\t", b"\0", b"\x85", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\x1b[2J"),
    *(
        b"&a ",
        b"*a ",
        b"!!python/object:os.system ",
        b"!!binary ",
        b"<<: ",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"? ",
        b"| ",
    ),
    *(b"{", b"}", b"[", b"]", b": ", b", ", b"- ", b"#", b'"', b"'", b"\\", b"[" * 99, b"{a: " * 99, b"- " * 99),
    *(
        b"null",
        b"true",
        b"~",
        b".nan",
        b"1e999",
        b"-" + b"9" * 5000,
        b"0x",
        b"1_000",
        b"2026-01-01",
        b"=",
        b"${a}",
        b"$${",
    ),
    *(b"::error::", b"</script>", b"..", b"/", b"a" * 5000, "ä".encode() * 99, b"${secret.a}", b'"sum":"0"', b'"n":-1'),
)


NAMES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\d+|/\S+|\btmp\S+")


@dataclass(frozen=True)
class Reader:
    """What reads a kind of file: it answers, or raises `refusal`."""

    read: Callable[[bytes], object]
    refusal: type[Exception]


def _scenarios(data: bytes) -> None:
    _, mistakes = read_scenarios(data, "specs/a.yaml")
    if mistakes:
        raise Refused(mistakes)


def _gate(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(data)
        file.flush()
        read_gate(Path(file.name))


def _record(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(data)
        file.flush()
        run = Run.read(Path(file.name))
    assert len(run.verdicts) <= len(run.head.planned), "cases that were not planned"
    run.sound()


def _recording(data: bytes) -> None:
    for exchange in read_recording(io.BytesIO(data)):
        assert exchange.ending


LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WORDS: Final = ("", "id", "user", "expect", "not", "any_of", "schema", "json", "text", "matches", "turns", "name", "1")
"""Keys that stand in many places, and some that stand in none."""

FOREST: Final = 20_000
"""So many branches are written out no more: what fills our memory would be laid to the reader."""

READERS: Final = {
    "scenarios": Reader(_scenarios, Refused),
    "targets": Reader(read_targets, Refused),
    "gates": Reader(_gate, Refused),
    "records": Reader(_record, Unsound),
    "har": Reader(_recording, Unreadable),
    "cassettes": Reader(_recording, Unreadable),
}


def seeds(name: str) -> list[bytes]:
    """What is mutated: the files that the repository keeps for this, and the house scenarios."""
    house = sorted(SPECS.rglob("*.yaml")) if name == "scenarios" else []
    return [path.read_bytes() for path in (*sorted((SEEDS / name).iterdir()), *house)]


def obeys(name: str, data: bytes) -> tuple[float, str]:
    """Raises where a law is broken; answers the CPU seconds, and what came of it without its names and numbers."""
    reader, told = READERS[name], ""
    started = time.process_time()
    try:
        reader.read(data)
    except reader.refusal as refusal:
        told = str(refusal)
        hidden = [letter for letter in told if category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter != "\n"]
        assert name in ("records", "har", "cassettes") or not hidden, f"a message with {hidden[0]!r}"
        if isinstance(refusal, Refused):
            told = "\n".join(sorted({found.message for found in refusal.diagnostics[:3]}))
    return time.process_time() - started, NAMES.sub("", told)


class Mutator:
    """Makes files; the same seed makes the same ones."""

    def __init__(self, name: str, number: int) -> None:
        self.chance = random.Random(f"{name} {number}")
        self.name, self.seeds = name, seeds(name)

    def next(self) -> bytes:
        chance = self.chance
        data = chance.choice(self.seeds)
        if self.name == "records" and chance.random() < 0.5:
            return self._sound(data)
        if self.name != "records" and chance.random() < 0.4:
            data = self._tree(data)
            if chance.random() < 0.7:
                return data[:LONGEST]
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            data = self._lines(data) if chance.random() < 0.5 else self._bytes(data)
        return data[:LONGEST]

    def _sound(self, record: bytes) -> bytes:
        """A record with right sums over values that nobody wrote: what is behind the chain is read, too."""
        chance, before, lines = self.chance, START, []
        every = [framed for line in record.split(b"\n") if (framed := unframe(line)) is not None]
        changed = chance.randrange(len(every) or 1)
        for number, framed in enumerate(every):
            body = framed.body
            while number == changed and isinstance(body, dict | list) and body:
                key: Any = chance.choice(list(body)) if isinstance(body, dict) else chance.randrange(len(body))
                if chance.random() < 0.4 or not isinstance(body[key], dict | list):
                    body[key] = chance.choice(VALUES)
                    break
                body = body[key]
            data, before = frame(number, framed.kind, json.dumps(framed.body).encode(), before)
            lines.append(data)
        return b"".join(lines)

    def _tree(self, data: bytes) -> bytes:
        """A file of right form with values, keys and branches that nobody wrote."""
        chance = self.chance
        if b"&" in data and b"*" in data:
            return data  # an alias may stand for a tree without end
        try:
            documents = list(yaml.load_all(data, LOADER))
            branches = list(islice(_branches(list(yaml.load_all(chance.choice(self.seeds), LOADER))), 2_000))
        except (yaml.YAMLError, ValueError, RecursionError, TypeError):
            return data
        for _ in range(chance.choice((1, 1, 2, 4))):
            node: Any = documents
            while isinstance(node, dict | list) and node:
                key: Any = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
                if chance.random() < 0.2 or not isinstance(node[key], dict | list):
                    self._branch(node, key, branches)
                    break
                node = node[key]
        if sum(1 for _ in islice(_branches(documents), FOREST)) == FOREST:
            return data
        try:
            if data.lstrip().startswith(b"{"):
                return "\n".join(json.dumps(each) for each in documents).encode()
            return yaml.dump_all(documents, None, DUMPER, sort_keys=False, allow_unicode=True, encoding="utf-8")
        except (yaml.YAMLError, ValueError, RecursionError, TypeError):
            return data

    def _branch(self, node: Any, key: Any, branches: list[Any]) -> None:
        chance = self.chance
        match chance.randrange(6):
            case 0:
                del node[key]
            case 1 if isinstance(node, dict):
                node[chance.choice(WORDS)] = node.pop(key)
            case 2:
                node[key] = [node[key]] * chance.choice((1, 2, 200))
            case 3:
                node[key] = {chance.choice(WORDS): node[key]}
            case 4 if branches:
                with suppress(RecursionError):  # too deep to be copied
                    node[key] = deepcopy(chance.choice(branches))
            case _:
                node[key] = chance.choice(VALUES)

    def _lines(self, data: bytes) -> bytes:
        """Whole lines dropped, doubled, moved, indented, or taken from another seed."""
        chance, lines = self.chance, data.splitlines(keepends=True)
        if not lines:
            return data
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(to, lines[at])
            case 2:
                lines.insert(to, lines.pop(at))
            case 3:
                lines[at] = b" " * chance.randrange(9) + lines[at].lstrip()
            case _:
                lines.insert(at, chance.choice(chance.choice(self.seeds).splitlines(keepends=True) or [b"\n"]))
        return b"".join(lines)

    def _bytes(self, data: bytes) -> bytes:
        chance = self.chance
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 1:
                return data[:at] + chance.choice(TOKENS) + data[at:]
            case 2:
                return data[:at] + chance.choice(TOKENS) + data[at + chance.randrange(30) :]
            case 3:
                return data[:at] + data[at + chance.choice((1, 2, 9, 200)) :]
            case 4:
                return data[:at] + data[at : at + chance.choice((1, 9, 99))] * chance.choice((2, 30)) + data[at:]
            case _:
                return data[:at]


def _branches(node: Any) -> Iterator[Any]:
    """Everything in a tree, itself first; a tree may be deeper than calls can be."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        left += reversed(list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else [])
