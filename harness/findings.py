"""What was found wrong, as data, and the verdict that follows from it.

Knows the code, level and source of every rule, so that a scenario that names an unknown rule can be refused
when it is loaded; what a rule looks at is written in `harness.rules`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from harness.source.place import Place


class Level(StrEnum):
    """How much a finding weighs. Only an error keeps a case from passing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class OnWire:
    """Where on the wire: which exchange of the case, which event of its stream, which byte, which field.

    `exchange` counts the exchanges of a case from 0, `event` the frames of its stream from 0; `offset` is a
    byte offset in the body as it came; `pointer` is a JSON pointer into the event, or into the response where
    there is no event.
    """

    exchange: int = 0
    event: int | None = None
    offset: int | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule or expectation: evidence, with both values as they came.

    `rule` is the code of a rule, or `expect.<subject>` for an expectation; `turn` is the turn's id. What makes
    it the same finding in another run is case, turn, rule and pointer; never wording, values or line numbers.
    `difference` shows line by line how expected and actual differ, where that is not seen at a glance.
    """

    rule: str
    level: Level
    message: str
    wire: OnWire = OnWire()
    expected: object = None
    actual: object = None
    turn: str | None = None
    place: Place | None = None
    difference: str = ""


class Severity(StrEnum):
    """How a rule's findings are graded before any profile or `allow:` has a say."""

    S1 = "S1"  # an error that nothing lowers
    S2 = "S2"  # an error that a profile or a reasoned `allow:` lowers to a warning
    WARN = "warning"
    S3 = "S3"  # a note
    # (S0, "must produce nothing", is no severity of a rule)

    @property
    def level(self) -> Level:
        match self:
            case Severity.S1 | Severity.S2:
                return Level.ERROR
            case Severity.WARN:
                return Level.WARNING
            case _:
                return Level.NOTE


@dataclass(frozen=True, slots=True)
class Code:
    """A rule's entry in the table of codes: its severity and where the API promises it."""

    severity: Severity
    source: str

    @property
    def level(self) -> Level:
        return self.severity.level

    @property
    def can_be_lowered(self) -> bool:
        return self.severity is not Severity.S1


CODES: Final[Mapping[str, Code]] = {
    # order: what comes when, under which name, and that nothing is left out
    "order.missing_created": Code(Severity.S1, "Streaming reference: response.created is the first event"),
    "order.duplicate_created": Code(Severity.S2, "Streaming reference: response.created is sent once"),
    "order.lifecycle": Code(Severity.S2, "Streaming reference: created, queued (background), in_progress, then items"),
    "order.seq_gap": Code(Severity.S1, "Streaming reference: sequence_number rises by one"),
    "order.seq_repeat": Code(Severity.S1, "Streaming reference: sequence_number rises by one"),
    "order.seq_back": Code(Severity.S1, "Streaming reference: sequence_number rises by one"),
    "order.seq_start": Code(Severity.S2, "Streaming reference: a fresh stream is numbered from 0"),
    "order.seq_missing": Code(Severity.S2, "Streaming reference: every event has a sequence_number"),
    "order.seq_absent": Code(Severity.S3, "Recordings of before June 2025 have no sequence_number at all"),
    "order.resume_duplicate": Code(Severity.S1, "Retrieve, starting_after: only events after that number"),
    "order.resume_gap": Code(Severity.S1, "Retrieve, starting_after: every event after that number"),
    "order.orphan_event": Code(Severity.S1, "Streaming reference: an item or part is announced before its events"),
    "order.done_before_added": Code(Severity.S1, "Streaming reference: output_item.added comes first"),
    "order.missing_done": Code(Severity.S2, "Streaming reference: whatever was opened is closed"),
    "order.duplicate_done": Code(Severity.S2, "Streaming reference: whatever was opened is closed once"),
    "order.duplicate_part": Code(Severity.S2, "Streaming reference: a part is announced once"),
    "order.after_done": Code(Severity.S1, "Streaming reference: nothing grows after its done event"),
    "order.wrong_index": Code(Severity.S1, "Streaming reference: indices name the item and part that the event is of"),
    "order.duplicate_index": Code(Severity.S1, "Streaming reference: output_index names one item"),
    "order.index_gap": Code(Severity.S3, "Streaming reference: output_index counts 0, 1, 2; some services skip one"),
    "order.item_mismatch": Code(Severity.S1, "Streaming reference: an item keeps its id, type, call_id and name"),
    "order.item_status": Code(Severity.S2, "API reference, output message: its status is settled when it is done"),
    "order.item_unsettled": Code(Severity.WARN, "API reference, status of tool calls; services leave it unsettled"),
    "order.added_status": Code(Severity.WARN, "API reference: an item that was just announced is in progress"),
    "order.items_overlap": Code(Severity.S2, "All recordings of OpenAI and Azure: one item at a time"),
    "order.hosted_phase": Code(Severity.S2, "Streaming reference: the phases of hosted tools and their order"),
    "order.partial_index": Code(Severity.S2, "Streaming reference: partial_image_index counts 0, 1, 2"),
    "order.annotation_index": Code(Severity.S2, "Streaming reference: annotation_index counts 0, 1, 2"),
    "order.annotations_differ": Code(Severity.S2, "API reference, output_text.annotations: those that were streamed"),
    "order.terminal_status_mismatch": Code(Severity.S1, "Streaming reference: the last event's name is its status"),
    "order.two_terminals": Code(Severity.S1, "Streaming reference: a response ends once"),
    "order.after_terminal": Code(Severity.S1, "Streaming reference: nothing follows the last event"),
    "order.after_error": Code(Severity.S2, "Streaming reference: an error event ends the answer"),
    "order.response_id_changed": Code(Severity.S1, "API reference, response.id: one response, one id"),
    "order.snapshot_changed": Code(Severity.S2, "API reference, response.model and created_at: settled from the start"),
    "order.snapshot_drift": Code(Severity.WARN, "All recordings of OpenAI and Azure: settings stay as first told"),
    "order.final_output_missing": Code(Severity.S1, "API reference, response.output: every item that was streamed"),
    "order.final_output_extra": Code(Severity.S1, "API reference, response.output: only items that were streamed"),
    "order.final_output_order": Code(Severity.S2, "API reference, response.output: in the order of output_index"),
    "order.unknown_event": Code(Severity.S3, "Streaming reference: the known event types; new ones will come"),
    "order.obfuscation": Code(Severity.WARN, "API reference, stream_options.include_obfuscation"),
    # text: what was streamed, and what is later said to have been streamed
    "text.done_mismatch": Code(Severity.S1, "Streaming reference: the deltas add up to the text of the done event"),
    "text.part_mismatch": Code(Severity.S1, "Streaming reference: content_part.done repeats the text"),
    "text.item_mismatch": Code(Severity.S1, "Streaming reference: output_item.done repeats what was streamed"),
    "text.final_mismatch": Code(Severity.S1, "Streaming reference: the last event repeats the items as they were done"),
    "text.opened_full": Code(Severity.S2, "Streaming reference: items and parts are announced empty"),
    "text.empty_delta": Code(Severity.S3, "All recordings of OpenAI and Azure: a delta adds something"),
    # tool: calls
    "tool.args_mismatch": Code(Severity.S1, "Streaming reference: argument deltas add up to the arguments"),
    "tool.args_not_json": Code(Severity.S1, "API reference, function_call.arguments: a JSON string"),
    "tool.duplicate_call_id": Code(Severity.S1, "API reference, function_call.call_id: names one call"),
    "tool.unknown_name": Code(Severity.S1, "API reference, tools: the model calls what was offered"),
    "tool.args_schema": Code(Severity.S1, "Function calling guide, strict mode: arguments fit the schema"),
    "tool.choice_ignored": Code(Severity.S1, "API reference, tool_choice: none, auto, required, or one by name"),
    "tool.parallel_ignored": Code(Severity.S2, "API reference, parallel_tool_calls: false means one call at most"),
    "tool.pairing_not_enforced": Code(Severity.S2, "API reference, function_call_output: call_id of a call in context"),
    "tool.results_swapped": Code(
        Severity.S1, "API reference, function_call_output: belongs to the call of its call_id"
    ),
    # mcp: remote tools and their approvals
    "mcp.unapproved_call": Code(Severity.S1, "Remote MCP guide: an approval before each call, unless it says never"),
    "mcp.denied_call": Code(Severity.S1, "Remote MCP guide: approve: false means that nothing is called"),
    "mcp.approval_unlinked": Code(
        Severity.S2, "API reference, mcp_call.approval_request_id: the approval of this call"
    ),
    "mcp.args_changed": Code(Severity.S1, "Remote MCP guide: the arguments that are shown are those that are sent"),
    "mcp.approval_reused": Code(Severity.S1, "Remote MCP guide: an approval answers one request for one call"),
    # reply: the shape of what came
    "reply.shape": Code(Severity.S1, "API reference, the response object and its items: required fields, statuses"),
    "reply.id_prefix": Code(Severity.WARN, "All recordings of OpenAI and Azure: an id begins as its type asks"),
    # sem: what the values mean
    "sem.usage_sum": Code(Severity.S2, "API reference, response.usage: total is input plus output"),
    "sem.usage_bounds": Code(Severity.S2, "API reference, response.usage: details are parts of their totals"),
    "sem.usage_missing": Code(Severity.S3, "API reference, response.usage: told when the response is completed"),
    "sem.incomplete_no_details": Code(Severity.S2, "API reference, response.incomplete_details: says why"),
    "sem.failed_no_error": Code(Severity.S2, "API reference, response.error: says why a response failed"),
    "sem.model_version": Code(Severity.S1, "Azure, header x-ms-served-model: the model and version that answered"),
    "sem.region": Code(Severity.S2, "Azure, header x-ms-region; deployment types: regional ones stay in their region"),
    "sem.deployment": Code(Severity.S2, "Azure, header x-ms-deployment-name: the deployment that answered"),
    "sem.clock": Code(Severity.S3, "API reference, response.created_at: Unix time of the service"),
    "sem.limit_ignored": Code(Severity.S2, "API reference, max_output_tokens: an upper bound, thinking included"),
    "sem.truncated_as_completed": Code(Severity.S1, "API reference, response.status: incomplete when it was cut"),
    "sem.incomplete_reason": Code(Severity.S3, "API reference, incomplete_details.reason: the known reasons"),
    "sem.schema_violation": Code(Severity.S1, "Structured outputs guide: the answer fits the strict schema"),
    "sem.refusal_shape": Code(Severity.S3, "Structured outputs guide: a refusal is a content part of its own"),
    "sem.filter_silent": Code(Severity.S2, "Azure content filtering: a filtered prompt is refused, content_filter"),
    "sem.reasoning_usage": Code(Severity.S3, "Reasoning guide: thinking is counted in reasoning_tokens"),
    "sem.silent_truncation": Code(Severity.S1, "API reference, truncation: disabled means that too much is refused"),
    "sem.invalid_accepted": Code(Severity.S2, "API reference, create: the bounds of its parameters"),
    "sem.usage_differs": Code(Severity.S2, "API reference, retrieve: the response as it was answered, usage too"),
    "sem.recall_weak": Code(Severity.S3, "Conversation state guide: earlier turns are part of the context"),
    "sem.image_type": Code(Severity.S1, "API reference, image_generation_call.result: base64 of the image, png"),
    "sem.image_partial": Code(Severity.S2, "API reference, image generation tool: partial_images, at most so many"),
    "sem.attachment_ignored": Code(Severity.S1, "File inputs guide: what is attached is part of the context"),
    "sem.citation_unknown": Code(Severity.S2, "API reference, annotations: file ids of files that were given"),
    "sem.citation_missing": Code(Severity.S2, "Code interpreter guide: made files are cited in the next message"),
    "sem.detail_ignored": Code(Severity.S3, "Images guide: low detail costs less than high detail"),
    "sem.limit_not_enforced": Code(Severity.S2, "Images and file inputs guides: documented limits of count and size"),
    # state: what is kept between turns
    "state.echo_mismatch": Code(Severity.S2, "API reference, response object: settings come back as they were sent"),
    "state.reasoning_not_encrypted": Code(Severity.S1, "API reference, include: reasoning.encrypted_content"),
    "state.encrypted_late": Code(Severity.WARN, "All recordings of OpenAI and Azure: encrypted content from the start"),
    "state.chain_ignored": Code(Severity.S1, "API reference, previous_response_id: the turns before are in context"),
    "state.chain_wrong_parent": Code(Severity.S1, "API reference, previous_response_id: the parent that is named"),
    "state.unknown_parent_accepted": Code(Severity.S2, "API reference, HTTP errors: previous_response_not_found"),
    "state.cross_talk": Code(Severity.S1, "Conversation state guide: a conversation is its own context"),
    "state.instructions_carried": Code(
        Severity.S2, "API reference, instructions: not carried over to the next response"
    ),
    "state.context_lost": Code(Severity.S1, "Compaction guide: state and understanding outlive a compaction"),
    "state.store_false_retrievable": Code(Severity.S1, "API reference, store: false means that nothing is kept"),
    "state.stored_not_found": Code(Severity.S2, "API reference, retrieve: a stored response by its id"),
    "state.retention": Code(Severity.S2, "Data guide: stored responses are kept for 30 days"),
    "state.stored_differs": Code(Severity.S1, "API reference, retrieve: the response as it was answered"),
    "state.reasoning_altered": Code(Severity.S2, "API reference, reasoning items: id and summary stay"),
    "state.delete_ineffective": Code(Severity.S1, "API reference, delete: the response is gone"),
    "state.delete_not_idempotent": Code(Severity.S2, "RFC 9110, 9.2.2: a repeated DELETE has the effect of one"),
    "state.deleted_parent_usable": Code(Severity.S3, "API reference, delete; previous_response_not_found"),
    "state.id_reuse": Code(Severity.S1, "API reference, response.id: names one response"),
    "state.cancel_not_idempotent": Code(Severity.S2, "Background guide: cancelling twice is idempotent"),
    "state.terminal_changed": Code(Severity.S2, "API reference, response.status: terminal statuses"),
    "state.status_backward": Code(Severity.S2, "Background guide: queued, in_progress, then an end"),
    "state.background_without_store": Code(Severity.S2, "Background guide: background needs store: true"),
    "state.background_blocking": Code(Severity.S3, "Background guide: the call returns at once"),
    "state.replay_differs": Code(Severity.S1, "Retrieve, starting_after: the stream goes on where it was left"),
    "state.items_order": Code(Severity.S2, "API reference, list input items: order asc or desc"),
    "state.items_pagination": Code(Severity.S2, "API reference, list input items: after, limit, has_more"),
    "state.items_incomplete": Code(Severity.S2, "API reference, list input items: every item of the input"),
    "state.corrupt_reasoning_accepted": Code(Severity.S1, "API reference, HTTP errors: invalid_encrypted_content"),
    "state.reasoning_rejected": Code(Severity.S1, "Reasoning guide: encrypted reasoning goes back as it came"),
    "state.reasoning_missing": Code(Severity.S2, "Reasoning guide: a call is replayed with its reasoning item"),
    "state.corrupt_compaction_accepted": Code(Severity.S1, "API reference, HTTP errors: invalid_encrypted_content"),
    "state.compaction_rejected": Code(Severity.S1, "Compaction guide: the item goes into the next input as it came"),
    "state.compaction_missing": Code(Severity.S1, "Compaction guide: one compaction item"),
    "state.compaction_not_opaque": Code(Severity.S2, "Compaction guide: the item is opaque and encrypted"),
    "state.compaction_not_smaller": Code(Severity.S2, "Compaction guide: it reduces the size of the context"),
    "state.container_leak": Code(Severity.S1, "Code interpreter guide: a container is a sandbox of its own"),
    "state.container_not_expired": Code(
        Severity.S2, "Code interpreter guide: it expires 20 minutes after its last use"
    ),
    # wire: envelope, framing and JSON
    "wire.bad_close": Code(Severity.S3, "RFC 9112, 8: how a complete message ends"),
    "wire.bad_encoding": Code(Severity.S1, "RFC 9110, 8.4: content coding"),
    "wire.bad_json": Code(Severity.S1, "Streaming reference: the data of an event is one JSON object; RFC 8259"),
    "wire.bad_number": Code(Severity.S2, "RFC 8259, 6: numbers that every reader can hold"),
    "wire.bad_status": Code(
        Severity.S2, "API reference: a request that succeeds is answered 200 with what was asked for"
    ),
    "wire.bad_type": Code(Severity.S1, "Streaming reference: the fields of each event and their JSON types"),
    "wire.bad_utf8": Code(Severity.S1, "HTML standard, 9.2.4: event streams are UTF-8; RFC 8259, 8.1"),
    "wire.buffered": Code(Severity.S3, "Streaming reference: events are sent as they are made"),
    "wire.close_delimited": Code(
        Severity.S2, "RFC 9112, 8: a body that ends with the connection cannot be told from a cut one"
    ),
    "wire.content_type": Code(Severity.S2, "API reference: text/event-stream when streamed, else application/json"),
    "wire.done_sentinel_early": Code(Severity.S1, "Streaming reference: the official clients stop reading at [DONE]"),
    "wire.duplicate_key": Code(Severity.S2, "RFC 8259, 4: the names within an object are unique"),
    "wire.empty_body": Code(Severity.S1, "API reference: every answer with status 200 has a body"),
    "wire.event_name_mismatch": Code(Severity.S2, "Streaming reference: the event field repeats the type"),
    "wire.event_name_missing": Code(Severity.S3, "Streaming reference: the event field repeats the type"),
    "wire.lone_surrogate": Code(Severity.S2, "RFC 8259, 8.2; RFC 3629: text is Unicode"),
    "wire.missing_type": Code(Severity.S2, "Streaming reference: every event has a type"),
    "wire.no_terminal": Code(Severity.S1, "Streaming reference: a stream ends with completed, incomplete or failed"),
    "wire.not_object": Code(Severity.S2, "Streaming reference: the data of an event is one JSON object"),
    "wire.not_streamed": Code(Severity.S1, "API reference, stream: true is answered with server-sent events"),
    "wire.protocol": Code(Severity.S2, "RFC 9112: status line, header lines, one way to tell the length"),
    "wire.redirect": Code(
        Severity.S1, "API reference: no operation redirects; a request with a key is not sent elsewhere"
    ),
    "wire.too_deep": Code(Severity.S2, "RFC 8259, 9: readers limit depth; no response of the API comes near 64"),
    "wire.too_large": Code(Severity.S1, "Limits of the harness: event 16 MiB, body 256 MiB, 200,000 events"),
    "wire.unknown_field": Code(
        Severity.S1, "HTML standard, 9.2.6: a line of an unknown field is ignored, and its event lost"
    ),
    "wire.unterminated_event": Code(
        Severity.S2, "HTML standard, 9.2.6: an event without its blank line is not dispatched"
    ),
    "wire.unusual_framing": Code(
        Severity.S3, "HTML standard, 9.2.5: legal forms that no recording of OpenAI or Azure has"
    ),
    # modes: one scenario, however it is delivered and its state carried
    "modes.differ": Code(Severity.S2, "API reference: stream, background, previous_response_id change no answer"),
    # client: what the official package says, beside the wire; never about the endpoint
    "client.raised": Code(Severity.S3, "The official package reads what the API documents; tried with openai 3.54.0"),
    "client.differs": Code(Severity.S2, "The official package tells its user what was on the wire"),
    # support: what is documented for a model and region, beside what the target did
    "support.missing": Code(Severity.S1, "The catalogue's source for the feature, model and region"),
    "support.undocumented": Code(Severity.S3, "The catalogue's source for the feature, model and region"),
    # secret: what was sent to be known to the service alone
    "secret.echo": Code(Severity.S1, "RFC 9110, 17.16 and 11.6: credentials are not disclosed"),
    # avail: the endpoint could not be observed
    "avail.auth": Code(Severity.S2, "API reference, HTTP errors: 401"),
    "avail.body_cut": Code(Severity.S2, "RFC 9112, 8: the body is as long as was said"),
    "avail.connect": Code(Severity.S2, "The endpoint accepts connections"),
    "avail.deadline": Code(Severity.S2, "Limits of the harness: 900 s for a turn"),
    "avail.dns": Code(Severity.S2, "The endpoint's name resolves"),
    "avail.first_byte": Code(Severity.S2, "Limits of the harness: 300 s to the first byte"),
    "avail.no_answer": Code(Severity.S2, "RFC 9112: a request is answered"),
    "avail.no_progress": Code(Severity.S2, "Limits of the harness: 120 s without an event, keep-alives aside"),
    "avail.quota": Code(Severity.S2, "API reference, HTTP errors: 429 insufficient_quota"),
    "avail.read_after_write_lag": Code(Severity.S3, "Recordings of Azure: a stored response is found after up to 33 s"),
    "avail.retried": Code(Severity.S3, "API reference, HTTP errors: what is refused for a moment may be repeated"),
    "avail.server_error": Code(Severity.S2, "API reference, HTTP errors: 500, 502, 503, 504"),
    "avail.stall": Code(Severity.S2, "Limits of the harness: 60 s without a byte"),
    "avail.stream_cut": Code(Severity.S2, "RFC 9112, 7.1 and 8: a chunked body ends with its last chunk"),
    "avail.stream_error": Code(Severity.S2, "Streaming reference: the error event"),
    "avail.throttled": Code(Severity.S2, "API reference, HTTP errors: 429"),
    "avail.version_untold": Code(Severity.S2, "Azure, header x-ms-served-model: the model and version that answered"),
    "avail.tls": Code(Severity.S2, "The endpoint's certificate is valid for its name"),
}
"""Every rule that exists, by code. `harness.rules` binds each to what it looks at; a test holds both equal."""


class Verdict(StrEnum):
    """What is said of one attempt at a case."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERRORED = "errored"
    SKIPPED = "skipped"


def verdict(findings: Iterable[Finding], *, error: str | None = None, skipped: str | None = None) -> Verdict:
    """The verdict of an attempt; the first that holds.

    Skipped: it was never sent, for the given reason. Failed: an error of a family other than `avail` stands.
    Errored: the harness, its input or its environment is at fault (`error` says how). Inconclusive: errors of
    family `avail` alone, the endpoint could not be observed. Else passed.
    """
    if skipped is not None:
        return Verdict.SKIPPED
    errors = [finding.rule for finding in findings if finding.level is Level.ERROR]
    if any(not rule.startswith("avail.") for rule in errors):
        return Verdict.FAILED
    if error is not None:
        return Verdict.ERRORED
    return Verdict.INCONCLUSIVE if errors else Verdict.PASSED
