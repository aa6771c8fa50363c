"""Using functions: calls the one that a prompt asks for, fills its arguments, and uses what comes back."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.mock.model.context import JSON, Context, Draft
from harness.mock.model.filling import Source, filled
from harness.mock.model.language import Phrases

WORD: Final = re.compile(r"[a-z]{3,}|\d+")
COMMON: Final = frozenset(
    WORD.findall(
        "the and for with from this that what which who how get gets set use call given name tool function return "
        "returns please you your are can will not has have into its their about current"
    )
)
PLACES: Final = re.compile(
    r"\b(?:in|for|of|at)\s+(?P<list>[A-Z][\w-]+(?:\s[A-Z][\w-]+)*(?:(?:,\s*(?:and\s+)?|\s+and\s+)[A-Z][\w-]+(?:\s[A-Z][\w-]+)*)+)"
)
ENUMERATION: Final = re.compile(r",\s*(?:and\s+)?|\s+and\s+")


def words(text: str) -> set[str]:
    """The words that tell one thing from another, without endings."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("_", " ").replace("-", " "))
    return {word[:5] for word in WORD.findall(spaced.lower()) if word not in COMMON}


def offered(context: Context) -> list[JSON]:
    """The functions that may be called now: those of the request that `tool_choice` leaves."""
    functions = [tool for tool in context.request.get("tools") or [] if tool.get("type") == "function"]
    choice = context.request.get("tool_choice")
    if choice == "none":
        return []
    if isinstance(choice, Mapping) and choice.get("type") == "function":
        return [tool for tool in functions if tool["name"] == choice.get("name")]
    if isinstance(choice, Mapping) and choice.get("type") == "allowed_tools":
        names = {tool.get("name") for tool in choice.get("tools") or []}
        return [tool for tool in functions if tool["name"] in names]
    return functions


def must_call(context: Context) -> bool:
    """Whether `tool_choice` demands a call."""
    choice = context.request.get("tool_choice")
    if isinstance(choice, Mapping):
        return choice.get("type") == "function" or choice.get("mode") == "required"
    return choice == "required"


def fitting(functions: Sequence[JSON], prompt: str) -> list[JSON]:
    """The functions that the prompt asks for, in the order in which it does; by name, else by their words."""
    named = [tool for tool in functions if re.search(rf"(?<!\w){re.escape(tool['name'])}(?!\w)", prompt)]
    if named:
        return sorted(named, key=lambda tool: prompt.index(tool["name"]))
    asked = words(prompt)
    scored = [(len(words(tool["name"]) & asked) * 3 + len(words(describing(tool)) & asked), tool) for tool in functions]
    best = max((score for score, _ in scored), default=0)
    return [tool for score, tool in scored if score == best and score >= 2][:1]


def describing(tool: Mapping[str, Any]) -> str:
    """All that is said of a function and its parameters."""
    properties = (tool.get("parameters") or {}).get("properties") or {}
    told = [str(inner.get("description", "")) for inner in properties.values() if isinstance(inner, dict)]
    return " ".join([str(tool.get("description") or ""), *properties, *told])


def calling(context: Context, phrases: Phrases) -> Draft | None:
    """One call, or several at once where several things are asked for and that is allowed."""
    if context.since_asked:
        return None
    functions = offered(context)
    if not functions:
        return None
    wanted = fitting(functions, context.prompt) or (list(functions[:1]) if must_call(context) else [])
    if not wanted:
        return None
    parallel = context.request.get("parallel_tool_calls") is not False and context.model.parallel
    calls = [call for tool in wanted for call in calls_of(tool, context, parallel)]
    return Draft(
        calls if parallel else calls[:1],
        state={"calling": [call["name"] for call in calls]},
        summary=f"**Calling {wanted[0]['name']}**\n\nThe answer needs a function.",
        steps=2,
    )


def calls_of(tool: JSON, context: Context, parallel: bool) -> list[JSON]:
    """The calls of one function: one for each thing where the prompt enumerates them."""
    schema = tool.get("parameters") or {"type": "object", "properties": {}}
    match = PLACES.search(context.prompt)
    strings = [
        name
        for name, inner in (schema.get("properties") or {}).items()
        if isinstance(inner, dict) and inner.get("type") == "string" and "enum" not in inner
    ]
    if match and strings and parallel:
        return [
            call_of(tool, {**filled(schema, Source(context), schema), strings[0]: each})
            for each in ENUMERATION.split(match["list"])
        ]
    arguments = filled({"type": "object", **schema}, Source(context), schema)
    return [call_of(tool, arguments)]


def call_of(tool: Mapping[str, Any], arguments: Any) -> JSON:
    text = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
    return {"type": "function_call", "arguments": text, "name": tool["name"]}


def reporting(context: Context, phrases: Phrases) -> Draft | None:
    """Tells what the functions returned since the user asked."""
    lines = reported_functions(context)
    return Draft.saying(" ".join(lines)) if lines else None


def reported_functions(context: Context) -> list[str]:
    """What the functions returned since the user asked, a sentence each, each output for its own call."""
    calls = {item.get("call_id"): item for item in context.items if item["type"].endswith("_call")}
    return [
        reported(calls.get(item.get("call_id"), {}), item.get("output"))
        for item in context.since_asked
        if item["type"].endswith("_output") and item["type"] != "computer_call_output"
    ]


def reported(call: Mapping[str, Any], output: object) -> str:
    """One output in words: which function, for what, and all that it said."""
    if isinstance(output, list):
        output = " ".join(str(part.get("text", "")) for part in output if isinstance(part, dict))
    try:
        value: Any = json.loads(output) if isinstance(output, str) else output
    except ValueError:
        value = output
    if isinstance(value, dict):
        value = ", ".join(f"{name}: {inner}" for name, inner in value.items())
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    else:
        value = output  # a number keeps the digits that it came with
    return f"The result of {call.get('name', 'the tool')}{given(call)} is {value}."


def given(call: Mapping[str, Any]) -> str:
    """The arguments of a call, so that two results of one function can be told apart."""
    try:
        arguments = json.loads(call.get("arguments") or "{}")
    except ValueError:
        return ""
    values = [str(value) for value in arguments.values()] if isinstance(arguments, dict) else []
    return f" for {', '.join(values)}" if values else ""
