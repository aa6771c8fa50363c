"""Custom tools: the client runs them, their input is text, freely or by a pattern."""

import re
from collections.abc import Mapping
from typing import Any, Final

from harness.mock.asked import check_choice, check_name, check_type, missing
from harness.mock.hosted.base import HostedTool, Job, demanded, offered
from harness.mock.model.context import Context, Draft
from harness.mock.model.tool_use import fitting

QUOTED: Final = re.compile(r"[\"“`]([^\"”`]+)[\"”`]")
BEHIND: Final = re.compile(r"(?:\bwith\b|\bon\b|:)\s*(\S.*)$", re.DOTALL)
SYNTAXES: Final = ("lark", "regex")
LONGEST: Final = 2_000


class Custom(HostedTool):
    """`name`, `description`, `format`: text, or a grammar; of a grammar the syntax `regex` is kept to."""

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """Raises `Refused` for a tool without a name, and for a grammar without a definition."""
        if tool.get("name") is None:
            raise missing(f"{path}.name")
        for field in ("name", "description"):
            if tool.get(field) is not None:
                check_type(f"{path}.{field}", tool[field], (str,))
        check_name(f"{path}.name", tool["name"])
        form = tool.get("format")
        if form is None:
            return
        check_type(f"{path}.format", form, (dict,))
        check_choice(f"{path}.format.type", form.get("type"), ("text", "grammar"))
        if form["type"] == "grammar":
            check_choice(f"{path}.format.syntax", form.get("syntax"), SYNTAXES)
            check_type(f"{path}.format.definition", form.get("definition"), (str,))

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        if context.since_asked:
            return None
        tools = [one for one in offered(context) if one.get("type") in ("custom", "function")]
        if tool not in fitting(tools, context.prompt) and not demanded(context):
            return None
        call = {"type": "custom_tool_call", "name": tool["name"], "input": input_for(tool, context.prompt)}
        return Draft([call], summary=f"**Calling {tool['name']}**\n\nThe answer needs a tool.", steps=2)


def input_for(tool: Mapping[str, Any], prompt: str) -> str:
    """What a prompt wants given to the tool: what stands in quotes or behind a colon, else all of it."""
    form = tool.get("format") or {}
    if form.get("syntax") == "regex":
        import regex

        try:
            found = regex.search(form["definition"], prompt[:LONGEST], timeout=1)
        except (regex.error, TimeoutError):
            found = None
        if found and found[0]:
            return str(found[0])
    match = QUOTED.search(prompt[:LONGEST]) or BEHIND.search(prompt[:LONGEST])
    return match[1].strip() if match else prompt
