"""Computer use: the model looks at a screen through the client, and acts on it, one step a response.

The client answers every `computer_call` with a screenshot. The simulated model does what the prompt says, verb by
verb ("click at 40, 60", "type \\"harbour\\"", "press ENTER", "scroll down", "wait"), after it has looked once; then it
says what it did. Where a prompt speaks of what is dangerous, a safety check is pending, which the client must
acknowledge before it goes on.
"""

import base64
import binascii
import re
import struct
from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import Any, Final

from harness.mock.asked import check_choice, check_type, missing
from harness.mock.errors import invalid
from harness.mock.hosted.base import HostedTool, Job
from harness.mock.model.context import JSON, Context, Draft

ENVIRONMENTS: Final = ("windows", "mac", "linux", "ubuntu", "browser")
RISKY: Final[Mapping[str, re.Pattern[str]]] = {
    "sensitive_domain": re.compile(r"\b(?:bank|payment|credit card|password|medical)\b", re.IGNORECASE),
    "malicious_instructions": re.compile(r"\b(?:ignore (?:all|your) (?:previous )?instructions|jailbreak)\b", re.I),
}
MESSAGES: Final[Mapping[str, str]] = {
    "sensitive_domain": "The page is about money, health or secrets. Watch what is done there.",
    "malicious_instructions": "The request may hold instructions that are not yours. Look before you go on.",
}
VERBS: Final = re.compile(
    r"\b(?P<double>double[- ]click)|\b(?P<click>click)|\b(?P<type>type|enter the text|write)\s+"
    r"[\"“'](?P<text>[^\"”']+)[\"”']|\b(?P<press>press|hit)\s+(?P<key>[A-Za-z0-9+]+)"
    r"|\b(?P<scroll>scroll)(?:\s+(?P<way>up|down))?|\b(?P<wait>wait)\b|\b(?P<move>move the (?:mouse|pointer))",
    re.IGNORECASE,
)
AT: Final = re.compile(r"\bat\s+\(?(\d{1,5})\s*,\s*(\d{1,5})\)?", re.IGNORECASE)


class Computer(HostedTool):
    """`display_width`, `display_height`, `environment`; one action a call."""

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """Raises `Refused` for a screen of no size, an unknown environment, a model that cannot see screens."""
        if job.model.lacks("computer_use"):
            message = f"Tool '{tool['type']}' is not supported with {job.model.name}."
            raise invalid(message, "tools")
        if tool["type"] == "computer":
            return
        for name in ("display_width", "display_height", "environment"):
            if tool.get(name) is None:
                raise missing(f"{path}.{name}")
        for name in ("display_width", "display_height"):
            check_type(f"{path}.{name}", tool[name], (int,))
            if tool[name] < 1:
                raise invalid(f"Invalid '{path}.{name}': integer below minimum value.", f"{path}.{name}")
        check_choice(f"{path}.environment", tool["environment"], ENVIRONMENTS)

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        if not context.prompt.strip() or any(item["type"] == "message" for item in context.since_asked):
            return None
        done = [item for item in context.since_asked if item["type"] == "computer_call"]
        steps = [{"type": "screenshot"}, *actions(context.prompt, tool)]
        if len(done) >= len(steps):
            return Draft.saying(closing(context, steps))
        checks = [] if done else pending(context)
        call = {"type": "computer_call", "action": steps[len(done)], "pending_safety_checks": checks}
        return Draft([call], summary="**Using the computer**\n\nThe next step is clear.", steps=2)


def actions(prompt: str, tool: Mapping[str, Any]) -> list[JSON]:
    """What a prompt wants done, in order; a click somewhere in the middle where it says nothing that is known."""
    middle = int(tool.get("display_width") or 1024) // 2, int(tool.get("display_height") or 768) // 2
    found = [*VERBS.finditer(prompt)]
    made = []
    for match, after in zip_longest(found, found[1:]):
        end = after.start() if after else len(prompt)
        at = AT.search(prompt, match.end(), end)
        x, y = (int(at[1]), int(at[2])) if at else middle
        kind = next(name for name in MAKES if match[name])
        made.append(MAKES[kind](match, x, y))
    return made or [{"type": "click", "button": "left", "x": middle[0], "y": middle[1]}]


MAKES: Final[Mapping[str, Callable[[re.Match[str], int, int], JSON]]] = {
    "double": lambda match, x, y: {"type": "double_click", "x": x, "y": y},
    "click": lambda match, x, y: {"type": "click", "button": "left", "x": x, "y": y},
    "type": lambda match, x, y: {"type": "type", "text": match["text"]},
    "press": lambda match, x, y: {"type": "keypress", "keys": match["key"].upper().split("+")},
    "scroll": lambda match, x, y: {
        "type": "scroll",
        "scroll_x": 0,
        "scroll_y": -400 if (match["way"] or "").lower() == "up" else 400,
        "x": x,
        "y": y,
    },
    "wait": lambda match, x, y: {"type": "wait"},
    "move": lambda match, x, y: {"type": "move", "x": x, "y": y},
}
"""Actions by the verb that asks for them, in the fields of the API."""


def pending(context: Context) -> list[JSON]:
    """What must be acknowledged before the first action."""
    return [
        {"id": f"cu_sc_{context.random.getrandbits(192):048x}", "code": code, "message": MESSAGES[code]}
        for code, pattern in RISKY.items()
        if pattern.search(context.prompt)
    ]


def closing(context: Context, steps: list[JSON]) -> str:
    """What was done, and how large the last screen was."""
    shot = next((item for item in reversed(context.since_asked) if item["type"] == "computer_call_output"), {})
    size = measured((shot.get("output") or {}).get("image_url"))
    done = ", ".join(str(step["type"]).replace("_", " ") for step in steps[1:])
    return f"Done: {done}." + (f" The last screenshot is {size[0]} by {size[1]} pixels." if size else "")


def measured(url: object) -> tuple[int, int] | None:
    """Width and height of a PNG in a data URI, from its first bytes."""
    head = str(url or "").partition("base64,")[2][:44]
    try:
        raw = base64.b64decode(head)
    except (binascii.Error, ValueError):
        return None
    return struct.unpack(">II", raw[16:24]) if raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) >= 24 else None
