"""A room a case: its own address, key, store, ids, clock, script and defects; nothing crosses from room to room."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from harness.mock.defects import Defect, Door, Fault, Firing, Way, find
from harness.mock.ids import Ids
from harness.mock.offered import Model, named
from harness.mock.script import Script, WrongScript
from harness.mock.seal import Seal
from harness.mock.store import Container, Store
from harness.mock.ways import Ways

AS_PROMISED: Final = Ways()
"""What holds without a defect: one value for all requests."""

API: Final = "/openai/v1"
PUBLISHED: Final = "/published/"
"""Below this path lies what a room publishes for the service to fetch."""
DAY: Final = 86_400
RETENTION: Final = 30
"""Days for which responses, files and conversations are kept."""


class Room:
    """One tenant of the service. `url` is the base address of its API, `key` is accepted as `api-key` or Bearer."""

    def __init__(
        self,
        rooms: "Rooms",
        name: str,
        key: str,
        *,
        script: Script,
        region: str,
        deployments: Mapping[str, Model],
        seed: int,
        clock: Callable[[], float],
    ) -> None:
        self.rooms = rooms
        self.name = name
        self.key = key
        self.script = script
        self.region = region
        self.deployments = deployments
        self.clock = clock
        self.ids = Ids(f"{rooms.nonce}/{name}/{seed}")
        self.seal = Seal(f"{rooms.nonce}/{name}/{seed}".encode())
        self.store = Store()
        self.first_id: str | None = None
        self.quotas = script.quotas
        self.issues = script.issues
        self.faults: dict[object, Firing] = {}
        self.published: dict[str, tuple[str, bytes]] = {}
        self.outages = [one for one in script.always.defects if isinstance(one, Fault) and one.when == "region"]

    @property
    def url(self) -> str:
        """The base address; at the raw door where one of the defects is the transport's."""
        if any(isinstance(defect, Door) for defect in self.script.defects):
            return self.url_at(self.rooms.raw_address)
        return self.url_at(self.rooms.address)

    def url_at(self, address: str) -> str:
        """The base address at one of the server's doors."""
        return f"{address}/rooms/{self.name}{API}" if self.name else f"{address}{API}"

    def ways(self, defects: Sequence[Defect]) -> Ways:
        """How state is treated under these defects."""
        ways = AS_PROMISED
        for defect in defects:
            if isinstance(defect, Way):
                ways = defect.over(ways)
        return ways

    def served(self, deployment: str) -> str:
        """The model and version behind a deployment, as `x-ms-served-model` says it."""
        model = self.deployments.get(deployment)
        return model.served if model is not None else deployment

    def expired(self, created_at: float, ways: Ways) -> bool:
        """Whether what was stored then is not kept any more, by the room's clock."""
        days = 7 if ways.retention == "seven days" else RETENTION
        return self.clock() - created_at > days * DAY

    def direct(self, raw: Mapping[str, Any]) -> None:
        """Directions, as in a script, for the next create request alone.

        Raises `WrongScript`, also for a defect of the transport in a room that was opened without one: its address
        is not that of the raw door.
        """
        directions = self.script.read(raw)
        named = {type(defect) for defect in directions.defects}
        if Door in named and self.url == self.url_at(self.rooms.address):
            raise WrongScript("mock: name a defect of the transport where the room is opened")
        self.script.then(directions)

    def publish(self, name: str, media_type: str, content: bytes) -> str:
        """An address on this server from which the file can be fetched without a key, as long as the room is open."""
        token, name = secrets.token_urlsafe(12), name.rpartition("/")[2]
        self.published[f"{token}/{name}"] = (media_type, content)
        return f"{self.rooms.address}{PUBLISHED}{self.name}/{token}/{quote(name)}"

    def close(self) -> None:
        """Forgets everything; the address answers 404 from now on."""
        self.rooms.remove(self.name)


class Rooms:
    """The rooms of one server. `address` and `raw_address` are set when its doors are open."""

    def __init__(self, nonce: str | None = None) -> None:
        self.address = ""
        self.raw_address = ""
        self.nonce = nonce or secrets.token_hex(16)
        self.overheard: list[str] = []
        self.outages: dict[tuple[str, str], Firing] = {}
        self.leaked: Container | None = None
        self._rooms: dict[str, Room] = {}
        self._opened = 0

    def open(
        self,
        script: Mapping[str, Any] | None = None,
        defects: Sequence[str] = (),
        region: str = "swedencentral",
        model: str = "gpt-5-mini",
        seed: int = 0,
        *,
        name: str | None = None,
        key: str | None = None,
        deployments: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> Room:
        """A new room.

        `script` is a scenario's `mock:` block, `defects` are ids or slugs. The room has one deployment, named
        after its model, unless `deployments` maps names to models. `clock` gives seconds since the epoch.
        Raises `WrongScript` (a ValueError) for a script that cannot be followed, LookupError for an unknown defect.
        """
        self._opened += 1
        room = Room(
            self,
            f"r{self._opened}" if name is None else name,
            key or secrets.token_urlsafe(24),
            script=Script(script, [find(defect) for defect in defects]),
            region=region,
            deployments={alias: named(of) for alias, of in (deployments or {model: model}).items()},
            seed=seed,
            clock=clock,
        )
        self._rooms[room.name] = room
        return room

    def get(self, name: str) -> Room | None:
        """The room of that name, if it is open."""
        return self._rooms.get(name)

    def remove(self, name: str) -> None:
        """Closes a room; closing it twice is nothing."""
        self._rooms.pop(name, None)

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)
