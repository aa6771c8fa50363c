"""Turns that create a response: what is new, the state it is carried in, the way it is delivered."""

from typing import Any

from harness.engine.course import Course, Took
from harness.engine.round import take_round
from harness.scenario.model import Turn


async def user(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to a user message."""
    return await create(course, turn, [{"type": "message", "role": "user", "content": argument}])


async def items(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to verbatim input items."""
    return await create(course, turn, list(argument))


async def create(course: Course, turn: Turn, new: list[Any]) -> Took:
    """A response to these new input items."""
    done = await take_round(course, turn, new, course.past_for(turn))
    rounds = (done.final,) if done.final.response is not None else ()
    return Took(done.replies, done.past, new, rounds, final=done.final, told=done.told)
