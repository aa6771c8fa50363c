"""Corners of what answers say: JSON, limits, bounds, pictures, and what a client made of them."""

import base64
from dataclasses import replace

from builders import streams as s
from builders.corners import Add, one
from builders.mode_signs import AS_IT_WAS, answered, through
from builders.replies import URL, of, plain, streamed
from builders.scenarios import scenario
from builders.streams import changed
from builders.target_signs import DENIED, OPERATOR, TOLD, held
from builders.tellings import (
    DEMAND,
    DRAWING,
    PICTURE_URI,
    ask,
    call,
    image,
    message,
    picture,
    refuse,
    reply,
    showing,
    telling,
    usage,
    user,
)

from harness.conversation import Conversation, TurnTaken
from harness.reply import Reply, joined
from harness.wire.exchange import Ending, How, Request


def client(corner: Add) -> None:
    reply_ = answered()
    beside = through(reply_, replace(AS_IT_WAS, raised="ValueError: no"))
    (taken,) = beside.turns
    corner(
        "the client raised at one way of two", replace(beside, turns=(replace(taken, told=(taken.told[0], AS_IT_WAS)),))
    )
    corner("a client that told no items", through(reply_, replace(AS_IT_WAS, items=None, streamed="Hi there")))
    called = through(plain(output=[call(1)]), replace(AS_IT_WAS, items=(call(1),), usage=plain().usage, text=None))
    corner("a client that told of a call without words", called)
    corner("a client that told nothing to compare", through(reply_, replace(AS_IT_WAS, items=None)))
    corner(
        "a client that showed other deltas",
        through(streamed(s.x1()), replace(AS_IT_WAS, items=None, streamed="The capital")),
    )
    corner(
        "a client that showed the deltas",
        through(streamed(s.x1()), replace(AS_IT_WAS, items=None, streamed="The capital is Paris.")),
    )
    corner(
        "a client that told of no exchange of this turn", through(reply_, replace(AS_IT_WAS, exchange=7, text="Else"))
    )
    corner("a client where the wire is wrong", through(plain(output=None), replace(AS_IT_WAS, text="Else")))
    corner("a client that was refused", through(Reply(reply(refuse("Hi.", "x", "no"), 0).exchange), AS_IT_WAS))
    pair = changed(changed(s.x1(), 4, "/delta", "\ud83d"), 5, "/delta", "\ude00")
    corner(
        "half a pair in the client's deltas",
        through(streamed(pair), replace(AS_IT_WAS, items=None, streamed="\U0001f600is Paris.")),
    )


def pictures(corner: Add) -> None:
    corner("a picture that is no base64", one("Draw.", picture("?"), **DRAWING))
    corner("a picture of no known type", one("Draw.", picture(base64.b64encode(b"nothing").decode()), **DRAWING))
    corner("a picture that was shortened", one("Draw.", picture("[shortened 900]"), **DRAWING))
    corner("a picture as its item says", one("Draw.", picture(s.PICTURE, output_format="jpeg"), **DRAWING))
    webp = {"tools": [{"type": "image_generation", "output_format": "webp"}]}
    corner("a picture that was asked for as webp", one("Draw.", picture(s.PICTURE), **webp))
    corner("a picture that nobody asked for", one("Draw.", picture(s.PICTURE[:-16])))
    for detail in ("low", "high", None):
        part = image(PICTURE_URI + "A" * 8192, **({"detail": detail} if detail else {}))
        corner(f"a large picture at detail {detail}", one(showing(part), tell={"usage": usage(4)}))
    low = ask(1, showing(image(PICTURE_URI, detail="low")), tell={"usage": None})
    corner("two details, one without usage", telling(low, ask(2, showing(image(PICTURE_URI, detail="high")))))
    corner(
        "two details of two pictures",
        telling(
            ask(1, showing(image(PICTURE_URI, detail="low"))),
            ask(2, showing(image(PICTURE_URI + "AAAA", detail="high"))),
        ),
    )
    corner(
        "seventeen pairs of metadata",
        one(metadata={str(n): "x" for n in range(17)}, tell={"metadata": {str(n): "x" for n in range(17)}}),
    )
    corner(
        "sixteen pairs of metadata",
        one(metadata={str(n): "x" for n in range(16)}, tell={"metadata": {str(n): "x" for n in range(16)}}),
    )
    for name, values in (
        ("temperature", (0, 2, 2.1, -0.1, "1")),
        ("top_p", (1, 1.5)),
        ("top_logprobs", (20, 21)),
        ("max_output_tokens", (1, 0, True)),
    ):
        for value in values:
            corner(f"{name} of {value!r}", one(**{name: value}, tell={name: value, "usage": usage(5, 1)}))
    corner("a bound broken and refused", telling(refuse("i", None, "temperature", temperature=3)))
    corner(
        "a bound broken and failed",
        one(temperature=3, tell={"temperature": 3, "status": "failed", "error": {"code": "x", "message": "m"}}),
    )


def answers(corner: Add) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    strict = {"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": True}}
    loose = {"format": {"type": "json_schema", "name": "n", "schema": schema}}
    asked_ = {"text": strict}
    for about, text in (
        ("fits", '{"a": 1}'),
        ("does not fit", '{"a": "1"}'),
        ("is cut", '{"a":'),
        ("refuses", "I'm sorry, but no."),
        ("is half a pair", '"\ud83d"'),
    ):
        corner(f"JSON that {about}", one("i", message(text), text=strict, tell=asked_))
        corner(f"JSON that {about}, not strict", one("i", message(text), text=loose, tell={"text": loose}))
    corner(
        "JSON of a schema that is none",
        one("i", message('{"a": "1"}'), text={"format": {**strict["format"], "schema": {"type": 7}}}),
    )
    corner(
        "JSON of an empty schema", one("i", message('{"a": "1"}'), text={"format": {**strict["format"], "schema": {}}})
    )
    corner(
        "a commentary where JSON was asked for",
        one("i", {**message("Well."), "phase": "commentary"}, message('{"a": 1}', "msg_2"), text=strict, tell=asked_),
    )
    refusal = {**message("x"), "content": [{"type": "refusal", "refusal": "No."}]}
    corner("a refusal where JSON was asked for", one("i", refusal, text=strict, tell=asked_))
    mixed = {**message("x"), "content": [*message("{")["content"], {"type": "refusal", "refusal": "No."}]}
    corner("text and refusal where JSON was asked for", one("i", mixed, text=strict, tell=asked_))
    corner(
        "JSON in two parts",
        one(
            "i",
            {**message("x"), "content": [*message('{"a":')["content"], *message("1}")["content"]]},
            text=strict,
            tell=asked_,
        ),
    )
    for about, made in (
        ("ends", "It is so."),
        ("breaks off", "It is"),
        ("is JSON and breaks off", '{"a":'),
        ("is JSON and ends", '{"a": 1}'),
    ):
        form = {"text": {"format": {"type": "json_object"}}} if "JSON" in about else {}
        corner(
            f"an answer at its limit {about}",
            one("i", message(made), max_output_tokens=16, tell={"usage": usage(5, 16), **form}, **form),
        )
    corner("an answer below its limit", one("i", message("It is"), max_output_tokens=17, tell={"usage": usage(5, 16)}))
    corner("an answer above its limit", one("i", message("It is"), max_output_tokens=16, tell={"usage": usage(5, 17)}))
    corner("a call at its limit", one("i", call(1, a="b"), max_output_tokens=16, tell={"usage": usage(5, 16)}))
    corner("a refusal at its limit", one("i", refusal, max_output_tokens=16, tell={"usage": usage(5, 16)}))
    corner("an unknown reason", one("i", tell={"status": "incomplete", "incomplete_details": {"reason": "tired"}}))
    words = " ".join(["word"] * 999)
    parts = [
        user(words),
        {"role": "user", "content": [{"type": "input_text", "text": "two more 4 you é"}, 7]},
        7,
        call(1),
    ]
    for about, given, counted in (
        ("as many tokens as words", f"{words} more", 1000),
        ("fewer tokens than words", f"{words} more", 999),
        ("too few words to be counted", words, 998),
        ("fewer tokens than words in parts", parts, 1001),
        ("as many tokens as words in parts", parts, 1002),
    ):
        corner(about, one(given, tell={"usage": usage(counted)}))
    cut = {"truncation": "auto", "tell": {"truncation": "auto", "usage": usage(9)}}
    corner("fewer tokens than words, as was allowed", one(f"{words} more", **cut))
    managed = [{"type": "compaction", "compact_threshold": 9000}]
    corner(
        "fewer tokens than words, managed", one(f"{words} more", context_management=managed, tell={"usage": usage(9)})
    )
    corner("tokens that are no number", one(f"{words} more", tell={"usage": {**usage(), "input_tokens": True}}))


def others(corner: Add) -> None:
    for about, told in (("both right", s.x8()), ("the whole wrong", changed(s.x8(), 8, "/text", "Else."))):
        first = replace(streamed(s.x8()[:6]).exchange, ending=Ending(How.CUT_BY_US))
        again = Request("GET", f"{URL}/resp_1?stream=true&starting_after=5")
        second = replace(streamed(told[6:]).exchange, request=again)
        whole = joined(Reply(first), Reply(second, 1))
        corner(f"a stream in two parts, {about}", Conversation((TurnTaken("one", whole.parts, final=whole),)))
    corner(
        "a request that nobody knows",
        of(Reply(replace(plain().exchange, request=replace(plain().exchange.request, body=b"")))),
    )
    corner(
        "a request that is no JSON",
        of(Reply(replace(plain().exchange, request=replace(plain().exchange.request, body=b"{")))),
    )
    corner(
        "absent, and refused",
        held(DENIED, Reply(reply(refuse("i", "unsupported_parameter", "not supported"), 0).exchange)),
    )
    corner(
        "absent, and failed", held(DENIED, plain(headers=TOLD, status="failed", error={"code": "x", "message": "m"}))
    )
    vision = replace(OPERATOR, documented=("vision",))
    for code in ("previous_response_not_found", "DeploymentNotFound", "model_not_found", "unsupported_value", None):
        for status in (400, 403, 404, 501):
            corner(
                f"documented, and refused with {status} {code}",
                held(vision, Reply(reply(refuse("i", code, "This is not supported.", status), 0).exchange)),
            )
    corner("a model without a date", held(OPERATOR, plain(headers={}, model="gpt-4.1")))
    corner("a model with another date", held(OPERATOR, plain(headers={}, model="gpt-4.1-2025-09-01")))
    corner(
        "headers that are empty",
        held(OPERATOR, plain(headers={**TOLD, "x-ms-region": " ", "x-ms-deployment-name": " "}, model="gpt-4.1")),
    )
    wanted = scenario(DEMAND)
    for about, row in (
        ("refused", refuse("i", "previous_response_not_found", "gone", previous_response_id="resp_0")),
        ("answered", ask(1, previous_response_id="resp_0")),
    ):
        made = telling(row)
        corner(
            f"an unknown parent, {about} as demanded",
            replace(made, scenario=wanted, turns=(replace(made.turns[0], turn=wanted.turns[0]),)),
        )
    corner("an unknown parent that nobody demanded", telling(ask(1, previous_response_id="resp_0")))


ALL = (client, pictures, answers, others)
