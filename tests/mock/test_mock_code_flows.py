"""The guide's flow of the code interpreter, written anew: with the official client, and over plain HTTP."""

import json
from typing import Any

import openai
import pytest
from builders.client import using
from builders.container_signs import TABLE
from builders.endpoint import Visitor, events_of, text_of, visiting
from openai import AsyncOpenAI

MODEL = "gpt-5-mini"
AUTO: Any = {"type": "code_interpreter", "container": {"type": "auto"}}
TUTOR = "You are a personal tutor of mathematics. When asked a question of mathematics, write and run code to answer."


def test_arithmetic_with_the_official_client():
    async def program(client: AsyncOpenAI):
        return await client.responses.create(
            model=MODEL,
            tools=[AUTO],
            instructions=TUTOR,
            input="I need to solve the equation 3x + 11 = 14. Can you help me?",
            include=["code_interpreter_call.outputs"],
        )

    response = using(program)
    call: Any = next(item for item in response.output if item.type == "code_interpreter_call")

    assert response.output_text == "The code printed: x = 1."
    assert call.status == "completed"
    assert call.container_id.startswith("cntr_")
    assert "x =" in call.code
    assert [(output.type, output.logs) for output in call.outputs] == [("logs", "x = 1.0")]


def test_container_with_files_made_cited_and_downloaded():
    """Uploaded file, explicit container, streamed answer, citation, download, clean-up."""

    async def program(client: AsyncOpenAI):
        file = await client.files.create(file=("ports.csv", TABLE), purpose="assistants")
        container = await client.containers.create(name="ports", file_ids=[file.id])
        tool: Any = {"type": "code_interpreter", "container": container.id}
        prompt = "Compute the total depth in the CSV and save the result to total.txt."
        async with client.responses.stream(model=MODEL, input=prompt, tools=[tool]) as stream:
            kinds = [event.type async for event in stream]
            response = await stream.get_final_response()
        message: Any = response.output[-1]
        (cited,) = message.content[0].annotations
        made = await client.containers.files.retrieve(cited.file_id, container_id=cited.container_id)
        content = await client.containers.files.content.retrieve(cited.file_id, container_id=cited.container_id)
        listed = [one.path async for one in client.containers.files.list(container.id, order="asc")]
        await client.containers.files.delete(cited.file_id, container_id=container.id)
        left = [one.id async for one in client.containers.files.list(container.id)]
        names = [one.name async for one in client.containers.list()]
        await client.containers.delete(container.id)
        with pytest.raises(openai.NotFoundError):
            await client.containers.retrieve(container.id)
        return container, kinds, response, cited, made, content.content, listed, left, names

    container, kinds, response, cited, made, content, listed, left, names = using(program)

    assert container.status == "running"
    assert "response.code_interpreter_call.interpreting" in kinds
    assert "response.output_text.annotation.added" in kinds
    assert (cited.type, cited.filename, cited.container_id) == ("container_file_citation", "total.txt", container.id)
    assert response.output_text[cited.start_index : cited.end_index] == "sandbox:/mnt/data/total.txt"
    assert (made.path, made.source, made.bytes) == ("/mnt/data/total.txt", "assistant", len(content))
    assert content == b"total of depth = 4440\n"
    assert len(listed) == 2
    assert len(left) == 1
    assert names == ["ports"]


def test_next_turn_uses_the_same_container():
    async def program(client: AsyncOpenAI):
        file = await client.files.create(file=("ports.csv", TABLE), purpose="assistants")
        tool: Any = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file.id]}}
        first = await client.responses.create(model=MODEL, tools=[tool], input="What is the depth of Zorvik?")
        second = await client.responses.create(
            model=MODEL, tools=[AUTO], input="Which port has the lowest depth?", previous_response_id=first.id
        )
        return first, second

    first, second = using(program)
    containers = [i.container_id for one in (first, second) for i in one.output if i.type == "code_interpreter_call"]

    assert "4417" in first.output_text
    assert "Quello" in second.output_text
    assert len(containers) == 2
    assert len(set(containers)) == 1


def test_over_plain_http():
    """Plain, streamed, in background; the three say the same."""

    async def visit(visitor: Visitor):
        asked = {"model": MODEL, "input": "Calculate 17 * 3.", "tools": [AUTO]}
        _, lines, plain = await visitor.send("POST", "/responses", asked)
        _, _, streamed = await visitor.send("POST", "/responses", {**asked, "stream": True})
        waiting = await visitor.create("Calculate 17 * 3.", tools=[AUTO], background=True)
        polled = [(await visitor.get(f"/responses/{waiting['id']}"))[1] for _ in range(3)][-1]
        return lines["content-type"], json.loads(plain), events_of(streamed), polled

    kind, plain, events, polled = visiting(visit)

    assert kind == "application/json"
    assert plain["tools"] == [AUTO]
    assert text_of(plain) == text_of(events[-1]["response"]) == text_of(polled) == "The code printed: 17 * 3 = 51."
    inside = [event["type"].removeprefix("response.") for event in events if "code_interpreter" in event["type"]]
    assert list(dict.fromkeys(inside)) == [
        "code_interpreter_call.in_progress",
        "code_interpreter_call_code.delta",
        "code_interpreter_call_code.done",
        "code_interpreter_call.interpreting",
        "code_interpreter_call.completed",
    ]
    assert plain["usage"]["input_tokens"] > 0
