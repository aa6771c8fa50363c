"""The official client, as a program would use it, against the embedded endpoint."""

from typing import Any

import openai
import pytest
from builders.client import using
from openai import AsyncAzureOpenAI, AsyncOpenAI
from pydantic import BaseModel


def test_create_retrieve_list_delete():
    async def program(client: AsyncOpenAI):
        first = await client.responses.create(model="gpt-5-mini", input="My parcel is 4417.")
        second = await client.responses.create(
            model="gpt-5-mini", input="What is my parcel?", previous_response_id=first.id
        )
        read = await client.responses.retrieve(second.id)
        listed = [item.type async for item in client.responses.input_items.list(second.id, limit=1)]
        await client.responses.delete(second.id)
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(second.id)
        return second, read, listed

    second, read, listed = using(program)

    assert second.output_text == read.output_text == "Your parcel is 4417."
    assert second.usage is not None
    assert second.usage.total_tokens == second.usage.input_tokens + second.usage.output_tokens
    assert listed == ["message", "message", "reasoning", "message"]


def test_chained_by_hand():
    async def program(client: AsyncOpenAI):
        window: list[Any] = [{"role": "user", "content": "My parcel is 4417."}]
        first = await client.responses.create(model="gpt-5-mini", input=window)
        window += [*first.output, {"role": "user", "content": "What is my parcel?"}]
        return await client.responses.create(model="gpt-5-mini", input=window)

    assert using(program).output_text == "Your parcel is 4417."


def test_keys_and_tokens_as_clients_send_them():
    """A key as Bearer; a token from a provider, as of Entra; the key as `api-key`, with a version of the API."""

    async def program(client: AsyncOpenAI):
        async def token() -> str:
            return str(client.api_key)

        of_entra = client.with_options(api_key=token)
        of_azure = AsyncAzureOpenAI(
            base_url=str(client.base_url), api_key=client.api_key, api_version="preview", max_retries=0
        )
        async with of_azure:
            asked: Any = {"model": "gpt-5-mini", "input": "Reply with OK."}
            answers = [await one.responses.create(**asked) for one in (client, of_entra, of_azure)]
            read = await of_azure.responses.retrieve(answers[0].id)
        return answers, read

    answers, read = using(program)

    assert [answer.output_text for answer in answers] == ["OK"] * 3
    assert read == answers[0]


def test_background_polled_and_cancelled():
    async def program(client: AsyncOpenAI):
        asked: Any = {"model": "gpt-5-mini", "input": "Reply with OK.", "background": True}
        made = await client.responses.create(**asked)
        statuses = [made.status]
        while made.status in ("queued", "in_progress"):
            made = await client.responses.retrieve(made.id)
            statuses.append(made.status)
        other = await client.responses.create(**asked)
        cancelled = [(await client.responses.cancel(other.id)).status for _ in range(2)]
        with pytest.raises(openai.BadRequestError):
            await client.responses.create(**asked, store=False)
        return statuses, made.output_text, cancelled

    assert using(program) == (["queued", "in_progress", "completed"], "OK", ["cancelled", "cancelled"])


def test_background_stream_is_taken_up():
    async def program(client: AsyncOpenAI):
        stream = await client.responses.create(
            model="gpt-5-mini", input="Write three sentences about rain.", background=True, stream=True
        )
        seen: list[Any] = []
        async for event in stream:
            seen.append(event)
            if len(seen) == 8:
                await stream.close()
                break
        resumed = await client.responses.retrieve(
            seen[0].response.id, stream=True, starting_after=seen[-1].sequence_number
        )
        seen += [event async for event in resumed]
        return seen, await client.responses.retrieve(seen[0].response.id)

    seen, stored = using(program)

    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    assert seen[-1].response == stored
    deltas = "".join(event.delta for event in seen if event.type == "response.output_text.delta")
    assert deltas == stored.output_text != ""


def test_stream_and_its_helper():
    async def program(client: AsyncOpenAI):
        asked = {"model": "gpt-5-mini", "input": "Write two sentences about rain."}
        stream = await client.responses.create(**asked, stream=True)
        events = [event async for event in stream]
        async with client.responses.stream(**asked, reasoning={"summary": "auto"}) as helper:
            kinds = [event.type async for event in helper]
            final = await helper.get_final_response()
        return events, kinds, final

    events, kinds, final = using(program)

    assert events[0].type == kinds[0] == "response.created"
    assert events[-1].type == kinds[-1] == "response.completed"
    deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert deltas == events[-1].response.output_text != ""
    assert final.output[0].type == "reasoning"
    assert final.output[0].summary


class Port(BaseModel):
    name: str
    depth: int


def test_parsed_answer():
    async def program(client: AsyncOpenAI):
        return await client.responses.parse(
            model="gpt-4.1", input="Extract: name is Zorvik, depth: 41.", text_format=Port
        )

    assert using(program, model="gpt-4.1").output_parsed == Port(name="Zorvik", depth=41)


def test_function_call_round_trip():
    tool: Any = {
        "type": "function",
        "name": "depth_at",
        "description": "Depth of a port",
        "parameters": {
            "type": "object",
            "properties": {"port": {"type": "string"}},
            "required": ["port"],
            "additionalProperties": False,
        },
        "strict": True,
    }

    async def program(client: AsyncOpenAI):
        first = await client.responses.create(model="gpt-5-mini", input="Call depth_at for port Zorvik.", tools=[tool])
        call = next(item for item in first.output if item.type == "function_call")
        output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": '{"depth": 41}'}
        by_hand: Any = [{"role": "user", "content": "Call depth_at for port Zorvik."}, *first.output, output]
        chained = await client.responses.create(
            model="gpt-5-mini", previous_response_id=first.id, input=[output], tools=[tool]
        )
        manual = await client.responses.create(model="gpt-5-mini", input=by_hand, tools=[tool])
        return call, chained, manual

    call, chained, manual = using(program)

    assert call.arguments == '{"port":"Zorvik"}'
    assert chained.output_text == manual.output_text
    assert "41" in chained.output_text


def test_stateless_with_encrypted_reasoning():
    async def program(client: AsyncOpenAI):
        prompt = "Think of a secret number and keep it to yourself. Reply with OK."
        window: list[Any] = [{"role": "user", "content": prompt}]
        more: Any = {"model": "gpt-5-mini", "store": False, "include": ["reasoning.encrypted_content"]}
        first = await client.responses.create(input=window, **more)
        window += [*first.output, {"role": "user", "content": "What was the number that you chose?"}]
        second = await client.responses.create(input=window, **more)
        window[1] = first.output[0].model_copy(update={"encrypted_content": "gAAAAABno"})
        with pytest.raises(openai.BadRequestError) as refused:
            await client.responses.create(input=window, **more)
        return first, second, refused.value

    first, second, refused = using(program)

    assert first.output_text == "OK"
    assert second.output_text.startswith("My number is ")
    assert refused.code == "invalid_encrypted_content"


@pytest.mark.parametrize(
    ("key", "asked", "error"),
    [
        ("wrong", {}, openai.AuthenticationError),
        (None, {"model": "nobody"}, openai.NotFoundError),
        (None, {"previous_response_id": "resp_0"}, openai.BadRequestError),
        (None, {"temperature": 1}, openai.BadRequestError),
    ],
)
def test_refusals_are_the_clients_own_exceptions(key, asked, error):
    async def program(client: AsyncOpenAI):
        client = client if key is None else client.with_options(api_key=key)
        with pytest.raises(error):
            await client.responses.create(**{"model": "gpt-5-mini", "input": "Hi", **asked})

    using(program)


def test_scripted_hosted_items_are_read_by_the_client():
    from harness.mock import bases

    async def program(client: AsyncOpenAI):
        stream = await client.responses.create(model="gpt-4.1", input="Hi", stream=True)
        return [event async for event in stream]

    for name in ("X9", "X9a", "X11", "X12", "X16", "X17", "X18"):
        script = {"items": [dict(item) for item in bases.BASES[name].output]}
        events = using(program, script=script, model="gpt-4.1")
        assert events[-1].type == "response.completed"
        assert [item.type for item in events[-1].response.output] == [item["type"] for item in script["items"]]
