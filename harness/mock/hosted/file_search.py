"""Searching files of vector stores. There is one store, `vs_harness`, with a few texts of the harness's own."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from harness.mock.asked import check_type, missing
from harness.mock.errors import invalid
from harness.mock.hosted import library
from harness.mock.hosted.base import HostedTool, Job, calling, demanded, speaks_of, used
from harness.mock.model.context import JSON, Context, Draft

SEARCHING: Final = re.compile(r"\b(?:search|files?|documents?|look up|handbook|rules?|list|store|according to)\b", re.I)
RESULTS: Final = "file_search_call.results"
MOST: Final = 20
"""Results of a search where the definition names no number."""


class FileSearch(HostedTool):
    """`max_num_results` limits what is found; filters and ranking change nothing."""

    items: ClassVar[frozenset[str]] = frozenset({"file_search_call"})

    def check(self, tool: Mapping[str, Any], path: str, job: Job) -> None:
        """Raises `Refused` for a vector store that is not there."""
        stores = tool.get("vector_store_ids")
        if stores is None:
            raise missing(f"{path}.vector_store_ids")
        check_type(f"{path}.vector_store_ids", stores, (list,))
        for at, store in enumerate(stores):
            check_type(f"{path}.vector_store_ids[{at}]", store, (str,))
            if store != library.STORE:
                raise invalid(f"Vector store with id [{store}] not found.", f"{path}.vector_store_ids", status=404)
        if not stores:
            raise invalid(f"Invalid '{path}.vector_store_ids': empty array.", f"{path}.vector_store_ids")
        most = tool.get("max_num_results")
        if most is not None:
            check_type(f"{path}.max_num_results", most, (int,))
            if not 1 <= most <= 50:
                message = f"Invalid '{path}.max_num_results': expected a value between 1 and 50."
                raise invalid(message, f"{path}.max_num_results", "invalid_value")

    def plan(self, tool: Mapping[str, Any], context: Context) -> Draft | None:
        if used(context, self.items):
            return reporting(context)
        if not (demanded(context) or speaks_of(context, SEARCHING)):
            return None
        return calling("file_search", query=context.prompt)

    def run(self, call: Mapping[str, Any], job: Job, context: Context) -> list[JSON]:
        tool = next(one for one in job.body["tools"] if one["type"] == "file_search")
        query = call["query"]
        found = results(query)[: tool.get("max_num_results") or MOST]
        return [{"type": "file_search_call", "status": "completed", "queries": [query], "results": found}]

    def shown(self, items: list[JSON], job: Job) -> list[JSON]:
        """Results are given out only where they were asked for."""
        if RESULTS in (job.body.get("include") or ()):
            return items
        return [{**item, "results": None} if item["type"] == "file_search_call" else item for item in items]


def results(query: str) -> list[JSON]:
    """What a query finds, as the API shows it."""
    ids = {text.name: file_id for file_id, text in library.FILES}
    return [
        {
            "attributes": {},
            "file_id": ids[text.name],
            "filename": text.name,
            "score": round(score, 4),
            "text": text.says,
        }
        for score, text in library.ranked(query, [text for _, text in library.FILES])
    ]


def reporting(context: Context) -> Draft | None:
    """The answer: what the best file says, with the file cited at its end."""
    item = next(item for item in reversed(context.since_asked) if item["type"] == "file_search_call")
    if any(later["type"] == "message" for later in context.since_asked):
        return None
    found = item.get("results") or []
    if not found:
        return Draft.saying("The files say nothing about that.")
    best = found[0]
    citation = {
        "type": "file_citation",
        "file_id": best["file_id"],
        "filename": best["filename"],
        "index": len(best["text"]) - 1,
    }
    part = {"type": "output_text", "annotations": [citation], "logprobs": [], "text": best["text"]}
    return Draft([{"type": "message", "content": [part]}])
