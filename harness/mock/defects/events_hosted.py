"""Defects of hosted calls: phases missing, doubled, out of order; partial images miscounted."""

from typing import Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect, OfEvents
from harness.mock.defects.streams import doubling, dropping, moved_before, swapping
from harness.mock.writing import Event


def partial_index(value: int) -> streams.Change:
    """The last partial image stands under this index."""

    def change(events: list[Event]) -> None:
        found = streams.places(events, streams.PARTIAL_IMAGE)
        if found:
            events[found[-1]]["partial_image_index"] = value

    return change


CALLS: Final = (
    ("web_search_call", "X17", "searching"),
    ("file_search_call", "X17", "searching"),
    ("image_generation_call", "X17", "generating"),
    ("code_interpreter_call", "X12", "interpreting"),
    ("mcp_call", "X9", "completed"),
)
"""Hosted calls, the exchange that has them, and the phase after the first."""


def phases_of(number: int, call: str, base: str, second: str) -> tuple[Defect, ...]:
    """What can go wrong with the phases of one call."""
    started, then, ended = (f"response.{call}.{phase}" for phase in ("in_progress", second, "completed"))
    noun = call.removesuffix("_call").replace("_", "-")
    letters = "abcdefghijklmno"[number * 3 : number * 3 + 3]
    finding = ("order.hosted_phase",)

    def phase(row: str, slug: str, title: str, change: streams.Change) -> OfEvents:
        return OfEvents(
            id=row, slug=f"{noun}-{slug}", title=f"{call}: {title}", base=base, findings=finding, change=change
        )

    return (
        phase(f"A111{letters[0]}", "phase-missing", "the first phase is missing", dropping(started)),
        phase(f"A111{letters[1]}", "phase-twice", "a phase comes twice", doubling(then)),
        phase(f"A111{letters[2]}", "phases-swapped", "two phases are swapped", swapping(started, then)),
        phase(f"A112{letters[0]}", "last-phase-missing", "the last phase is missing", dropping(ended)),
    )


TABLE: Final[tuple[Defect, ...]] = (
    *(defect for number, (call, base, second) in enumerate(CALLS) for defect in phases_of(number, call, base, second)),
    OfEvents(
        id="A115a",
        slug="partial-image-skipped",
        title="the index of a partial image skips one",
        base="X11",
        findings=("order.partial_index",),
        change=partial_index(2),
    ),
    OfEvents(
        id="A115b",
        slug="partial-image-repeated",
        title="the index of a partial image repeats",
        base="X11",
        findings=("order.partial_index",),
        change=partial_index(0),
    ),
    OfEvents(
        id="A118a",
        slug="code-phase-early",
        title="interpreting begins before the code is done",
        base="X12",
        findings=("order.hosted_phase",),
        change=moved_before("response.code_interpreter_call.interpreting", "response.code_interpreter_call_code.done"),
    ),
    OfEvents(
        id="A118b",
        slug="mcp-phase-early",
        title="a tool call is completed before its arguments are done",
        base="X9",
        findings=("order.hosted_phase",),
        change=moved_before("response.mcp_call.completed", "response.mcp_call_arguments.done"),
    ),
)
