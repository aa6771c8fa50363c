"""The API over its socket: who may come in, what is refused, what is stored, what comes back."""

import asyncio
import json
import re

import aiohttp
import pytest
from builders.endpoint import NOW, Visitor, events_of, text_of, visiting

from harness.mock import MockServer

KEYS = re.findall(
    r"\w+",
    "id object created_at status background completed_at content_filters error frequency_penalty incomplete_details "
    "instructions max_output_tokens max_tool_calls model moderation output parallel_tool_calls presence_penalty "
    "previous_response_id prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store "
    "temperature text tool_choice tools top_logprobs top_p truncation usage user metadata",
)


def test_response_has_the_fields_of_azure_in_their_order():
    response = visiting(lambda visitor: visitor.create("Hi"))

    assert list(response) == KEYS
    assert response["object"] == "response"
    assert response["status"] == "completed"
    assert response["model"] == "gpt-5-mini"
    assert response["created_at"] == int(NOW)
    assert [item["type"] for item in response["output"]] == ["reasoning", "message"]
    assert response["usage"]["total_tokens"] == response["usage"]["input_tokens"] + response["usage"]["output_tokens"]


def test_settings_are_echoed():
    asked = {
        "instructions": "Be brief.",
        "max_output_tokens": 500,
        "metadata": {"run": "7"},
        "store": False,
        "truncation": "auto",
        "temperature": 0.25,
        "top_p": 0.5,
        "prompt_cache_key": "k",
        "parallel_tool_calls": False,
    }

    response = visiting(lambda visitor: visitor.create("Hi", **asked), model="gpt-4.1")

    assert {name: response[name] for name in asked} == asked
    assert response["reasoning"] == {"effort": None, "summary": None}


def test_stream_starts_with_empty_snapshots_and_ends_with_the_stored_response():
    async def visit(visitor: Visitor):
        events = events_of(await visitor.stream("Write three sentences about the sea."))
        return events, await visitor.get(f"/responses/{events[-1]['response']['id']}")

    events, (status, stored) = visiting(visit)

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    for event in events[:2]:
        assert event["response"]["status"] == "in_progress"
        assert event["response"]["output"] == []
        assert event["response"]["usage"] is None
        assert event["response"]["service_tier"] == "auto"
    assert events[-1]["type"] == "response.completed"
    assert (status, stored) == (200, events[-1]["response"])
    deltas = [event for event in events if event["type"] == "response.output_text.delta"]
    assert "".join(event["delta"] for event in deltas) == text_of(stored)
    assert all((len(event["delta"]) + len(event["obfuscation"])) % 16 == 0 for event in deltas)


def test_padding_can_be_declined():
    body = visiting(lambda visitor: visitor.stream("Hi", stream_options={"include_obfuscation": False}))

    assert b"obfuscation" not in body


def test_headers_say_who_answered():
    async def visit(visitor: Visitor):
        plain = await visitor.send("POST", "/responses", {"model": "mine", "input": "Hi"})
        streamed = await visitor.send("POST", "/responses", {"model": "mine", "input": "Hi", "stream": True})
        return plain[1], streamed[1]

    plain, streamed = visiting(visit, region="eastus2", deployments={"mine": "gpt-4.1"})

    assert plain["x-ms-region"] == "East US 2"
    assert plain["x-ms-deployment-name"] == "mine"
    assert len(plain["apim-request-id"]) == 36
    assert plain["content-type"] == "application/json"
    assert "x-ratelimit-remaining-tokens" in plain
    assert streamed["content-type"] == "text/event-stream; charset=utf-8"
    assert streamed["transfer-encoding"] == "chunked"
    assert "x-ratelimit-remaining-tokens" not in streamed
    assert plain["apim-request-id"] != streamed["apim-request-id"]


TOOL = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
SCHEMA = {"type": "json_schema", "name": "n"}

REFUSALS = [
    ({"model": "nobody"}, 404, "DeploymentNotFound", None),
    ({"model": None}, 400, "missing_required_parameter", "model"),
    ({"input": None}, 400, "missing_required_parameter", "input"),
    ({"tempo": 1}, 400, "unknown_parameter", "tempo"),
    ({"max_output_tokens": "many"}, 400, "invalid_type", "max_output_tokens"),
    ({"max_output_tokens": True}, 400, "invalid_type", "max_output_tokens"),
    ({"max_output_tokens": 1}, 400, "integer_below_min_value", "max_output_tokens"),
    ({"temperature": 1}, 400, None, "temperature"),
    ({"top_p": 1}, 400, None, "top_p"),
    ({"reasoning": {"effort": "xhigh"}}, 400, "unsupported_value", "reasoning.effort"),
    ({"reasoning": {"summary": "long"}}, 400, "invalid_value", "reasoning.summary"),
    ({"include": ["everything"]}, 400, "invalid_value", "include[0]"),
    ({"truncation": "sometimes"}, 400, "invalid_value", "truncation"),
    ({"tool_choice": "maybe"}, 400, "invalid_value", "tool_choice"),
    ({"tool_choice": {"type": "function", "name": "g"}, "tools": [TOOL]}, 400, "invalid_value", "tool_choice"),
    ({"tools": [{"type": "function"}]}, 400, "missing_required_parameter", "tools[0].name"),
    ({"tools": [{**TOOL, "name": "no spaces"}]}, 400, "invalid_value", "tools[0].name"),
    ({"text": {"format": SCHEMA}}, 400, "missing_required_parameter", "text.format.schema"),
    ({"text": {"format": {**SCHEMA, "schema": {"type": "array"}}}}, 400, "invalid_json_schema", "text.format.schema"),
    ({"text": {"format": {**SCHEMA, "schema": {"type": "object"}}}}, 400, "invalid_json_schema", "text.format.schema"),
    ({"text": {"verbosity": "loud"}}, 400, "invalid_value", "text.verbosity"),
    ({"metadata": {str(n): "x" for n in range(17)}}, 400, "object_above_max_properties", "metadata"),
    ({"metadata": {"k": "x" * 513}}, 400, "string_above_max_length", "metadata.k"),
    ({"metadata": {"k" * 65: "x"}}, 400, "string_above_max_length", "metadata"),
    ({"background": True, "store": False}, 400, None, "store"),
    ({"previous_response_id": "resp_0"}, 400, "previous_response_not_found", "previous_response_id"),
    ({"previous_response_id": "a", "conversation": "b"}, 400, "mutually_exclusive_parameters", None),
    ({"input": [{"type": "poem"}]}, 400, "invalid_value", "input[0]"),
    ({"input": ["text"]}, 400, "invalid_type", "input[0]"),
    ({"input": [{"role": "king", "content": "Hi"}]}, 400, "invalid_value", "input[0].role"),
    ({"input": [{"role": "user", "content": 7}]}, 400, "invalid_type", "input[0].content"),
    ({"input": [{"type": "function_call_output", "call_id": "c", "output": "1"}]}, 400, None, "input"),
    ({"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]}, 400, None, "input"),
    ({"input": [{"type": "item_reference", "id": "msg_0"}]}, 404, None, "input"),
    ({"input": [{"type": "reasoning", "id": "rs_0", "summary": []}]}, 400, None, "input"),
]


@pytest.mark.parametrize(
    ("wrong", "status", "code", "param"), REFUSALS, ids=[json.dumps(row[0])[:60] for row in REFUSALS]
)
def test_refusal_names_code_and_parameter(wrong, status, code, param):
    asked = {"model": "gpt-5-mini", "input": "Hi", **wrong}
    got = visiting(lambda visitor: visitor.send("POST", "/responses", asked))

    error = json.loads(got[2])["error"]
    assert (got[0], error["code"], error.get("param")) == (status, code, param)
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_refusal_of_a_stream_is_plain_json():
    status, headers, body = visiting(
        lambda visitor: visitor.send("POST", "/responses", {"model": "nobody", "input": "Hi", "stream": True})
    )

    assert (status, headers["content-type"]) == (404, "application/json")
    assert json.loads(body)["error"]["code"] == "DeploymentNotFound"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_body_that_is_no_object_is_refused(body):
    status, _, answer = visiting(lambda visitor: visitor.send("POST", "/responses", body))

    assert (status, json.loads(answer)["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"api_key": "wrong"}, 401),
        ({"api_key": ""}, 401),
        ({"api_key": "ключ"}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Basic wrong"}, 401),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:80"}, 403),
    ],
)
def test_door(headers, status):
    got, lines, body = visiting(
        lambda visitor: visitor.send("POST", "/responses", {"model": "gpt-5-mini", "input": "Hi"}, **headers)
    )

    assert got == status
    assert not [name for name in lines if name.lower().startswith("access-control")]
    if status == 401:
        assert list(json.loads(body)["error"]) == ["code", "message"]


def test_key_as_bearer_alone():
    async def visit(visitor: Visitor):
        headers = {"Authorization": f"Bearer {visitor.room.key}"}
        asked = {"model": "gpt-5-mini", "input": "Hi"}
        async with visitor.session.post(visitor.room.url + "/responses", json=asked, headers=headers) as reply:
            return reply.status

    assert visiting(visit) == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/responses", 405),
        ("PUT", "/responses", 405),
        ("OPTIONS", "/responses", 405),
        ("POST", "/responses/", 404),
        ("POST", "/Responses", 404),
        ("POST", "/../responses", 404),
        ("POST", "/responses/x/y/z", 404),
        ("GET", "/", 404),
    ],
)
def test_only_exact_routes(method, path, status):
    assert visiting(lambda visitor: visitor.send(method, path, {}))[0] == status


def test_stored_response_can_be_read_listed_and_deleted():
    async def visit(visitor: Visitor):
        first = await visitor.create("My parcel is 17.")
        second = await visitor.create("What is my parcel?", previous_response_id=first["id"])
        listed = await visitor.get(f"/responses/{second['id']}/input_items")
        read = await visitor.get(f"/responses/{second['id']}")
        deleted = await visitor.send("DELETE", f"/responses/{second['id']}")
        gone = await visitor.get(f"/responses/{second['id']}")
        again = await visitor.send("DELETE", f"/responses/{second['id']}")
        return first, second, listed, read, deleted, gone, again

    first, second, listed, read, deleted, gone, again = visiting(visit)

    assert second["previous_response_id"] == first["id"]
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]
    assert read == (200, second)
    items = listed[1]["data"]
    assert [item["type"] for item in items] == ["message", "message", "reasoning", "message"]
    assert items[0]["content"] == [{"type": "input_text", "text": "What is my parcel?"}]
    assert (listed[1]["first_id"], listed[1]["last_id"]) == (items[0]["id"], items[-1]["id"])
    assert json.loads(deleted[2]) == {"id": second["id"], "object": "response.deleted", "deleted": True}
    assert gone[0] == 404
    assert gone[1]["error"]["message"] == f"Response with id '{second['id']}' not found."
    assert again[0] == 404


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_of_input_items_are_disjoint_and_complete(order, limit):
    async def visit(visitor: Visitor):
        texts = [{"role": "user", "content": f"note {number}"} for number in range(7)]
        response = await visitor.create(texts)
        seen, after = [], ""
        while True:
            path = f"/responses/{response['id']}/input_items?order={order}&limit={limit}{after}"
            _, page = await visitor.get(path)
            seen += [item["content"][0]["text"] for item in page["data"]]
            if not page["has_more"]:
                return seen
            after = f"&after={page['last_id']}"

    seen = visiting(visit)

    wanted = [f"note {number}" for number in range(7)]
    assert seen == (wanted if order == "asc" else wanted[::-1])


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up", "after=msg_0"])
def test_wrong_page_is_refused(query):
    async def visit(visitor: Visitor):
        response = await visitor.create("Hi")
        return await visitor.get(f"/responses/{response['id']}/input_items?{query}")

    assert visiting(visit)[0] == 400


def test_unstored_response_cannot_be_read_or_continued():
    async def visit(visitor: Visitor):
        response = await visitor.create("Hi", store=False)
        read = await visitor.get(f"/responses/{response['id']}")
        follow = await visitor.create("And?", previous_response_id=response["id"])
        return read, follow

    read, follow = visiting(visit)

    assert read[0] == 404
    assert follow["error"]["code"] == "previous_response_not_found"


def test_rooms_share_nothing():
    async def run():
        async with MockServer() as server, aiohttp.ClientSession() as session:
            one, two = (Visitor(server, server.rooms.open(), session) for _ in range(2))
            told = await one.create("My parcel is 17.")
            elsewhere = await two.get(f"/responses/{told['id']}")
            chained = await two.create("What is my parcel?", previous_response_id=told["id"])
            wrong_key = await two.send(
                "POST", "/responses", {"model": "gpt-5-mini", "input": "Hi"}, api_key=one.room.key
            )
            asked = await two.create("What is my parcel?")
            one.room.close()
            closed = await one.send("POST", "/responses", {"model": "gpt-5-mini", "input": "Hi"})
            ids = {told["id"], asked["id"]}
            return elsewhere[0], chained["error"]["code"], wrong_key[0], text_of(asked), closed[0], ids

    elsewhere, chained, wrong_key, answer, closed, ids = asyncio.run(run())

    assert (elsewhere, chained, wrong_key, closed) == (404, "previous_response_not_found", 401, 404)
    assert "17" not in answer
    assert len(ids) == 2


def test_same_seed_gives_the_same_bytes():
    asked = "Write two sentences about rain."
    bodies = {visiting(lambda visitor: visitor.stream(asked), seed=5) for _ in range(2)}
    other = visiting(lambda visitor: visitor.stream(asked), seed=6)

    assert len(bodies) == 1
    assert other not in bodies


def test_server_stops_with_streams_open():
    """It does not wait for the fifty seconds that the answer would still take."""

    async def run():
        server = MockServer()
        await server.start()
        room = server.rooms.open(script={"reply": "word " * 50, "pace": "1s"})
        async with aiohttp.ClientSession(headers={"api-key": room.key}) as session:
            reply = await session.post(
                room.url + "/responses", json={"model": "gpt-5-mini", "input": "x", "stream": True}
            )
            await asyncio.wait_for(server.stop(), timeout=15)
            with pytest.raises(aiohttp.ClientPayloadError):
                await reply.read()
        await server.stop()

    asyncio.run(run())


def test_port_taken_is_an_error():
    async def run():
        async with MockServer() as one:
            port = int(one.url.rpartition(":")[2])
            with pytest.raises(OSError, match="in use"):
                await MockServer().start(port)

    asyncio.run(run())


def test_health_needs_no_key():
    async def run():
        async with MockServer() as server, aiohttp.ClientSession() as session:
            async with session.get(server.url + "/healthz") as reply:
                well = reply.status
            async with session.get(server.url + "/healthz", headers={"Origin": "http://x"}) as reply:
                return well, reply.status

    assert asyncio.run(run()) == (200, 403)
