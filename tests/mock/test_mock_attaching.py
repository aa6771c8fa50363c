"""Whatever is sent as an attachment is answered or refused; nothing of it is a fault of ours."""

import asyncio
import copy
import json
from typing import Any

import pytest
from builders.attachments import pdf, picture, uri
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.mock.attached import Attached
from harness.mock.errands import done
from harness.mock.errors import Refused
from harness.mock.operations import creating
from harness.mock.rooms import Rooms
from harness.workshop import Document

scalars = st.none() | st.booleans() | st.integers(-5, 2000) | st.text(max_size=12)
references = st.sampled_from(
    [
        uri(picture()),
        uri(b"x"),
        uri(pdf("x"), "application/pdf"),
        uri(b"x", "text/plain"),
        "data:image/png;base64,",
        "data:image/png;base64,é",
        "data:;base64,AA==",
        "data:" + ";" * 50,
        "http://127.0.0.1:1/a.png",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:1/\ud800",
        "file-0",
        "\0",
    ]
)
attached = st.fixed_dictionaries(
    {"type": st.sampled_from(["input_image", "input_file"])},
    optional={
        **dict.fromkeys(("image_url", "file_id", "file_data", "file_url"), references | scalars | st.lists(scalars)),
        "filename": st.text(max_size=5) | scalars,
        "detail": st.sampled_from(["low", "auto"]) | scalars,
    },
)
parts = st.lists(
    attached | st.fixed_dictionaries({"type": st.just("input_text"), "text": st.text(max_size=9)}), max_size=3
)
items = st.fixed_dictionaries({"role": st.just("user"), "content": parts}) | st.fixed_dictionaries(
    {"type": st.just("function_call_output"), "call_id": st.just("call_1"), "output": parts}
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.lists(items, min_size=1, max_size=2))
def test_any_attachment(said: list[Any]):
    room = Rooms(nonce="hostile").open(model="gpt-4.1")
    raw = json.dumps({"model": "gpt-4.1", "input": said}).encode()
    try:
        status, body = asyncio.run(done(creating.create(room, raw))).status, {}
    except Refused as refused:
        status, body = refused.status, refused.body

    assert (status, set(body.get("error") or ())) in (
        (200, set()),
        (400, {"message", "type", "param", "code"}),
    )


@pytest.mark.parametrize("detail", ["low", "high"])
def test_parts_come_out_as_they_went_in(detail: str):
    """What the model sees of a part is not to be seen on the wire, not even after a copy."""
    part = Attached({"type": "input_file", "detail": detail}, Document("text", ("x",)), 7)
    copied = copy.deepcopy(part)

    assert json.loads(json.dumps(copied)) == {"type": "input_file", "detail": detail}
    assert (copied.reading, copied.cost) == (part.reading, 7)
