"""Signs of defects of containers: each a visit that says whether it shows, by JSON and bytes alone."""

import json
from typing import Any

from builders.endpoint import Visitor, text_of

from harness.mock.containers import TYPES

JSON = dict[str, Any]
AUTO: JSON = {"type": "code_interpreter", "container": {"type": "auto"}}
TABLE = b"port,depth\nZorvik,4417\nQuello,23\n"


def form(name: str, content: bytes, **fields: str) -> bytes:
    """A file as browsers and clients send it."""
    parts = [
        f'--edge\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    head = f'--edge\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join(parts).encode() + head.encode() + content + b"\r\n--edge--\r\n"


async def sent(visitor: Visitor, method: str, path: str, body: object = None) -> tuple[int, JSON]:
    status, _, answer = await visitor.send(method, path, body)
    return status, json.loads(answer)


async def uploaded(visitor: Visitor, name: str = "ports.csv", content: bytes = TABLE) -> str:
    """The id of a file that was uploaded for assistants."""
    file_id: str = (await sent(visitor, "POST", "/files", form(name, content, purpose="assistants")))[1]["id"]
    return file_id


def with_files(*file_ids: str) -> JSON:
    """The tool with these files in its container."""
    return {"type": "code_interpreter", "container": {"type": "auto", "file_ids": list(file_ids)}}


def call_of(response: JSON) -> JSON:
    """The last call of a response."""
    call: JSON = next(item for item in reversed(response["output"]) if item["type"] == "code_interpreter_call")
    return call


async def container_of(visitor: Visitor, response: JSON) -> list[str]:
    """The paths in the container of a response's call."""
    _, listed = await sent(visitor, "GET", f"/containers/{call_of(response)['container_id']}/files")
    return [file["path"] for file in listed["data"]]


async def ignores_files(visitor: Visitor) -> bool:
    tool = with_files(await uploaded(visitor))
    answer = await visitor.create("What is the depth of Zorvik?", tools=[tool])
    return answer.get("status") == "completed" and "4417" not in text_of(answer)


async def saved(visitor: Visitor) -> tuple[list[JSON], list[JSON]]:
    """The citations of an answer that made a file, and the files that there are."""
    answer = await visitor.create("Calculate 17 * 3 and save the result to sum.txt.", tools=[AUTO])
    _, listed = await sent(visitor, "GET", f"/containers/{call_of(answer)['container_id']}/files")
    return answer["output"][-1]["content"][0]["annotations"], listed["data"]


async def cites_what_is_not_there(visitor: Visitor) -> bool:
    cited, there = await saved(visitor)
    return [one["filename"] for one in cited] == ["sum.txt"] and cited[0]["file_id"] not in {f["id"] for f in there}


async def cites_nothing(visitor: Visitor) -> bool:
    cited, there = await saved(visitor)
    return [file["path"] for file in there] == ["/mnt/data/sum.txt"] and cited == []


async def leaks(visitor: Visitor) -> bool:
    """Two runs, each in a room of its own."""
    other = visitor.server.rooms.open(defects=[one.id for one in visitor.room.script.defects])
    elsewhere = Visitor(visitor.server, other, visitor.session)
    tool = with_files(await uploaded(elsewhere, "canary.csv"))
    await elsewhere.create("What is the depth of Zorvik?", tools=[tool])
    answer = await visitor.create("Calculate 17 * 3.", tools=[AUTO])
    return any("canary" in path for path in await container_of(visitor, answer))


async def outlives_its_time(visitor: Visitor) -> bool:
    _, made = await sent(visitor, "POST", "/containers", {"name": "mine"})
    start = visitor.room.clock()
    visitor.room.clock = lambda: start + 20 * 60.0
    tool = {"type": "code_interpreter", "container": made["id"]}
    answer = await visitor.create("Calculate 17 * 3.", tools=[tool])
    return answer.get("status") == "completed" and call_of(answer)["container_id"] == made["id"]


async def refuses_types(visitor: Visitor) -> bool:
    _, made = await sent(visitor, "POST", "/containers", {"name": "mine"})
    path = f"/containers/{made['id']}/files"
    return {200, 400} == {(await sent(visitor, "POST", path, form(f"a{one}", b"x")))[0] for one in TYPES}


SIGNS = {
    "B63b": ignores_files,
    "B64": cites_what_is_not_there,
    "B65": leaks,
    "B75": outlives_its_time,
    "B76": refuses_types,
    "B78": cites_nothing,
}
"""What each row does, seen over the socket."""
