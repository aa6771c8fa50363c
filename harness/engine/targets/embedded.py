"""Targets on the embedded endpoint. Imported only where one is wanted: the endpoint brings a web server with it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from harness.engine.clock import RoomClock
from harness.engine.targets.facts import Facts
from harness.engine.targets.family import FAMILY
from harness.engine.targets.target import Door, Grounds, Target
from harness.mock.defects import find
from harness.mock.script import Script, WrongScript
from harness.mock.server import MockServer


@asynccontextmanager
async def running() -> AsyncIterator[MockServer]:
    """The embedded endpoint, as long as it is needed."""
    server = MockServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@dataclass(frozen=True, slots=True)
class EmbeddedTarget:
    """A deployment on the embedded endpoint; every case has a room of its own there.

    `defects` are named deviations switched on in every room.
    """

    facts: Facts
    defects: Sequence[str] = ()

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        try:
            Script(script)
        except WrongScript as wrong:
            return str(wrong), wrong.path
        return None

    @asynccontextmanager
    async def open(self, grounds: Grounds, script: Mapping[str, Any] | None) -> AsyncIterator[Door]:
        server = await grounds.shared(running)
        clock = RoomClock()
        room = server.rooms.open(
            script,
            self.defects,
            region=self.facts.region or "swedencentral",
            deployments={self.facts.deployment: offered(self.facts)},
            clock=clock.wall,
        )
        try:
            key = (("api-key", room.key),)
            yield Door(
                room.url.rstrip("/") + "/",
                grounds.client.speaking_for(lambda: key),
                clock,
                stranger=grounds.client,
                publish=room.publish,
                begin=room.script.begin,
            )
        finally:
            room.close()


def offered(facts: Facts) -> str:
    """What stands behind a deployment, as the endpoint writes it: `MODEL@VERSION:TYPE`."""
    version = f"@{facts.version}" if facts.version else ""
    kind = f":{facts.deployment_type}" if facts.deployment_type else ""
    return f"{facts.model or facts.deployment}{version}{kind}"


class Embedded:
    """The endpoint itself, for targets that were chosen before it was there."""

    def check(self, defect: str) -> None:
        find(defect)

    def target(self, facts: Facts, defects: Sequence[str]) -> Target:
        return EmbeddedTarget(facts, defects)


def embedded_family(defects: Sequence[str] = ()) -> tuple[EmbeddedTarget, ...]:
    """The default targets: a scenario runs on the first that documents what it needs.

    Raises:
        LookupError: there is no defect of such a name; the message suggests one.
    """
    for name in defects:
        find(name)
    return tuple(EmbeddedTarget(facts, tuple(defects)) for facts in FAMILY)
