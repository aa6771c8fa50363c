"""A sender that writes down in the ledger what its requests make at the provider."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from harness.engine.ledger import KINDS, Entry, Ledger, Made
from harness.engine.pace.breaker import NotSent
from harness.engine.targets.auth import NoCredential
from harness.engine.targets.unsealing import SecretNotSent
from harness.reading.tag import tagged
from harness.wire.client import WrongOrigin
from harness.wire.exchange import Exchange, How, Request, Sender

PATIENCE: Final = 5.0
"""Seconds for which a request that makes something is waited for after the run was stopped: its id is wanted."""
LOOKED_AT: Final = 1 << 16
"""Bytes of an answer in which its id is looked for."""

UNSENT: Final = (How.CONNECT, How.DNS, How.TLS)
"""Endings after which nothing can have been made."""

_MAKES: Final = {path: kind for kind, path in KINDS.items()}
_RESPONSE: Final = re.compile(rb'"id"\s*:\s*"((?:resp)_[A-Za-z0-9_-]{1,200})"')
_ID: Final = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9_.:-]{1,200})"')
_CONTAINER: Final = re.compile(rb'"container_id"\s*:\s*"([A-Za-z0-9_.:-]{1,200})"')
_NAME: Final = re.compile(rb'; filename="([^"\r\n]{1,300})"')


class Remembering:
    """Wraps a sender. An entry is in the ledger before the request goes out, its id as soon as that is read.

    What is created bears the run's id in its `metadata`, unless the request has some of its own.
    """

    def __init__(
        self, sender: Sender, ledger: Ledger, base: str, target: str, case: str, region: str | None = None
    ) -> None:
        self._sender = sender
        self._ledger = ledger
        self._base = base
        self._told = (base, target, case)
        self._region = region or ""
        self.made = Made()

    async def send(self, request: Request) -> Exchange:
        kind = self._made_by(request)
        bears = kind in ("response", "conversation")
        if bears and (body := tagged(request.body, self._ledger.run)) != request.body:
            request = replace(request, body=body)
        else:
            bears = False
        if kind is None or (kind == "response" and _unstored(request.body)):
            exchange = await self._sender.send(request)
            self._removed(request, exchange)
            return exchange
        name, held = _named(request) if kind == "file" else None, kind == "response" and not _background(request.body)
        tag = self._ledger.run if bears else ""
        number = self._intend(Entry(0, kind, *self._told, name, held, region=self._region, tag=tag))
        watched = _Watched(self, number, kind)
        try:
            exchange = await self._patiently(replace(request, heard=watched.heard))
        except (NotSent, NoCredential, SecretNotSent, WrongOrigin):
            self.gone(number)
            raise
        watched.heard(exchange.body)
        self._settle(number, exchange)
        if kind == "response":
            self._containers(exchange)
        return exchange

    def _intend(self, entry: Entry) -> int:
        entry = self._ledger.intend(entry)
        self.made.alive[entry.number] = entry
        return entry.number

    def _made_by(self, request: Request) -> str | None:
        """What a request makes, if it makes anything."""
        if request.method != "POST" or not request.url.startswith(self._base):
            return None
        path = unquote(request.url[len(self._base) :].partition("?")[0]).strip("/")
        return _MAKES.get(path)

    async def _patiently(self, request: Request) -> Exchange:
        """Sends; where the run is stopped meanwhile, waits a little for the answer."""
        sending = asyncio.ensure_future(self._sender.send(request))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait({sending}, timeout=PATIENCE)
            sending.cancel()
            raise

    def found(self, number: int, id_: str) -> None:
        """An id was read in an answer."""
        entry = self.made.alive[number]
        if id_ not in entry.ids:
            self._ledger.made(number, id_)
            self.made.alive[number] = replace(entry, ids=(*entry.ids, id_))

    def _settle(self, number: int, exchange: Exchange) -> None:
        entry = self.made.alive[number]
        refused = exchange.status is not None and 400 <= exchange.status < 500
        if (refused or exchange.ending.how in UNSENT) and not entry.ids:
            self._ledger.gone(number)
            del self.made.alive[number]
        elif entry.ids:
            self._ledger.settled(number)
            self.made.alive[number] = replace(entry, settled=True)

    def _containers(self, exchange: Exchange) -> None:
        """Containers that the service made for its own tool."""
        known = {id_ for entry in self.made.alive.values() for id_ in entry.ids}
        for id_ in containers_in(exchange.body):
            if id_ not in known:
                self.found(self._intend(Entry(0, "container", *self._told, settled=True)), id_)

    def _removed(self, request: Request, exchange: Exchange) -> None:
        """A turn has removed something itself."""
        if request.method != "DELETE" or exchange.status is None or exchange.status >= 300:
            return
        id_ = unquote(request.url.rpartition("/")[2])
        for number, entry in tuple(self.made.alive.items()):
            if entry.ids == (id_,):
                self.gone(number)

    def gone(self, number: int) -> None:
        """It is there no more."""
        self._ledger.gone(number)
        del self.made.alive[number]


class _Watched:
    """Looks for the id in an answer while it comes."""

    def __init__(self, remembering: Remembering, number: int, kind: str) -> None:
        self._remembering = remembering
        self._number = number
        self._pattern = _RESPONSE if kind == "response" else _ID
        self._seen = bytearray()
        self._over = False

    def heard(self, chunk: bytes) -> None:
        """A part of the body came."""
        if self._over:
            return
        self._seen += chunk
        if found := self._pattern.search(self._seen):
            self._remembering.found(self._number, found[1].decode())
        self._over = found is not None or len(self._seen) > LOOKED_AT


def containers_in(body: bytes) -> list[str]:
    """The ids of the containers that an answer names, each once."""
    return list(dict.fromkeys(match.decode() for match in _CONTAINER.findall(body)))


def _asked(body: bytes) -> dict[str, Any]:
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


def _unstored(body: bytes) -> bool:
    """Whether a create asks for nothing to be kept."""
    return _asked(body).get("store") is False and not _background(body)


def _background(body: bytes) -> bool:
    return _asked(body).get("background") is True


def _named(request: Request) -> str | None:
    found = _NAME.search(request.body[:LOOKED_AT])
    return found[1].decode("utf-8", "replace") if found else None
