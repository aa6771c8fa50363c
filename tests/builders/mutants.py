"""Mutants of correct streams: each differs from its stream in one thing, its events numbered anew.

`mutants` yields them all. Some are legal streams themselves: `legal` says which, and why no judge can tell them from
a correct stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from builders.streams import Event, Events, changed, renumbered, swapped, twice, without

from harness.findings import Finding
from harness.protocol.profiles import Profile
from harness.protocol.stream import StreamChecker

INDICES = (
    "output_index",
    "content_index",
    "summary_index",
    "annotation_index",
    "partial_image_index",
    "command_index",
)
TEXTS = frozenset({"delta", "text", "arguments", "refusal", "input", "code", "diff", "command", "stdout"})
KINDS = ("drop", "double", "swap", "cut", "index", "id", "text")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its kind, the index of the event, the pointer in it where the change is inside an event."""

    kind: str
    event: int
    pointer: str = ""
    change: Any = None

    def of(self, events: Events) -> Events:
        """The stream with this change, numbered anew from where the stream began."""
        index = self.event
        match self.kind:
            case "drop":
                made = without(events, index)
            case "double":
                made = twice(events, index)
            case "swap":
                made = swapped(events, index)
            case "cut":
                made = events[:index]
            case _:
                made = [*events[:index], *changed([events[index]], 0, self.pointer, self.change), *events[index + 1 :]]
        return renumbered(made, events[0].get("sequence_number", 0))


def mutants(events: Events) -> Iterator[Mutant]:
    """Every mutant of a stream."""
    for index, event in enumerate(events):
        yield Mutant("drop", index)
        yield Mutant("double", index)
        if index + 1 < len(events):
            yield Mutant("swap", index)
        if index:
            yield Mutant("cut", index)
        for name in INDICES:
            if name in event:
                yield Mutant("index", index, f"/{name}", event[name] + 1)
                if event[name]:
                    yield Mutant("index", index, f"/{name}", event[name] - 1)
        for pointer, value in ids(event):
            yield Mutant("id", index, pointer, value + "x")
        told = {"response": {"output": event["response"]["output"]}} if "response" in event else event
        for pointer, value in texts(told):
            yield Mutant("text", index, pointer, one_character(value))


def ids(event: Event) -> Iterator[tuple[str, str]]:
    """The item ids in an event, by pointer."""
    if "item_id" in event:
        yield "/item_id", event["item_id"]
    if "id" in event.get("item", {}):
        yield "/item/id", event["item"]["id"]
    for index, item in enumerate(event.get("response", {}).get("output", [])):
        if "id" in item:
            yield f"/response/output/{index}/id", item["id"]


def texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """The texts in an event that the grammar speaks of, by pointer; what tools found or offer is not among them."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                if name in TEXTS and inner:
                    yield f"{pointer}/{name}", inner
            elif name == "commands":
                yield from ((f"{pointer}/{name}/{index}", command) for index, command in enumerate(inner))
            elif name not in ("tools", "results"):
                yield from texts(inner, f"{pointer}/{name}")


def one_character(text: str) -> str:
    """The text with the character in its middle changed."""
    middle = len(text) // 2
    return text[:middle] + ("x" if text[middle] != "x" else "y") + text[middle + 1 :]


def legal(mutant: Mutant, events: Events, profile: Profile, *, resumed: bool) -> str | None:
    """Why a mutant is itself a legal stream, or None. Each reason names what would have to be known to tell it."""
    kind, index = mutant.kind, mutant.event
    name = events[index]["type"]
    after = events[index + 1]["type"] if index + 1 < len(events) else ""
    if kind == "swap":
        return _legal_swap(events[index], events[index + 1]) if after else None
    if kind == "double" and name == "response.mcp_call.in_progress":
        before = {
            event["type"] for event in events[:index] if event.get("output_index") == events[index]["output_index"]
        }
        if "response.mcp_call_arguments.delta" in before:
            return "an approved MCP call may report in_progress twice"
    if kind != "drop":
        return None
    if resumed and index == 0:
        return "a stream that was resumed may begin with any event"
    if name == "response.custom_tool_call_input.done":
        return "a custom tool call may go without input.done, as one was recorded"
    if name == "response.image_generation_call.partial_image" != after:
        return "how many partial images come is for the service to say"
    if name == "response.function_call_arguments.delta" and "arguments" in profile.whole_at_once:
        same = [e for e in events if e["type"] == name and e["output_index"] == events[index]["output_index"]]
        if len(same) == 1:
            return "in this profile arguments may come whole, without a delta"
    return None


def _legal_swap(one: Event, other: Event) -> str | None:
    """Why two neighbours may as well come the other way round."""
    if one["type"] == other["type"] and one["type"].endswith(".delta") and isinstance(one["delta"], str):
        names = (*INDICES, "item_id")
        alike = [one.get(key) for key in names] == [other.get(key) for key in names]
        if alike and one["delta"] + other["delta"] == other["delta"] + one["delta"]:
            return "the two deltas say the same in either order"
    if {one["type"], other["type"]} == {"response.output_text.delta", "response.output_text.annotation.added"}:
        return "an annotation may stand between any two deltas"
    return None


def resumed_after(record: dict[str, Any]) -> int | None:
    """The number after which a recorded stream was resumed."""
    told = (record["request"].get("query") or {}).get("starting_after")
    return int(told[0] if isinstance(told, list) else told) if told is not None else None


def judge(events: Events, profile: Profile, resumed_after: int | None) -> list[Finding]:
    """What is found in a stream."""
    checker = StreamChecker(profile, resumed_after=resumed_after)
    findings = [finding for event in events for finding in checker.feed(event)]
    return [*findings, *checker.finish()]


def seen(findings: list[Finding]) -> set[tuple[str, str, str]]:
    """Findings as they are compared with those of the correct stream, whatever their events' numbers."""
    return {(finding.rule, finding.wire.pointer, finding.message) for finding in findings}
