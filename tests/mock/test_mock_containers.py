"""Containers over plain HTTP: what is kept in them, for how long, for whom."""

import json

import pytest
from builders.container_signs import (
    AUTO,
    TABLE,
    call_of,
    container_of,
    form,
    ignores_files,
    sent,
    uploaded,
    with_files,
)
from builders.endpoint import NOW, Visitor, text_of, visiting

from harness.mock.containers import TYPES

NAMED = {"name": "mine"}
MINUTE = 60.0


def test_container_is_made_read_listed_and_deleted():
    async def visit(visitor: Visitor):
        _, made = await sent(visitor, "POST", "/containers", {**NAMED, "memory_limit": "4g"})
        path = f"/containers/{made['id']}"
        read = [await visitor.get(path), await visitor.get("/containers")]
        return made, read, [await sent(visitor, "DELETE", path) for _ in range(2)], await visitor.get(path)

    made, (read, listed), (deleted, again), gone = visiting(visit)

    assert made == {
        "id": made["id"],
        "object": "container",
        "created_at": int(NOW),
        "status": "running",
        "expires_after": {"anchor": "last_active_at", "minutes": 20},
        "last_active_at": int(NOW),
        "name": "mine",
        "memory_limit": "4g",
    }
    assert made["id"].startswith("cntr_")
    assert read == (200, made)
    assert listed[1]["data"] == [made]
    assert deleted == (200, {"id": made["id"], "object": "container.deleted", "deleted": True})
    assert again[0] == gone[0] == 404


def test_files_of_a_container():
    async def visit(visitor: Visitor):
        file_id = await uploaded(visitor)
        _, made = await sent(visitor, "POST", "/containers", {**NAMED, "file_ids": [file_id]})
        path = f"/containers/{made['id']}/files"
        _, sent_one = await sent(visitor, "POST", path, form("../notes.md", b"# Tides"))
        _, by_id = await sent(visitor, "POST", path, {"file_id": file_id})
        _, listed = await visitor.get(f"{path}?order=asc")
        read = await visitor.get(f"{path}/{sent_one['id']}")
        content = await visitor.send("GET", f"{path}/{sent_one['id']}/content")
        deleted = await sent(visitor, "DELETE", f"{path}/{sent_one['id']}")
        gone = [(await visitor.send("GET", f"{path}/{sent_one['id']}{end}"))[0] for end in ("", "/content")]
        return file_id, made, sent_one, by_id, listed, read, content, deleted, gone

    file_id, made, sent_one, by_id, listed, read, content, deleted, gone = visiting(visit)

    assert sent_one == {
        "id": sent_one["id"],
        "object": "container.file",
        "created_at": int(NOW),
        "bytes": 7,
        "container_id": made["id"],
        "path": "/mnt/data/notes.md",
        "source": "user",
    }
    assert sent_one["id"].startswith("cfile_")
    assert by_id["path"] == f"/mnt/data/{file_id}-ports.csv"
    assert [file["path"] for file in listed["data"]] == ["/mnt/data/notes.md", by_id["path"]]
    assert read == (200, sent_one)
    assert content[2] == b"# Tides"
    assert deleted == (200, {"id": sent_one["id"], "object": "container.file.deleted", "deleted": True})
    assert gone == [404, 404]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a", "memory_limit": "2g"}, "memory_limit"),
        ({"name": "a", "expires_after": {"anchor": "created_at", "minutes": 5}}, "expires_after.anchor"),
        ({"name": "a", "expires_after": {"anchor": "last_active_at", "minutes": 21}}, "expires_after.minutes"),
        ({"name": "a", "file_ids": [5]}, "file_ids[0]"),
        ({"name": "a", "colour": "red"}, "colour"),
    ],
)
def test_wrong_containers_are_refused(body: dict, param: str):
    status, answer = visiting(lambda visitor: sent(visitor, "POST", "/containers", body))

    assert (status, answer["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("container", "status", "param"),
    [
        (None, 400, "tools[0].container"),
        (7, 400, "tools[0].container"),
        ({}, 400, "tools[0].container.type"),
        ({"type": "manual"}, 400, "tools[0].container.type"),
        ({"type": "auto", "memory_limit": "9g"}, 400, "tools[0].container.memory_limit"),
        ({"type": "auto", "file_ids": "x"}, 400, "tools[0].container.file_ids"),
        ({"type": "auto", "file_ids": ["file-0"]}, 400, "tools[0].container.file_ids[0]"),
        ("cntr_0", 404, None),
    ],
)
def test_wrong_tools_are_refused(container: object, status: int, param: str | None):
    tool = {"type": "code_interpreter", "container": container}
    asked = {"model": "gpt-5-mini", "input": "Calculate 2 * 3", "tools": [tool]}

    answer = visiting(lambda visitor: sent(visitor, "POST", "/responses", asked))

    assert (answer[0], answer[1]["error"]["param"]) == (status, param)


@pytest.mark.parametrize("ending", TYPES)
def test_every_documented_type_of_file_is_taken_and_used(ending: str):
    """By upload, and into the container itself; the model can tell how large it is."""

    async def visit(visitor: Visitor):
        file_id = await uploaded(visitor, f"thing{ending}", b"\x00\xff" * 700)
        answer = await visitor.create(f"How many bytes has thing{ending}?", tools=[with_files(file_id)])
        path = f"/containers/{call_of(answer)['container_id']}/files"
        status, _ = await sent(visitor, "POST", path, form(f"other{ending.upper()}", b"x"))
        return text_of(answer), status

    text, status = visiting(visit)

    assert f"size of thing{ending} in bytes = 1400" in text
    assert status == 200


@pytest.mark.parametrize("name", ["thing.exe", "thing", "thing.parquet", ".csv.dll"])
def test_no_other_type_is(name: str):
    async def visit(visitor: Visitor):
        _, made = await sent(visitor, "POST", "/containers", NAMED)
        file_id = await uploaded(visitor, name)
        return (
            await sent(visitor, "POST", f"/containers/{made['id']}/files", form(name, b"x")),
            await sent(visitor, "POST", "/containers", {**NAMED, "file_ids": [file_id]}),
            await visitor.create("Calculate 2 * 3", tools=[with_files(file_id)]),
        )

    put, made, answered = visiting(visit)

    assert (put[0], made[0]) == (400, 400)
    assert {put[1]["error"]["code"], made[1]["error"]["code"], answered["error"]["code"]} == {"unsupported_file"}


def test_idle_container_is_gone_with_all_that_it_held():
    async def visit(visitor: Visitor):
        _, made = await sent(visitor, "POST", "/containers", NAMED)
        path = f"/containers/{made['id']}"
        await sent(visitor, "POST", f"{path}/files", form("ports.csv", TABLE))
        tool = {"type": "code_interpreter", "container": made["id"]}
        seen = []
        for minutes in (19, 38.9, 59):  # each time used after less than twenty minutes; the last time not
            visitor.room.clock = lambda minutes=minutes: NOW + minutes * MINUTE
            answer = await visitor.create("What is the depth of Zorvik?", tools=[tool])
            seen.append("4417" in text_of(answer) if answer["error"] is None else answer["error"]["message"])
        visitor.room.clock = lambda: NOW + 59 * MINUTE
        return seen, await visitor.get(path), await visitor.get(f"{path}/files")

    seen, (status, shown), files = visiting(visit)

    assert seen == [True, True, "Container is expired."]
    assert (status, shown["status"], shown["last_active_at"]) == (200, "expired", int(NOW + 38.9 * MINUTE))
    assert files[0] == 400


def test_container_lasts_an_hour_at_most():
    async def visit(visitor: Visitor):
        _, made = await sent(visitor, "POST", "/containers", NAMED)
        tool = {"type": "code_interpreter", "container": made["id"]}
        seen = []
        for minutes in (15, 30, 45, 59.9, 60):
            visitor.room.clock = lambda minutes=minutes: NOW + minutes * MINUTE
            seen.append((await visitor.create("Calculate 2 * 3", tools=[tool]))["error"] is None)
        return seen

    assert visiting(visit) == [True, True, True, True, False]


def test_fewer_minutes_can_be_asked_for():
    async def visit(visitor: Visitor):
        body = {**NAMED, "expires_after": {"anchor": "last_active_at", "minutes": 3}}
        _, made = await sent(visitor, "POST", "/containers", body)
        visitor.room.clock = lambda: NOW + 3 * MINUTE
        return (await visitor.get(f"/containers/{made['id']}"))[1]["status"]

    assert visiting(visit) == "expired"


def test_every_chain_has_a_session_of_its_own():
    """One container along a chain and its branches, chained by id or by hand; another one for another chain."""

    async def visit(visitor: Visitor):
        first = await visitor.create("Calculate 2 * 3", tools=[AUTO])
        second = await visitor.create("Calculate 3 * 4", tools=[AUTO], previous_response_id=first["id"])
        window = [*second["output"], {"role": "user", "content": "Calculate 4 * 5"}]
        by_hand = await visitor.create(window, tools=[AUTO])
        branch = await visitor.create("Calculate 5 * 6", tools=[AUTO], previous_response_id=first["id"])
        other = await visitor.create("Calculate 2 * 3", tools=[AUTO])
        visitor.room.clock = lambda: NOW + 20 * MINUTE
        late = await visitor.create("Calculate 6 * 7", tools=[AUTO], previous_response_id=second["id"])
        return [call_of(one)["container_id"] for one in (first, second, by_hand, branch, other, late)]

    first, second, by_hand, branch, other, late = visiting(visit)

    assert first == second == by_hand == branch
    assert len({first, other, late}) == 3


def test_files_of_the_input_are_put_in_by_themselves():
    async def visit(visitor: Visitor):
        file_id = await uploaded(visitor, "notes.txt", b"The tide turns twice.")
        data = "data:text/plain;base64,VGhlIG1vb24u"
        content = [
            {"type": "input_text", "text": "Use python to list the files."},
            {"type": "input_file", "file_id": file_id},
            {"type": "input_file", "filename": "moon.txt", "file_data": data},
        ]
        answer = await visitor.create([{"role": "user", "content": content}], tools=[AUTO])
        return file_id, sorted(await container_of(visitor, answer))

    file_id, paths = visiting(visit)

    assert paths == [f"/mnt/data/{file_id}-notes.txt", "/mnt/data/moon.txt"]


def test_outputs_are_there_where_they_are_included():
    include = {"include": ["code_interpreter_call.outputs"]}

    async def visit(visitor: Visitor):
        hidden = await visitor.create("Calculate 2 * 3", tools=[AUTO])
        shown = await visitor.create("Calculate 2 * 3", tools=[AUTO], **include)
        _, stored = await visitor.get(f"/responses/{shown['id']}")
        _, plain = await visitor.get(f"/responses/{hidden['id']}")
        return [call_of(one) for one in (hidden, plain, shown, stored)]

    hidden, plain, shown, stored = visiting(visit)

    assert list(hidden) == ["id", "type", "status", "code", "container_id", "outputs"]
    assert hidden["outputs"] is plain["outputs"] is None
    assert shown["outputs"] == stored["outputs"] == [{"type": "logs", "logs": "2 * 3 = 6"}]


def test_file_made_by_code_is_cited_and_can_be_read():
    async def visit(visitor: Visitor):
        tool = with_files(await uploaded(visitor))
        prompt = "Save the rows with the port Zorvik to a file called found.csv."
        answer = await visitor.create(prompt, tools=[tool])
        (cited,) = answer["output"][-1]["content"][0]["annotations"]
        path = f"/containers/{cited['container_id']}/files/{cited['file_id']}"
        return answer, cited, await visitor.get(path), (await visitor.send("GET", f"{path}/content"))[2]

    answer, cited, (status, file), content = visiting(visit)

    assert (status, file["path"], file["source"]) == (200, "/mnt/data/found.csv", "assistant")
    assert content == b"port,depth\nZorvik,4417\n"
    assert (cited["type"], cited["filename"]) == ("container_file_citation", "found.csv")
    assert text_of(answer)[cited["start_index"] : cited["end_index"]] == "sandbox:/mnt/data/found.csv"


def test_rooms_share_no_container():
    async def visit(visitor: Visitor):
        _, made = await sent(visitor, "POST", "/containers", NAMED)
        other = Visitor(visitor.server, visitor.server.rooms.open(), visitor.session)
        tool = {"type": "code_interpreter", "container": made["id"]}
        return (await other.get(f"/containers/{made['id']}"))[0], await other.create("Calculate 2 * 3", tools=[tool])

    status, refused = visiting(visit)

    assert status == 404
    assert "not found" in json.dumps(refused["error"])
    assert not visiting(ignores_files)
