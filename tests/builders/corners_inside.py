"""Corners of what lies in items: parts, texts, commands."""

from typing import Any

from builders import streams as s
from builders.corners import REFUSAL, SHOWN, Add, commands, everywhere
from builders.streams import at, changed, inserted, moved, twice, without

from harness.protocol.profiles import LENIENT


def parts(corner: Add) -> None:
    x1, x3, x16 = s.x1(), s.x3(), s.x16()
    part, item = x1[3]["part"], at(x1, "output_item.done")
    more = changed(x1, item, "/item/content", lambda parts: [*parts, part])
    corner(
        "a part more than was streamed", changed(more, -1, "/response/output/0/content", lambda parts: [*parts, part])
    )
    corner(
        "no part of those that were streamed",
        changed(changed(x1, item, "/item/content", []), -1, "/response/output/0/content", []),
    )
    corner("a part that is null in the closed item", changed(x1, item, "/item/content", [None]))
    corner(
        "a summary part less",
        changed(
            changed(x3, at(x3, "output_item.done"), "/item/summary/1", ...), -1, "/response/output/0/summary/1", ...
        ),
    )
    done, told_more = at(x3, "output_item.done"), {"type": "summary_text", "text": "More."}
    summed = changed(x3, done, "/item/summary", lambda parts: [*parts, told_more])
    corner("a summary part more", changed(summed, -1, "/response/output/0/summary", lambda parts: [*parts, told_more]))
    neither = without(x1, at(x1, "output_text.done"), at(x1, "content_part.done"))
    corner("neither text nor part closed", neither)
    corner("neither closed, and another text", changed(neither, 7, "/item/content/0/text", "Else."))
    corner("two parts open", inserted(x1, 4, {**x1[3], "content_index": 1}))
    corner("a part announced under a later index", changed(x1, 3, "/content_index", 2))
    corner("a part announced again after a lost frame", [*x1[:3], None, x1[3], *x1[3:]])
    corner(
        "a part that holds text, and its annotations",
        changed(changed(x16, 3, "/part/text", "a"), 3, "/part/annotations", [{}]),
    )
    corner("a text settled in a part that nobody announced", without(x1, 3, 4, 5, 6))
    corner("a part closed that nobody announced", [*x1[:3], *x1[8:]])
    corner("another type of part when closed", changed(x1, 8, "/part/type", "refusal"))
    corner(
        "deltas of text in a refusal",
        [{**e, "type": e["type"].replace("refusal.delta", "output_text.delta")} for e in REFUSAL],
    )
    corner("one delta of text in a refusal", changed(REFUSAL, 4, "/type", "response.output_text.delta"))
    corner("a refusal announced as text", changed(REFUSAL, 3, "/part", part))
    corner("a refusal without its announcement", without(REFUSAL, 3))
    corner("another refusal when closed", changed(REFUSAL, 7, "/part/refusal", "Else."))
    corner("shown reasoning", SHOWN)
    corner("other shown reasoning in the item", changed(SHOWN, 8, "/item/content/0/text", "Else."))
    corner("a field of a part differs in the item", changed(x1, item, "/item/content/0/extra", 1))
    corner(
        "log probabilities differ in the item",
        changed(s.with_logprobs(), item, "/item/content/0/logprobs/0/logprob", -9),
    )
    corner("log probabilities missing in the item", changed(s.with_logprobs(), item, "/item/content/0/logprobs", ...))
    corner("log probabilities left out when settled", changed(s.with_logprobs(), 7, "/logprobs", ...))
    corner(
        "another text and other log probabilities",
        changed(changed(s.with_logprobs(), 7, "/logprobs", []), 7, "/text", "Else."),
    )
    corner("a part closed without its text", changed(x16, at(x16, "content_part.done"), "/part/text", ...))
    for nth in (0, 1):
        late = moved(x16, at(x16, "output_text.annotation.added", nth), at(x16, "output_text.done"))
        corner(f"annotation {nth} after its text was settled", late)
    corner(
        "the last annotation after its text",
        moved(x16, at(x16, "output_text.annotation.added", 2), at(x16, "output_text.done")),
    )
    corner("an annotation of no item", changed(x16, at(x16, "output_text.annotation.added"), "/output_index", 4))
    corner(
        "an annotation of a closed item",
        inserted(x16, at(x16, "output_item.done") + 1, x16[at(x16, "output_text.annotation.added")]),
    )
    for about, note in (
        ("before the text", {"start_index": -1, "end_index": 2}),
        ("backwards", {"start_index": 5, "end_index": 2}),
        ("to the end", {"start_index": 0, "end_index": 13}),
        ("past the end", {"start_index": 14, "end_index": 14}),
        ("in words", {"start_index": "0", "end_index": True}),
        ("null", None),
    ):
        whole = None if note is None else {"type": "url_citation", "url": "https://a.example", "title": "t", **note}
        corner(f"an annotation {about}", s.message(s.Telling().begin(), "This is known", annotations=[whole]).end())


def texts(corner: Add) -> None:
    x1, x2, x18 = s.x1(), s.x2(), s.x18()
    settled = at(x1, "output_text.done")
    corner("two deltas after a text was settled", inserted(x1, settled + 1, x1[4], x1[5]))
    corner("a delta and a done after a text was settled", inserted(x1, settled + 1, x1[4], x1[settled]))
    corner("a delta, then a part closed twice", [*x1[:8], x1[4], x1[8], *x1[8:]])
    corner("two empty deltas", inserted(x1, 5, {**x1[4], "delta": ""}, {**x1[4], "delta": ""}))
    corner("another text in done, part, item and end", everywhere(x1, "The capital is Paris.", "Else."))
    corner("a third text in the part", changed(changed(x1, 7, "/text", "Else."), 8, "/part/text", "Third."))
    lone = changed(x1, 5, "/delta", "\ud83d")
    corner("half a pair in deltas, the whole without", lone)
    corner("two halves in the wrong order", changed(lone, 4, "/delta", "\ude00"))
    command = at(x18, "shell_call_command.added")
    corner("a command without its announcement", without(x18, command))
    corner("a command announced with its text", changed(x18, command, "/command", "ls"))
    corner("a command under a later index", changed(x18, command, "/command_index", 2))
    corner("a command announced twice", twice(x18, command))
    corner(
        "a command under a later index after a lost frame",
        [*x18[: command - 1], None, x18[command - 1], *changed(x18, command, "/command_index", 2)[command:]],
    )
    corner("a delta of a command under a later index", changed(x18, command + 1, "/command_index", 3))
    corner("a command in a message", inserted(x1, 5, {**x18[command], "output_index": 0}))
    for nth in (0, 1):
        output = at(x18, "shell_call_output_content.delta", nth)
        corner(f"delta {nth} of an output under a later index", changed(x18, output, "/command_index", 3))
    corner("an output counted from 3", [{**e, "command_index": 3} if "output_content" in e["type"] else e for e in x18])
    printed = at(x18, "shell_call_output_content.done")
    corner("another output", changed(x18, printed, "/output/0/stdout", "else"))
    corner("an output that is no list of texts", changed(x18, printed, "/output", [1]))
    corner("errors printed too", changed(x18, printed - 1, "/delta", {"stderr": "!"}))
    corner("another output in the item", changed(x18, at(x18, "output_item.done", 3), "/item/output/0/stdout", "else"))
    outputs = commands()
    corner("the outputs of two commands", outputs)
    for start in range(3, 9):
        for many in (1, 2, 3):
            events: list[Any] = [*outputs[:start], None, *outputs[start + many :]]
            corner(f"{many} lost of two outputs, from {start}", events, keep=True)
    second = at(outputs, "shell_call_output_content.delta", 2)
    corner("the output of a second command was never told", without(outputs, second, second + 1, second + 2))
    corner(
        "other outputs of two commands",
        changed(outputs, at(outputs, "output_item.done"), "/item/output/1/stdout", "else"),
    )
    corner("arguments settled without growing", without(x2, 3, 4, 5))
    corner("arguments settled without growing, of others", without(x2, 3, 4, 5), profile=LENIENT)
    corner(
        "arguments cut off in an incomplete call",
        s.call(s.Telling().begin(), '{"a":', status="incomplete").end("incomplete"),
    )
    other = everywhere(x2, '{"city":"Paris"}', '{"city":')
    corner("arguments that do not add up and are no JSON", other)
    corner("arguments that are no JSON after a lost frame", [*other[:4], None, *other[5:]], keep=True)
    corner("a delta of the first command for the second output", changed(outputs, second, "/command_index", 0))
    corner("a third output before the second", changed(outputs, second, "/command_index", 2))
    corner("arguments that are no JSON", s.call(s.Telling().begin(), "NaN").end())


ALL = (parts, texts)
