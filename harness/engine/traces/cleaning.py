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
from harness.engine.traces.remembering import Remembering
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

    `stopped` are responses whose connection ended before an id came: with it the service stops making them.
    `unknown` are others of which nobody knows the id.
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
        if await removed(sender, base, entry):
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
    return all([await _delete(sender, f"{base}{KINDS[entry.kind]}/{quote(id_, safe='')}") for id_ in ids])


async def _delete(sender: Sender, url: str) -> bool:
    """Whether it is gone; what is not found was gone before."""
    headers = (("Accept", "application/json"), USER_AGENT)
    exchange = await sender.send(Request("DELETE", url, headers))
    return exchange.status is not None and (exchange.status < 300 or exchange.status == 404)


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
