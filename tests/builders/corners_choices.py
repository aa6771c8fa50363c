"""Corners of calls: what was offered and demanded, and what was called and answered."""

from typing import Any

from builders.corners import Add, one
from builders.tellings import call, message, user


def choices(corner: Add) -> None:
    weather = {
        "type": "function",
        "name": "weather",
        "parameters": {"type": "object", "required": ["a"]},
        "strict": True,
    }
    offered = {"tools": [weather]}

    def called(number: int = 1, name: str = "weather", arguments: str = '{"a": 1}', **more: Any) -> dict[str, Any]:
        return {**call(number), "name": name, "arguments": arguments, **more}

    custom = {
        "id": "ctc_1",
        "type": "custom_tool_call",
        "status": "completed",
        "call_id": "call_9",
        "name": "run",
        "input": "x",
    }
    search = {
        "id": "ws_1",
        "type": "web_search_call",
        "status": "completed",
        "action": {"type": "search", "query": "q"},
    }
    named = {"type": "function", "name": "weather"}
    for about, choice, items in (
        ("none, and a call", "none", [called()]),
        ("none, and a search", "none", [search, message("So.")]),
        ("one, and words", "required", [message("So.")]),
        ("one, and a search", "required", [search]),
        ("one, and a call", "required", [called()]),
        ("automatic, and words", "auto", [message("So.")]),
        ("a function, and that", named, [called()]),
        ("a function, and words", named, [message("So.")]),
        ("a function, and another beside it", named, [called(), called(2, "rain")]),
        ("a function as chats name it, and that", {"type": "function", "function": {"name": "weather"}}, [called()]),
        ("a custom tool, and that", {"type": "custom", "name": "run"}, [custom]),
        ("a search, and words", {"type": "web_search"}, [message("So.")]),
    ):
        corner(f"demanded is {about}", one("i", *items, tool_choice=choice, tell={"tool_choice": choice}))
        corner(f"told is {about}", one("i", *items, tell={"tool_choice": choice}))
    corner(
        "a demand that was cut off",
        one(
            "i",
            tool_choice="required",
            tell={
                "tool_choice": "required",
                "status": "incomplete",
                "incomplete_details": {"reason": "content_filter"},
            },
        ),
    )
    for about, item in (
        ("fits", called()),
        ("does not fit", called(arguments="{}")),
        ("is no JSON", called(arguments="{")),
        ("is cut", called(arguments="{}", status="incomplete")),
        ("has no arguments", called(arguments=None)),
        ("is of another name", called(name="rain", arguments="{}")),
        ("is of a namespace", called(name="rain", namespace="n", arguments="{}")),
        ("is of no name", called(name=None)),
    ):
        corner(f"a call that {about}", one("i", item, **offered))
        corner(f"a call that {about}, as it was told", one("i", item, tell=offered))
    corner("a call of what is not strict", one("i", called(arguments="{}"), tools=[{**weather, "strict": None}]))
    corner("a call where nothing was offered", one("i", called()))
    corner("a custom call that was offered", one("i", custom, tools=[{"type": "custom", "name": "run"}]))
    for about, off in (("off", False), ("on", True), ("left open", None)):
        corner(f"two calls, parallel ones being {about}", one("i", called(), called(2), parallel_tool_calls=off))
        corner(f"one call, parallel ones being {about}", one("i", called(), parallel_tool_calls=off))
        corner(
            f"two calls, parallel ones being told {about}",
            one("i", called(), called(2), tell={"parallel_tool_calls": off}),
        )
    answer = {"type": "function_call_output", "call_id": "call_1", "output": "1"}
    for about, given in (
        ("one call of two", [user("i"), called(), called(2), answer]),
        ("a call that nobody made", [user("i"), called(2), answer]),
        ("a custom call", [user("i"), custom, {"type": "custom_tool_call_output", "call_id": "call_9", "output": "1"}]),
        ("a search beside it", [user("i"), search]),
    ):
        corner(f"answered is {about}", one(given))
        corner(
            f"answered is {about}, managed",
            one(given, context_management=[{"type": "compaction", "compact_threshold": 9000}]),
        )


ALL = (choices,)
