"""Files over the socket: what an upload may be, and what comes back of it."""

import json
from typing import Any

import aiohttp
import pytest
from builders.endpoint import NOW, Visitor, visiting

DATA = bytes(range(256)) * 3 + b"\r\n--boundary\r\n\r\nnot the end--\r\n"


def form(content: bytes = DATA, name: str = "notes.pdf", **fields: str) -> aiohttp.FormData:
    made = aiohttp.FormData()
    for key, value in fields.items():
        made.add_field(key.replace("__", "[") + ("]" if "__" in key else ""), value)
    made.add_field("file", content, filename=name, content_type="application/pdf")
    return made


async def upload(visitor: Visitor, base: str | None = None, **more: Any) -> tuple[int, Any]:
    address = (base or visitor.room.url) + "/files"
    async with visitor.session.post(address, data=form(**more), headers={"api-key": visitor.room.key}) as reply:
        return reply.status, json.loads(await reply.read())


def test_upload_retrieve_read_delete():
    async def visit(visitor: Visitor):
        status, made = await upload(visitor, purpose="assistants")
        path = f"/files/{made['id']}"
        read = await visitor.get(path)
        _, lines, content = await visitor.send("GET", f"{path}/content")
        deleted = await visitor.send("DELETE", path)
        return status, made, read, lines, content, json.loads(deleted[2]), await visitor.get(path)

    status, made, read, lines, content, deleted, gone = visiting(visit)

    assert status == 200
    assert made == {
        "object": "file",
        "id": made["id"],
        "purpose": "assistants",
        "filename": "notes.pdf",
        "bytes": len(DATA),
        "created_at": int(NOW),
        "expires_at": None,
        "status": "processed",
        "status_details": None,
    }
    assert read == (200, made)
    assert content == DATA
    assert lines["content-type"] == "application/octet-stream"
    assert deleted == {"object": "file", "id": made["id"], "deleted": True}
    assert gone[0] == 404
    assert gone[1]["error"]["param"] == "id"
    assert gone[1]["error"]["message"] == f"No such File object: {made['id']}"


def test_uploads_below_openai_without_a_version():
    async def visit(visitor: Visitor):
        _, made = await upload(visitor, visitor.room.url.removesuffix("/v1"), purpose="assistants")
        return made, await visitor.get(f"/files/{made['id']}")

    made, read = visiting(visit)

    assert read == (200, made)


@pytest.mark.parametrize("purpose", ["assistants", "batch", "fine-tune", "evals", "vision"])
def test_purposes_that_are_taken(purpose: str):
    assert visiting(lambda visitor: upload(visitor, purpose=purpose))[1]["purpose"] == purpose


@pytest.mark.parametrize("purpose", ["user_data", "holiday", ""])
def test_purposes_that_are_not(purpose: str):
    status, answer = visiting(lambda visitor: upload(visitor, purpose=purpose))

    assert (status, answer["error"]["param"]) == (400, "purpose")


def test_user_data_is_a_known_issue():
    script = {"issues": ["user-data"]}

    assert visiting(lambda visitor: upload(visitor, purpose="user_data"), script=script)[0] == 200


def test_lists_by_purpose_and_in_pages():
    async def visit(visitor: Visitor):
        for number in range(3):
            await upload(visitor, purpose="assistants", name=f"{number}.pdf")
        await upload(visitor, purpose="vision", name="a.png")
        _, every = await visitor.get("/files")
        _, two = await visitor.get("/files?purpose=assistants&limit=2&order=asc")
        _, rest = await visitor.get(f"/files?purpose=assistants&order=asc&after={two['last_id']}")
        return every, two, rest

    every, two, rest = visiting(visit)

    assert [file["filename"] for file in every["data"]] == ["a.png", "2.pdf", "1.pdf", "0.pdf"]
    assert [file["filename"] for file in two["data"]] == ["0.pdf", "1.pdf"]
    assert two["has_more"] is True
    assert [file["filename"] for file in rest["data"]] == ["2.pdf"]


def test_files_expire_by_the_clock_of_the_room():
    async def visit(visitor: Visitor):
        _, made = await upload(
            visitor, purpose="assistants", expires_after__anchor="created_at", expires_after__seconds="3600"
        )
        before = await visitor.get(f"/files/{made['id']}")
        visitor.room.clock = lambda: NOW + 3601
        return made, before, await visitor.get(f"/files/{made['id']}"), await visitor.get("/files")

    made, before, after, listed = visiting(visit)

    assert made["expires_at"] == int(NOW) + 3600
    assert before[0] == 200
    assert after[0] == 404
    assert listed[1]["data"] == []


WRONG = [
    ({"purpose": "assistants", "content": b""}, "file"),
    ({"purpose": "assistants", "expires_after__seconds": "3600"}, "expires_after[anchor]"),
    (
        {"purpose": "assistants", "expires_after__anchor": "created_at", "expires_after__seconds": "60"},
        "expires_after[seconds]",
    ),
    (
        {"purpose": "assistants", "expires_after__anchor": "last_active_at", "expires_after__seconds": "3600"},
        "expires_after[anchor]",
    ),
    ({}, "purpose"),
]


@pytest.mark.parametrize(("fields", "param"), WRONG)
def test_refusals(fields: dict, param: str):
    status, answer = visiting(lambda visitor: upload(visitor, **fields))

    assert (status, answer["error"]["param"]) == (400, param)


def test_files_of_fifty_megabytes_are_too_large():
    async def visit(visitor: Visitor):
        head = b'--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
        part = b'--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n'

        async def body(size: int):
            yield head + part
            yield bytes(size)
            yield b"\r\n--b--\r\n"

        answers = []
        for size in (49_999_999, 50_000_000):
            lines = {"api-key": visitor.room.key}
            async with visitor.session.post(f"{visitor.room.url}/files", data=body(size), headers=lines) as reply:
                answers.append((reply.status, (await reply.json()).get("bytes")))
        return answers

    assert visiting(visit) == [(200, 49_999_999), (400, None)]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"--b\r\n", b"--b\r\nx\r\n--b--", b"--b\r\n\r\n\r\nx\r\n--b--\r\n", b"--"]
)
def test_bodies_that_are_no_form(body: bytes):
    status, _, raw = visiting(lambda visitor: visitor.send("POST", "/files", body))

    assert status == 400
    assert "multipart" in json.loads(raw)["error"]["message"]
