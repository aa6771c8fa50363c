"""The turns `compact` and `count_tokens`: the conversation so far, folded together or counted."""

from typing import Any, Final

from harness.engine.turns.course import Course, Took
from harness.engine.turns.delivery import post
from harness.engine.turns.state import Past, carried_by
from harness.engine.turns.tampering import door_for, tampered
from harness.scenario.model import Turn

COMPACTED: Final = ("model", "input", "previous_response_id", "instructions", "prompt_cache_key", "service_tier")
COUNTED: Final = (
    *("model", "input", "previous_response_id", "conversation", "instructions"),
    *("tools", "tool_choice", "parallel_tool_calls", "reasoning", "text", "truncation"),
)
"""What of a create's body the two operations take; what the turn's own `request:` says goes out in any case."""


async def compact(course: Course, turn: Turn, argument: Any) -> Took:
    """Compacts the conversation so far; the next turn goes on from the window that comes back."""
    past = course.past_for(turn)
    body = _so_far(course, turn, [], COMPACTED)
    if not body.get("input"):
        body.pop("input", None)  # what is told by id alone
    url = course.door.base + "responses/compact"
    replies = course.heard((await door_for(course, turn).sender.send(post(url, body, course.headers_of(turn))),))
    done = replies[-1]
    after = past if done.response is None else (Past.compacted_to(turn.id, done),)
    return Took(replies, after, {turn.action: argument})


async def count_tokens(course: Course, turn: Turn, argument: Any) -> Took:
    """Counts the input tokens of what would be sent now."""
    new = list(argument.get("input", []))
    if "user" in argument:
        new = [{"type": "message", "role": "user", "content": argument["user"]}]
    url = course.door.base + "responses/input_tokens"
    request = post(url, _so_far(course, turn, new, COUNTED), course.headers_of(turn))
    replies = course.heard((await door_for(course, turn).sender.send(request),))
    return Took(replies, course.past, {turn.action: argument})


def _so_far(course: Course, turn: Turn, new: list[Any], taken: tuple[str, ...]) -> dict[str, Any]:
    """The body of a create with these items, as far as the operation takes it."""
    state = carried_by(course.case.state, course.case.scenario.modes)
    body = state.carry(course.request_of(turn), new, course.past_for(turn))
    own = turn.request.keys()
    return tampered(turn, {name: value for name, value in body.items() if name in taken or name in own}, course)
