"""Rules of order: the response's course and its end. Found while a stream is read.

The rules of the events' numbers are in `harness.rules.order_numbers`, those of what lies inside a response, items and
parts, in `harness.rules.order_spans`.
"""

from typing import Final

from harness.rules.base import ReadingRule, Rule
from harness.rules.order_numbers import NUMBER_RULES
from harness.rules.order_spans import SPAN_RULES

# -- the course of the response ----------------------------------------------------------------------------------------


class MissingCreated(ReadingRule):
    """A fresh stream starts with response.created.

    It is the only event before the end that says which response this is. Clients build everything on it; the official
    stream helper raises without it. A resumed stream has none, and a stream may consist of an error alone.

    Shown by defect A48.
    """

    name = "order.missing_created"


class DuplicateCreated(ReadingRule):
    """response.created is sent once.

    A client that meets it again starts over and loses what it had.

    Shown by defect A50.
    """

    name = "order.duplicate_created"
    touches = ("response.created",)


class Lifecycle(ReadingRule):
    """A response begins: created, queued if it runs in the background, in_progress, then its items.

    The snapshots of the beginning have no output, no usage, and a status of work that is not done. A background
    response whose response.queued is missing or doubled is a note, since few were ever recorded.

    Shown by defects A49, A100, A105, A106, A116.
    """

    name = "order.lifecycle"


class ResponseIdChanged(ReadingRule):
    """A response keeps its id from the first snapshot to the last.

    Whoever follows up with previous_response_id takes the id from one of them. A gateway that rotates ids (GitHub
    Copilot was recorded doing so) is a warning in the lenient profile.

    Shown by defect A79.
    """

    name = "order.response_id_changed"
    touches = ("response.in_progress", "response.completed", "response.incomplete", "response.failed")


class SnapshotChanged(ReadingRule):
    """Model and time of creation are settled from the first snapshot on.

    Costs, evaluations and region checks are kept under the model's name; it may not depend on which event was read.
    service_tier is another matter: it starts as auto and ends as what was used.

    Shown by defect A101.
    """

    name = "order.snapshot_changed"
    touches = ("response.in_progress", "response.completed", "response.incomplete", "response.failed")


class SnapshotDrift(ReadingRule):
    """The settings of a response stay as the first snapshot told them.

    No page promises it, but every recording of OpenAI and Azure keeps to it, but for ten fields that belong to the end
    (status, output, usage, error and their like). New fields will come, hence a warning.

    Shown by rows LIF-17 and LIF-20 of the grammar.
    """

    name = "order.snapshot_drift"
    touches = ("response.in_progress", "response.completed", "response.incomplete", "response.failed")


# -- the end -----------------------------------------------------------------------------------------------------------


class TerminalStatus(ReadingRule):
    """The last event's name and the status of its response agree.

    Some clients go by the name, others by the status: if the two differ, one half of them is told the opposite. A
    completed response has neither an error nor incomplete_details.

    Shown by defect A86.
    """

    name = "order.terminal_status_mismatch"
    touches = ("response.completed", "response.incomplete", "response.failed")


class TwoTerminals(ReadingRule):
    """A response ends once.

    After completed there is no failed and no second completed: a client has acted on the first one.

    Shown by defects A80 and A81.
    """

    name = "order.two_terminals"
    touches = ("response.completed", "response.incomplete", "response.failed")


class AfterTerminal(ReadingRule):
    """Nothing follows the last event.

    Clients stop reading there, and what comes later is lost. An `error` event after response.failed is how Azure
    reports a rate limit, and is fine.

    Shown by defects A83 and A84.
    """

    name = "order.after_terminal"
    touches = ("response.completed", "response.incomplete", "response.failed")


class AfterError(ReadingRule):
    """After an error event the answer does not go on.

    Only response.failed may follow. A stream that goes on as if nothing had happened leaves open whether its text is
    whole.

    Shown by defect A98.
    """

    name = "order.after_error"
    touches = ("error",)


class FinalOutputMissing(ReadingRule):
    """The last event repeats every item that was streamed.

    Whoever reads only the last event, as the official helper does, would not know of the missing one. The Codex back
    end ends with an empty output; the profile codex knows that.

    Shown by defect A66.
    """

    name = "order.final_output_missing"
    touches = ("response.completed", "response.incomplete")


class FinalOutputExtra(ReadingRule):
    """The last event holds no item that was not streamed.

    Shown by defect A67.
    """

    name = "order.final_output_extra"
    touches = ("response.completed", "response.incomplete")


class FinalOutputOrder(ReadingRule):
    """The last event holds the items in the order in which they were streamed.

    output_index is a position in that list, and a replay of the output as input must keep reasoning beside its call.

    Shown by defect A68.
    """

    name = "order.final_output_order"
    touches = ("response.completed", "response.incomplete")


class UnknownEvent(ReadingRule):
    """The event types are those that are known.

    New ones come with new features and are to be ignored by clients, so this is a note; a typing error looks the same.

    Shown by control N13.
    """

    name = "order.unknown_event"


class Obfuscation(ReadingRule):
    """Deltas carry no padding where the request asked for none.

    `stream_options.include_obfuscation: false` trades protection against traffic analysis for bandwidth.

    Shown by a padded delta in an unpadded stream.
    """

    name = "order.obfuscation"


ORDER_RULES: Final[tuple[Rule, ...]] = (
    MissingCreated(),
    DuplicateCreated(),
    Lifecycle(),
    ResponseIdChanged(),
    SnapshotChanged(),
    SnapshotDrift(),
    *NUMBER_RULES,
    *SPAN_RULES,
    TerminalStatus(),
    TwoTerminals(),
    AfterTerminal(),
    AfterError(),
    FinalOutputMissing(),
    FinalOutputExtra(),
    FinalOutputOrder(),
    UnknownEvent(),
    Obfuscation(),
)
