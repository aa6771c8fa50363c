"""Turns about an earlier turn's stored response."""

from typing import Any
from urllib.parse import quote

from harness.engine.course import CannotGoOn, Course, Took
from harness.engine.delivery import get
from harness.scenario.model import Turn


async def retrieve(course: Course, turn: Turn, argument: Any) -> Took:
    """Reads it."""
    request = get(f"{course.door.base}responses/{response_of(course, turn, argument)}", course.headers_of(turn))
    return Took(course.heard((await course.door.sender.send(request),)), course.past, {turn.action: argument})


def response_of(course: Course, turn: Turn, name: str) -> str:
    """The id of an earlier turn's response, as it stands in a path.

    Raises:
        CannotGoOn: it has none.
    """
    final = course.earlier(name).final
    if final is None or final.id is None:
        raise CannotGoOn(f"turn {turn.id}: the response of {name} has no id")
    return quote(final.id, safe="")
