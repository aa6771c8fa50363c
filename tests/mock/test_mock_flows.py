"""Flows of the service's guide, written anew with the official client: compaction, conversations, files, counting."""

from typing import Any

import openai
import pytest
from builders.client import using
from openai import AsyncOpenAI

# the client's own type of message says assistant, and warns of the user messages of a compaction
pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")

MODEL = "gpt-5-mini"
FILLER = "The harbour was quiet and the tide was low. " * 24


def test_compact_by_items_and_go_on_with_the_output():
    async def program(client: AsyncOpenAI):
        compacted = await client.responses.compact(
            model=MODEL,
            input=[
                {"role": "user", "content": "My parcel is 4417."},
                {"role": "assistant", "content": f"Noted. {FILLER}"},
            ],
        )
        items: list[Any] = [*compacted.output, {"role": "user", "content": "What is my parcel?"}]
        return compacted, await client.responses.create(model=MODEL, input=items)

    compacted, follow = using(program)

    assert [item.type for item in compacted.output] == ["message", "compaction"]
    assert follow.output_text == "Your parcel is 4417."


def test_compact_by_returned_items_with_reasoning_and_calls():
    tool: Any = {
        "type": "function",
        "name": "roll",
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
    }

    async def program(client: AsyncOpenAI):
        window: list[Any] = [{"role": "user", "content": "Please call roll."}]
        first = await client.responses.create(model=MODEL, input=window, tools=[tool])
        window += first.output
        call = first.output[-1]
        window.append({"type": "function_call_output", "call_id": call.call_id, "output": '{"pressure": "971"}'})
        second = await client.responses.create(model=MODEL, input=window, tools=[tool])
        window += second.output
        compacted = await client.responses.compact(model=MODEL, input=window)
        window = [*compacted.output, {"role": "user", "content": "What is the pressure?"}]
        return await client.responses.create(model=MODEL, input=window)

    assert "971" in using(program).output_text


def test_compact_by_id():
    async def program(client: AsyncOpenAI):
        first = await client.responses.create(model=MODEL, input="My parcel is 4417.")
        compacted = await client.responses.compact(model=MODEL, previous_response_id=first.id)
        window: list[Any] = [*compacted.output, {"role": "user", "content": "What is my parcel?"}]
        return compacted, await client.responses.create(model=MODEL, input=window)

    compacted, follow = using(program)

    assert compacted.object == "response.compaction"
    assert compacted.usage.total_tokens == compacted.usage.input_tokens + compacted.usage.output_tokens
    assert "4417" in follow.output_text


@pytest.mark.parametrize("pruned", [False, True])
def test_loop_with_compaction_by_the_service(pruned: bool):
    """Items before the newest compaction may be dropped by hand; either way everything told is known."""

    async def program(client: AsyncOpenAI):
        window: list[Any] = []
        compactions = 0
        for number in range(5):
            window.append({"role": "user", "content": f"My box{number} is {number}77. {FILLER}"})
            made = await client.responses.create(
                model=MODEL,
                input=window,
                store=False,
                include=["reasoning.encrypted_content"],
                context_management=[{"type": "compaction", "compact_threshold": 500}],
            )
            window += made.output
            found = [at for at, item in enumerate(window) if getattr(item, "type", "") == "compaction"]
            compactions += any(item.type == "compaction" for item in made.output)
            if pruned and found:
                window = window[found[-1] :]
        window.append({"role": "user", "content": "What is my box0? What is my box4?"})
        last = await client.responses.create(model=MODEL, input=window, store=False)
        return compactions, last

    compactions, last = using(program)

    assert compactions >= 2
    assert "077" in last.output_text
    assert "477" in last.output_text


def test_chain_with_compaction_by_the_service():
    async def program(client: AsyncOpenAI):
        managed: Any = [{"type": "compaction", "compact_threshold": 200}]
        first = await client.responses.create(
            model=MODEL, input=f"My parcel is 4417. {FILLER}", context_management=managed
        )
        return first, await client.responses.create(
            model=MODEL, input="What is my parcel?", previous_response_id=first.id, context_management=managed
        )

    first, second = using(program)

    assert first.output[-1].type == "compaction"
    assert second.output_text == "Your parcel is 4417."


def test_stream_with_compaction():
    async def program(client: AsyncOpenAI):
        async with client.responses.stream(
            model=MODEL,
            input=f"My parcel is 4417. {FILLER}",
            context_management=[{"type": "compaction", "compact_threshold": 200}],
        ) as stream:
            kinds = [event.type async for event in stream]
            return kinds, await stream.get_final_response()

    kinds, final = using(program)

    assert kinds[-3:] == ["response.output_item.added", "response.output_item.done", "response.completed"]
    assert final.output[-1].type == "compaction"


def test_conversation():
    async def program(client: AsyncOpenAI):
        made = await client.conversations.create(items=[{"role": "user", "content": "My parcel is 4417."}])
        response = await client.responses.create(model=MODEL, input="What is my parcel?", conversation=made.id)
        listed = [item.type async for item in client.conversations.items.list(made.id, limit=2)]
        changed = await client.conversations.update(made.id, metadata={"run": "7"})
        deleted = await client.conversations.delete(made.id)
        with pytest.raises(openai.NotFoundError):
            await client.conversations.retrieve(made.id)
        return response, listed, changed, deleted

    response, listed, changed, deleted = using(program)

    assert response.output_text == "Your parcel is 4417."
    assert response.conversation is not None
    assert listed == ["message", "reasoning", "message", "message"]
    assert changed.metadata == {"run": "7"}
    assert deleted.deleted


def test_files():
    async def program(client: AsyncOpenAI):
        made = await client.files.create(file=("tides.pdf", b"%PDF-1.7 tides"), purpose="assistants")
        read = await client.files.retrieve(made.id)
        content = (await client.files.content(made.id)).content
        names = [file.filename async for file in client.files.list(purpose="assistants")]
        deleted = await client.files.delete(made.id)
        with pytest.raises(openai.BadRequestError) as refused:
            await client.files.create(file=b"x", purpose="user_data")
        return made, read, content, names, deleted, refused.value

    made, read, content, names, deleted, refused = using(program)

    assert made == read
    assert (made.bytes, made.status, content) == (14, "processed", b"%PDF-1.7 tides")
    assert names == ["tides.pdf"]
    assert deleted.deleted
    assert refused.param == "purpose"


def test_counting_and_models():
    async def program(client: AsyncOpenAI):
        counted = await client.responses.input_tokens.count(model=MODEL, input="Tell me a joke.")
        names = [model.id async for model in client.models.list()]
        return counted, names, await client.models.retrieve(MODEL)

    counted, names, model = using(program)

    assert counted.object == "response.input_tokens"
    assert 5 < counted.input_tokens < 30
    assert MODEL in names
    assert model.id == MODEL


def test_used_up_budget_is_the_clients_own_exception():
    async def program(client: AsyncOpenAI):
        await client.responses.create(model=MODEL, input="Hi")
        with pytest.raises(openai.RateLimitError) as refused:
            await client.responses.create(model=MODEL, input="Hi")
        return refused.value

    refused = using(program, script={"quota": {"requests": 1}})

    assert refused.code == "rate_limit_exceeded"
    assert 0 < int(refused.response.headers["retry-after"]) <= 60
