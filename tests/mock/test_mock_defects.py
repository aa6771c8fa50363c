"""Every defect is wrong in the way that its row says, over a recording and over the live service; no rule is asked.

`golden/mock/defects.txt` says in one line a defect how the spoilt exchange differs from the correct one.
"""

import asyncio
import copy
import difflib
import json
from pathlib import Path

import aiohttp
import pytest
from builders.endpoint import NOW, Visitor, visiting

from harness.mock import MockServer, bases, frames
from harness.mock.answers import of_json, of_stream
from harness.mock.defects import DEFECTS, base, find, spoiling

GOLDEN = Path(__file__).parent.parent / "golden" / "mock" / "defects.txt"
OF_OUTPUTS = ("B41", "B42", "B43", "B44", "B58a", "B58b", "B58c", "B59", "B60a", "B60b", "B60c")
"""Defects that need a request which asks for what they get wrong."""
KINDS = base.OfEvents | base.OfFrames | base.OfResponse
OF_STREAMS = [
    defect
    for defect in DEFECTS.values()
    if isinstance(defect, KINDS) and defect.base in (*bases.BASES, "any") and defect.id not in OF_OUTPUTS
]
HEAVY = ("A41", "A42a")


def base_of(defect) -> str:
    """The exchange to spoil; any will do where the row says any."""
    return "X3" if defect.base == "any" else defect.base


def shown(event: object) -> str:
    """An event without its number and with its texts cut short, to be compared and read."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True)


def unnumbered(event: dict) -> dict:
    return {key: value for key, value in event.items() if key != "sequence_number"}


def fields(good: object, bad: object, path: str = "") -> list[str]:
    """Pointers of the fields that differ."""
    if isinstance(good, dict) and isinstance(bad, dict):
        keys = [*good, *(key for key in bad if key not in good)]
        return [line for key in keys for line in fields(good.get(key, "∅"), bad.get(key, "∅"), f"{path}/{key}")]
    if isinstance(good, list) and isinstance(bad, list) and len(good) == len(bad):
        pairs = enumerate(zip(good, bad, strict=True))
        return [line for at, (one, other) in pairs for line in fields(one, other, f"{path}/{at}")]
    return [] if shown(good) == shown(bad) else [f"{path} {brief(good)}→{brief(bad)}"]


def brief(value: object) -> str:
    text = value if value == "∅" else json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 24 else f"{text[:10]}…{text[-10:]}"


def numbering(events: list[dict]) -> str:
    numbers = [event.get("sequence_number") for event in events]
    if numbers == list(range(len(numbers))):
        return "numbered 0..n"
    wrong = next((at for at, number in enumerate(numbers) if number != at), 0)
    return f"number {wrong} is {numbers[wrong]!r}"


def difference(good: list[dict], bad: list[dict]) -> str:
    """What was left out (-), put in (+), changed (~), in the order of the stream; then how the events count."""
    left, right = [shown(unnumbered(event)) for event in good], [shown(unnumbered(event)) for event in bad]
    lines: list[str] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1:
            for at, (one, other) in enumerate(zip(good[i1:i2], bad[j1:j2], strict=True), i1):
                lines.append(f"~{at} {'; '.join(fields(unnumbered(one), unnumbered(other)))}")
        elif tag != "equal":
            lines += [f"-{i1 + at} {event.get('type')}" for at, event in enumerate(good[i1:i2])]
            lines += [f"+{j1 + at} {event.get('type')}" for at, event in enumerate(bad[j1:j2])]
    return " | ".join([*lines, numbering(bad)])


def bytes_difference(good: list[bytes], bad: list[bytes]) -> str:
    """Where the bytes of two streams begin to differ, and how their lengths do."""
    left, right = b"".join(good), b"".join(bad)
    pairs = enumerate(zip(left, right, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))
    return f"from byte {at}: {cut(left[at:])} → {cut(right[at:])} ({len(right) - len(left):+d} bytes)"


def cut(data: bytes) -> str:
    return repr(data[:32])[1:]


def described(defect) -> str:
    name = base_of(defect)
    good = bases.events(name)
    spoilt = spoiling.spoil(good, [defect])
    if isinstance(defect, base.OfFrames):
        return bytes_difference(frames.frames(good), spoilt)
    return difference(good, [json.loads(frame.partition(b"data: ")[2]) for frame in spoilt])


def test_every_defect_differs_as_its_golden_line_says():
    lines = [f"{defect.id} {defect.slug} ({base_of(defect)}): {described(defect)}" for defect in OF_STREAMS]

    assert lines == GOLDEN.read_text("utf-8").splitlines()


def test_correct_exchange_is_left_alone():
    for name in bases.BASES:
        good = bases.events(name)
        kept = copy.deepcopy(good)
        for defect in OF_STREAMS:
            if defect.id not in HEAVY:
                spoiling.spoil(good, [defect])
        assert good == kept


@pytest.mark.parametrize("name", bases.BASES)
def test_a_defect_may_find_nothing_to_spoil_and_never_fails(name):
    events = bases.events(name)
    for defect in OF_STREAMS:
        if defect.id not in HEAVY:
            spoiling.spoil(events, [defect])
            spoiling.spoil(events[:1], [defect])


def renumbered(frame: bytes) -> dict:
    return json.loads(frame.partition(b"data: ")[2])


LIVE = [defect for defect in OF_STREAMS if defect.base in bases.BASES and defect.id not in HEAVY]


@pytest.mark.parametrize("defect", LIVE, ids=lambda defect: defect.id)
def test_live_service_is_wrong_in_the_same_way(defect):
    """What a room with the defect sends is what the defect makes of what a room without it sends."""
    exchange = bases.BASES[defect.base]
    script = {"items": [dict(item) for item in exchange.output]}

    async def visit(visitor: Visitor):
        return await visitor.stream("What of the tide?", **exchange.request)

    opening = {"script": script, "model": exchange.model, "name": "r", "seed": 3}
    good = visiting(visit, **opening)
    bad = visiting(visit, defects=[defect.id], **opening)

    events = [renumbered(block + b"\n\n") for block in good.split(b"\n\n")[:-1]]
    assert bad == b"".join(spoiling.spoil(events, [defect]))
    assert bad != good


def test_bodies_of_plain_answers():
    good = bases.response("X1")
    spoilt = {d.id: spoiling.of_body(good, [d]) for d in DEFECTS.values() if isinstance(d, base.OfBody)}

    assert good == bases.response("X1")
    assert "status" not in spoilt["A119a"]
    assert isinstance(spoilt["A119b"]["output"], dict)
    assert spoilt["A119c"]["object"] == "answer"
    assert "content" not in spoilt["A120a"]["output"][0]
    assert spoilt["A120b"]["output"][0]["status"] == "perhaps"
    assert list(spoilt["C24"]) == ["error"]
    assert len(spoilt) == 6


SERVED = ("x-ms-served-model", "gpt-4.1-2025-04-14")


def test_envelopes():
    response = bases.response("X1")
    answers = {}
    for defect in DEFECTS.values():
        if isinstance(defect, base.OfAnswer):
            streamed = of_stream(frames.frames(bases.events("X1")), [("x-a", "b"), SERVED])
            plain = of_json(response, [("x-a", "b")])
            spoiling.of_answer(streamed, [defect])
            spoiling.of_answer(plain, [defect])
            answers[defect.id] = (streamed, plain)
    good = b"".join(frames.frames(bases.events("X1")))

    def seen(which: int, row: str):
        answer = answers[row][which]
        return answer.status, dict(answer.headers).get("content-type"), answer.whole()

    assert seen(0, "A07") == (200, "application/json", good)
    assert seen(0, "A08")[1].startswith("text/html")
    assert seen(0, "A08")[2].startswith(b"<!DOCTYPE html>")
    assert seen(0, "A09")[1] == "application/json"
    assert json.loads(seen(0, "A09")[2]) == response
    assert seen(0, "A10") == (200, "text/event-stream; charset=utf-8", b"")
    assert seen(1, "A11a") == (204, None, b"")
    assert seen(1, "A11b")[0] == 202
    assert seen(1, "A12")[1].startswith("text/event-stream")
    assert seen(1, "A12")[2].startswith(b"event: response.created\n")
    untouched = of_json(response, [("x-a", "b")])
    assert all(answers[row][1] == untouched for row in ("A07", "A08", "A09", "A10"))
    assert dict(answers["B39"][0].headers)["x-ms-region"] == "Atlantis Central"
    assert dict(answers["B40"][1].headers)["x-ms-deployment-name"] == "somebody-elses"
    assert dict(answers["B38"][0].headers)["x-ms-served-model"] == "gpt-4.1-2024-01-01"
    assert "x-ms-served-model" not in dict(answers["B38"][1].headers)
    assert len(answers) == 10


def test_names():
    assert find("A57") is find("a57") is find("text-delta-swapped") is DEFECTS["A57"]
    assert find("A36") is DEFECTS["A36a"]
    assert find("A119").row == "A119"
    assert len({defect.slug for defect in DEFECTS.values()}) == len(DEFECTS)
    with pytest.raises(LookupError, match="did you mean `text-delta-swapped`"):
        find("text-delta-swaped")


def test_every_row_has_a_defect():
    """A row of A1 to A3 each, and the two of A4 that are about the shape."""
    rows = {defect.row for defect in DEFECTS.values()}

    assert {f"A{number:02d}" for number in range(1, 121)} <= rows
    assert all(defect.findings for defect in DEFECTS.values())


def test_ten_defects_over_the_socket_and_their_absence():
    """The defects that the first scenarios are held against, each seen with nothing but JSON."""

    async def run(defect_id: str | None):
        async with MockServer(nonce="ten") as server, aiohttp.ClientSession(auto_decompress=False) as session:
            defects = [defect_id] if defect_id else []
            visitor = Visitor(server, server.rooms.open(defects=defects, name="r", clock=lambda: NOW), session)
            told = await visitor.create("My parcel is 17. Reply with OK.", metadata={"a": "b"})
            more = {"previous_response_id": told.get("id"), "include": ["reasoning.encrypted_content"]}
            asked = {"model": "gpt-5-mini", "input": "What is my parcel?", **more}
            _, _, plain = await visitor.send("POST", "/responses", asked)
            body = await visitor.stream("Write two sentences about rain.", **more)
            events = [json.loads(block.partition(b"data: ")[2]) for block in body.split(b"\n\n")[:-1]]
            return told, json.loads(plain), events

    def seen(defect_id: str | None) -> set[str]:
        told, plain, events = asyncio.run(run(defect_id))
        numbers = [event["sequence_number"] for event in events]
        kinds = [event["type"] for event in events]
        terminal = next(event for event in events if event["type"] == "response.completed")["response"]
        deltas = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
        done = next(event["text"] for event in events if event["type"] == "response.output_text.done")
        said = "".join(part["text"] for item in terminal["output"] for part in item.get("content", ()))
        usage = terminal["usage"]
        signs = {
            "gap": sorted(numbers) != list(range(numbers[0], numbers[-1] + 1)),
            "back": numbers != sorted(numbers),
            "deltas": deltas != done,
            "final": said != done,
            "twice": kinds.count("response.completed") > 1,
            "after": kinds[-1] != "response.completed",
            "sum": usage["total_tokens"] != usage["input_tokens"] + usage["output_tokens"],
            "shape": "status" not in told,
            "parent": plain.get("previous_response_id") != told.get("id"),
            "metadata": told.get("metadata") != {"a": "b"},
            "sealed": not all("encrypted_content" in i for i in plain["output"] if i["type"] == "reasoning"),
        }
        return {sign for sign, shown in signs.items() if shown}

    assert seen(None) == set()
    assert seen("A54") == {"gap", "deltas"}
    assert seen("A57") == {"back", "deltas"}
    assert seen("A62") == {"deltas", "final"}
    assert seen("A65") == {"final"}
    assert seen("A80") == {"twice"}
    assert seen("A83") == {"after", "deltas"}
    assert seen("A102") == {"sum"}
    assert seen("A119") == {"shape"}
    assert seen("B02") == {"parent"}
    assert seen("B62") == {"metadata"}
    assert seen("B32") == {"sealed"}
