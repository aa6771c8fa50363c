"""WebSocket mode: the events of a stream as messages, and a connection that remembers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from builders.endpoint import NOW, Visitor, text_of, visiting

JSON = dict[str, Any]


class Speaker:
    """Speaks to one room over one WebSocket."""

    def __init__(self, visitor: Visitor, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.visitor = visitor
        self.socket = socket

    async def say(self, prompt: object, **more: object) -> list[JSON]:
        """The messages that answer a create message."""
        asked = {"type": "response.create", "model": self.visitor.model, "input": prompt, **more}
        await self.socket.send_str(json.dumps({key: value for key, value in asked.items() if value is not ...}))
        return await self.answers()

    async def answers(self) -> list[JSON]:
        messages: list[JSON] = []
        while not messages or messages[-1]["type"] not in ("response.completed", "response.incomplete", "error"):
            messages.append(json.loads((await asyncio.wait_for(self.socket.receive(), 5)).data))
        return messages


def speaking(talk: Callable[[Speaker], Awaitable[Any]], **opening: Any) -> Any:
    async def visit(visitor: Visitor) -> Any:
        address = f"{visitor.room.url}/responses"
        lines = {"authorization": f"Bearer {visitor.room.key}"}
        async with visitor.session.ws_connect(address, headers=lines) as socket:
            return await talk(Speaker(visitor, socket))

    return visiting(visit, **opening)


def response(messages: list[JSON]) -> JSON:
    found: JSON = messages[-1]["response"]
    return found


def test_messages_are_the_events_of_a_stream():
    messages = speaking(lambda speaker: speaker.say("My parcel is 4417."))

    assert [message["sequence_number"] for message in messages] == list(range(len(messages)))
    assert [message["type"] for message in messages[:2]] == ["response.created", "response.in_progress"]
    assert messages[-1]["type"] == "response.completed"
    deltas = "".join(one["delta"] for one in messages if one["type"] == "response.output_text.delta")
    assert deltas == text_of(response(messages))


def test_unstored_responses_are_continued_on_their_own_connection():
    async def talk(speaker: Speaker):
        first = await speaker.say("Think of a secret number and keep it to yourself.", store=False)
        name = response(first)["id"]
        second = await speaker.say("What was your secret number?", store=False, previous_response_id=name)
        read, _ = await speaker.visitor.get(f"/responses/{name}")
        elsewhere = await speaker.visitor.create("Hi", previous_response_id=name)
        return second, read, elsewhere

    second, read, elsewhere = speaking(talk)

    assert any(character.isdigit() for character in text_of(response(second)))
    assert read == 404
    assert elsewhere["error"]["code"] == "previous_response_not_found"


def test_only_the_latest_is_remembered_and_a_failure_forgets_it():
    async def talk(speaker: Speaker):
        first = response(await speaker.say("Hi", store=False))
        second = response(await speaker.say("Ho", store=False))
        (older,) = await speaker.say("Hi", previous_response_id=first["id"])
        (newer,) = await speaker.say("Hi", previous_response_id=second["id"])
        return first["id"], older, newer, await speaker.say("Still there?")

    first, older, newer, after = speaking(talk)

    assert older == {
        "type": "error",
        "status": 400,
        "error": {
            "message": f"Previous response with id '{first}' not found.",
            "type": "invalid_request_error",
            "param": "previous_response_id",
            "code": "previous_response_not_found",
        },
    }
    assert newer["error"]["code"] == "previous_response_not_found"
    assert after[-1]["type"] == "response.completed"


def test_warming_up_gives_an_id_and_no_output():
    async def talk(speaker: Speaker):
        warm = await speaker.say("My parcel is 4417.", generate=False)
        return warm, await speaker.say("What is my parcel?", previous_response_id=response(warm)["id"])

    warm, follow = speaking(talk)

    assert response(warm)["output"] == []
    assert [message["type"] for message in warm] == ["response.created", "response.in_progress", "response.completed"]
    assert "4417" in text_of(response(follow))


REFUSED = [
    ({"type": "session.update"}, "type"),
    ({"type": ...}, "type"),
    ({"stream": True}, "stream"),
    ({"background": True}, "background"),
    ({"stream_options": {}}, "stream_options"),
    ({"generate": "no"}, "generate"),
    ({"tempo": 7}, "tempo"),
]


@pytest.mark.parametrize(("asked", "param"), REFUSED)
def test_refusals(asked: JSON, param: str):
    (message,) = speaking(lambda speaker: speaker.say("Hi", **asked))

    assert (message["status"], message["error"]["param"]) == (400, param)


def test_words_that_are_no_json():
    async def talk(speaker: Speaker):
        await speaker.socket.send_str("hello")
        return await speaker.answers()

    (message,) = speaking(talk)

    assert message["error"]["code"] == "invalid_json"


def test_faults_and_failures_come_as_messages():
    async def talk(speaker: Speaker):
        return await speaker.say("Hi"), await speaker.say("Hi")

    (failed,), good = speaking(talk, defects=["C12"])

    assert (failed["type"], failed["status"], failed["error"]["type"]) == ("error", 500, "server_error")
    assert good[-1]["type"] == "response.completed"


def test_a_connection_lasts_an_hour():
    async def talk(speaker: Speaker):
        await speaker.say("Hi")
        speaker.visitor.room.clock = lambda: NOW + 3601
        messages = await speaker.say("Hi")
        return messages, await asyncio.wait_for(speaker.socket.receive(), 5)

    (message,), closing = speaking(talk)

    assert message["error"]["code"] == "websocket_connection_limit_reached"
    assert closing.type is aiohttp.WSMsgType.CLOSE


def test_bytes_are_not_understood():
    async def talk(speaker: Speaker):
        await speaker.socket.send_bytes(b"{}")
        return await asyncio.wait_for(speaker.socket.receive(), 5)

    assert speaking(talk).data == 1003


def test_the_key_counts_here_too():
    async def visit(visitor: Visitor):
        address = f"{visitor.room.url}/responses"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await visitor.session.ws_connect(address, headers={"api-key": "wrong"})
        async with visitor.session.ws_connect(address, headers={"api-key": visitor.room.key}) as socket:
            return refused.value.status, (await Speaker(visitor, socket).say("Hi"))[-1]["type"]

    assert visiting(visit) == (401, "response.completed")
