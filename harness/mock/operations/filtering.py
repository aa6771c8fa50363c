"""The content filter before and behind the model: a few plain cues a category, or what a script says is blocked.

a prompt      HTTP 400, code `content_filter`, with the results by category
a completion  status incomplete, reason `content_filter`
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from harness.mock import envelope
from harness.mock.errors import Refused
from harness.mock.model.context import text_of
from harness.mock.script import Directions
from harness.mock.store import JSON
from harness.mock.ways import Ways

CUES: Final[Mapping[str, re.Pattern[str]]] = {
    "violence": re.compile(r"\bdescribe in (?:gory|graphic) detail how to (?:torture|maim|kill|hurt)\b", re.I),
    "self_harm": re.compile(r"\b(?:encourage|persuade) me to (?:hurt|harm) myself\b", re.I),
    "hate": re.compile(r"\bwrite (?:hate speech|a hateful speech) (?:against|about)\b", re.I),
    "sexual": re.compile(r"\bwrite (?:explicit|hardcore) pornography\b", re.I),
    "jailbreak": re.compile(r"\bignore all (?:your )?(?:previous |safety )+(?:instructions|rules) and\b", re.I),
}
"""What the filter takes for which category. No scenario about anything else says such things."""

POLICY: Final = (
    "The response was filtered due to the prompt triggering the content management policy of this service. "
    "Please modify your prompt and retry."
)


def category(own: Sequence[JSON], directions: Directions) -> str | None:
    """The category for which the prompt is blocked; None lets it pass."""
    if directions.blocked in (*CUES, "prompt"):
        return "violence" if directions.blocked == "prompt" else directions.blocked
    asked = "\n".join(text_of(item) for item in own if item.get("role") == "user")
    return searched(asked) if len(asked) > KEPT else searched_once(asked)


def searched(asked: str) -> str | None:
    return next((name for name, cue in CUES.items() if cue.search(asked)), None)


KEPT: Final = 5_000
searched_once = lru_cache(maxsize=512)(searched)
"""The same prompt comes again and again; very long ones are not kept."""


def check_prompt(own: Sequence[JSON], directions: Directions, ways: Ways) -> None:
    """Raises `Refused` for a prompt that the filter blocks."""
    found = category(own, directions)
    if found is not None and ways.filter == "refusing":
        raise blocked_prompt(found)


def blocked_prompt(found: str) -> Refused:
    """The refusal with its results, in the form recorded from chat completions."""
    results: dict[str, Any] = {
        name.replace("_", "-"): {"filtered": name == found, "severity": "high" if name == found else "safe"}
        for name in ("hate", "sexual", "violence", "self_harm")
    }
    if found == "jailbreak":
        results["jailbreak"] = {"detected": True, "filtered": True}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    error = {
        "message": POLICY,
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": inner,
    }
    return Refused(400, {"error": error})


def blocks_completion(items: list[JSON], directions: Directions) -> bool:
    """Cuts the answer short where a script has it blocked: the last message keeps half of its text."""
    if directions.blocked != "completion":
        return False
    for item in reversed(items):
        for part in item.get("content") or ():
            if "text" in part:
                part["text"] = part["text"][: len(part["text"]) // 2]
                item["status"] = "incomplete"
                return True
    return True


def notes(asked: int, items: Sequence[JSON], blocked: bool) -> list[JSON]:
    """`content_filters` of the response to so many tokens: nothing found, or the completion blocked."""
    made = envelope.content_filters(asked, items)
    if blocked:
        results = dict(made[1]["content_filter_results"])
        results["violence"] = {"filtered": True, "severity": "medium"}
        made[1] = {**made[1], "blocked": True, "content_filter_results": results}
    return made
