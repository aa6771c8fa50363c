"""Rules of what the model may call: what was offered, as it was declared, as often as it was allowed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.protocol.spans import at_path, word
from harness.reply import Reply
from harness.rules.looking import ReplyRule, Wrong
from harness.rules.schemas import breaks

CALLS: Final = ("function_call", "custom_tool_call")
"""Calls of tools that the request declares by name."""
ANSWERED: Final = ("completed", "incomplete")

Item = Mapping[str, Any]


def offered(reply: Reply) -> list[Item]:
    """The tools of a reply: those of its request, and as the service repeats them."""
    both = [*_tools((reply.request or {}).get("tools")), *_tools((reply.response or {}).get("tools"))]
    return [tool for tool in both if tool.get("type") in ("function", "custom")]


def _tools(value: Any) -> list[Item]:
    return [tool for tool in value if isinstance(tool, dict)] if isinstance(value, list) else []


def calls(reply: Reply) -> list[tuple[int, Item]]:
    """The calls of a reply's output with their index."""
    return [(index, item) for index, item in enumerate(reply.output) if item.get("type") in CALLS]


def choice(reply: Reply) -> Any:
    """The tool_choice by which the reply was made."""
    asked = (reply.request or {}).get("tool_choice")
    return (reply.response or {}).get("tool_choice") if asked is None else asked


class NameWasOffered(ReplyRule):
    """A function that is called was offered.

    A program looks the name up in its own table; a name that stands nowhere is an exception, or worse, another tool.
    Tools that were loaded on the way (by tool search, in a namespace) are not looked for.

    Shown by defect B41.
    """

    name = "tool.unknown_name"

    def concerns(self, reply: Reply) -> bool:
        return bool(offered(reply)) and bool(self._called(reply))

    @staticmethod
    def _called(reply: Reply) -> list[tuple[int, Item]]:
        kinds = {tool.get("type") for tool in _tools((reply.response or {}).get("tools"))}
        if kinds & {"tool_search", "namespace"}:
            return []
        return [(index, item) for index, item in calls(reply) if not item.get("namespace")]

    def look(self, reply: Reply) -> Iterator[Wrong]:
        names = sorted({str(tool.get("name")) for tool in offered(reply)})
        for index, item in self._called(reply):
            if word(item, "name") is not None and item["name"] not in names:
                yield Wrong(f"/output/{index}/name", "nobody offered a tool of this name", names, item.get("name"))


class ArgumentsFit(ReplyRule):
    """The arguments of a function that was declared strict fit its schema.

    Strict means that a program may use them without a look: a field too many or of another type breaks it.

    Shown by defect B42.
    """

    name = "tool.args_schema"

    def concerns(self, reply: Reply) -> bool:
        return any(True for _ in self._judged(reply))

    @staticmethod
    def _judged(reply: Reply) -> Iterator[tuple[int, Item, Item]]:
        strict = {
            tool["name"]: tool["parameters"]
            for tool in offered(reply)
            if tool.get("strict") is True and isinstance(tool.get("parameters"), dict) and word(tool, "name")
        }
        for index, item in calls(reply):
            schema = strict.get(word(item, "name") or "")
            if schema is not None and item.get("status") != "incomplete" and word(item, "arguments") is not None:
                yield index, item, schema

    def look(self, reply: Reply) -> Iterator[Wrong]:
        for index, item, schema in self._judged(reply):
            why = breaks(schema, item["arguments"])
            if why is not None and not why.startswith("it is not JSON"):  # that is the finding of another rule
                message = f"the arguments of a strict function do not fit its schema: {why}"
                yield Wrong(f"/output/{index}/arguments", message, schema, item["arguments"])


class ChoiceIsObeyed(ReplyRule):
    """What `tool_choice` forbids is not called, and what it demands is.

    `none` forbids every call, `required` demands one of any tool, a named function demands just that one.

    Shown by defect B43.
    """

    name = "tool.choice_ignored"

    def concerns(self, reply: Reply) -> bool:
        wanted = choice(reply)
        return reply.status == "completed" and (wanted in ("none", "required") or isinstance(wanted, dict))

    def look(self, reply: Reply) -> Iterator[Wrong]:
        wanted, made = choice(reply), calls(reply)
        if wanted == "none" and made:
            index, item = made[0]
            yield Wrong(f"/output/{index}", "a tool was called although none was allowed", "none", item.get("name"))
        elif wanted == "required" and not any(self._acts(item) for item in reply.output):
            yield Wrong("/output", "no tool was called although one was required", "required", self._kinds(reply))
        elif isinstance(wanted, dict) and wanted.get("type") in ("function", "custom"):
            names = [item.get("name") for _, item in made]
            named = wanted.get("name", at_path(wanted, ("function", "name")))
            if named not in names or set(names) != {named}:
                yield Wrong("/output", "not the function that was demanded was called", named, names)

    @staticmethod
    def _acts(item: Item) -> bool:
        return word(item, "type") not in ("message", "reasoning", None)

    @staticmethod
    def _kinds(reply: Reply) -> list[Any]:
        return [item.get("type") for item in reply.output]


class OneAtATime(ReplyRule):
    """Where parallel calls are turned off, a response makes at most one call.

    The program that turned them off runs one tool at a time, and answers one.

    Shown by defect B44.
    """

    name = "tool.parallel_ignored"

    def concerns(self, reply: Reply) -> bool:
        asked = (reply.request or {}).get("parallel_tool_calls")
        told = (reply.response or {}).get("parallel_tool_calls")
        return (told if asked is None else asked) is False and reply.status in ANSWERED

    def look(self, reply: Reply) -> Iterator[Wrong]:
        made = calls(reply)
        if len(made) > 1:
            names = [item.get("name") for _, item in made]
            yield Wrong(f"/output/{made[1][0]}", "several calls although parallel calls are off", 1, names)


CHOICE_RULES: Final = (NameWasOffered(), ArgumentsFit(), ChoiceIsObeyed(), OneAtATime())
"""Rules of family `tool` about what was offered."""
