"""Turns about an earlier turn's stored response."""

from typing import Any
from urllib.parse import quote

from harness.engine.turns.course import CannotGoOn, Course, Took
from harness.engine.turns.delivery import STREAM_TYPE, USER_AGENT, get
from harness.engine.turns.state import Past
from harness.engine.turns.tampering import UNKNOWN_RESPONSE, door_for
from harness.reply import Reply
from harness.scenario.model import Turn
from harness.wire.exchange import Request

ENDED = ("completed", "failed", "cancelled", "incomplete")


async def retrieve(course: Course, turn: Turn, argument: Any) -> Took:
    """Reads it."""
    return await _asked(course, turn, argument, get(_address(course, turn, argument), course.headers_of(turn)))


async def delete(course: Course, turn: Turn, argument: Any) -> Took:
    """Deletes it."""
    return await _asked(course, turn, argument, _bare("DELETE", course, turn, argument))


async def cancel(course: Course, turn: Turn, argument: Any) -> Took:
    """Cancels it, where it is still being made in the background."""
    return await _asked(course, turn, argument, _bare("POST", course, turn, argument, "/cancel"))


async def input_items(course: Course, turn: Turn, argument: Any) -> Took:
    """Lists what was said before it."""
    url = _address(course, turn, argument) + "/input_items"
    return await _asked(course, turn, argument, get(url, course.headers_of(turn)))


async def resume(course: Course, turn: Turn, argument: Any) -> Took:
    """Takes its background stream up again behind an event."""
    query = f"?stream=true&starting_after={argument['after']}"
    request = get(_address(course, turn, argument["turn"]) + query, course.headers_of(turn), STREAM_TYPE)
    return await _asked(course, turn, argument, request)


async def _asked(course: Course, turn: Turn, argument: Any, request: Request) -> Took:
    replies = course.heard((await door_for(course, turn).sender.send(request),))
    return Took(replies, _renewed(course.past, replies[-1]), {turn.action: argument})


def _bare(method: str, course: Course, turn: Turn, argument: Any, below: str = "") -> Request:
    headers = (("Accept", "application/json"), USER_AGENT, *course.headers_of(turn))
    return Request(method, _address(course, turn, argument) + below, headers)


def _address(course: Course, turn: Turn, name: str) -> str:
    """The address of an earlier turn's response.

    Raises:
        CannotGoOn: it has no id.
    """
    final = course.earlier(name).final
    if final is None or final.id is None:
        raise CannotGoOn(f"turn {turn.id}: the response of {name} has no id")
    response_id = final.id
    if turn.tamper == ("use_id", "unknown"):
        response_id = UNKNOWN_RESPONSE
        course.broken.add(turn.id)
    return f"{course.door.base}responses/{quote(response_id, safe='')}"


def _renewed(past: tuple[Past, ...], reply: Reply) -> tuple[Past, ...]:
    """The past with what is known of a response that was not finished when it was created."""
    if reply.operation not in ("retrieve", "cancel") or reply.id is None or reply.status not in ENDED:
        return past
    return tuple(
        Past(each.turn, each.new, reply, each.window, each.sent)
        if each.reply.id == reply.id and each.reply.status not in ENDED
        else each
        for each in past
    )
