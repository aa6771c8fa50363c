"""Tools that the service runs itself, by tool type. What one has to be stands in `hosted/base.py`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from harness.mock.hosted.base import CALL, HostedTool, Job, call_of, calling, offered
from harness.mock.hosted.code_interpreter import CodeInterpreter
from harness.mock.hosted.computer import Computer
from harness.mock.hosted.custom import Custom
from harness.mock.hosted.file_search import FileSearch
from harness.mock.hosted.image_generation import ImageGeneration
from harness.mock.hosted.mcp import Mcp
from harness.mock.hosted.web_search import WebSearch
from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.language import Phrases
from harness.mock.model.tool_use import reported_functions

__all__ = [
    "CALL",
    "TOOLS",
    "HostedTool",
    "Job",
    "abilities",
    "call_of",
    "calling",
    "check",
    "shown",
    "telling",
    "wanted",
]

TOOLS: Final[Mapping[str, HostedTool]] = {
    "code_interpreter": CodeInterpreter(),
    "image_generation": ImageGeneration(),
    "mcp": Mcp(),
    "custom": Custom(),
    "file_search": FileSearch(),
    **dict.fromkeys(("computer", "computer_use_preview"), Computer()),
    **dict.fromkeys(
        ("web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"), WebSearch()
    ),
}
"""Every hosted tool by the types under which it may be asked for."""


def wanted(body: Mapping[str, Any]) -> bool:
    """Whether a request has a hosted tool; most have none, and are answered in one round."""
    tools = body.get("tools")
    return bool(tools and any(isinstance(tool, dict) and tool.get("type") in TOOLS for tool in tools))


def check(job: Job) -> None:
    """Raises `Refused` for the first definition that cannot be served."""
    for at, tool in enumerate(job.body.get("tools") or ()):
        kind = tool.get("type")
        if kind in TOOLS:
            TOOLS[kind].check(tool, f"tools[{at}]", job)


def shown(items: list[JSON], job: Job) -> list[JSON]:
    """A finished output as the client sees it."""
    for kind in dict.fromkeys(tool.get("type") for tool in job.body.get("tools") or ()):
        if kind in TOOLS:
            items = TOOLS[kind].shown(items, job)
    return items


Ability = Callable[[Context, Phrases], Draft | None]


def abilities(context: Context) -> tuple[Ability, ...]:
    """What the model can do with the hosted tools that it has; last of all it says what they told."""
    have = [(TOOLS[tool["type"]], tool) for tool in offered(context) if tool.get("type") in TOOLS]
    return (*[partial(planned, tool, definition) for tool, definition in have], telling)


def planned(tool: HostedTool, definition: Mapping[str, Any], context: Context, phrases: Phrases) -> Draft | None:
    """What the model drafts because of one tool."""
    return tool.plan(definition, context)


TELLING: Final[Mapping[str, HostedTool]] = {kind: tool for tool in TOOLS.values() for kind in tool.items}
"""The tools by the types of the items that they make."""


def telling(context: Context, phrases: Phrases) -> Draft | None:
    """Tells what hosted tools and functions returned since the user asked; None where no hosted tool did."""
    told = [
        line
        for item in context.since_asked
        if item["type"] in TELLING and (line := TELLING[item["type"]].tell(item)) is not None
    ]
    return Draft.saying(" ".join([*told, *reported_functions(context)])) if told else None
