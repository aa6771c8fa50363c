"""The service behind the doors: exact routes, who may come in, refusals in documented form. No transport.

Loopback programs only: the `Host` must be ours, a request with an `Origin` comes from a browser and is refused,
and nothing is ever said about cross-origin access.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from harness.mock import headers
from harness.mock.answers import Answer, of_json, of_refusal
from harness.mock.errands import Errand, Work, done
from harness.mock.errors import Refused, broken, forbidden, no_resource, no_version, unauthorized
from harness.mock.operations import failing
from harness.mock.operations.table import OPERATIONS, TALKS, UNVERSIONED, Operation, Talk
from harness.mock.request import Request
from harness.mock.rooms import API, PUBLISHED, Room, Rooms

LOCAL_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")

BASES: Final = ((API, ("/",)), (API.rpartition("/")[0], UNVERSIONED))
"""Base addresses, and how paths that are served below them begin."""

VERSIONS: Final = ("v1", "preview")
"""What `api-version` may say below `/openai/v1`; nothing stands for the first."""


@dataclass(frozen=True, slots=True)
class Route:
    """One path in its segments; an empty segment takes anything, and `names` says what it is called."""

    segments: tuple[str, ...]
    names: tuple[str, ...]
    methods: Mapping[str, Operation]
    talk: Talk | None = None

    def match(self, segments: list[str]) -> bool:
        """Whether these segments, as many as the route's own, are such a path."""
        return all(given and wanted in ("", given) for wanted, given in zip(self.segments, segments, strict=True))

    def named(self, segments: list[str]) -> dict[str, str]:
        """What stands where the route takes anything."""
        taken = [given for wanted, given in zip(self.segments, segments, strict=True) if not wanted]
        return {name: unquote(given) for name, given in zip(self.names, taken, strict=True)}


def table() -> dict[int, list[Route]]:
    """All routes by the number of their segments; those that take nothing at will come first."""
    paths: dict[str, dict[str, Operation]] = {path: {} for path in TALKS}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method] = operation
    routes: dict[int, list[Route]] = {}
    for path, methods in paths.items():
        parts = path.strip("/").split("/")
        segments = tuple("" if part.startswith("{") else part for part in parts)
        names = tuple(part[1:-1] for part in parts if part.startswith("{"))
        routes.setdefault(len(parts), []).append(Route(segments, names, methods, TALKS.get(path)))
    for same_length in routes.values():
        same_length.sort(key=lambda route: len(route.names))
    return routes


ROUTES: Final = table()


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a request goes and who will answer it, or why it is refused; with neither it asks for `/healthz`."""

    room: Room | None = None
    operation: Operation | None = None
    talk: Talk | None = None
    refused: Refused | None = None


class Service:
    """Answers whole requests. `latency` seconds are added before every answer."""

    def __init__(self, rooms: Rooms, latency: float = 0.0) -> None:
        self.rooms = rooms
        self.latency = latency

    def enter(self, request: Request) -> Entry:
        """Where a request goes, by its head alone."""
        room = None
        try:
            check_origin(request)
            if request.path == "/healthz" and request.method in ("GET", "HEAD"):
                return Entry()
            if request.path.startswith(PUBLISHED):
                return self._published(request)
            room, below = self._place(request.path)
            route, named = find(request.method, below, request.upgrades)
            check_key(request, room)
            check_version(request)
        except Refused as refused:
            return Entry(room, refused=refused)
        if request.upgrades and route.talk is not None:
            return Entry(room, talk=route.talk)
        request.named = named
        return Entry(room, route.methods["GET" if request.method == "HEAD" else request.method])

    def _published(self, request: Request) -> Entry:
        """A file that a room publishes; no key is asked for, as on any other server. Raises `Refused`."""
        name, _, rest = unquote(request.path[len(PUBLISHED) :]).partition("/")
        room = self.rooms.get(name)
        found = room.published.get(rest) if room is not None else None
        if found is None or request.method not in ("GET", "HEAD"):
            raise no_resource()
        media_type, content = found
        return Entry(room, lambda room, asked: Answer(200, [("content-type", media_type)], content))

    def _place(self, path: str) -> tuple[Room, str]:
        """The room and the path below its base address. Raises `Refused`."""
        name, rest = "", path
        if path.startswith("/rooms/"):
            name, slash, rest = path[7:].partition("/")
            rest = slash + rest
        room = self.rooms.get(name)
        for base, only in BASES:
            below = rest[len(base) :]
            if room is not None and rest.startswith(base) and below.startswith(only):
                return room, below[1:]
        raise no_resource()

    def answer(self, request: Request, entry: Entry) -> "Answer | Underway":
        """What goes out, or what is under way to it and waits for an errand (see `finish`); never raises."""
        room = entry.room
        try:
            if entry.refused is not None:
                raise entry.refused
            if room is None or entry.operation is None:
                return self._latest(of_json({"status": "ok"}, []))
            begun = (room.outages and failing.outage(room)) or entry.operation(room, request)
            if isinstance(begun, Answer):
                return self._latest(begun)
            try:
                return Underway(begun, next(begun))
            except StopIteration as end:
                return self._latest(end.value)
        except Exception as error:
            return self._latest(failed(error, request, room))

    async def finish(self, request: Request, entry: Entry, underway: "Underway") -> Answer:
        """What goes out once all errands are done; never raises."""
        try:
            return self._latest(await done(underway.work, underway.errand))
        except Exception as error:
            return self._latest(failed(error, request, entry.room))

    def _latest(self, made: Answer) -> Answer:
        """The answer with the service's own latency."""
        if self.latency:
            made.delay = max(made.delay, self.latency)
        return made


@dataclass(frozen=True, slots=True)
class Underway:
    """An answer in the making, and the errand that it waits for."""

    work: Work[Answer]
    errand: Errand


def failed(error: Exception, request: Request, room: Room | None) -> Answer:
    """A refusal, in its words; for anything else, which is a bug of ours, a 500: no client must be left waiting."""
    lines = headers.of_room(room) if room else []
    if isinstance(error, Refused):
        return of_refusal(error, lines)
    logging.getLogger(__name__).error("%s %s", request.method, request.path, exc_info=error)
    return of_refusal(broken(), lines)


@lru_cache(maxsize=1024)
def find(method: str, below: str, upgrades: bool) -> tuple[Route, Mapping[str, str]]:
    """The route of this path that serves the method, and what stands where it takes anything. Raises `Refused`."""
    method = "GET" if method == "HEAD" else method
    segments = below.split("/")
    found = [route for route in ROUTES.get(len(segments), ()) if route.match(segments)]
    for route in found:
        if method in route.methods or (upgrades and method == "GET" and route.talk is not None):
            return route, route.named(segments)
    raise no_resource(405 if found else 404)


def check_origin(request: Request) -> None:
    """Programs on this machine only: no browser, no foreign name for our address."""
    if "origin" in request.fields:
        raise forbidden("Requests from web pages are not accepted.")
    host = request.fields.get("host", "")
    if not is_local(host):
        raise forbidden("This host name is not served here.")


@lru_cache(maxsize=256)
def is_local(host: str) -> bool:
    """Whether a `Host` names this machine."""
    return (host.rpartition(":")[0] or host).lower() in LOCAL_NAMES


def check_key(request: Request, room: Room) -> None:
    """The room's key as `api-key` or Bearer; where both are sent, both must be right."""
    given = [request.fields["api-key"]] if "api-key" in request.fields else []
    scheme, _, token = request.fields.get("authorization", "").partition(" ")
    if scheme:
        given.append(token.strip() if scheme.lower() == "bearer" else "")
    wanted = room.key.encode()
    wrong = not given or False in [secrets.compare_digest(key.encode(), wanted) for key in given]
    if wrong and room.ways(room.script.always.defects).lenient != "keys":
        raise unauthorized()


def check_version(request: Request) -> None:
    """An `api-version` of this API; paths without `/v1` are older than that and take any."""
    if not request.query_string:
        return
    version = request.query.get("api-version", VERSIONS[0])
    if version not in VERSIONS and f"{API}/" in request.path:
        raise no_version(version)
