"""Conversations written by hand: several exchanges about the same responses, without any endpoint.

A row of `DEFECTS`: id, the conversation, the code that alone is found, its level. `PASSES` are right.
"""

import base64
import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from builders import streams as s
from builders.scenarios import scenario

from harness.conversation import Conversation, Knowledge, TurnTaken
from harness.reply import Reply
from harness.wire.exchange import Ending, Exchange, Head, How, Request

BASE = "https://service.invalid/openai/v1"
JSON = Mapping[str, Any]
Asked = tuple[str, str, JSON | bytes | None, int, Any, JSON]
"""Method, path, body, status, answer (JSON, or a list of events), and when: `started`, `date`, `took`."""


def asked(method: str, path: str, body: JSON | bytes | None, status: int, answer: Any, **when: Any) -> Asked:
    return method, path, body, status, answer, when


def reply(row: Asked, index: int) -> Reply:
    """An exchange as it would have come over the wire."""
    method, path, body, status, answer, when = row
    request = Request(
        method,
        BASE + path,
        (),
        body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b"",
    )
    kind = "text/event-stream" if isinstance(answer, list) else "application/json"
    if isinstance(answer, list):
        spelled = b"".join(b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in answer)
    else:
        spelled = json.dumps(answer).encode()
    lines = [("content-type", kind)] + ([("date", when["date"])] if "date" in when else [])
    took, started = when.get("took", 0.0), when.get("started", 0.0)
    exchange = Exchange(
        request, Head(status, tuple(lines)), spelled, (), Ending(How.COMPLETE), started=started, ended_at=took
    )
    return Reply(exchange, index)


NOTHING = Knowledge()


def telling(*turns: Asked | Sequence[Asked], knowledge: Knowledge = NOTHING) -> Conversation:
    """A conversation of turns, each of one exchange or several."""
    taken, index = [], 0
    for number, turn in enumerate(turns):
        rows = [turn] if isinstance(turn, tuple) else turn
        replies = tuple(reply(row, index + at) for at, row in enumerate(rows))
        index += len(replies)
        taken.append(TurnTaken(f"turn-{number + 1}", replies, final=replies[-1]))
    return Conversation(tuple(taken), knowledge=knowledge)


def usage(spent: int = 31, made: int = 12, thought: int = 0) -> JSON:
    return {
        "input_tokens": spent,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": spent + made,
    }


def message(text: str, id: str = "msg_1") -> JSON:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": id, "type": "message", "status": "completed", "role": "assistant", "content": [part]}


def call(number: int, **arguments: str) -> JSON:
    return {
        "id": f"fc_{number}",
        "type": "function_call",
        "status": "completed",
        "call_id": f"call_{number}",
        "name": "depth",
        "arguments": json.dumps(arguments),
    }


def output(number: int, text: str) -> JSON:
    return {"type": "function_call_output", "call_id": f"call_{number}", "output": text}


def thought(seal: str = "gAAAA-one", id: str = "rs_1", words: str = "Hm.") -> JSON:
    return {
        "id": id,
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": words}],
        "encrypted_content": seal,
    }


def compaction(seal: str = "gAAAA-compact", id: str = "cmp_1") -> JSON:
    return {"id": id, "type": "compaction", "encrypted_content": seal}


def user(text: str) -> JSON:
    return {"type": "message", "role": "user", "content": text}


def response(number: int, *items: JSON, status: str = "completed", **fields: Any) -> JSON:
    """A response that was asked for with `ask`; its output and other fields."""
    given = items or (message(f"Answer {number}.", f"msg_{number}"),)
    done = status in ("completed", "incomplete")
    made = s.response(status, list(given) if done else [], id=f"resp_{number}")
    thinks = any(item["type"] == "reasoning" for item in given)
    return {**made, **fields} if not done else {**made, "usage": usage(thought=4 * thinks), **fields}


def ask(number: int, given: Any = "Hi.", *items: JSON, tell: JSON | None = None, when: JSON | None = None, **body: Any):
    """A create request and its response of that number; what is echoed is echoed rightly."""
    told = dict(tell or {})
    echoed = {
        name: body[name] for name in ("previous_response_id", "store", "background", "instructions") if name in body
    }
    answer = response(number, *items, **{**echoed, **told})
    return asked("POST", "/responses", {"model": "m", "input": given, **body}, 200, answer, **(when or {}))


def refuse(given: Any, code: str | None, words: str, status: int = 400, **body: Any) -> Asked:
    error = {"message": words, "type": "invalid_request_error", "param": None, "code": code}
    return asked("POST", "/responses", {"model": "m", "input": given, **body}, status, {"error": error})


def get(number: int, answer: Any = None, **when: Any) -> Asked:
    """A reading: of the response as it was made, unless another is told; a number is a refusal."""
    if isinstance(answer, int):
        error = {"message": "not found", "type": "invalid_request_error", "param": None, "code": None}
        return asked("GET", f"/responses/resp_{number}", None, answer, {"error": error}, **when)
    return asked("GET", f"/responses/resp_{number}", None, 200, answer or response(number), **when)


def delete(number: int, status: int = 200) -> Asked:
    told = {"id": f"resp_{number}", "object": "response.deleted", "deleted": True}
    answer = told if status == 200 else {"error": {"message": "m", "type": "t", "param": None, "code": None}}
    return asked("DELETE", f"/responses/resp_{number}", None, status, answer)


def cancel(number: int, status: str = "cancelled", http: int = 200) -> Asked:
    answer = response(number, status=status, background=True) if http == 200 else {"error": {"message": "m"}}
    return asked("POST", f"/responses/resp_{number}/cancel", None, http, answer)


def polled(*statuses: str, took: float = 0.0, **body: Any) -> list[Asked]:
    """A turn in the background: created, then polled."""
    first, *others = statuses
    begun = {"background": True, "status": first, "store": body.get("store", True)}
    made = {**response(1, status=first), **begun}
    rows = [asked("POST", "/responses", {"model": "m", "input": "i", "background": True, **body}, 200, made, took=took)]
    return rows + [get(1, {**response(1, status=status), "background": True}) for status in others]


def listing(number: int, items: Sequence[JSON], query: str = "", more: bool = False) -> Asked:
    data = [{"id": f"item_{at}", **item} for at, item in enumerate(items)] if items else []
    data = [dict(item) for item in items] if items and "id" in items[0] else data
    ends = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    page = {"object": "list", "data": data, "first_id": ends[0], "last_id": ends[1], "has_more": more}
    return asked("GET", f"/responses/resp_{number}/input_items{query}", None, 200, page)


def compact(*items: JSON, given: Any = "Hi.") -> Asked:
    told = {"id": "resp_c", "object": "response.compaction", "created_at": s.CREATED_AT, "output": list(items)}
    return asked("POST", "/responses/compact", {"model": "m", "input": given}, 200, {**told, "usage": usage()})


def resumed(events: list[JSON], after: int, **changes: str) -> tuple[Asked, Asked]:
    """A background stream, and its rest once more."""
    rest = copy.deepcopy(events[after + 1 :])
    for event in rest:
        if event["type"].endswith("output_text.delta"):
            event |= changes
    body = {"model": "m", "input": "i", "background": True, "stream": True}
    path = f"/responses/resp_1?stream=true&starting_after={after}"
    return asked("POST", "/responses", body, 200, events), asked("GET", path, None, 200, rest)


MANAGED = {"context_management": [{"type": "compaction", "compact_threshold": 1000}]}
LATER = {"started": 61.0}
THREE = [user("note 0"), user("note 1"), user("note 2")]
IDS = [{"id": f"i{at}", **item} for at, item in enumerate(THREE)]
FACTS = ("48213-QX", "73355-KM", "90127-TB")
PLANTED = Knowledge(planted={"turn-1": FACTS}, asked={"turn-2": FACTS})
LAST = Knowledge(planted={"turn-1": FACTS[:2], "turn-2": FACTS[2:]}, asked={"turn-3": FACTS})
TOLD = f"Remember {', '.join(FACTS)}."
RECALLED = message(f"They are {', '.join(FACTS)}.", "msg_2")
FORGOTTEN = message("I do not know.", "msg_2")
SPENT = {"usage": usage(400, 200)}
CHAINED = {"previous_response_id": "resp_1"}
LONG_ANSWER = {"usage": usage(300, 400)}
READABLE = base64.b64encode(f"facts: {TOLD}".encode()).decode()
CODED = "The password is ZORB-7712."
TWO = [call(1, city="Bergen"), call(2, city="Quito")]
REPORTED = [output(1, "mark-one"), output(2, "mark-two")]


def swapped(text: str) -> Conversation:
    """Two calls answered, and what was made of it."""
    given = [user("Depths?"), *TWO, *REPORTED]
    return telling(ask(1, "Depths?", *TWO), ask(2, given, message(text, "msg_9")))


DICE = {"tools": [{"type": "mcp", "server_label": "dice", "server_url": "https://d.example"}]}
FREE = {"tools": [{**DICE["tools"][0], "require_approval": "never"}]}


def wanted(number: int = 1, arguments: str = '{"n":6}') -> JSON:
    """A request for an approval."""
    told = {"arguments": arguments, "name": "roll", "server_label": "dice"}
    return {"id": f"mcpr_{number}", "type": "mcp_approval_request", **told}


def rolled(number: int = 1, approval: str | None = "mcpr_1", arguments: str = '{"n":6}') -> JSON:
    """A call of the dice."""
    told = {"arguments": arguments, "name": "roll", "server_label": "dice", "output": "4", "error": None}
    return {"id": f"mcp_{number}", "type": "mcp_call", "status": "completed", "approval_request_id": approval, **told}


def dealt(approve: bool, *items: JSON, served: int | None = None) -> Conversation:
    """An approval was asked for and answered, and this came of it; `served`: how often the dice were really rolled."""
    answer = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": approve}
    made = telling(ask(1, "Roll.", wanted(), **DICE), ask(2, [answer], *items, **DICE, **CHAINED))
    if served is None:
        return made
    first, last = made.turns
    return replace(made, turns=(first, replace(last, served={"dice": {"roll": served}})))


DRAWING = {"tools": [{"type": "image_generation", "partial_images": 1}]}
DOCUMENT = "data:application/pdf;base64," + base64.b64encode(b"%PDF-1.7 " + b"a page of text " * 400).decode()
WEB_PAGE = base64.b64encode(b"<!DOCTYPE html><title>502</title>").decode()
PICTURE_URI = f"data:image/png;base64,{s.PICTURE}"
MOVING = base64.b64encode(b"GIF89a....NETSCAPE2.0....;").decode()


def picture(result: str, **fields: Any) -> JSON:
    return {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": result, **fields}


def showing(*parts: JSON, text: str = "What is it?") -> list[JSON]:
    """A user message with parts beside its text."""
    return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}, *parts]}]


def image(uri: str, **fields: str) -> JSON:
    return {"type": "input_image", "image_url": uri, **fields}


def cited(kind: str, **note: str) -> JSON:
    """A message with a citation."""
    told = message("See there.")
    told["content"][0]["annotations"] = [{"type": kind, "index": 0, **note}]
    return told


def ran(container: str = "cntr_1", logs: str = "") -> JSON:
    outputs = [{"type": "logs", "logs": logs}] if logs else None
    told = {"status": "completed", "code": "1", "container_id": container, "outputs": outputs}
    return {"id": "ci_1", "type": "code_interpreter_call", **told}


def other(method: str, path: str, answer: JSON, body: JSON | bytes | None = None, **when: Any) -> Asked:
    """An operation that is none of the responses."""
    return asked(method, path, body, 200, answer, **when)


def held(*files: JSON, **when: Any) -> Asked:
    """A list of the files of a container."""
    return other("GET", "/containers/cntr_1/files", {"object": "list", "data": list(files), "has_more": False}, **when)


def partials(count: int) -> list[JSON]:
    """A stream of an image with so many partial ones."""
    telling_ = s.Telling().begin()
    phases = "in_progress generating " + "image " * count + "completed"
    return s.hosted(telling_, "image_generation_call", "ig", phases, result=s.PICTURE).end()


DEMAND = """
turns:
  - user: Hi.
    expect: {error: {status: 400}}
"""


def demanded(row: Asked) -> Conversation:
    """One exchange, of which the scenario demands that it is refused."""
    wanted_ = scenario(DEMAND)
    made = telling(row)
    return replace(made, scenario=wanted_, turns=(replace(made.turns[0], turn=wanted_.turns[0]),))


FORM = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--x--\r\n'
MADE = {"id": "cfile_1", "object": "container.file", "path": "/mnt/data/plot.png", "source": "assistant"}
THEIRS = {"id": "cfile_2", "object": "container.file", "path": "/mnt/data/strange.csv", "source": "user"}
UPLOADED = other("POST", "/files", {"id": "file-abcdef12", "object": "file"}, {"name": "x"})
CODED_TOOL = {"tools": [{"type": "code_interpreter", "container": "cntr_1"}]}

DEFECTS = [
    ("B60 page", telling(ask(1, "Draw.", picture(WEB_PAGE), **DRAWING)), "sem.image_type", "error"),
    (
        "B60 type",
        telling(ask(1, "Draw.", picture(s.PICTURE, output_format="webp"), **DRAWING)),
        "sem.image_type",
        "error",
    ),
    ("B60 cut", telling(ask(1, "Draw.", picture(s.PICTURE[:-16]), **DRAWING)), "sem.image_type", "error"),
    (
        "B61",
        telling(asked("POST", "/responses", {"input": "i", "stream": True, **DRAWING}, 200, partials(3))),
        "sem.image_partial",
        "error",
    ),
    (
        "B63",
        telling(
            ask(
                1,
                showing({"type": "input_file", "filename": "a.pdf", "file_data": DOCUMENT}),
                tell={"usage": usage(11)},
            )
        ),
        "sem.attachment_ignored",
        "error",
    ),
    (
        "B64 file",
        telling(UPLOADED, ask(1, "Where?", cited("file_citation", file_id="file-zzzzzz99", filename="a"))),
        "sem.citation_unknown",
        "error",
    ),
    (
        "B64 container",
        telling(ask(1, "Plot.", ran(), cited("container_file_citation", file_id="cfile_1", container_id="cntr_9"))),
        "sem.citation_unknown",
        "error",
    ),
    ("B04", demanded(ask(1, previous_response_id="resp_0")), "state.unknown_parent_accepted", "error"),
    ("B74", demanded(other("POST", "/files", {"id": "file-abcdef12"}, FORM)), "sem.limit_not_enforced", "error"),
    (
        "B63 container",
        telling(
            UPLOADED,
            ask(1, "Sum.", ran(), tools=[{"type": "code_interpreter", "container": {"file_ids": ["file-abcdef12"]}}]),
            held(),
        ),
        "sem.attachment_ignored",
        "error",
    ),
    (
        "B64 made",
        telling(
            ask(1, "Plot.", ran(), cited("container_file_citation", file_id="cfile_9", container_id="cntr_1")), held()
        ),
        "sem.citation_unknown",
        "error",
    ),
    (
        "B65 count",
        telling(ask(1, "strange.csv", ran(), message("Done.")), held(THEIRS)),
        "state.container_leak",
        "error",
    ),
    (
        "B76",
        telling(
            asked(
                "POST",
                "/containers/cntr_1/files",
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\nx\r\n--x--\r\n',
                400,
                {"error": {"message": "this type is not supported", "type": "t", "param": None, "code": None}},
            )
        ),
        "support.missing",
        "error",
    ),
    ("B65 file", telling(ask(1, "Plot.", ran(), message("Done.")), held(THEIRS)), "state.container_leak", "error"),
    (
        "B65 words",
        telling(
            ask(1, "Plot.", ran(logs=FACTS[0]), message("Done.")), knowledge=Knowledge(foreign={FACTS[0]: "the case x"})
        ),
        "state.container_leak",
        "error",
    ),
    ("B71 many", telling(ask(1, showing(*[image(PICTURE_URI)] * 101))), "sem.limit_not_enforced", "error"),
    ("B72 moves", telling(ask(1, showing(image(f"data:image/gif;base64,{MOVING}")))), "sem.invalid_accepted", "error"),
    ("B72 page", telling(ask(1, showing(image(f"data:image/png;base64,{WEB_PAGE}")))), "sem.invalid_accepted", "error"),
    ("B72 cut", telling(ask(1, showing(image(PICTURE_URI[:-16])))), "sem.invalid_accepted", "error"),
    (
        "B73",
        telling(ask(1, showing(image(PICTURE_URI, detail="low"))), ask(2, showing(image(PICTURE_URI, detail="high")))),
        "sem.detail_ignored",
        "note",
    ),
    (
        "B75",
        telling(ask(1, "i", ran(), message("A.")), ask(2, "j", when={"started": 1300.0}, **CODED_TOOL)),
        "state.container_not_expired",
        "error",
    ),
    ("B78", telling(ask(1, "Plot.", ran(), message("Done.")), held(MADE)), "sem.citation_missing", "error"),
    ("B47", telling(ask(1, "Roll.", rolled(approval=None), **DICE)), "mcp.unapproved_call", "error"),
    ("B48", dealt(False, rolled()), "mcp.denied_call", "error"),
    ("B48 unseen", dealt(False, message("No.", "msg_2"), served=1), "mcp.denied_call", "error"),
    ("B49", dealt(True, rolled(approval=None)), "mcp.approval_unlinked", "error"),
    ("B49 unknown", dealt(True, rolled(approval="mcpr_9")), "mcp.approval_unlinked", "error"),
    ("B50", dealt(True, rolled(arguments='{"n":7}')), "mcp.args_changed", "error"),
    ("B51", dealt(True, rolled(), rolled(2)), "mcp.approval_reused", "error"),
    ("B51 unseen", dealt(True, rolled(), served=2), "mcp.approval_reused", "error"),
    (
        "B01",
        telling(ask(1, TOLD, tell=SPENT), ask(2, "Which?", FORGOTTEN, **CHAINED), knowledge=PLANTED),
        "state.chain_ignored",
        "error",
    ),
    (
        "B03",
        telling(
            ask(1, f"Remember {FACTS[0]}, {FACTS[1]}.", tell=SPENT),
            ask(2, f"And {FACTS[2]}.", tell={"usage": usage(650, 20)}, **CHAINED),
            ask(3, "Which?", message(f"{FACTS[0]} {FACTS[1]}", "msg_3"), tell=SPENT, previous_response_id="resp_2"),
            knowledge=LAST,
        ),
        "state.chain_wrong_parent",
        "error",
    ),
    (
        "B05 own",
        telling(ask(1, TOLD), ask(2, "Hello.", RECALLED), knowledge=Knowledge(planted={"turn-1": FACTS})),
        "state.cross_talk",
        "error",
    ),
    (
        "B05 other",
        telling(ask(2, "Hello.", RECALLED), knowledge=Knowledge(foreign={FACTS[0]: "the case x"})),
        "state.cross_talk",
        "error",
    ),
    (
        "B06",
        telling(
            ask(1, "Hi.", instructions=CODED),
            ask(2, "What is the password?", message("It is ZORB-7712.", "msg_2"), **CHAINED),
        ),
        "state.instructions_carried",
        "error",
    ),
    ("B07", telling(ask(1, store=False), get(1, response(1, store=False))), "state.store_false_retrievable", "error"),
    ("B08", telling(ask(1), get(1, 404, **LATER)), "state.stored_not_found", "error"),
    ("N29 lag", telling(ask(1), get(1, 404, started=20.0), get(1)), "avail.read_after_write_lag", "note"),
    ("B09", telling(ask(1), get(1, response(1, message("Another.")))), "state.stored_differs", "error"),
    ("B10", telling(ask(1), delete(1), get(1)), "state.delete_ineffective", "error"),
    ("B11", telling(ask(1), delete(1), delete(1, 500)), "state.delete_not_idempotent", "error"),
    ("B12", telling(ask(1), delete(1), ask(2, **CHAINED)), "state.deleted_parent_usable", "note"),
    (
        "B13 fails",
        telling(polled("queued"), cancel(1), cancel(1, http=409)),
        "state.cancel_not_idempotent",
        "error",
    ),
    (
        "B14",
        telling(polled("queued"), cancel(1), get(1, {**response(1), "background": True})),
        "state.terminal_changed",
        "error",
    ),
    ("B15", telling(polled("queued", store=False)), "state.background_without_store", "error"),
    ("B16", telling(polled("completed", took=4.0)), "state.background_blocking", "note"),
    ("B17", telling(polled("queued", "in_progress", "queued", "completed")), "state.status_backward", "error"),
    ("B18", telling(polled("queued", "in_progress", "in_progress")), "avail.no_progress", "error"),
    ("B21", telling(*resumed(s.x8(), 4, delta="other ")), "state.replay_differs", "error"),
    ("B23", telling(ask(1, THREE), listing(1, THREE, "?order=desc")), "state.items_order", "error"),
    (
        "B24 repeats",
        telling(
            ask(1, THREE),
            listing(1, IDS[:2], "?order=asc&limit=2", more=True),
            listing(1, IDS[1:], "?order=asc&limit=2&after=i1"),
        ),
        "state.items_pagination",
        "error",
    ),
    (
        "B24 has_more",
        telling(ask(1, THREE), listing(1, IDS[::-1]), listing(1, IDS[:0:-1], "?limit=2")),
        "state.items_pagination",
        "error",
    ),
    (
        "B25",
        telling(ask(1, [user("Depth?"), *TWO, *REPORTED]), listing(1, [REPORTED[1], user("Depth?")])),
        "state.items_incomplete",
        "error",
    ),
    ("B26 asked", telling(ask(1), compact(user("Hi."))), "state.compaction_missing", "error"),
    ("B26 due", telling(ask(1, tell={"usage": usage(1600)}, **MANAGED)), "state.compaction_missing", "error"),
    (
        "B27",
        telling(ask(1, TOLD), compact(user("Hi."), compaction(READABLE), given=TOLD), knowledge=PLANTED),
        "state.compaction_not_opaque",
        "error",
    ),
    (
        "B28",
        telling(
            ask(1, tell=LONG_ANSWER),
            compact(compaction()),
            ask(2, [compaction(), user("And?")], tell={"usage": usage(900)}),
        ),
        "state.compaction_not_smaller",
        "error",
    ),
    (
        "B29",
        telling(
            ask(1, TOLD),
            compact(compaction()),
            ask(2, [compaction(), user("Which?")], FORGOTTEN),
            knowledge=Knowledge(planted={"turn-1": FACTS}, asked={"turn-3": FACTS}),
        ),
        "state.context_lost",
        "error",
    ),
    (
        "B30",
        telling(ask(1), compact(compaction()), ask(2, [compaction("gAAAA-compacT"), user("And?")])),
        "state.corrupt_compaction_accepted",
        "error",
    ),
    (
        "B31",
        telling(ask(1), compact(compaction()), refuse([compaction(), user("A")], "invalid_encrypted_content", "cmp_1")),
        "state.compaction_rejected",
        "error",
    ),
    (
        "B33 renamed",
        telling(
            ask(1, "i", thought(), message("A.")),
            get(1, response(1, thought(id="rs_2"), message("A."))),
        ),
        "state.reasoning_altered",
        "error",
    ),
    (
        "B33 reworded",
        telling(
            ask(1, "i", thought(), message("A.")),
            get(1, response(1, thought(words="Well."), message("A."))),
        ),
        "state.reasoning_altered",
        "error",
    ),
    (
        "B34",
        telling(
            ask(1, "i", thought(), message("A.")),
            ask(2, [user("i"), thought("gAAAA-onE"), message("A."), user("And?")]),
        ),
        "state.corrupt_reasoning_accepted",
        "error",
    ),
    (
        "B35",
        telling(
            ask(1, "i", thought(), message("A.")),
            refuse([user("i"), thought(), message("A."), user("And?")], "invalid_encrypted_content", "rs_1"),
        ),
        "state.reasoning_rejected",
        "error",
    ),
    (
        "B36",
        telling(
            ask(1, "i", TWO[0]),
            refuse([user("i"), TWO[0], REPORTED[0]], None, "was provided without its required 'reasoning' item"),
        ),
        "state.reasoning_missing",
        "error",
    ),
    (
        "B45",
        swapped("At Bergen it is mark-two, at Quito it is mark-one."),
        "tool.results_swapped",
        "error",
    ),
    ("B46 output", telling(ask(1, [REPORTED[0]])), "tool.pairing_not_enforced", "error"),
    ("B46 call", telling(ask(1, [user("i"), TWO[0], user("And?")])), "tool.pairing_not_enforced", "error"),
    ("B54", telling(ask(1), get(1, response(1, usage=usage(32)))), "sem.usage_differs", "error"),
    ("B67 in a case", telling(ask(1), ask(1, "Ho.", message("Other.", "msg_7"))), "state.id_reuse", "error"),
    ("B67 in a run", telling(ask(1), knowledge=Knowledge(given={"resp_1": "the case x"})), "state.id_reuse", "error"),
    ("B77", telling(ask(1), get(1), get(1, 404, started=10 * 86_400.0)), "state.retention", "error"),
    (
        "N33 unsure",
        telling(
            ask(1, TOLD, tell=SPENT),
            ask(2, "Which?", FORGOTTEN, tell={"usage": usage(700)}, **CHAINED),
            knowledge=PLANTED,
        ),
        "sem.recall_weak",
        "note",
    ),
]
PASSES = {
    "a picture": telling(ask(1, "Draw.", picture(s.PICTURE), **DRAWING)),
    "partial pictures": telling(
        asked("POST", "/responses", {"input": "i", "stream": True, **DRAWING}, 200, partials(1))
    ),
    "a document that is read": telling(
        ask(1, showing({"type": "input_file", "filename": "a.pdf", "file_data": DOCUMENT}), tell={"usage": usage(900)})
    ),
    "a file that was uploaded": telling(
        UPLOADED, ask(1, "Where?", cited("file_citation", file_id="file-abcdef12", filename="a"))
    ),
    "a file that was made": telling(
        ask(1, "Plot.", ran(), cited("container_file_citation", file_id="cfile_1", container_id="cntr_1")), held(MADE)
    ),
    "a hundred pictures": telling(ask(1, showing(*[image(PICTURE_URI)] * 100))),
    "two details": telling(
        ask(1, showing(image(PICTURE_URI, detail="low"))),
        ask(2, showing(image(PICTURE_URI, detail="high")), tell={"usage": usage(90)}),
    ),
    "a container in time": telling(
        ask(1, "i", ran(), message("A.")), ask(2, "j", when={"started": 1100.0}, **CODED_TOOL)
    ),
    "an approved call": dealt(True, rolled(), served=1),
    "a denied call": dealt(False, message("No.", "msg_2"), served=0),
    "a call that needs no approval": telling(ask(1, "Roll.", rolled(approval=None), **FREE)),
    "facts that come back": telling(
        ask(1, TOLD, tell=SPENT),
        ask(2, "Which?", RECALLED, tell={"usage": usage(700)}, **CHAINED),
        knowledge=PLANTED,
    ),
    "facts of the own case": telling(
        ask(1, TOLD, tell=SPENT),
        ask(2, "Hi.", RECALLED, tell={"usage": usage(700)}, **CHAINED),
        knowledge=Knowledge(planted={"turn-1": FACTS}, foreign={"11111-AA": "x"}),
    ),
    "a code that an answer told": telling(
        ask(1, "Hi.", message("It is ZORB-7712.", "msg_1"), instructions=CODED),
        ask(2, "What is the password?", message("It is ZORB-7712.", "msg_2"), **CHAINED),
    ),
    "N29": telling(ask(1), get(1)),
    "N30": telling(polled("queued", "completed"), cancel(1, "completed")),
    "N31": telling(ask(1, when={"date": "Thu, 28 May 2026 20:26:40 GMT"})),
    "N32": telling(ask(1, tell={"model": "gpt-5-mini-2025-08-07"})),
    "N33": swapped("Deep, both of them."),
    "results in turn": swapped("At Bergen it is mark-one, at Quito it is mark-two."),
    "results beforehand": swapped("mark-one at Bergen, mark-two at Quito."),
    "unstored and gone": telling(ask(1, store=False), get(1, 404)),
    "deleted and gone": telling(ask(1), delete(1), get(1, 404), delete(1, 404)),
    "deleted and refused": telling(ask(1), delete(1), refuse("Hi.", "previous_response_not_found", "gone", **CHAINED)),
    "cancelled twice": telling(polled("queued"), cancel(1), cancel(1)),
    "cancelled at its end": telling(polled("queued", "completed"), cancel(1, "completed"), get(1)),
    "background without storage": telling(refuse("Hi.", None, "background needs store", background=True, store=False)),
    "a background that works": telling(polled("queued", "in_progress", "completed")),
    "a replay": telling(*resumed(s.x8(), 4)),
    "pages": telling(
        ask(1, THREE),
        listing(1, IDS[::-1]),
        listing(1, IDS[:2], "?order=asc&limit=2", more=True),
        listing(1, IDS[2:], "?order=asc&limit=2&after=i1"),
    ),
    "a compaction": telling(
        ask(1, TOLD, tell=LONG_ANSWER),
        compact(user(TOLD), compaction(), given=TOLD),
        ask(2, [compaction(), user("Which?")], RECALLED),
        knowledge=Knowledge(planted={"turn-1": FACTS}, asked={"turn-3": FACTS}),
    ),
    "altered and refused": telling(
        ask(1, "i", thought(), message("A.")),
        refuse([user("i"), thought("gAAAA-onE"), message("A."), user("?")], "invalid_encrypted_content", "rs_1"),
    ),
    "reasoning that we left out": telling(
        ask(1, "i", thought(), TWO[0]),
        refuse([user("i"), TWO[0], REPORTED[0]], None, "was provided without its required 'reasoning' item"),
    ),
    "reasoning sealed anew": telling(
        ask(1, "i", thought(), message("A.")), get(1, response(1, thought("gAAAA-two"), message("A.")))
    ),
    "the same answer once more": telling(ask(1), ask(1)),
    "kept for thirty days": telling(ask(1), get(1), get(1, 404, started=31 * 86_400.0)),
}
"""Conversations in which nothing is wrong; N29 to N33 among them."""
