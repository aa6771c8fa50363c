"""Searching the web, which here is a handful of texts: a query, pages, an answer that cites them."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from harness.mock.asked import check_choice, check_type
from harness.mock.hosted import library
from harness.mock.hosted.base import HostedTool, Job, calling, closing, demanded, speaks_of, used
from harness.mock.model.context import JSON, Context, Draft

SEARCHING: Final = re.compile(
    r"\b(?:search|look up|look for|find out|browse|google|on the (?:web|internet)|online|latest|news|current(?:ly)?|"
    r"today|weather)\b",
    re.IGNORECASE,
)
LEAD: Final = re.compile(
    r"^\s*(?:please\s+)?(?:search|look up|find out|browse)(?:\s+(?:the\s+)?(?:web|internet|online))?"
    r"(?:\s+(?:for|and tell me|to find out))?[:,]?\s+",
    re.IGNORECASE,
)
NOTHING: Final = "The search found nothing about that."
SOURCES: Final = "web_search_call.action.sources"
FIELDS: Final[Mapping[str, tuple[type, ...]]] = {
    "filters": (dict,),
    "user_location": (dict,),
    "search_context_size": (str,),
    "external_web_access": (bool,),
}


class WebSearch(HostedTool):
    """`filters.allowed_domains` narrows what is found; a location and a context size change nothing."""

    items: ClassVar[frozenset[str]] = frozenset({"web_search_call"})

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """Raises `Refused` for a setting of the wrong type."""
        for name, kinds in FIELDS.items():
            if tool.get(name) is not None:
                check_type(f"{path}.{name}", tool[name], kinds)
        if tool.get("search_context_size") is not None:
            check_choice(f"{path}.search_context_size", tool["search_context_size"], ("low", "medium", "high"))
        allowed = (tool.get("filters") or {}).get("allowed_domains")
        if allowed is not None:
            check_type(f"{path}.filters.allowed_domains", allowed, (list,))

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        if used(context, self.items):
            return reporting(context, tool)
        if not (demanded(context) or speaks_of(context, SEARCHING)):
            return None
        return calling(str(tool["type"]), query=LEAD.sub("", context.prompt).strip() or context.prompt)

    def run(self, call: Mapping[str, Any], job: Job, context: Context) -> list[JSON]:
        action: JSON = {"type": "search", "queries": [call["query"]], "query": call["query"]}
        if SOURCES in (job.body.get("include") or ()):
            tool = next(one for one in job.body["tools"] if one["type"] == call["tool"])
            found = library.pages(call["query"], tool.get("filters") or {})
            action["sources"] = [{"type": "url", "url": page.name} for page in found]
        status = closing(job, "searching") if call["tool"].startswith("web_search_preview") else "completed"
        return [{"type": "web_search_call", "status": status, "action": action}]


def reporting(context: Context, tool: Mapping[str, Any]) -> Draft | None:
    """The answer: what the best pages say, each sentence followed by its source, which is cited in place."""
    item = next(item for item in reversed(context.since_asked) if item["type"] == "web_search_call")
    if any(later["type"] == "message" for later in context.since_asked):
        return None
    found = library.pages(str((item.get("action") or {}).get("query") or ""), tool.get("filters") or {})[:2]
    if not found:
        return Draft.saying(NOTHING)
    text, annotations = "", []
    for page in found:
        text += f"{' ' if text else ''}{page.says} "
        mark = f"([{page.host}]({page.name}))"
        annotations.append(
            {
                "type": "url_citation",
                "end_index": len(text) + len(mark),
                "start_index": len(text),
                "title": page.title,
                "url": page.name,
            }
        )
        text += mark
    part = {"type": "output_text", "annotations": annotations, "logprobs": [], "text": text}
    return Draft([{"type": "message", "content": [part]}])
