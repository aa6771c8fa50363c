"""Turns that create a response: what is new, and the rounds in which calls of tools with `returns:` are answered."""

from typing import Any

from harness.conversation import Told
from harness.engine.turns.answering import answers
from harness.engine.turns.attaching import parts
from harness.engine.turns.course import Course, Took
from harness.engine.turns.round import take_round
from harness.findings import Finding, Level, OnWire
from harness.reply import Reply
from harness.scenario.model import Turn


async def user(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to a user message, with the files that go with it."""
    if not turn.attach:
        return await create(course, turn, [{"type": "message", "role": "user", "content": argument}])
    attached = await parts(course, turn)
    if attached.refused:
        return Took(attached.replies, course.past_for(turn), {turn.action: argument})
    content = [{"type": "input_text", "text": argument}, *attached.parts]
    return await create(course, turn, [{"type": "message", "role": "user", "content": content}], attached.replies)


async def items(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to verbatim input items."""
    return await create(course, turn, list(argument))


async def approve(course: Course, turn: Turn, argument: Any) -> Took:
    """A response to answers to the pending approval requests of these MCP servers."""
    past = course.past_for(turn)
    asked = [item for item in past[-1].reply.output if item.get("type") == "mcp_approval_request"] if past else []
    new = [
        {
            "type": "mcp_approval_response",
            "approval_request_id": item.get("id"),
            "approve": argument[item.get("server_label")],
        }
        for item in asked
        if item.get("server_label") in argument
    ]
    if not new:
        course.findings.append(_nothing_pending(turn, past[-1].reply if past else None, argument, asked))
        return Took((), past, {turn.action: argument}, stops=True)
    return await create(course, turn, new)


def _nothing_pending(turn: Turn, reply: Reply | None, argument: Any, asked: list[Any]) -> Finding:
    wanted = ", ".join(argument)
    return Finding(
        "expect.approve",
        Level.ERROR,
        f"approve: nothing of {wanted} waits for approval",
        OnWire(reply.index if reply else 0, pointer="/output"),
        list(argument),
        [item.get("server_label") for item in asked],
        turn.id,
        turn.place,
    )


async def create(course: Course, turn: Turn, new: list[Any], before: tuple[Reply, ...] = ()) -> Took:
    """A response to these new input items, and to the results of the tools that the model calls.

    Goes on until it calls none that has `returns:`, or none alone: all calls of one response are answered in one
    request. `before` are the replies of what the turn did first.
    """
    past, new = course.past_for(turn), [*course.plot.items(turn), *new]
    asked = new
    replies, rounds, told = before, list[Reply](), list[Told]()
    for _ in range(turn.max_rounds):
        done = await take_round(course, turn, new, past)
        replies, past = (*replies, *done.replies), done.past
        told += done.told
        if done.final.response is None:
            return Took(replies, past, asked, tuple(rounds), final=done.final, told=tuple(told))
        rounds.append(done.final)
        if not (new := await answers(course, turn, done.final)):
            return Took(replies, past, asked, tuple(rounds), final=done.final, told=tuple(told))
    course.findings.append(_still_calls(turn, done.final, new))
    return Took(replies, past, asked, tuple(rounds), stops=True, final=done.final, told=tuple(told))


def _still_calls(turn: Turn, final: Reply, pending: list[Any]) -> Finding:
    called = [item.get("name") for item in final.output if item.get("type") in ("function_call", "custom_tool_call")]
    return Finding(
        "expect.max_rounds",
        Level.ERROR,
        f"the model still calls tools after {turn.max_rounds} requests (max_rounds)",
        OnWire(final.index, pointer="/output"),
        "an answer without calls",
        called,
        turn.id,
        turn.place,
    )
