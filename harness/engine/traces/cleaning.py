"""Removing what a run made at a provider: at the end of each case, and later by the ledger."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from harness.engine.ledger import KINDS, Entry, Ledger
from harness.engine.pace.breaker import NotSent
from harness.engine.targets.auth import NoCredential
from harness.engine.targets.target import Door
from harness.engine.traces.remembering import Remembering, containers_in
from harness.engine.turns.delivery import USER_AGENT, get
from harness.wire.exchange import Request, Sender

TIME: Final = 20.0
"""Seconds that a case may take to clean up; what is left then is left to `harness gc`."""
PAGES: Final = 50
"""Pages of the list of files in which an upload is looked for."""


@asynccontextmanager
async def cleaned(
    door: Door, ledger: Ledger | None, target: str, case: str, region: str | None = None
) -> AsyncIterator[Door]:
    """The door of a case, behind which nothing stays that the case makes; also after a failure or an interrupt."""
    if ledger is None or not door.lasting:
        yield door
        return
    remembering = Remembering(door.sender, ledger, door.base, target, case, region)
    try:
        yield replace(door, sender=remembering, file_name=ledger.file_name)
    finally:
        try:
            async with asyncio.timeout(TIME):
                for entry in tuple(remembering.made.in_order()):
                    if await removed(door.sender, door.base, entry):
                        remembering.gone(entry.number)
        except (TimeoutError, NotSent, NoCredential):
            pass  # the ledger knows what is left, and what the case has shown stands


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of a ledger's entries.

    `stopped` are responses whose connection ended before an id came: with it the service stops making them, unless it
    had finished by then. `unknown` are others of which nobody knows the id.
    """

    removed: tuple[Entry, ...]
    left: tuple[Entry, ...]
    stopped: tuple[Entry, ...]
    unknown: tuple[Entry, ...]


async def sweep(sender: Sender, base: str, entries: Iterable[Entry], gone: Callable[[int], None]) -> Swept:
    """Removes at one endpoint what a ledger says was left there; `gone` is told the number of each that is gone."""
    done: list[Entry] = []
    left: list[Entry] = []
    stopped: list[Entry] = []
    unknown: list[Entry] = []
    for entry in _in_order(entries):
        unnoted = await _containers(sender, base, entry)  # before what names them is gone
        if await removed(sender, base, entry) and await _deleted(sender, base, "container", unnoted):
            gone(entry.number)
            done.append(entry)
        elif entry.held and not entry.ids:
            gone(entry.number)
            stopped.append(entry)
        else:
            (left if entry.ids or entry.kind == "file" else unknown).append(entry)
    return Swept(tuple(done), tuple(left), tuple(stopped), tuple(unknown))


async def removed(sender: Sender, base: str, entry: Entry) -> bool:
    """Removes what an entry stands for; whether it is there no more.

    A file whose id never came is looked for by its name. Anything else without an id cannot be found.
    """
    ids = list(entry.ids)
    if not ids:
        if entry.kind != "file" or entry.name is None:
            return False
        found = await _named(sender, base, entry.name)
        if found is None:
            return False
        ids = found
    return await _deleted(sender, base, entry.kind, ids)


async def _containers(sender: Sender, base: str, entry: Entry) -> list[str]:
    """Containers that the service made for a response, which a killed run may not have come to note."""
    if entry.kind != "response":
        return []
    return [
        id_
        for response in entry.ids
        for id_ in containers_in((await sender.send(get(_address(base, "response", response)))).body)
    ]


def _address(base: str, kind: str, id_: str) -> str:
    return f"{base}{KINDS[kind]}/{quote(id_, safe='')}"


async def _deleted(sender: Sender, base: str, kind: str, ids: Sequence[str]) -> bool:
    """Deletes them all; whether they are gone. What is not found was gone before."""
    headers = (("Accept", "application/json"), USER_AGENT)
    answers = [await sender.send(Request("DELETE", _address(base, kind, id_), headers)) for id_ in ids]
    return all(answer.status is not None and (answer.status < 300 or answer.status == 404) for answer in answers)


async def _named(sender: Sender, base: str, name: str) -> list[str] | None:
    """The ids of the files of that name; None where the list could not be read to its end."""
    ids: list[str] = []
    after = ""
    for _ in range(PAGES):
        exchange = await sender.send(get(f"{base}files?limit=100{after}"))
        try:
            page: Any = json.loads(exchange.body) if exchange.status == 200 else None
        except ValueError:
            page = None
        if not isinstance(page, dict) or not isinstance(page.get("data"), list):
            return None
        files = [each for each in page["data"] if isinstance(each, dict)]
        ids += [str(each["id"]) for each in files if each.get("filename") == name and "id" in each]
        if not page.get("has_more") or not files:
            return ids
        after = f"&after={quote(str(files[-1].get('id')), safe='')}"
    return None


def _in_order(entries: Iterable[Entry]) -> Sequence[Entry]:
    kinds = list(KINDS)
    return sorted(entries, key=lambda entry: (kinds.index(entry.kind), entry.number))
