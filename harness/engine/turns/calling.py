"""The turns `call` and `wait`."""

from typing import Any

from harness.engine.turns.course import CannotGoOn, Course, Took
from harness.engine.turns.delivery import USER_AGENT, post
from harness.engine.turns.tampering import door_for
from harness.engine.turns.uploading import multipart
from harness.scenario.calls import LeadsOut, address
from harness.scenario.durations import seconds
from harness.scenario.model import Turn
from harness.wire.exchange import Request


async def call(course: Course, turn: Turn, argument: Any) -> Took:
    """Any operation below the target's base address.

    Raises:
        CannotGoOn: with what was captured the path leads out of there.
    """
    door, headers, method = door_for(course, turn), course.headers_of(turn), argument["method"]
    try:
        url = address(door.base, argument["path"])
    except LeadsOut as error:
        raise CannotGoOn(f"turn {turn.id}: {error}") from None
    if turn.file is not None:
        request = multipart(url, course.file_name(turn.file), turn.file, {}, headers)
    elif "body" in argument:
        request = post(url, argument["body"], headers)
    else:
        request = Request(method, url, (("Accept", "*/*"), USER_AGENT, *headers))
    if request.method != method:
        request = Request(method, request.url, request.headers, request.body)
    return Took(course.heard((await door.sender.send(request),)), course.past, {turn.action: argument})


async def wait(course: Course, turn: Turn, argument: Any) -> Took:
    """Does nothing for a while, by the clock of the target: a room's is put forward instead."""
    with course.hours.paused():
        await course.door.clock.sleep(seconds(argument) or 0.0)
    return Took((), course.past, {turn.action: argument})
