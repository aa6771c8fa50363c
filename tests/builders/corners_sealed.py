"""Corners of what is sealed and folded: reasoning and compaction items that come back, and what they save."""

import base64
import gzip
from typing import Any

from builders.corners import Add, one
from builders.tellings import (
    CHAINED,
    FACTS,
    LONG_ANSWER,
    MANAGED,
    PLANTED,
    TWO,
    ask,
    compact,
    compaction,
    message,
    output,
    refuse,
    telling,
    thought,
    usage,
    user,
)

from harness.conversation import Knowledge

SEAL = "gAAAA-0123456789"


def seals(corner: Add) -> None:
    given = ask(1, "i", thought(SEAL), message("A."))

    def sent(*items: Any) -> list[Any]:
        return [user("i"), *items, message("A."), user("?")]

    nameless = {"type": "reasoning", "summary": []}
    for about, item in (
        ("as it was", thought(SEAL)),
        ("under another id", thought(SEAL, id="rs_9")),
        ("without an id", {**nameless, "encrypted_content": SEAL}),
        ("four letters altered", {**nameless, "encrypted_content": SEAL[:-4] + "abcd"}),
        ("five letters altered", {**nameless, "encrypted_content": SEAL[:-5] + "abcde"}),
        ("cut", {**nameless, "encrypted_content": SEAL[:-1]}),
        ("wholly altered, under its id", thought("gZZZZ")),
        ("emptied", thought("")),
        ("of another type", {**thought("gZZZZ"), "type": "summary"}),
    ):
        corner(f"a seal sent {about}, and answered", telling(given, ask(2, sent(item))))
        for code, words in (("invalid_encrypted_content", "no"), ("invalid_value", "no")):
            corner(f"a seal sent {about}, and refused by {code}", telling(given, refuse(sent(item), code, words)))
    both = sent(thought(SEAL), compaction())
    for words in ("rs_1", "cmp_1", "no"):
        told = telling(given, compact(compaction()), refuse(both, "invalid_encrypted_content", words))
        corner(f"two seals, refused for {words}", told)
    corner(
        "a seal refused in another way",
        telling(given, refuse(sent(thought(SEAL)), "invalid_encrypted_content", "no", 500)),
    )
    corner(
        "a seal altered, and failed",
        telling(
            given, ask(2, sent(thought("gZZZZ")), tell={"status": "failed", "error": {"code": "x", "message": "m"}})
        ),
    )
    calls = [user("i"), TWO[0], output(1, "x")]
    for words in (
        "was provided without its required 'reasoning' item",
        "required reasoning item",
        "its required following item",
        "no",
    ):
        corner(f"a call refused: {words}", telling(ask(1, "i", TWO[0]), refuse(calls, None, words)))
        corner(
            f"a call refused with its thought left out: {words}",
            telling(ask(1, "i", thought(), TWO[0]), refuse(calls, None, words)),
        )
    corner(
        "a call of nobody's refused",
        telling(ask(1, "i", message("A.")), refuse(calls, None, "required 'reasoning' item")),
    )
    corner(
        "a call refused that is not all that was given",
        telling(ask(1, "i", *TWO), refuse(calls, None, "required 'reasoning' item")),
    )
    whole = [user("i"), thought(), *calls[1:]]
    refused = refuse(whole, None, "required 'reasoning' item")
    corner("a call refused with its thought", telling(ask(1, "i", thought(), TWO[0]), refused))
    alone = refuse([TWO[0]], None, "required 'reasoning' item")
    corner("a call sent by itself and refused", telling(ask(1, "i", TWO[0]), alone))
    corner("a call taken back", telling(ask(1, "i", TWO[0]), ask(2, calls)))


def folds(corner: Add) -> None:
    said = f"Remember {FACTS[0]} and the lighthouse-keeper."
    for about, seal in (
        ("as it is", said),
        ("as base64", base64.b64encode(said.encode()).decode()),
        ("packed", base64.b64encode(gzip.compress(said.encode())).decode()),
        ("with a short word", base64.b64encode(b"Remember").decode()),
        ("with a long word", base64.b64encode(b"the lighthouse-keeper").decode()),
        ("with a planted fact", base64.b64encode(FACTS[1].encode()).decode()),
        ("sealed", "gAAAA-compact"),
        ("empty", ""),
    ):
        corner(f"compacted {about}", telling(ask(1, said), compact(compaction(seal), given=said), knowledge=PLANTED))
        corner(f"compacted on its own {about}", telling(ask(1, said, compaction(seal), message("So."), **MANAGED)))
    later = telling(compact(compaction(base64.b64encode(FACTS[0].encode()).decode()), given="Hi."), ask(1, FACTS[0]))
    corner("compacted before it was said", later)
    for spent, made, after in ((300, 200, 500), (300, 200, 499), (300, 199, 900), (300, 400, 700)):
        told = telling(
            ask(1, tell={"usage": usage(spent, made)}),
            compact(compaction()),
            ask(2, [compaction(), user("And?")], tell={"usage": usage(after)}),
        )
        corner(f"{after} tokens after compacting {spent} and {made}", told)
    chained = ask(
        2, "And?", tell={"usage": usage(900), "previous_response_id": "resp_c"}, previous_response_id="resp_c"
    )
    corner(
        "more tokens in a chain from a compaction", telling(ask(1, tell=LONG_ANSWER), compact(compaction()), chained)
    )
    corner(
        "nothing of a compaction was taken",
        telling(ask(1, tell=LONG_ANSWER), compact(compaction()), ask(2, "And?", tell={"usage": usage(900)}, **CHAINED)),
    )
    corner(
        "a compaction of another",
        telling(
            ask(1, tell=LONG_ANSWER),
            compact(compaction()),
            ask(2, [compaction(id="cmp_9"), user("?")], tell={"usage": usage(900)}),
        ),
    )
    corner(
        "a compaction of nothing",
        telling(compact(compaction()), ask(2, [compaction(), user("?")], tell={"usage": usage(900)})),
    )
    grown = ask(2, [compaction(), user("And?")], tell={"usage": usage(900)})
    first = compact(compaction("gAAAA-nothing", "cmp_0"))
    corner(
        "the second compaction saves nothing", telling(first, ask(1, tell=LONG_ANSWER), compact(compaction()), grown)
    )
    due = {"tell": {"usage": usage(1600)}, **MANAGED}
    corner("compacted when it was due", one("i", compaction(), message("So."), **due))
    corner("a call where compacting was due", one("i", TWO[0], **due))
    corner("a call before words where compacting was due", one("i", TWO[0], message("So."), **due))
    corner(
        "incomplete where compacting was due",
        one(
            "i",
            **{
                **due,
                "tell": {**due["tell"], "status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            },
        ),
    )
    for value in (0, -1, 1, "1000", None):
        corner(
            f"a threshold of {value!r}",
            one("i", tell={"usage": usage(1600)}, context_management=[{"type": "x"}, 7, {"compact_threshold": value}]),
        )
    heard = message(f"It is {FACTS[0]}.", "msg_2")
    foreign = Knowledge(planted={"turn-1": FACTS[1:]}, foreign={FACTS[0]: "the case x"})
    corner("another's fact in the own words", telling(ask(1, f"Say {FACTS[0]}.", heard), knowledge=foreign))
    corner(
        "another's fact in the instructions",
        telling(ask(1, "Hi.", heard, instructions=f"Say {FACTS[0]}."), knowledge=foreign),
    )
    corner(
        "another's fact after a compaction",
        telling(compact(compaction()), ask(1, [compaction(), user("?")], heard), knowledge=foreign),
    )
    own = Knowledge(planted={"turn-1": FACTS})
    corner(
        "the own fact after a compaction",
        telling(compact(compaction()), ask(1, [compaction(), user("?")], heard), knowledge=own),
    )
    corner(
        "another's fact where nobody knows the chain",
        telling(ask(1, "Hi.", heard, previous_response_id="resp_0"), knowledge=foreign),
    )
    code = "The password is ZORB-7712, and Zorbas is none."
    for about, told, more in (
        ("told again", "It is ZORB-7712.", {}),
        ("asked for in the same words", "It is ZORB-7712.", {"instructions": code}),
        ("a name that is no code", "It is Zorbas.", {}),
        ("kept", "I do not know.", {}),
    ):
        chain = telling(ask(1, "Hi.", instructions=code), ask(2, "Which?", message(told, "msg_2"), **CHAINED, **more))
        corner(f"a code of earlier instructions {about}", chain)
    corner(
        "a code two turns later",
        telling(
            ask(1, "Hi.", instructions=code),
            ask(2, "Ho.", **CHAINED),
            ask(3, "Which?", message("ZORB-7712", "msg_3"), previous_response_id="resp_2"),
        ),
    )


ALL = (seals, folds)
