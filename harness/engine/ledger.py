"""The ledger of a run: what it makes at a provider, written down before it is made, so that it can be removed again.

One append-only file in the run's directory, a JSON object a line, each handed to the system in one `write`:

    {"entry": 3, "kind": "file", "name": "att-….pdf", "endpoint": …, "target": …, "case": …, "at": …}   it will be made
    {"entry": 3, "id": "assistant-…"}                                                         it was, under this id
    {"entry": 3, "gone": true}                                    it was removed, or was refused and never there

A run that was killed leaves entries that are not gone; `harness gc` removes them.
"""

import datetime
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

KINDS: Final = {"response": "responses", "conversation": "conversations", "container": "containers", "file": "files"}
"""What a run makes, in the order in which it is removed, and the path below which that is done."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a run meant to make. `ids` are those under which it is there; `name` is that of a file.

    `settled` says that the answer came: without it nobody knows whether, and under which id, it was made. `held`
    says that the request's connection holds it: a response that is not made in the background stops with it. `at` is
    when it was asked for (ISO 8601, UTC), `region` where, `tag` the run's id that its `metadata` bear: with them the
    provider can be asked about what nobody knows the id of.
    """

    number: int
    kind: str
    endpoint: str
    target: str
    case: str
    name: str | None = None
    held: bool = False
    ids: tuple[str, ...] = ()
    settled: bool = False
    gone: bool = False
    at: str = ""
    region: str = ""
    tag: str = ""


class Ledger:
    """Writes one process's ledger; the file is there as soon as there is something to write down."""

    def __init__(self, path: Path, run: str) -> None:
        self.path = path
        self.run = run
        self._file: int | None = None
        earlier = read(path)[0] if path.exists() else []  # a run that is taken up again goes on in its ledger
        self._count = max((entry.number for entry in earlier), default=0)
        self._names = sum(entry.name is not None for entry in earlier)

    def file_name(self, ending: str) -> str:
        """A name for an upload that no other upload of any run has, and that says whose it is."""
        self._names += 1
        shard = self.path.stem.removeprefix("ledger").strip("-")
        return f"att-{self.run}{'-' + shard if shard else ''}-{self._names}.{ending}"

    def intend(self, entry: Entry) -> Entry:
        """Notes that something is about to be made; the entry with its number."""
        self._count += 1
        facts = {"kind": entry.kind, "endpoint": entry.endpoint, "target": entry.target, "case": entry.case}
        entry = replace(entry, number=self._count, at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"))
        more = {name: value for name in ("name", "held", "at", "region", "tag") if (value := getattr(entry, name))}
        self._write({"entry": self._count, **facts, **more})
        return entry

    def made(self, entry: int, id_: str) -> None:
        """Notes under which id it is there."""
        self._write({"entry": entry, "id": id_})

    def settled(self, entry: int) -> None:
        """Notes that the answer came: what has no id by now was not made."""
        self._write({"entry": entry, "settled": True})

    def gone(self, entry: int) -> None:
        """Notes that it is there no more."""
        self._write({"entry": entry, "gone": True})

    @classmethod
    def again(cls, path: Path) -> "Ledger":
        """A ledger that is there, to note in it what is gone by now."""
        return cls(path, path.parent.name)

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            torn = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if torn:
                os.write(self._file, b"\n")  # what a killed run left of its last line spoils no other
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def ledger_name(shard: str | None) -> str:
    """The file of a shard's ledger; the whole run's where there are no shards."""
    return f"ledger-{shard}.jsonl" if shard else "ledger.jsonl"


def ledgers(directory: Path) -> list[Path]:
    """The ledgers in a run's directory."""
    return sorted(directory.glob("ledger*.jsonl"))


def read(path: Path) -> tuple[list[Entry], int]:
    """The entries of a ledger, and how many lines could not be read: a killed run may have torn its last."""
    entries: dict[int, Entry] = {}
    torn = 0
    for line in path.read_bytes().splitlines():
        try:
            told = json.loads(line)
            _take(entries, told)
        except (ValueError, KeyError, TypeError):
            torn += 1
    return list(entries.values()), torn


def left_behind(directory: Path) -> int:
    """How many things a run has made and not removed, as far as its ledgers know."""
    return sum(not entry.gone for path in ledgers(directory) for entry in read(path)[0])


def _take(entries: dict[int, Entry], told: dict[str, Any]) -> None:
    number = int(told["entry"])
    if "kind" in told:
        if told["kind"] not in KINDS:
            raise ValueError(told["kind"])
        kind, endpoint, target, case = (str(told[name]) for name in ("kind", "endpoint", "target", "case"))
        at, region, tag = (str(told.get(name, "")) for name in ("at", "region", "tag"))
        name, held = told.get("name"), told.get("held") is True
        entries[number] = Entry(number, kind, endpoint, target, case, name, held, at=at, region=region, tag=tag)
    elif "id" in told:
        entry = entries[number]
        entries[number] = replace(entry, ids=tuple(dict.fromkeys((*entry.ids, str(told["id"])))))
    elif "settled" in told:
        entries[number] = replace(entries[number], settled=True)
    else:
        entries[number] = replace(entries[number], gone=True)


@dataclass(slots=True)
class Made:
    """What one case has made so far and not removed: the ids by entry, and entries of which no answer came."""

    alive: dict[int, Entry] = field(default_factory=dict)

    def in_order(self) -> Iterator[Entry]:
        """What is to be removed, responses first: a file may be named by one."""
        kinds: Sequence[str] = list(KINDS)
        yield from sorted(self.alive.values(), key=lambda entry: (kinds.index(entry.kind), entry.number))
