"""Rules of order inside a response: items, parts and texts open, grow, settle and close, each in its place."""

from typing import Final

from harness.rules.base import ReadingRule, Rule

_HOSTED: Final = tuple(
    f"response.{call}"
    for call in (
        "web_search_call",
        "file_search_call",
        "code_interpreter_call",
        "image_generation_call",
        "mcp_list_tools",
        "mcp_call",
    )
)


class OrphanEvent(ReadingRule):
    """An item or part is announced before anything happens in it.

    A delta for an item that nobody announced has no type, no name and no call_id; clients drop it or raise.

    Shown by defects A51, A52, A93.
    """

    name = "order.orphan_event"
    touches = ("response.output_item", "response.content_part")


class DoneBeforeAdded(ReadingRule):
    """An item is closed after it was announced, not before.

    Shown by defect A85.
    """

    name = "order.done_before_added"
    touches = ("response.output_item",)


class MissingDone(ReadingRule):
    """Whatever was opened is closed: texts, parts, items.

    Clients act on the done events: a tool is called when its arguments are done, a message shown when it is. With
    several MCP servers OpenAI closes only the last list of tools; that is a warning.

    Shown by defects A59, A60, A61, A89, A117.
    """

    name = "order.missing_done"
    touches = ("response.output_item",)


class DuplicateDone(ReadingRule):
    """Whatever is closed is closed once.

    A client that acts on a done event acts twice: a tool is called twice.

    Shown by defect A107.
    """

    name = "order.duplicate_done"
    touches = ("response.output_item",)


class DuplicatePart(ReadingRule):
    """A part is announced once.

    Shown by defect A104.
    """

    name = "order.duplicate_part"
    touches = ("response.content_part", "response.reasoning_summary_part", "response.shell_call_command.added")


class AfterDone(ReadingRule):
    """Nothing grows after its done event.

    The client has taken the settled text; what comes later is lost, or shown twice.

    Shown by defect A82.
    """

    name = "order.after_done"
    touches = ("response.output_item",)


class WrongIndex(ReadingRule):
    """The indices of an event name the item and the part that it is of, and count from 0 without a jump.

    Clients find the place of a delta by output_index and content_index alone. A wrong one puts text into another
    message, or ends the program with an index error.

    Shown by defects A69 and A70.
    """

    name = "order.wrong_index"
    touches = ("response.output_item",)


class DuplicateIndex(ReadingRule):
    """An output_index names one item.

    The second item under an index overwrites the first in every client that keeps a list.

    Shown by defect A72.
    """

    name = "order.duplicate_index"
    touches = ("response.output_item.added",)


class IndexGap(ReadingRule):
    """output_index counts 0, 1, 2.

    Some services skip a number where they drop an empty item. Nothing is lost by that, so it is a note.

    Shown by defect A73.
    """

    name = "order.index_gap"
    touches = ("response.output_item.added",)


class ItemMismatch(ReadingRule):
    """An item stays the item that was announced: id, type, role, call_id, name; and each event names it rightly.

    A tool's answer goes back under the call_id: if it changes on the way, the answer belongs to nothing. Only
    tool_search_call was recorded changing its call_id. Gateways that rotate ids are a warning in the lenient profile.

    Shown by defects A71, A91, A95.
    """

    name = "order.item_mismatch"
    touches = ("response.output_item",)


class ItemStatus(ReadingRule):
    """A message that is closed is completed or incomplete, and the last event says the same of every item.

    Shown by defect A94.
    """

    name = "order.item_status"
    touches = ("response.output_item.done",)


class ItemUnsettled(ReadingRule):
    """A tool call that is closed has a settled status, and nothing is incomplete in a completed response.

    Azure leaves web searches `searching` and images `generating`, and calls by a program stay in progress; these
    three are known and pass. Others are a warning.

    Shown by row ITM-11 of the grammar.
    """

    name = "order.item_unsettled"
    touches = ("response.output_item.done",)


class AddedStatus(ReadingRule):
    """An item that was just announced is in progress.

    Outputs of shell calls and programs come whole, and messages in the mode `pro` are announced completed.

    Shown by row ITM-10 of the grammar.
    """

    name = "order.added_status"
    touches = ("response.output_item.added",)


class ItemsOverlap(ReadingRule):
    """Items follow one another, and so do the parts of an item.

    Parallel tool calls are streamed one after the other too. Lists of several MCP servers are the exception; items of
    other implementations overlap, which the lenient profile has as a warning.

    Shown by defect A108.
    """

    name = "order.items_overlap"
    touches = ("response.output_item.added",)


class HostedPhase(ReadingRule):
    """A hosted tool reports its phases, each once and in order.

    Progress displays hang on them. Azure never completes web searches and images and leaves their status unsettled;
    an approved MCP call may report in_progress twice. A phase that comes before its arguments or code are settled is
    a note.

    Shown by defects A111, A112, A118.
    """

    name = "order.hosted_phase"
    touches = _HOSTED


class PartialIndex(ReadingRule):
    """Partial images are numbered 0, 1, 2.

    Shown by defect A115.
    """

    name = "order.partial_index"
    touches = ("response.image_generation_call.partial_image",)


class AnnotationIndex(ReadingRule):
    """Annotations of a text are numbered 0, 1, 2.

    Shown by defect A113.
    """

    name = "order.annotation_index"
    touches = ("response.output_text.annotation",)


class AnnotationsDiffer(ReadingRule):
    """A closed text has the annotations that were streamed, and each points into the text.

    A citation that is lost, or that points past the end of its text, cannot be shown to a reader. Places count code
    points.

    Shown by defects A113 and A114.
    """

    name = "order.annotations_differ"
    touches = ("response.content_part",)


SPAN_RULES: Final[tuple[Rule, ...]] = (
    OrphanEvent(),
    DoneBeforeAdded(),
    MissingDone(),
    DuplicateDone(),
    DuplicatePart(),
    AfterDone(),
    WrongIndex(),
    DuplicateIndex(),
    IndexGap(),
    ItemMismatch(),
    ItemStatus(),
    ItemUnsettled(),
    AddedStatus(),
    ItemsOverlap(),
    HostedPhase(),
    PartialIndex(),
    AnnotationIndex(),
    AnnotationsDiffer(),
)
