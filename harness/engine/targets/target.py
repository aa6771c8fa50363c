"""Where cases run: targets, and what they open for a case.

A target answers `open()` with a door: the base address of the API and a sender. Nothing else of the engine
knows whether behind it stands a live service or the embedded endpoint.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from harness.engine.clock import Clock
from harness.engine.ledger import Ledger
from harness.engine.targets.facts import Facts
from harness.wire.exchange import Headers, Sender
from harness.wire.limits import Limits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Door:
    """What a case talks through: the API's base address, with a slash at its end, a sender, and how time passes.

    `stranger` sends without any credential. `lasting` says that what is made behind it outlives the case. `publish`
    puts a file (name, type, content) where the service can fetch it, and answers the address or None. `begin` is
    told the number of each turn that is scripted. `file_name` gives the name of an upload by its ending. `insist` says
    whether refusals are repeated.
    """

    base: str
    sender: Sender
    clock: Clock = field(default_factory=Clock)
    stranger: Sender | None = None
    lasting: bool = False
    publish: Callable[[str, str, bytes], str | None] | None = None
    begin: Callable[[int], None] | None = None
    file_name: Callable[[str], str] | None = None
    insist: Callable[[bool], None] | None = None


class Target(Protocol):
    """Something that cases can run on."""

    @property
    def facts(self) -> Facts: ...

    def open(self, grounds: "Grounds", script: Mapping[str, Any] | None) -> AbstractAsyncContextManager[Door]:
        """A door of one case; a live target takes no script."""
        ...

    def mistake(self, script: Mapping[str, Any] | None) -> tuple[str, tuple[str | int, ...]] | None:
        """Why a script cannot be followed, and the path to what is wrong in it; None where it can, or none is taken."""
        ...


class Connections(Sender, Protocol):
    """The connections that all cases of a run share."""

    def speaking_for(self, credential: Callable[[], Headers], covers: Callable[[str], bool] | None = None) -> Sender:
        """The same connections, with a credential in the head of each request that goes where it may."""
        ...


class Grounds(Protocol):
    """What the targets of a run share in its event loop."""

    limits: Limits
    ledger: Ledger | None

    @property
    def client(self) -> Connections: ...

    def steady(self, target: Target, door: Door) -> Door:
        """The door through which a case talks to a target."""
        ...

    def stop(self, facts: Facts, why: str) -> None:
        """Nothing more is sent to the target in this run."""
        ...

    async def shared(self, what: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """What `what` opens, the same for all who ask in this run; closed with the grounds."""
        ...
