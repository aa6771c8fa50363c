"""Corners of what is kept from one exchange to the next: responses, lists, chains, seals."""

from dataclasses import replace
from typing import Any

from builders import streams as s
from builders.corners import Add, one
from builders.scenarios import scenario
from builders.tellings import (
    CHAINED,
    FACTS,
    IDS,
    MANAGED,
    PLANTED,
    SPENT,
    THREE,
    TWO,
    ask,
    asked,
    call,
    cancel,
    compact,
    compaction,
    delete,
    get,
    listing,
    message,
    output,
    polled,
    response,
    resumed,
    telling,
    thought,
    usage,
    user,
)

from harness.conversation import Conversation, Knowledge, TurnTaken
from harness.reply import Reply


def lives(corner: Add) -> None:
    corner("cancelled, then completed, then cancelled", telling(polled("queued"), cancel(1), cancel(1, "completed")))
    corner("cancelled twice, the second fails", telling(polled("queued"), cancel(1), cancel(1, http=500)))
    corner("a cancel that was refused, twice", telling(polled("completed"), cancel(1, http=400), cancel(1, http=400)))
    corner("cancelled too late", telling(polled("queued", "completed"), cancel(1)))
    corner("read after its end", telling(polled("queued", "in_progress", "failed", "failed")))
    corner("background with a blocking answer in time", telling(polled("completed", took=0.1)))
    corner("background with a blocking answer", telling(polled("completed", took=0.11)))
    events = s.x8()
    corner(
        "replayed without ids", telling(*resumed([{k: v for k, v in e.items() if k != "response"} for e in events], 4))
    )
    corner(
        "replayed from a number that came",
        telling(
            *resumed(events, 4)[:1],
            asked("GET", "/responses/resp_1?stream=true&starting_after=6", None, 200, events[5:]),
        ),
    )
    bare = [
        {k: v for k, v in e.items() if k != "sequence_number"} if e["type"].endswith("delta") else e for e in events
    ]
    corner("replayed with numbers left out", telling(*resumed(bare, 4)))
    corner("replayed with other padding", telling(*resumed(events, 4, obfuscation="xyz")))
    corner(
        "stored, and incomplete later",
        telling(ask(1), get(1, response(1, status="incomplete", incomplete_details={"reason": "max_output_tokens"}))),
    )
    corner("stored without usage", telling(ask(1), get(1, response(1, usage=None))))
    corner(
        "stored with more items",
        telling(ask(1), get(1, response(1, message("Answer 1.", "msg_1"), message("More.", "msg_2")))),
    )
    corner(
        "stored with a field more",
        telling(ask(1), get(1, response(1, {**message("Answer 1."), "phase": "final_answer"}))),
    )
    corner("stored twice as read", telling(ask(1), get(1), get(1), delete(1), get(1, 404)))
    corner("stored, gone at once, and there later", telling(ask(1), get(1, 404, started=1.0), get(1, started=61.0)))
    corner("stored, gone after a day", telling(ask(1), get(1, 404, started=86_400.0)))
    corner("not stored, and gone", telling(ask(1, store=False), get(1, 404, started=61.0)))
    corner("another's id", telling(ask(1), get(2, 404, started=61.0)))
    corner("deleted without success", telling(ask(1), delete(1, 500), get(1)))
    corner("deleted twice", telling(ask(1), delete(1), delete(1)))
    for about, date in (
        ("yesterday", "yesterday"),
        ("a day later", "Fri, 29 May 2026 20:26:40 GMT"),
        ("too far", "Fri, 29 May 99999999 20:26:40 GMT"),
    ):
        corner(
            f"gone by the service's clock: {about}",
            telling(ask(1, when={"date": "Thu, 28 May 2026 20:26:40 GMT"}), get(1, 404, date=date)),
        )
    waiting = scenario("turns:\n  - {user: Hi., expect: {status: completed}}\n  - wait: 50s\n  - wait: 10s\n")
    hi, *_ = waiting.turns
    for about, turns in (("60 s", waiting.turns), ("50 s", waiting.turns[:2])):
        row, gone = telling(ask(1)), telling(get(1, 404))
        reads = Reply(gone.replies[0].exchange, 1)
        taken = [replace(row.turns[0], turn=hi)]
        taken += [TurnTaken(f"wait-{n}", (), turn) for n, turn in enumerate(turns) if turn.action == "wait"]
        taken += [TurnTaken("later", (reads,), hi, reads), TurnTaken("last", (), waiting.turns[1])]
        corner(f"gone after the script waited {about}", replace(row, turns=tuple(taken), scenario=waiting))
    replies = telling(
        ask(1, thought()), get(1), get(2, response(2)), ask(3), get(1, response(1, message("Else.")))
    ).replies
    for about, some in (("its own outcome", replies[:2]), ("another's too", replies[:3]), ("a later request", replies)):
        corner(f"a turn without an end, with {about}", Conversation((TurnTaken("one", some),)))


def lists(corner: Add) -> None:
    corner(
        "a list that was refused",
        telling(ask(1, THREE), asked("GET", "/responses/resp_1/input_items", None, 404, {"error": {"message": "m"}})),
    )
    corner("a page longer than asked for", telling(ask(1, THREE), listing(1, IDS[::-1], "?limit=2")))
    corner("a page of a limit that is no number", telling(ask(1, THREE), listing(1, IDS[::-1], "?limit=x")))
    corner(
        "an empty page that says there is more",
        telling(
            ask(1, THREE), listing(1, IDS[:0:-1], "?limit=2", more=True), listing(1, [], "?limit=2&after=i1", more=True)
        ),
    )
    corner("a list of a call alone", telling(ask(1, [TWO[0], user("x")]), listing(1, [])))
    corner("a list where nothing counts", telling(ask(1, [{"type": "item_reference", "id": "x"}]), listing(1, [])))
    corner("a list in the order asked for", telling(ask(1, THREE), listing(1, IDS, "?order=asc")))
    corner("a page that nobody came to", telling(ask(1, THREE), listing(1, IDS[:1], "?after=i9")))
    corner(
        "pages in two orders",
        telling(
            ask(1, THREE),
            listing(1, IDS[::-1][:2], "?limit=2", more=True),
            listing(1, IDS[2:], "?order=asc&limit=2&after=i1"),
        ),
    )
    corner(
        "two items alike",
        telling(ask(1, [user("a"), user("a"), user("b")]), listing(1, [user("b"), user("a"), user("a")])),
    )


def chains(corner: Add) -> None:
    def again(body: Any, spent: int, **first: Any) -> Conversation:
        return telling(
            ask(1, TOLD_, tell=SPENT, **first),
            ask(2, "Which?", message("No.", "msg_2"), tell={"usage": usage(spent)}, **CHAINED, **body),
            knowledge=PLANTED,
        )

    TOLD_ = f"Remember {', '.join(FACTS)}."
    for spent in (5, 599, 600):
        corner(f"facts lost at {spent} tokens", again({}, spent))
        corner(f"facts lost at {spent} tokens, with other instructions", again({"instructions": "Be brief."}, spent))
    corner(
        "facts lost in a failed turn",
        telling(
            ask(1, TOLD_),
            ask(2, "Which?", tell={"status": "failed", "error": {"code": "x", "message": "m"}}, **CHAINED),
            knowledge=PLANTED,
        ),
    )
    corner("nothing was asked for", telling(ask(1, TOLD_), knowledge=Knowledge(asked={"turn-1": ()})))
    corner(
        "one of three facts lost",
        telling(
            ask(1, TOLD_, tell=SPENT),
            ask(2, "Which?", message(f"{FACTS[0]} {FACTS[2]}", "msg_2"), tell={"usage": usage(700)}, **CHAINED),
            knowledge=PLANTED,
        ),
    )
    corner(
        "compacting that was refused",
        telling(
            ask(1), asked("POST", "/responses/compact", {"model": "m", "input": "i"}, 400, {"error": {"message": "m"}})
        ),
    )
    corner("two compactions", telling(ask(1), compact(compaction(), compaction("gAAAA-two", "cmp_2"))))
    corner("a compaction that is not the last", telling(ask(1), compact(compaction(), user("Hi."))))
    for counted in (1500, 1501):
        corner(f"{counted} tokens at a threshold of 1000", one(tell={"usage": usage(counted)}, **MANAGED))
    corner(
        "a threshold that is no number",
        one(tell={"usage": usage(9000)}, context_management=[{"type": "compaction", "compact_threshold": True}]),
    )
    corner(
        "reasoning sealed nearly alike",
        telling(
            ask(1, "i", {**thought("gAAAA-0123456789"), "id": "rs_1"}, message("A.")),
            ask(
                2,
                [
                    user("i"),
                    {"type": "reasoning", "summary": [], "encrypted_content": "gAAAA-0123456abc"},
                    message("A."),
                    user("?"),
                ],
            ),
        ),
    )
    corner(
        "reasoning sealed by somebody else",
        telling(
            ask(1, "i", thought("gAAAA-0123456789"), message("A.")),
            ask(
                2,
                [
                    user("i"),
                    {"type": "reasoning", "summary": [], "encrypted_content": "gBBBB-9876543210"},
                    message("A."),
                    user("?"),
                ],
            ),
        ),
    )
    namespaces = {"tools": [{"type": "namespace", "name": "n"}, {"type": "function", "name": "g", "parameters": {}}]}
    corner("a call beside a namespace", one("i", call(1, city="Oslo"), tell=namespaces, **namespaces))
    offered = {"tools": [{"type": "function", "name": "g", "parameters": {}}]}
    corner("a call of what nobody offered", one("i", call(1, city="Oslo"), tell=offered, **offered))
    for about, outputs in (
        ("no text", [{"depth": 7}, "mark-two"]),
        ("short", ["ab", "mark-two"]),
        ("alike", ["mark-one", "mark-one"]),
        ("within one another", ["mark-on", "mark-one"]),
        ("JSON", ['{"depth": "mark-one"}', '{"depth": "mark-two"}']),
        ("JSON of two values", ['{"a": "mark-one", "b": "mark-six"}', "mark-two"]),
        ("a list", ["[4417]", "[5528]"]),
    ):
        given = [user("Depths?"), *TWO, *({**output(n + 1, ""), "output": value} for n, value in enumerate(outputs))]
        corner(
            f"outputs that are {about}",
            telling(
                ask(1, "Depths?", *TWO),
                ask(2, given, message("At Bergen it is mark-two, at Quito it is mark-one.", "msg_9")),
            ),
        )


ALL = (lives, lists, chains)
