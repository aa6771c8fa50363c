"""Conversations over the socket, tokens counted without an answer, and models."""

import json
from typing import Any

import pytest
from builders.endpoint import NOW, Visitor, text_of, visiting

FACT = {"role": "user", "content": "My parcel is 4417."}


async def ask(visitor: Visitor, method: str, path: str, body: object = None) -> tuple[int, Any]:
    status, _, raw = await visitor.send(method, path, body)
    return status, json.loads(raw)


async def opened(visitor: Visitor, **body: object) -> str:
    _, made = await ask(visitor, "POST", "/conversations", body)
    return made["id"]


def test_create_get_update_delete():
    async def visit(visitor: Visitor):
        _, made = await ask(visitor, "POST", "/conversations", {"items": [FACT], "metadata": {"run": "7"}})
        path = f"/conversations/{made['id']}"
        read = await ask(visitor, "GET", path)
        changed = await ask(visitor, "POST", path, {"metadata": {"run": "8"}})
        deleted = await ask(visitor, "DELETE", path)
        return made, read, changed, deleted, await ask(visitor, "GET", path), await ask(visitor, "DELETE", path)

    made, read, changed, deleted, gone, twice = visiting(visit)

    assert made == {"id": made["id"], "object": "conversation", "created_at": int(NOW), "metadata": {"run": "7"}}
    assert made["id"].startswith("conv_")
    assert read == (200, made)
    assert changed == (200, {**made, "metadata": {"run": "8"}})
    assert deleted == (200, {"id": made["id"], "object": "conversation.deleted", "deleted": True})
    assert gone[0] == twice[0] == 404


def test_empty_body_opens_an_empty_conversation():
    async def visit(visitor: Visitor):
        _, _, raw = await visitor.send("POST", "/conversations", b"")
        return await ask(visitor, "GET", f"/conversations/{json.loads(raw)['id']}/items")

    status, page = visiting(visit)

    assert (status, page) == (
        200,
        {"object": "list", "data": [], "first_id": None, "has_more": False, "last_id": None},
    )


def test_items_are_listed_added_read_and_deleted():
    async def visit(visitor: Visitor):
        path = f"/conversations/{await opened(visitor, items=[FACT])}/items"
        added = await ask(visitor, "POST", path, {"items": [{"role": "user", "content": f"n {n}"} for n in range(3)]})
        newest = await ask(visitor, "GET", f"{path}?limit=2")
        rest = await ask(visitor, "GET", f"{path}?limit=9&after={newest[1]['last_id']}")
        one = await ask(visitor, "GET", f"{path}/{newest[1]['first_id']}")
        deleted = await ask(visitor, "DELETE", f"{path}/{newest[1]['first_id']}")
        left = await ask(visitor, "GET", f"{path}?order=asc")
        lost = await ask(visitor, "GET", f"{path}/{newest[1]['first_id']}")
        return added, newest, rest, one, deleted, left, lost

    added, newest, rest, one, deleted, left, lost = visiting(visit)

    def texts(page: tuple[int, dict]) -> list[str]:
        return [item["content"][0]["text"] for item in page[1]["data"]]

    assert texts(added) == ["n 0", "n 1", "n 2"]
    assert texts(newest) == ["n 2", "n 1"]
    assert newest[1]["has_more"] is True
    assert texts(rest) == ["n 0", "My parcel is 4417."]
    assert rest[1]["has_more"] is False
    assert one == (200, newest[1]["data"][0])
    assert deleted[1]["object"] == "conversation"
    assert texts(left) == ["My parcel is 4417.", "n 0", "n 1"]
    assert lost[0] == 404


@pytest.mark.parametrize("as_object", [False, True])
def test_responses_of_a_conversation_know_it_and_are_added_to_it(as_object: bool):
    async def visit(visitor: Visitor):
        name = await opened(visitor, items=[FACT])
        named = {"id": name} if as_object else name
        first = await visitor.create("My locker is 23.", conversation=named)
        second = await visitor.create("What is my parcel? What is my locker?", conversation=named)
        _, page = await ask(visitor, "GET", f"/conversations/{name}/items?order=asc")
        return name, first, second, page, await visitor.create("Hi")

    name, first, second, page, outside = visiting(visit)

    assert first["conversation"] == second["conversation"] == {"id": name}
    assert "conversation" not in outside
    assert "4417" in text_of(second)
    assert "23" in text_of(second)
    kinds = [item["type"] for item in page["data"]]
    assert kinds == ["message", "message", "reasoning", "message", "message", "reasoning", "message"]
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]


def test_conversation_excludes_a_parent_and_must_be_there():
    async def visit(visitor: Visitor):
        name = await opened(visitor)
        first = await visitor.create("Hi")
        both = await ask(
            visitor,
            "POST",
            "/responses",
            {"model": visitor.model, "input": "Hi", "conversation": name, "previous_response_id": first["id"]},
        )
        asked = {"model": visitor.model, "input": "Hi", "conversation": "conv_0"}
        return both, await ask(visitor, "POST", "/responses", asked)

    both, unknown = visiting(visit)

    assert (both[0], both[1]["error"]["code"], both[1]["error"]["param"]) == (
        400,
        "mutually_exclusive_parameters",
        None,
    )
    assert unknown[0] == 404
    assert "conv_0" in unknown[1]["error"]["message"]


REFUSED = [
    ("/conversations", {"items": [FACT] * 21}, "items"),
    ("/conversations", {"items": "Hi"}, "items"),
    ("/conversations", {"items": [7]}, "items[0]"),
    ("/conversations", {"metadata": {"k": 1}}, "metadata.k"),
    ("/conversations", {"metadata": {str(n): "x" for n in range(17)}}, "metadata"),
    ("/conversations", {"title": "x"}, "title"),
    ("/conversations/{id}", {}, "metadata"),
    ("/conversations/{id}/items", {"items": []}, "items"),
    ("/conversations/{id}/items", {"items": [FACT] * 21}, "items"),
]


@pytest.mark.parametrize(("path", "body", "param"), REFUSED)
def test_refusals(path: str, body: dict, param: str):
    async def visit(visitor: Visitor):
        return await ask(visitor, "POST", path.format(id=await opened(visitor)), body)

    status, answer = visiting(visit)

    assert (status, answer["error"]["param"]) == (400, param)


def test_tokens_are_counted_as_a_create_request_counts_them():
    async def visit(visitor: Visitor):
        tool = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
        first = await visitor.create("My parcel is 4417.")
        asked = {"input": "Hi", "instructions": "Be brief.", "tools": [tool], "previous_response_id": first["id"]}
        counted = await ask(visitor, "POST", "/responses/input_tokens", {"model": visitor.model, **asked})
        made = await visitor.create(asked.pop("input"), **asked)
        more = await ask(visitor, "POST", "/responses/input_tokens", {"model": visitor.model, "input": "Hi " * 100})
        wrong = await ask(visitor, "POST", "/responses/input_tokens", {"model": visitor.model, "stream": True})
        return counted, made, more, wrong

    counted, made, more, wrong = visiting(visit)

    assert counted == (200, {"object": "response.input_tokens", "input_tokens": made["usage"]["input_tokens"]})
    assert more[1]["input_tokens"] > 75
    assert (wrong[0], wrong[1]["error"]["param"]) == (400, "stream")


def test_models():
    async def visit(visitor: Visitor):
        listed = await ask(visitor, "GET", "/models")
        return listed, await ask(visitor, "GET", "/models/mine"), await ask(visitor, "GET", "/models/nobody")

    (status, listed), one, unknown = visiting(visit, deployments={"mine": "gpt-4.1"})

    assert status == 200
    assert listed["object"] == "list"
    assert {"mine", "gpt-4.1", "gpt-5-mini"} <= {model["id"] for model in listed["data"]}
    assert all(set(model) == {"id", "object", "created", "owned_by"} for model in listed["data"])
    assert one == (200, next(model for model in listed["data"] if model["id"] == "mine"))
    assert (unknown[0], unknown[1]["error"]["code"]) == (404, "model_not_found")
