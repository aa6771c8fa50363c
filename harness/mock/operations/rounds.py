"""A response made in rounds: the model drafts, hosted calls in its draft are carried out, and it drafts again.

    draft ─▶ hosted calls? ── none ──────────────────────────────▶ done
      ▲          └─▶ carried out, one after the other ─▶ items ─┬─▶ waits for the client, or has spoken: done
      └──────────── joins the context ◀─────────────────────────┘

What a hosted tool is stands in `harness/mock/hosted/base.py`.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.mock.errands import Errand
from harness.mock.hosted import CALL, TOOLS, Job, abilities, telling
from harness.mock.model import Context, Draft, answer
from harness.mock.operations import making
from harness.mock.store import JSON

MOST: Final = 16
"""How many rounds a response may take before the model has to answer with what it knows."""

SPEAKING: Final = making.CALLS | {"message", "mcp_approval_request"}
"""Items after which it is the client's turn."""


@dataclass(slots=True)
class Round:
    """One draft, and the output items that came of it."""

    draft: Draft
    items: list[JSON]


def in_rounds(job: Job, context: Context) -> Generator[Errand, Any, list[Round]]:
    """All rounds of a response that has hosted tools. Raises `Refused`, where a tool has the response fail."""
    if job.ways.approval == "overruled":
        context = replace(context, items=[granted(item) for item in context.items])
    rounds: list[Round] = []
    allowed = job.body.get("max_tool_calls") or MOST
    made = 0
    while True:
        more = len(rounds) < MOST and made < allowed
        draft = answer(context, abilities(context) if more else (telling,))
        calls = sum(item["type"] == CALL for item in draft.items)
        items = yield from carried_out(job, context, draft, allowed - made)
        rounds.append(Round(draft, items))
        made += sum(item["type"].endswith("_call") for item in items)
        if not calls or not more or not SPEAKING.isdisjoint([item["type"] for item in items]):
            return rounds
        context = replace(context, items=[*context.items, *items])


def granted(item: JSON) -> JSON:
    """An answer of the client as a service takes it that does not heed a denial."""
    return {**item, "approve": True} if item["type"] == "mcp_approval_response" else item


def carried_out(job: Job, context: Context, draft: Draft, left: int) -> Generator[Errand, Any, list[JSON]]:
    """The output items of a draft: those drafted, and what its hosted calls made, as many as are left."""
    items: list[JSON] = []
    for wanted in draft.items:
        if wanted["type"] != CALL:
            items += making.output_items(job.room, job.model, Draft([wanted]))
        elif left > 0:
            made = TOOLS[wanted["tool"]].run(wanted, job, context)
            found = made if isinstance(made, list) else (yield from made)
            items += [making.identified(job.room, item) for item in found]
            left -= sum(item["type"].endswith("_call") for item in found)
    return items
