"""What the harness answers when the model calls tools that have `returns:`."""

import json
from collections.abc import Mapping
from typing import Any, Final

from harness.engine.turns.course import CannotGoOn, Course
from harness.findings import Finding, Level, OnWire
from harness.reply import Reply
from harness.scenario.model import Turn
from harness.scenario.returns import ANSWERED, Outcome, Returns, names_of_arguments
from harness.scenario.variables import UnknownVariable, names, substitute
from harness.source.place import Refused, shown

CALLS: Final[Mapping[str, str]] = {"function_call": "function", "custom_tool_call": "custom"}
"""Output items that call a tool of ours, and the type of that tool."""
UNFORESEEN: Final = {"error": "there is no result for these arguments"}
"""What a tool answers to arguments of which its `returns:` says nothing."""


async def answers(course: Course, turn: Turn, reply: Reply) -> list[dict[str, Any]]:
    """The items that answer all calls of a reply; none where it calls nothing, or a tool without `returns:`.

    All tools work at once: it takes as long as the slowest.

    Raises:
        CannotGoOn: a `when:` holds no matcher with these variables.
    """
    calls = [item for item in reply.output if item.get("type") in CALLS]
    returns = [_returns(course, call) for call in calls]
    if not calls or reply.status != "completed" or any(each is None for each in returns):
        return []
    items, slowest = [], 0.0
    for call, known in zip(calls, returns, strict=True):
        if known is not None:
            item, delay = _answer(course, turn, reply, call, known)
            items.append(item)
            slowest = max(slowest, delay)
    if slowest:
        await course.door.clock.sleep(slowest)
    return items


def _returns(course: Course, call: Mapping[str, Any]) -> Returns | None:
    found = course.case.scenario.returns.get(str(call.get("name")))
    return found if found is not None and found.type == CALLS[call["type"]] else None


def _answer(
    course: Course, turn: Turn, reply: Reply, call: Mapping[str, Any], returns: Returns
) -> tuple[dict[str, Any], float]:
    """The item that answers a call, and after how many seconds."""
    arguments = arguments_of(call)
    try:
        outcome = returns.outcome(arguments, course.bindings)
    except (Refused, UnknownVariable) as error:
        raise CannotGoOn(str(error)) from None
    if outcome is None:
        course.findings.append(_unforeseen(turn, reply, call, returns, arguments))
    value = UNFORESEEN if outcome is None else spoken(outcome, course.bindings, arguments)
    item = {
        "type": ANSWERED[returns.type],
        "call_id": call.get("call_id"),
        "output": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
    }
    return item, 0.0 if outcome is None else outcome.delay


def arguments_of(call: Mapping[str, Any]) -> Any:
    """What a tool is called with: a function's arguments parsed, a custom tool's text under `input`."""
    if call.get("type") == "custom_tool_call":
        return {"input": call.get("input")}
    try:
        return json.loads(str(call.get("arguments")))
    except (ValueError, RecursionError):
        return None  # what is no JSON is found by a rule; here it fits no condition


def spoken(outcome: Outcome, bindings: Mapping[str, Any], arguments: Any) -> Any:
    """An outcome's value with its variables put in; an argument that was not given is null."""
    template = {"error": outcome.error} if outcome.failed else outcome.value
    given = names_of_arguments(arguments)
    absent = {name: None for name in names(template) if name.startswith("arguments.")}
    return substitute(template, {**bindings, **absent, **given})


def _unforeseen(turn: Turn, reply: Reply, call: Mapping[str, Any], returns: Returns, arguments: Any) -> Finding:
    return Finding(
        "expect.returns",
        Level.ERROR,
        f"`{shown(str(call.get('name')))}` was called with arguments for which `returns` has no entry",
        OnWire(reply.index, pointer="/output"),
        [dict(each.when) for each in returns.outcomes],
        arguments,
        turn.id,
        returns.place,
    )
