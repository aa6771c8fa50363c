"""Known issues and contradictions of the documented service, each to be switched on by name; all are off.

The names go under `issues:` of a script.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

ISSUES: Final[Mapping[str, str]] = {
    "images-not-as-files": "an image that refers to an uploaded file is refused, as the list of limits has it",
    "user-data": "uploads with `purpose: user_data` are taken, as two samples of the documentation have it",
    "image-streaming": "image generation is streamed, with partial pictures, as recorded against the documentation",
    "calls-left-open": "streamed calls close unfinished, as recorded from Azure: `image_generation` as `generating`, "
    "`web_search_preview` as `searching`, without the phase `completed`",
    "background-stream-slow": "a background stream is late with its first event",
    "chain-on-compaction": "the id of a compaction can be continued from, as one sample of the documentation has it",
    "large-tools-fail": "gpt-4.1 answers 500 where tool definitions exceed 300,000 tokens",
    "parallel-without-tools": "`parallel_tool_calls` without tools is refused, as users of Azure report",
    "encrypted-by-default": "reasoning of unstored responses comes encrypted although that was not asked for",
}
"""What each issue does."""


def read(raw: object) -> frozenset[str]:
    """The issues that a script names. Raises ValueError for one that is not known."""
    names = [] if raw is None else raw
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("`issues` must be a list of names")
    for name in names:
        if name not in ISSUES:
            near = get_close_matches(name, ISSUES, 1)
            raise ValueError(f"unknown issue `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    return frozenset(names)
