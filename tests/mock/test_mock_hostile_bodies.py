"""Compaction, counting, conversations, files and sockets: whatever is sent is answered or refused."""

import asyncio
import json
from collections.abc import Callable, Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.mock.asked_items import REQUIRED
from harness.mock.errands import done
from harness.mock.errors import Refused
from harness.mock.operations import compacting, conversations, files, multipart, speaking
from harness.mock.parameters import PARAMETERS
from harness.mock.request import Request
from harness.mock.rooms import Room, Rooms

scalars = st.none() | st.booleans() | st.integers(-5, 2000) | st.floats(allow_nan=False) | st.text(max_size=12)
FIELDS = ["type", "role", "content", "id", "compact_threshold", "encrypted_content", "items", "metadata", "generate"]
anything = st.recursive(
    scalars | st.sampled_from(["user", "message", "compaction", "reasoning"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=10,
)
items = st.fixed_dictionaries(
    {"type": st.sampled_from([*REQUIRED])},
    optional=dict.fromkeys(("role", "content", "id", "call_id", "output", "encrypted_content", "summary"), anything),
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(PARAMETERS, anything),
        "model": st.just("gpt-4.1"),
        "input": st.lists(items, max_size=3) | anything,
        "items": st.lists(items, max_size=3) | anything,
        "metadata": st.dictionaries(st.text(max_size=3), anything, max_size=2) | anything,
        "context_management": st.lists(anything, max_size=2) | anything,
        "previous_response_id": st.sampled_from(["resp_0", ""]) | anything,
        "conversation": st.sampled_from(["conv_0", ""]) | anything,
    },
)
SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def room() -> Room:
    return Rooms(nonce="hostile").open(model="gpt-4.1")


def answered(made: Any) -> Any:
    """The answer, also where errands come before it."""
    return asyncio.run(done(made)) if isinstance(made, Generator) else made


def opened(visited: Room) -> str:
    return str(json.loads(answered(conversations.create(visited, b"")).body)["id"])


OPERATIONS: dict[str, Callable[[Room, bytes], Any]] = {
    "compact": compacting.compact,
    "count": compacting.count,
    "open": conversations.create,
    "change": lambda visited, raw: conversations.update(visited, opened(visited), raw),
    "add": lambda visited, raw: conversations.add_items(visited, opened(visited), raw),
}


def status_of(operation: Callable[[Room, bytes], Any], raw: bytes) -> int:
    """The status of the answer or of the refusal; what is neither is a fault of ours."""
    try:
        return int(answered(operation(room(), raw)).status)
    except Refused as refused:
        return refused.status


@pytest.mark.parametrize("name", OPERATIONS)
@SETTINGS
@given(body=bodies)
def test_any_body(name: str, body: dict):
    assert status_of(OPERATIONS[name], json.dumps(body).encode()) in (200, 400, 404)


def part(name: str, content: bytes = b"x") -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="%s"; filename="f"\r\n\r\n%s\r\n' % (name.encode(), content)


pieces = st.sampled_from(
    [b"--b", b"\r\n", b"--", b"\r\n--b\r\n", b"--b--", part("file"), part("purpose", b"batch"), b"\x00"]
)


@SETTINGS
@given(raw=st.lists(pieces | st.binary(max_size=9), max_size=8).map(b"".join))
@example(part("purpose", b"batch") + part("file") + b"--b--")
def test_any_upload(raw: bytes):
    assert status_of(files.upload, raw) in (200, 400)


@SETTINGS
@given(
    fields=st.dictionaries(
        st.sampled_from(["file", "purpose", "expires_after[anchor]"]), st.binary(max_size=40), min_size=1
    )
)
def test_parts_come_back_as_they_were_put_in(fields: dict[str, bytes]):
    fields = {name: content for name, content in fields.items() if b"\r\n--b" not in content}
    raw = b"".join(part(name, content) for name, content in fields.items()) + b"--b--\r\n"
    if fields:
        assert {name: one.content for name, one in multipart.parts(raw).items()} == fields


class Said:
    """A socket that says what it is given, and keeps what it hears."""

    def __init__(self, messages: list[str | bytes]) -> None:
        self.messages = messages
        self.heard: list[dict[str, Any]] = []
        self.code: int | None = None

    async def receive(self) -> str | bytes | None:
        return self.messages.pop(0) if self.messages and self.code is None else None

    async def send(self, text: str) -> None:
        self.heard.append(json.loads(text))

    def close(self, code: int, reason: str = "") -> None:
        self.code = code


messages = st.text(max_size=20) | bodies.map(lambda body: json.dumps({"type": "response.create", **body}))


@SETTINGS
@given(said=st.lists(messages, max_size=3))
def test_any_message(said: list[str]):
    """Every message is answered by events that end, or by one error."""
    socket = Said([*said])
    request = Request("GET", "/openai/v1/responses", "", {})

    asyncio.run(speaking.talk(room(), request, socket))  # type: ignore[arg-type]

    ends = [one for one in socket.heard if one["type"] in ("error", "response.completed", "response.incomplete")]
    assert len(ends) == len(said)
    assert all(one["status"] in (400, 404) for one in ends if one["type"] == "error")
