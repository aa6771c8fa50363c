"""Rules of text: what was streamed is what is later said to have been streamed. Found while a stream is read."""

from typing import Final

from harness.rules.base import ReadingRule, Rule


class DoneMismatch(ReadingRule):
    """The deltas of a text add up to the text of its done event, code point by code point.

    Some programs show the deltas, others take the whole: both must have the same. The same holds for refusals,
    summaries, code, patches, commands, custom input and MCP arguments, and for log probabilities.

    Shown by defects A53, A56, A58, A62, A96, A109, A110.
    """

    name = "text.done_mismatch"
    touches = (
        "response.output_text.done",
        "response.refusal.done",
        "response.reasoning",
        "response.code_interpreter_call_code",
        "response.mcp_call_arguments",
        "response.custom_tool_call_input",
        "response.apply_patch_call_operation_diff",
        "response.shell_call",
    )


class PartMismatch(ReadingRule):
    """A closed part repeats the text that was settled in it.

    Shown by defect A63.
    """

    name = "text.part_mismatch"
    touches = ("response.content_part.done", "response.reasoning_summary_part.done")


class ItemTextMismatch(ReadingRule):
    """A closed item repeats its parts, its code, its input as they were streamed.

    The item is what a client sends back in the next turn. If it differs from what was shown, the conversation goes on
    from something that nobody saw.

    Shown by defects A64 and A110.
    """

    name = "text.item_mismatch"
    touches = ("response.output_item.done",)


class FinalMismatch(ReadingRule):
    """The last event repeats every item as it was closed.

    Whoever reads only the end must have what the others have. Encrypted content and fingerprints are made anew each
    time and never compared, log probabilities to six decimals.

    Shown by defect A65.
    """

    name = "text.final_mismatch"
    touches = ("response.completed", "response.incomplete")


class OpenedFull(ReadingRule):
    """Items and parts are announced empty.

    What is there already when the deltas begin is counted twice by clients that add to it.

    Shown by a part that is announced with text.
    """

    name = "text.opened_full"
    touches = ("response.output_item.added", "response.content_part.added")


class EmptyDelta(ReadingRule):
    """A delta adds something.

    An empty one does no harm and is never sent by OpenAI or Azure: a note.

    Shown by control N24.
    """

    name = "text.empty_delta"
    touches = ("response.output_text.delta", "response.function_call_arguments.delta")


TEXT_RULES: Final[tuple[Rule, ...]] = (
    DoneMismatch(),
    PartMismatch(),
    ItemTextMismatch(),
    FinalMismatch(),
    OpenedFull(),
    EmptyDelta(),
)
