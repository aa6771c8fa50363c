"""What is sealed when an item is announced, and when it closes: as the recordings have it."""

import random
from collections.abc import Iterable, Iterator
from typing import Any

import corpus
import pytest
from builders.endpoint import Visitor, events_of, text_of, visiting

SEALED = {"include": ["reasoning.encrypted_content"]}
MANAGED = {"context_management": [{"type": "compaction", "compact_threshold": 10}]}
BLANKED = 28
"""Characters of what some recordings put in place of a sealed value."""


def pairs(events: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The value that each sealed item was announced with, and the one that it closed with."""
    announced: dict[str, str] = {}
    for event in events:
        item = event.get("item") or {}
        if not isinstance(item.get("encrypted_content"), str):
            continue
        if event["type"] == "response.output_item.added":
            announced[item["id"]] = item["encrypted_content"]
        elif event["type"] == "response.output_item.done":
            yield announced[item["id"]], item["encrypted_content"]


def test_recorded_items_are_announced_with_less_than_they_close_with():
    recorded = [
        pair
        for record in corpus.streams()
        if record["provider"] in ("openai", "azure")
        for pair in pairs(
            event["data"] for event in record["response"]["events"] if isinstance(event.get("data"), dict)
        )
        if len(pair[1]) > BLANKED
    ]

    assert len(recorded) >= 10
    assert sum(len(first) < len(last) for first, last in recorded) >= len(recorded) - 1, "one has both alike"


@pytest.mark.parametrize("asked", [SEALED, MANAGED], ids=["reasoning", "compaction"])
def test_ours_are_too(asked: dict[str, Any]):
    async def visit(visitor: Visitor):
        said = "My parcel is 17. Think of a secret city and keep it to yourself."
        return [pair for prompt in ("Hi", said) for pair in pairs(events_of(await visitor.stream(prompt, **asked)))]

    found = visiting(visit)

    assert len(found) == 2
    assert all(len(first) < len(last) for first, last in found)
    assert len({value for pair in found for value in pair}) == 4


def test_thought_comes_back_with_what_closed_alone():
    async def visit(visitor: Visitor):
        prompt = {"role": "user", "content": f"Think of a secret word, {random.Random('thought').random()}, keep it."}
        asked = {"role": "user", "content": "What was the word that you chose?"}
        events = events_of(await visitor.stream([prompt], **SEALED))
        output = events[-1]["response"]["output"]
        answers = []
        for value in next(pairs(events)):
            thought = {**output[0], "encrypted_content": value}
            answers.append(text_of(await visitor.create([prompt, thought, *output[1:], asked])))
        return answers

    announced, closed = visiting(visit)

    assert announced == "I no longer know which word I chose."
    assert closed.startswith("My word is ")
