"""Remote MCP over the socket: listing, approval, calling, headers, failures; with real tool servers on loopback."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from builders.client import using
from builders.endpoint import Visitor, events_of, text_of, visiting
from builders.tool_stalls import EXPRESSION, approving, dice, served, tool, types
from openai import AsyncOpenAI

from harness.engine.planning.tool_servers import ServedTool, Stall, Told, ToolServers

PROMPT = "Roll the dice for the expression 2d4."
NEVER = {"require_approval": "never"}
SEALED = {"store": False, "include": ["reasoning.encrypted_content"]}
Visit = Callable[[Visitor, Stall], Awaitable[Any]]
TIDE = {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]}
TWO = {
    "dice": {
        "roll": ServedTool(lambda given: Told("7"), "Rolls the dice", EXPRESSION),
        "count": ServedTool(lambda given: Told(3), "Counts the sides", EXPRESSION, read_only=True),
    },
    "sea": {"tide": ServedTool(lambda given: Told({"height": "9.1 m"}), "Tide of a port", TIDE)},
}


@pytest.fixture(scope="module")
def servers() -> Iterator[ToolServers]:
    with served() as servers:
        yield servers


def at(servers: ToolServers, visit: Visit, tools: Any = None, bearer: str | None = None, **opening: Any) -> Any:
    """What a visit returns that is given a stall, and how often its tools were called."""
    with servers.open(tools or dice(), bearer) as stall:
        return visiting(lambda visitor: visit(visitor, stall), **opening), stall.hits


# the flows of the guide


def test_call_without_approval(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        return await visitor.create(PROMPT, tools=[tool(stall, **NEVER)])

    response, hits = at(servers, visit)

    assert types(response) == ["mcp_list_tools", "mcp_call", "message"]
    listing, call = (item for item in response["output"] if item["type"].startswith("mcp_"))
    assert [(one["name"], one["input_schema"]) for one in listing["tools"]] == [("roll", EXPRESSION)]
    assert call | {"id": ""} == {
        "id": "",
        "type": "mcp_call",
        "status": "completed",
        "approval_request_id": None,
        "arguments": '{"expression":"2d4"}',
        "error": None,
        "name": "roll",
        "output": "7",
        "server_label": "dice",
    }
    assert "7" in text_of(response)
    assert hits == {"dice": {"roll": 1}}


def test_call_after_approval_chained(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> tuple:
        tools = [tool(stall)]
        asking = await visitor.create(PROMPT, tools=tools)
        before = stall.hits
        follow = {"previous_response_id": asking["id"], "tools": tools}
        return asking, before, await visitor.create(approving(asking), **follow)

    (asking, before, after), hits = at(servers, visit)

    assert types(asking) == ["mcp_list_tools", "mcp_approval_request"]
    assert asking["status"] == "completed"
    assert before == {"dice": {"roll": 0}}
    assert types(after) == ["mcp_call", "message"]
    request, call = asking["output"][-1], after["output"][0]
    assert (call["approval_request_id"], call["name"], call["arguments"]) == (
        request["id"],
        request["name"],
        request["arguments"],
    )
    assert "7" in text_of(after)
    assert hits == {"dice": {"roll": 1}}


def test_call_after_approval_by_hand(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        tools, said = [tool(stall)], [{"role": "user", "content": PROMPT}]
        asking = await visitor.create(said, tools=tools, **SEALED)
        return await visitor.create([*said, *asking["output"], *approving(asking)], tools=tools, **SEALED)

    after, hits = at(servers, visit)

    assert types(after) == ["mcp_call", "message"]
    assert hits == {"dice": {"roll": 1}}


def test_denied_call_is_not_made(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        tools = [tool(stall)]
        asking = await visitor.create(PROMPT, tools=tools)
        return await visitor.create(approving(asking, False), previous_response_id=asking["id"], tools=tools)

    after, hits = at(servers, visit)

    assert types(after) == ["message"]
    assert "not" in text_of(after)
    assert "7" not in text_of(after)
    assert hits == {"dice": {"roll": 0}}


def test_approval_given_twice_is_used_once(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        tools = [tool(stall)]
        asking = await visitor.create(PROMPT, tools=tools)
        once = await visitor.create(approving(asking), previous_response_id=asking["id"], tools=tools)
        return await visitor.create(approving(asking), previous_response_id=once["id"], tools=tools)

    _, hits = at(servers, visit)

    assert hits == {"dice": {"roll": 1}}


@pytest.mark.parametrize(
    "bearing", [{"headers": {"Authorization": "Bearer s3cret-token"}}, {"authorization": "s3cret-token"}]
)
def test_headers_reach_the_server_and_nobody_else(servers: ToolServers, bearing: dict):
    async def visit(visitor: Visitor, stall: Stall) -> tuple:
        response = await visitor.create(PROMPT, tools=[tool(stall, **NEVER, **bearing)])
        return response, (await visitor.get(f"/responses/{response['id']}"))[1], stall.base

    (response, read, address), hits = at(servers, visit, bearer="s3cret-token")

    assert hits == {"dice": {"roll": 1}}
    for shown in (response, read):
        assert "s3cret-token" not in str(shown)
        assert address.rpartition("/")[2] not in str(shown)
        assert shown["tools"][0]["headers"] is None


def test_flows_with_the_official_client(servers: ToolServers):
    async def program(client: AsyncOpenAI, stall: Stall) -> tuple:
        asked: dict[str, Any] = {"model": "gpt-4.1", "tools": [tool(stall)]}
        asking = await client.responses.create(**asked, input=PROMPT)
        (request,) = [item for item in asking.output if item.type == "mcp_approval_request"]
        answer = {"type": "mcp_approval_response", "approve": True, "approval_request_id": request.id}
        after = await client.responses.create(**asked, input=[answer], previous_response_id=asking.id)
        asked["tools"] = [tool(stall, **NEVER, headers={"X-Key": "k"})]
        async with client.responses.stream(**asked, input=PROMPT) as helper:
            kinds = [event.type async for event in helper]
            final = await helper.get_final_response()
        return after, kinds, final

    with servers.open(dice("41")) as stall:
        after, kinds, final = using(lambda client: program(client, stall), model="gpt-4.1")

    assert [item.type for item in after.output] == ["mcp_call", "message"]
    assert after.output[0].output == "41"
    assert "41" in after.output_text
    assert "41" in final.output_text
    assert "response.mcp_list_tools.completed" in kinds
    assert "response.mcp_call.completed" in kinds


# rules of the definition


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        ("always", True),
        (None, True),
        ("never", False),
        ({"never": {"tool_names": ["roll"]}}, False),
        ({"never": {"tool_names": ["count"]}}, True),
        ({"always": {"tool_names": ["roll"]}}, True),
        ({"always": {"tool_names": ["count"]}}, False),
        ({"never": {"read_only": True}}, True),
        ({"always": {"tool_names": ["roll"]}, "never": {"tool_names": ["count"]}}, True),
    ],
)
def test_who_is_asked(servers: ToolServers, rule: object, asks: bool):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        return await visitor.create(PROMPT, tools=[tool(stall, require_approval=rule)])

    response, hits = at(servers, visit, TWO)

    assert ("mcp_approval_request" in types(response)) is asks
    assert hits["dice"]["roll"] == (0 if asks else 1)


@pytest.mark.parametrize("allowed", [["count"], {"tool_names": ["count"]}, {"read_only": True}])
def test_only_allowed_tools_are_listed_and_called(servers: ToolServers, allowed: object):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        return await visitor.create(PROMPT, tools=[tool(stall, **NEVER, allowed_tools=allowed)])

    response, hits = at(servers, visit, TWO)

    assert [one["name"] for one in response["output"][0]["tools"]] == ["count"]
    assert hits["dice"]["roll"] == 0


def test_several_servers_are_listed_first(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        tools = [tool(stall, "dice", **NEVER), tool(stall, "sea", **NEVER)]
        return await visitor.create("What is the tide for the port Bergen?", tools=tools)

    response, hits = at(servers, visit, TWO)

    assert types(response) == ["mcp_list_tools", "mcp_list_tools", "mcp_call", "message"]
    assert "9.1 m" in text_of(response)
    assert hits == {"dice": {"roll": 0, "count": 0}, "sea": {"tide": 1}}


def test_listing_is_not_repeated_in_a_chain(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> tuple:
        asked = {"tools": [tool(stall, **NEVER)]}
        first = await visitor.create("Hi", **asked)
        return first, await visitor.create(PROMPT, previous_response_id=first["id"], **asked)

    (first, second), _ = at(servers, visit)

    assert types(first) == ["mcp_list_tools", "message"]
    assert types(second) == ["mcp_call", "message"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("none", ["message"]),
        ("required", ["mcp_list_tools", "mcp_call", "message"]),
        ({"type": "mcp", "server_label": "dice", "name": "roll"}, ["mcp_list_tools", "mcp_call", "message"]),
    ],
)
def test_tool_choice(servers: ToolServers, choice: object, expected: list[str]):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        return await visitor.create("Good day.", tools=[tool(stall, **NEVER)], tool_choice=choice)

    assert types(at(servers, visit)[0]) == expected


def test_no_more_calls_than_allowed(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        prompt = "Use roll and then count for the expression 2d4."
        return await visitor.create(prompt, tools=[tool(stall, **NEVER)], max_tool_calls=1)

    response, hits = at(servers, visit, TWO)

    assert types(response).count("mcp_call") == 1
    assert sum(hits["dice"].values()) == 1


# failures


def test_tool_that_fails_fails_its_call_alone(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> tuple:
        asked = {"tools": [tool(stall, **NEVER)]}
        return await visitor.create(PROMPT, **asked), events_of(await visitor.stream(PROMPT, **asked))

    (response, events), _ = at(servers, visit, dice("the dice are lost", failed=True))

    call = next(item for item in response["output"] if item["type"] == "mcp_call")
    assert response["status"] == "completed"
    assert (call["status"], call["output"], call["error"]["type"]) == ("failed", None, "mcp_tool_execution_error")
    assert "the dice are lost" in text_of(response)
    assert "response.mcp_call.failed" in [event["type"] for event in events]


def test_server_that_goes_away_fails_the_call(servers: ToolServers):
    async def visit(visitor: Visitor, stall: Stall) -> dict:
        first = await visitor.create("Hi", tools=[tool(stall, **NEVER)])
        gone = tool(stall, **NEVER) | {"server_url": "http://127.0.0.1:1/mcp"}
        return await visitor.create(PROMPT, previous_response_id=first["id"], tools=[gone])

    response, _ = at(servers, visit)

    call = next(item for item in response["output"] if item["type"] == "mcp_call")
    assert response["status"] == "completed"
    assert (call["output"], call["error"]["type"], call["error"]["code"]) == (None, "http_error", 424)


@pytest.mark.parametrize(("bearer", "address", "code"), [("k", None, "401"), (None, "http://127.0.0.1:1/mcp", "424")])
def test_tools_that_cannot_be_listed_fail_the_request(
    servers: ToolServers, bearer: str | None, address: str | None, code: str
):
    async def visit(visitor: Visitor, stall: Stall) -> Any:
        asked = tool(stall, **({"server_url": address} if address else {}))
        return await visitor.send("POST", "/responses", {"model": visitor.model, "input": PROMPT, "tools": [asked]})

    (status, _, body), hits = at(servers, visit, bearer=bearer)

    assert status == 424
    assert b"external_connector_error" in body
    assert code.encode() in body
    assert hits == {"dice": {"roll": 0}}


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"server_url": "http://example.com/mcp"}, "tools[0].server_url"),
        ({"server_url": "http://127.0.0.1.example.com/mcp"}, "tools[0].server_url"),
        ({"server_url": "http://2130706433/mcp"}, "tools[0].server_url"),
        ({"server_url": "file:///etc/passwd"}, "tools[0].server_url"),
        ({"server_url": "http://user@127.0.0.1/mcp"}, "tools[0].server_url"),
        ({"server_url": None}, "tools[0]"),
        ({"server_label": None}, "tools[0].server_label"),
        ({"require_approval": "sometimes"}, "tools[0].require_approval"),
        ({"headers": {"A": 1}}, "tools[0].headers.A"),
        ({"headers": {"A": "b\r\nC: d"}}, "tools[0].headers"),
        ({"allowed_tools": [1]}, "tools[0].allowed_tools.tool_names"),
    ],
)
def test_definitions_that_are_refused(wrong: dict, param: str):
    definition = {"type": "mcp", "server_label": "dice", "server_url": "http://127.0.0.1:1/mcp", **wrong}

    async def visit(visitor: Visitor) -> dict:
        return await visitor.create(PROMPT, tools=[definition])

    assert visiting(visit)["error"]["param"] == param


@pytest.mark.parametrize(
    "url", ["https://example.com/mcp", "https://169.254.169.254/mcp", "https://[::ffff:10.0.0.1]/"]
)
def test_embedded_endpoint_goes_to_loopback_alone(url: str, monkeypatch: pytest.MonkeyPatch):
    """TLS or not: no name is looked up and no other address is connected to."""
    visited: list[str] = []
    monkeypatch.setattr("socket.getaddrinfo", lambda host, *more: visited.append(host))

    async def visit(visitor: Visitor) -> dict:
        return await visitor.create(PROMPT, tools=[{"type": "mcp", "server_label": "dice", "server_url": url}])

    assert visiting(visit)["error"]["type"] == "external_connector_error"
    assert [host for host in visited if host not in ("127.0.0.1", None)] == []


def test_approval_of_nothing_is_refused():
    async def visit(visitor: Visitor) -> dict:
        return await visitor.create([{"type": "mcp_approval_response", "approval_request_id": "x", "approve": True}])

    assert "No approval request" in visiting(visit)["error"]["message"]
