"""Ways to carry state: how the next turn knows the earlier ones. One class each; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from harness.reply import Reply

Items = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Past:
    """A turn that created a response: the new input items that were sent, and the reply."""

    turn: str
    new: Items
    reply: Reply


class State(Protocol):
    """One way to carry state."""

    def carry(self, body: Mapping[str, Any], new: Items, past: Sequence[Past]) -> dict[str, Any]:
        """The body of the next create: `body` with the input, and whatever makes the earlier turns known."""
        ...


class Chained:
    """By `previous_response_id`; only what is new is sent."""

    def carry(self, body: Mapping[str, Any], new: Items, past: Sequence[Past]) -> dict[str, Any]:
        carried = {**body, "input": list(new)}
        if past and past[-1].reply.id is not None:
            carried.setdefault("previous_response_id", past[-1].reply.id)
        return carried


class Manual:
    """By the input array: all that was said and answered so far, and then what is new."""

    def carry(self, body: Mapping[str, Any], new: Items, past: Sequence[Past]) -> dict[str, Any]:
        return {**body, "input": [*replayed(past), *new]}


class Stateless:
    """As by hand, with nothing stored; reasoning travels encrypted."""

    def carry(self, body: Mapping[str, Any], new: Items, past: Sequence[Past]) -> dict[str, Any]:
        include = list(body.get("include") or ())
        if ENCRYPTED not in include:
            include.append(ENCRYPTED)
        return {**body, "store": False, "include": include, "input": [*replayed(past), *new]}


ENCRYPTED: Final = "reasoning.encrypted_content"


def replayed(past: Sequence[Past]) -> list[Any]:
    """Every item of the turns so far, input before output, as they went over the wire."""
    return [item for turn in past for item in (*turn.new, *turn.reply.output)]


STATES: Final[Mapping[str, State]] = {"chained": Chained(), "manual": Manual(), "stateless": Stateless()}
