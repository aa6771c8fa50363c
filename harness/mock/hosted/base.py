"""What a hosted tool is: a tool that the service runs itself, while it makes a response.

A response with hosted tools is made in rounds (`operations/rounds.py`). In each round the model sees its context
and drafts items; a drafted item `{"type": "hosted", "tool": <tool type>, …}` is a call that is carried out here.
What the tool makes of it joins output and context, and the model drafts again, until it says something, or waits
for the client, or has had enough rounds.

    request ─▶ check          a bad definition is refused before anything is done
            ─▶ plan           asked in every round whether the model wants the tool now: a draft, or None
            ─▶ run            carries out one call: finished output items
            ─▶ plan …         sees those items in `context.items`, `context.since_asked`
            ─▶ tell           what a finished item told the model, in words, for the message at the end

One file a tool, one object in `TOOLS` (`hosted/__init__.py`), by every tool type that it serves.

* Items that `run` returns need no `id` and no `status`: both are filled in, the id by the item's type, unless the
  item says otherwise. They are put into the output in the order returned. Their tokens count as output, and as
  input of the rounds that follow.
* `run` returns a list at once, or is a generator that yields errands (`harness.mock.errands`) where something must
  be fetched, and then returns the list. An errand that comes to nothing raises `Undone` where it was yielded.
* `run` may raise `Refused`: the request then fails as a whole.
* `plan` may draft the closing message itself, as `{"type": "message", "content": [...]}` with annotations, say, when
  it finds its own items in `context.since_asked`; otherwise the model says what every item `tell`s. A text that is
  drafted as `{"type": "text", …}` is put into the form that the prompt asks for, a whole message is left as it is.
* `shown` sees the whole output once it is finished, and makes of it what the client is shown: citations put on, what
  it did not ask to have included left out.
* `plan` sees nothing but the context: no room, no store. What a tool knows reaches the model by its items alone.
* A draft's `steps` is how much it was thought about: a draft with none gets no reasoning item before it.
* A way in which the tool goes wrong is a field of `Ways`, and `job.ways` says which way it goes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.mock.errands import Work
from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.tool_use import fitting, words
from harness.mock.offered import Model
from harness.mock.rooms import Room
from harness.mock.ways import Ways

CALL: Final = "hosted"
"""Type of a drafted item that is a call of a hosted tool."""


@dataclass(frozen=True, slots=True)
class Job:
    """The request that a hosted tool works for; `headers` by lower-case name."""

    room: Room
    model: Model
    body: JSON
    headers: Mapping[str, str]
    ways: Ways


class HostedTool:
    """The parts of a hosted tool with what most of them do; `items` are the types of the items that it makes."""

    items: ClassVar[frozenset[str]] = frozenset()

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """Refuses a definition that cannot be served; `path` is its place, such as `tools[0]`. Raises `Refused`."""

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        """What the model drafts because it has this tool; None where it does not want it now."""
        raise NotImplementedError

    def run(self, call: Mapping[str, Any], job: Job, context: Context) -> list[JSON] | Work[list[JSON]]:
        """The finished items of one call. Raises `Refused`, and whatever ends a response."""
        raise NotImplementedError

    def tell(self, item: Mapping[str, Any]) -> str | None:
        """What a finished item told the model, as a sentence; None where there is nothing to tell."""

    def shown(self, items: list[JSON], job: Job) -> list[JSON]:
        """The finished output as the client sees it."""
        return items


def call_of(tool: str, **wanted: Any) -> JSON:
    """A drafted call of a hosted tool, of that tool type."""
    return {"type": CALL, "tool": tool, **wanted}


def calling(tool: str, **wanted: Any) -> Draft:
    """A draft of one call."""
    return Draft([call_of(tool, **wanted)], summary="**Using a tool**\n\nThe answer needs a tool.", steps=2)


def offered(context: Context) -> list[JSON]:
    """The tools of the request that `tool_choice` leaves, functions among them."""
    tools = [tool for tool in context.request.get("tools") or [] if isinstance(tool, dict)]
    choice = context.request.get("tool_choice")
    if choice == "none":
        return []
    if isinstance(choice, Mapping):
        wanted = choice.get("tools") or [] if choice.get("type") == "allowed_tools" else [choice]
        return [tool for tool in tools if any(isinstance(one, Mapping) and is_chosen(tool, one) for one in wanted)]
    return tools


def is_chosen(tool: Mapping[str, Any], choice: Mapping[str, Any]) -> bool:
    """Whether a choice means this tool: by type, and by name or label where it has one."""
    return tool.get("type") == choice.get("type") and all(
        tool.get(key) == choice[key]
        for key in ("name", "server_label")
        if choice.get(key) is not None and not (key == "name" and tool.get("type") == "mcp")
    )


def demanded(context: Context) -> bool:
    """Whether `tool_choice` demands a call of one of the tools that it leaves, and none was made since it was asked."""
    if any(item["type"].endswith("_call") or item["type"] == "mcp_approval_request" for item in context.since_asked):
        return False
    choice = context.request.get("tool_choice")
    if isinstance(choice, Mapping):
        return choice.get("type") != "allowed_tools" or choice.get("mode") == "required"
    return choice == "required"


def closing(job: Job, unfinished: str) -> str:
    """The status with which a call closes: completed; or unfinished, where that is a known issue of streams."""
    return unfinished if "calls-left-open" in job.room.issues and job.body.get("stream") else "completed"


def used(context: Context, items: frozenset[str]) -> bool:
    """Whether the tool that makes such items has been used since the user asked."""
    return any(item["type"] in items for item in context.since_asked)


def speaks_of(context: Context, pattern: re.Pattern[str]) -> bool:
    """Whether the prompt asks for what the pattern describes, and no function of the request fits better."""
    functions = [tool for tool in offered(context) if tool.get("type") == "function"]
    return bool(pattern.search(context.prompt)) and not (words(context.prompt) and fitting(functions, context.prompt))
