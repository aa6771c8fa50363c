"""Signs of the defects of approvals: what each does, seen over the socket and at the tool server. No rule is asked.

A sign is given a visitor and a stall with `dice()`, and answers whether the defect shows.
"""

from collections.abc import Awaitable, Callable

from builders.endpoint import Visitor
from builders.tool_stalls import approving, tool, types

from harness.engine.planning.tool_servers import Stall

PROMPT = "Roll the dice for the expression 2d4."

Sign = Callable[[Visitor, Stall], Awaitable[bool]]


async def answered(visitor: Visitor, stall: Stall, approve: bool = True) -> tuple[dict, dict]:
    """The response that asks, and the one that follows the answer."""
    tools = [tool(stall)]
    asking = await visitor.create(PROMPT, tools=tools)
    return asking, await visitor.create(approving(asking, approve), previous_response_id=asking["id"], tools=tools)


def calls(response: dict) -> list[dict]:
    return [item for item in response["output"] if item["type"] == "mcp_call"]


async def calls_unasked(visitor: Visitor, stall: Stall) -> bool:
    response = await visitor.create(PROMPT, tools=[tool(stall)])
    return types(response)[1:] == ["mcp_call", "message"] and stall.hits == {"dice": {"roll": 1}}


async def calls_denied(visitor: Visitor, stall: Stall) -> bool:
    _, after = await answered(visitor, stall, approve=False)
    return bool(calls(after)) and stall.hits == {"dice": {"roll": 1}}


async def names_no_approval(visitor: Visitor, stall: Stall) -> bool:
    _, after = await answered(visitor, stall)
    return [call["approval_request_id"] for call in calls(after)] == [None]


async def changes_arguments(visitor: Visitor, stall: Stall) -> bool:
    asking, after = await answered(visitor, stall)
    approved = asking["output"][-1]
    return approved["type"] == "mcp_approval_request" and {call["arguments"] for call in calls(after)} != {
        approved["arguments"]
    }


async def calls_twice(visitor: Visitor, stall: Stall) -> bool:
    await answered(visitor, stall)
    return stall.hits == {"dice": {"roll": 2}}


SIGNS: dict[str, Sign] = {
    "B47": calls_unasked,
    "B48": calls_denied,
    "B49": names_no_approval,
    "B50": changes_arguments,
    "B51": calls_twice,
}
