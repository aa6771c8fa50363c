"""Turns that create a response: what is new, the state it is carried in, the way it is delivered."""

from collections.abc import Sequence
from typing import Any

from harness.engine.course import Course, Took
from harness.engine.delivery import DELIVERIES
from harness.engine.state import STATES, Past
from harness.reply import Reply
from harness.scenario.model import Turn


async def user(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to a user message."""
    return await create(course, turn, [{"type": "message", "role": "user", "content": argument}])


async def items(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to verbatim input items."""
    return await create(course, turn, list(argument))


async def create(course: Course, turn: Turn, new: list[Any]) -> Took:
    """A response to these new input items."""
    past = course.past_for(turn)
    replies = await sent(course, turn, new, past)
    final = replies[-1]
    if final.response is None:
        return Took(replies, past, new)
    return Took(replies, (*past, Past(turn.id, new, final)), new, rounds=(final,))


async def sent(course: Course, turn: Turn, new: Sequence[Any], past: Sequence[Past]) -> tuple[Reply, ...]:
    """One round: the request in the case's state, sent in its delivery; the last reply is the final one."""
    body = STATES[course.case.state].carry(course.request_of(turn), new, past)
    delivery = DELIVERIES[course.case.delivery]
    url, headers = course.door.base + "responses", course.headers_of(turn)
    return course.heard(await delivery.deliver(url, body, headers, course.door.sender))
