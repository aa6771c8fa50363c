"""Defects of attachments and drawn pictures: each seen over the socket when it is on, and not when it is off."""

import base64
import json
from typing import Any

import pytest
from builders.attachment_signs import SIGNS
from builders.endpoint import Visitor, events_of, visiting

LINES = {"x_ms_oai_image_generation_deployment": "gpt-image-1"}


@pytest.mark.parametrize("row", SIGNS)
def test_sign_is_there_with_the_defect_alone(row: str):
    assert visiting(SIGNS[row], defects=[row])
    assert not visiting(SIGNS[row])


@pytest.mark.parametrize("row", SIGNS)
def test_no_defect_shows_the_sign_of_another(row: str):
    for other, sign in SIGNS.items():
        if other not in (row, "B71", "B74a"):  # those two take long
            assert not visiting(sign, defects=[row]), f"{row} shows the sign of {other}"


def streamed(*defects: str, **tool: Any) -> list[dict[str, Any]]:
    async def visit(visitor: Visitor):
        asked = {"input": "Draw a teal boat.", "tools": [{"type": "image_generation", **tool}], "stream": True}
        _, _, raw = await visitor.send("POST", "/responses", {"model": visitor.model, **asked}, **LINES)
        return events_of(raw)

    script = {"issues": ["image-streaming"]}
    found: list[dict[str, Any]] = visiting(visit, model="gpt-4.1", script=script, defects=defects)
    return found


def plain(*defects: str) -> bytes:
    async def visit(visitor: Visitor):
        asked = {"model": visitor.model, "input": "Draw a teal boat.", "tools": [{"type": "image_generation"}]}
        made = json.loads((await visitor.send("POST", "/responses", asked, **LINES))[2])
        await visitor.get(f"/responses/{made['id']}")
        return base64.b64decode(made["output"][0]["result"])

    found: bytes = visiting(visit, model="gpt-4.1", defects=defects)
    return found


END = b"IEND\xaeB`\x82"
MARKS = {
    "B60a": lambda raw: raw[:4] == b"GIF8",
    "B60b": lambda raw: raw[-8:] != END,
    "B60c": lambda raw: raw[:1] == b"<",
}


@pytest.mark.parametrize("row", MARKS)
def test_finished_picture_that_is_none(row: str):
    assert MARKS[row](plain(row))
    assert not MARKS[row](plain())
    final = streamed(row, partial_images=2)[-1]["response"]["output"][0]["result"]
    assert MARKS[row](base64.b64decode(final))


def indexes(events: list[dict[str, Any]]) -> list[int]:
    return [event["partial_image_index"] for event in events if event["type"].endswith("partial_image")]


def test_one_partial_picture_too_many():
    good, bad = streamed(partial_images=2), streamed("B61", partial_images=2)

    assert (indexes(good), indexes(bad)) == ([0, 1], [0, 1, 2])
    assert [event["sequence_number"] for event in bad] == list(range(len(bad)))
    assert len(bad) == len(good) + 1
