"""Corners of a stream's course: its beginning and end, its numbers, the types of its fields."""

from builders import streams as s
from builders.corners import REFUSAL, SHOWN, Add
from builders.stream_defects import ERROR, NESTED, failed
from builders.streams import changed, inserted, moved, renumbered, swapped, without


def course(corner: Add) -> None:
    x1, x8 = s.x1(), s.x8()
    corner("two errors: the first is told", [*x1[:6], ERROR, {**ERROR, "code": "later"}])
    corner("an error without words", [*x1[:6], {**ERROR, "message": ""}])
    corner("an error without a code", [*x1[:6], {"type": "error", "error": {"type": "server_error", "message": "m"}}])
    corner("an error, then the end as if nothing had happened", [*x1[:6], ERROR, x1[-1]])
    corner("an error, then a failure, then an error", [*x1[:6], ERROR, failed(None), NESTED])
    corner("a failure at once", [failed({"code": "x", "message": "m"})])
    corner("queued after in_progress", swapped(x8, 1))
    corner("queued as the first", swapped(x8, 0))
    corner("in_progress after the first item", moved(x1, 1, 3))
    corner("in_progress three times", inserted(x1, 2, x1[1], x1[1]))
    corner(
        "created with a later status and output",
        changed(changed(x1, 0, "/response/status", "completed"), 0, "/response/output", [1]),
    )
    for name, value in (("usage", {"total_tokens": 1}), ("error", {}), ("incomplete_details", {"reason": "x"})):
        corner(f"in_progress tells {name}", changed(x1, 1, f"/response/{name}", value))
    corner("queued is in progress", changed(x8, 1, "/response/status", "in_progress"))
    corner("in_progress is queued", changed(x1, 1, "/response/status", "queued"))
    corner("another id twice", changed(changed(x1, 1, "/response/id", "resp_2"), -1, "/response/id", "resp_3"))
    corner("model and time changed", changed(changed(x1, 1, "/response/model", "a"), 1, "/response/created_at", 1))
    corner("a setting deep within changed", changed(x1, -1, "/response/reasoning", {"effort": "low", "summary": None}))
    corner("a setting left out at the end", changed(x1, -1, "/response/temperature", ...))
    corner("completed with details", changed(x1, -1, "/response/incomplete_details", {"reason": "max_output_tokens"}))
    corner("incomplete is completed", changed(s.x14(), -1, "/response/status", "completed"))
    corner("what is unknown after the end", [*x1, {"type": "response.new"}])
    corner("what is unknown twice", inserted(x1, 5, *[{"type": "response.new"}] * 2, {"type": "response.newer"}))
    corner("what has no type after the end", [*x1, {"item": 1}])
    corner("a sign of life after the end", [*x1, {"type": "keepalive"}])
    corner("a sign of life after an error", [*x1[:6], ERROR, {"type": "keepalive"}])
    corner("a failure after the end, and more", [*x1, failed(None), x1[4], x1[5]])
    corner("two failures", [*x1[:4], failed({"code": "x"}), failed({"code": "x"})])
    corner("text after a failure", [*x1[:4], failed({"code": "x"}), x1[4]])
    corner("an item after the end, and done", [*moved(x1, 10, 9)])
    corner("cut off", x1[:7], cut=True)
    corner("ended without a word", x1[:7])
    corner("the last frame could not be read", [*x1[:10], None])
    corner(
        "padding that nobody wanted, twice",
        changed(changed(x1, 5, "/obfuscation", "a"), 6, "/obfuscation", "b"),
        request={"stream_options": {"include_obfuscation": False}},
    )
    corner(
        "padding in the first delta",
        changed(x1, 4, "/obfuscation", "a"),
        request={"stream_options": {"include_obfuscation": False}},
    )
    corner("padding where nothing was said of it", changed(x1, 5, "/obfuscation", "a"), request={"stream_options": {}})
    corner(
        "padding after the end",
        [*x1, {**x1[4], "obfuscation": "a"}],
        request={"stream_options": {"include_obfuscation": False}},
    )


def numbers(corner: Add) -> None:
    x1, x8 = s.x1(), s.x8()
    corner("every second number", [{**event, "sequence_number": 2 * n} for n, event in enumerate(x1)], keep=True)
    corner("numbers from 1, every second", [{**e, "sequence_number": 2 * n + 1} for n, e in enumerate(x1)], keep=True)
    corner("a delta three places late", moved(x1, 4, 7), keep=True)
    corner("a settled text three places early", moved(x1, 7, 4), keep=True)
    corner("two pairs swapped", swapped(swapped(x1, 4), 6), keep=True)
    corner("the last two swapped", swapped(x1, 9), keep=True)
    corner("the last but one is missing", without(x1, 9), keep=True)
    corner("swapped, and a frame lost", [*swapped(x1, 4)[:5], None, *x1[6:]], keep=True)
    corner("a number repeated by another event", changed(x1, 5, "/sequence_number", 4), keep=True)
    corner("a number repeated three times", [*x1[:5], x1[4], x1[4], *x1[5:]], keep=True)
    corner("two gaps apart", [*x1[:4], *renumbered(x1[4:8], 7), *renumbered(x1[8:], 20)], keep=True)
    corner(
        "a gap, then a repeat",
        [*x1[:4], *renumbered(x1[4:6], 7), x1[6] | {"sequence_number": 8}, *renumbered(x1[7:], 9)],
        keep=True,
    )
    corner("a number that is a truth value", changed(x1, 1, "/sequence_number", True), keep=True)
    corner(
        "two numbers that are texts",
        changed(changed(x1, 5, "/sequence_number", "5"), 6, "/sequence_number", "6"),
        keep=True,
    )
    corner(
        "two without a number", changed(changed(x1, 5, "/sequence_number", ...), 6, "/sequence_number", ...), keep=True
    )
    corner(
        "without a number, and the count goes on",
        [*x1[:5], {k: v for k, v in x1[5].items() if k != "sequence_number"}, *renumbered(x1[6:], 5)],
        keep=True,
    )
    corner(
        "the first two without a number",
        changed(changed(x1, 0, "/sequence_number", ...), 1, "/sequence_number", ...),
        keep=True,
    )
    corner("a frame lost, and then a gap", [*x1[:4], None, *renumbered(x1[5:], 9)], keep=True)
    corner("a frame lost before a number too low", [*x1[:4], None, *renumbered(x1[5:], 2)], keep=True)
    corner("resumed, two repeated", x8[4:], keep=True, resumed_after=6)
    corner("resumed, starts low, goes on high", [x8[5], *x8[7:]], keep=True, resumed_after=5)
    corner(
        "resumed without numbers",
        [{k: v for k, v in e.items() if k != "sequence_number"} for e in x8[5:]],
        keep=True,
        resumed_after=4,
    )
    old = [{k: v for k, v in e.items() if k != "sequence_number"} for e in x1]
    for when, created in (
        ("the last second without numbers", 1_748_735_999),
        ("the first second with numbers", 1_748_736_000),
    ):
        dated = old
        for index in (0, 1, 10):
            dated = changed(dated, index, "/response/created_at", created)
        corner(when, dated, keep=True)


def types(corner: Add) -> None:
    x1 = s.x1()
    corner("an index below zero", changed(x1, 5, "/output_index", -1))
    corner("an item without a type", changed(x1, 2, "/item/type", 7))
    corner("an item whose id is no text", changed(x1, 2, "/item/id", 7))
    corner("items without ids", [changed([e], 0, "/item/id", ...)[0] if "item" in e else e for e in x1])
    corner("a refusal whose part has no type", changed(REFUSAL, 3, "/part/type", 7))
    corner("shown reasoning whose part has no type", changed(SHOWN, 3, "/part/type", ...))
    corner("log probabilities that are no list", changed(s.with_logprobs(), 5, "/logprobs", {"a": 1}))
    corner("log probabilities of one delta are null", changed(s.with_logprobs(), 5, "/logprobs", None))


ALL = (course, numbers, types)
