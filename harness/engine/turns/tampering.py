"""`tamper:`: a request broken on purpose, in one way, just before it goes out."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from harness.engine.targets.target import Door
from harness.engine.turns.course import CannotGoOn, Course
from harness.scenario.model import Turn
from harness.wire.exchange import Exchange, Request, Sender

UNKNOWN_RESPONSE: Final = "resp_0000000000000000000000000000000000000000000000000000"
UNKNOWN_DEPLOYMENT: Final = "no-such-deployment"
OUTPUTS: Final = ("function_call_output", "custom_tool_call_output")

Body = dict[str, Any]


def tampered(turn: Turn, body: Mapping[str, Any], course: Course) -> Body:
    """The body with what the turn breaks; the same where it breaks nothing. `course` notes what was broken."""
    whole = dict(body)
    if turn.tamper is None:
        return whole
    break_ = BREAKS.get(turn.tamper[0])
    if break_ is None:
        return whole
    broken = break_(whole)
    if broken != whole:
        course.broken.add(turn.id)
    return broken


def _drop(body: Body) -> Body:
    """Without the reasoning items."""
    items = body.get("input")
    if not isinstance(items, list):
        return body
    return {**body, "input": [item for item in items if not _is(item, "reasoning")]}


def _flip(body: Body) -> Body:
    """With one character changed in the middle of the newest encrypted content."""
    items = body.get("input")
    if not isinstance(items, list):
        return body
    for index in range(len(items) - 1, -1, -1):
        sealed = items[index].get("encrypted_content") if isinstance(items[index], Mapping) else None
        if isinstance(sealed, str) and sealed:
            middle = len(sealed) // 2
            other = "A" if sealed[middle] != "A" else "B"
            item = {**items[index], "encrypted_content": sealed[:middle] + other + sealed[middle + 1 :]}
            return {**body, "input": [*items[:index], item, *items[index + 1 :]]}
    return body


def _reorder(body: Body) -> Body:
    """With the outputs of tools in reverse order, each in the place of another."""
    items = body.get("input")
    if not isinstance(items, list):
        return body
    backwards = [item for item in reversed(items) if _is(item, *OUTPUTS)]
    return {**body, "input": [backwards.pop(0) if _is(item, *OUTPUTS) else item for item in items]}


def _use_id(body: Body) -> Body:
    """With the id of a response that there is not, where the one before is named."""
    return {**body, "previous_response_id": UNKNOWN_RESPONSE} if "previous_response_id" in body else body


def _deployment(body: Body) -> Body:
    """To a deployment that there is not."""
    return {**body, "model": UNKNOWN_DEPLOYMENT}


def _is(item: Any, *types: str) -> bool:
    return isinstance(item, Mapping) and item.get("type") in types


BREAKS: Final[Mapping[str, Callable[[Body], Body]]] = {
    "drop": _drop,
    "flip": _flip,
    "reorder": _reorder,
    "use_id": _use_id,
    "deployment": _deployment,
}
"""What breaks a body; `auth` is broken where it is sent."""


def garbage() -> str:
    """A credential that is none."""
    return f"garbage-{secrets.token_hex(12)}"


def door_for(course: Course, turn: Turn) -> Door:
    """The door through which a turn is sent: without the target's credential where the turn breaks that.

    Raises:
        CannotGoOn: the target knows no other way in.
    """
    if turn.tamper is None or turn.tamper[0] != "auth":
        return course.door
    if course.door.stranger is None:
        raise CannotGoOn(f"turn {turn.id}: nothing can be sent here without a credential")
    course.broken.add(turn.id)
    if turn.tamper[1] == "none":
        return replace(course.door, sender=course.door.stranger)
    return replace(course.door, sender=_Impostor(course.door.stranger))


class _Impostor:
    """Sends with a credential that is none, in both places where one may stand."""

    def __init__(self, stranger: Sender) -> None:
        self._stranger = stranger

    async def send(self, request: Request) -> Exchange:
        key = garbage()
        lines = (("api-key", key), ("Authorization", f"Bearer {key}"))
        return await self._stranger.send(replace(request, headers=(*request.headers, *lines)))
