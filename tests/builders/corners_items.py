"""Corners of items: under which index and id they come, and how the last event tells them."""

from typing import Any

from builders import streams as s
from builders.corners import Add, everywhere
from builders.stream_defects import failed
from builders.streams import Events, at, changed, inserted, moved, without

from harness.protocol.profiles import CODEX, LENIENT


def items(corner: Add) -> None:
    x1, x2, two = s.x1(), s.x2(), s.two_messages()

    def indexed(*indices: int) -> Events:
        return [{**e, "output_index": indices[e["output_index"]]} if "output_index" in e else e for e in two]

    corner("indices 3 and 1", indexed(3, 1))
    corner("indices 1 and 0", indexed(1, 0))
    corner("two items of one id", everywhere(two, "msg_2", "msg_1"))
    corner(
        "two items of one index, and of one id",
        [{**e, "output_index": 0} if "output_index" in e else e for e in everywhere(two, "msg_2", "msg_1")],
    )
    second = at(two, "output_item.added", 1)
    corner("announced under the id of the one before", changed(two, second, "/item/id", "msg_1"))
    corner("announced without content", changed(x1, 2, "/item/content", ...))
    corner("announced without arguments", changed(x2, 2, "/item/arguments", ...))
    early = moved(x1, at(x1, "output_item.done"), 2)
    corner(
        "closed before it was announced, and another text at the end",
        changed(early, -1, "/response/output/0/content/0/text", "Else."),
    )
    corner(
        "closed before it was announced, and another status at the end",
        changed(early, -1, "/response/output/0/status", "incomplete"),
    )
    corner("a prefix of another kind, twice", everywhere(everywhere(two, "msg_1", "m-1"), "msg_2", "m-2"))
    corner("closed, and another item comes under its index", inserted(two, 3, two[-2]))
    corner(
        "two items closed before they are announced",
        inserted(two, 2, two[at(two, "output_item.done", 0)], two[at(two, "output_item.done", 1)]),
    )
    corner("closed, and never announced", [*x1[:2], x1[9], x1[10]])
    corner("closed before, then events of it", [*x1[:2], x1[9], *x1[3:9], x1[10]])
    for name, where in (("wrong", 4), ("next", 1)):
        closed = changed(x1, 9, "/output_index", where)
        corner(f"closed under the {name} index", closed)
        corner(f"closed under the {name} index and another id", changed(closed, 9, "/item/id", "msg_9"))
    late = moved(x2, at(x2, "output_item.done"), at(x2, "function_call_arguments.delta", 4) + 1)
    delta = at(late, "function_call_arguments.delta", 3)
    corner("two calls overlap", late)
    corner("two calls overlap for others", late, profile=LENIENT)
    corner("a delta names the other call", changed(late, delta, "/item_id", "fc_1"))
    corner("a delta names no call", changed(late, delta, "/item_id", "fc_9"))
    corner("two deltas name no call", changed(changed(late, delta, "/item_id", "fc_9"), delta + 2, "/item_id", "fc_9"))
    corner("closed under the other's index", changed(late, at(late, "output_item.done"), "/output_index", 1))
    corner("a delta after its item, another open", inserted(two, 12, two[4]))
    corner("two deltas after their item", inserted(x1, 10, x1[4], x1[5]))
    corner("a delta and a done after their item", inserted(x1, 10, x1[4], x1[9]))
    corner(
        "a delta of the first call in the second",
        inserted(x2, at(x2, "function_call_arguments.delta", 4), x2[at(x2, "function_call_arguments.delta")]),
    )
    search = {"type": "response.web_search_call.searching", "output_index": 0, "item_id": "msg_1"}
    corner("phases of a search in a message", inserted(x1, 5, search, search))
    corner("a phase of nothing", [*x1[:2], {**search, "item_id": "ws_1"}, *x1[2:]])
    corner(
        "arguments in a message",
        inserted(x1, 5, {**search, "type": "response.function_call_arguments.delta", "delta": "{"}),
    )
    corner("announced as completed", changed(x1, 2, "/item/status", "completed"))
    corner("announced as what nobody knows", changed(x2, 2, "/item/status", "queued"))
    corner("announced with content", changed(x1, 2, "/item/content", [{}]))
    corner("announced with arguments", changed(x2, 2, "/item/arguments", "{"))
    corner("another role, name and phase", changed(changed(x1, 9, "/item/role", "user"), 9, "/item/phase", "x"))
    corner("incomplete in a completed response", s.message(s.Telling().begin(), "a", status="incomplete").end())
    corner("a call closed as in progress", s.call(s.Telling().begin(), "{", "}", status="in_progress").end())
    program = changed(
        s.call(s.Telling().begin(), "{", "}", status="in_progress").end(), 2, "/item/caller", {"type": "person"}
    )
    program = changed(
        changed(program, -2, "/item/caller", {"type": "person"}), -1, "/response/output/0/caller", {"type": "person"}
    )
    corner("a call of a person closed as in progress", program)
    approval = s.x9_approval()
    corner(
        "a request for approval that changes",
        changed(approval, at(approval, "output_item.done", 1), "/item/arguments", "{ }"),
    )


def ends(corner: Add) -> None:
    x1, x2 = s.x1(), s.x2()
    corner("no list at the end", changed(x1, -1, "/response/output", None))
    corner("nothing but null at the end", changed(x1, -1, "/response/output", [None]))
    corner(
        "one of two missing after a failure",
        [
            *x2[:-1],
            {
                **failed({"code": "x"}),
                "response": s.response("failed", x2[-1]["response"]["output"][:1], error={"code": "x", "message": "m"}),
            },
        ],
    )
    corner(
        "two missing, another there",
        changed(x2, -1, "/response/output", [{**x2[-1]["response"]["output"][0], "id": "fc_9"}]),
    )
    corner(
        "other ids at the end",
        changed(changed(x2, -1, "/response/output/0/id", "fc_8"), -1, "/response/output/1/id", "fc_9"),
    )
    corner("other ids at the end of others", changed(x1, -1, "/response/output/0/id", "msg_9"), profile=LENIENT)
    corner(
        "another order and another text",
        changed(changed(x2, -1, "/response/output", lambda told: told[::-1]), -1, "/response/output/0/arguments", "{}"),
    )
    corner("an empty end where that is known", changed(x1, -1, "/response/output", []), profile=CODEX)
    corner("an empty end after a lost frame", [*x1[:4], None, *x1[5:10], changed(x1, -1, "/response/output", [])[-1]])
    corner(
        "more at the end after a lost frame",
        [
            *x1[:4],
            None,
            *x1[5:10],
            changed(x1, -1, "/response/output", lambda told: [*told, {**told[0], "id": "msg_9"}])[-1],
        ],
    )
    corner("another status at the end", changed(x1, -1, "/response/output/0/status", "incomplete"))
    corner("a field more at the end", changed(x1, -1, "/response/output/0/phase", "final_answer"))
    corner("another part at the end", changed(x1, -1, "/response/output/0/content/0/type", "refusal"))
    corner(
        "two fields of two kinds differ at the end",
        changed(
            changed(x1, -1, "/response/output/0/status", "incomplete"), -1, "/response/output/0/content/0/text", "Else."
        ),
    )
    tail = s.two_messages()[5:]
    corner(
        "resumed, the first item unlike what was seen of it",
        changed(tail, -1, "/response/output/0/content/0/text", "Else."),
        keep=True,
        resumed_after=4,
    )


def hosted(corner: Add) -> None:
    x9, x11, x12, x17 = s.x9(), s.x11(), s.x12(), s.x17()
    image = at(x11, "image_generation_call.partial_image")
    corner("a partial image before its phase", moved(x11, image, at(x11, "image_generation_call.generating")))
    corner("a partial image at once", moved(x11, image, at(x11, "image_generation_call.in_progress")))
    corner("a partial image after the last phase", moved(x11, image + 2, at(x11, "image_generation_call.completed")))
    corner("a partial image of another item", changed(x11, image, "/output_index", 5))
    corner("a partial image of a closed item", [*x11[:-1], x11[image], x11[-1]])
    corner(
        "partial images from 1",
        [{**e, "partial_image_index": e["partial_image_index"] + 1} if "partial_image_index" in e else e for e in x11],
    )
    corner("no phase but the first", without(x17, 4, 5))
    corner("only the last phase", without(x17, 3, 4))
    corner("no phase at all", without(x17, 3, 4, 5))
    unended = without(x9, at(x9, "mcp_call.completed"))
    unended = changed(unended, at(unended, "output_item.done", 1), "/item/status", "failed")
    corner("a failed call without its last phase", changed(unended, -1, "/response/output/1/status", "failed"))
    corner("a search that stays searching", without(x17, 5))
    corner("the code comes before in_progress", without(x12, at(x12, "code_interpreter_call.in_progress")))
    corner("the code is not told", without(x12, *(n for n, e in enumerate(x12) if "call_code" in e["type"])))
    corner(
        "interpreting before the code",
        moved(x12, at(x12, "code_interpreter_call.interpreting"), at(x12, "code_interpreter_call.in_progress") + 1),
    )
    corner("completed without interpreting", without(x12, at(x12, "code_interpreter_call.interpreting")))
    corner("phases of others", without(x17, 3, 4, 5), profile=LENIENT)
    lost: list[Any] = list(x17)
    lost[3] = None
    corner("a phase that could not be read", lost, keep=True)
    arguments = at(x9, "mcp_call_arguments.done")
    corner("the arguments of a remote call are never settled", without(x9, arguments))
    corner(
        "a list without its tools' phases",
        without(x9, at(x9, "mcp_list_tools.in_progress"), at(x9, "mcp_list_tools.completed")),
    )


ALL = (items, ends, hosted)
