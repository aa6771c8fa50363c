"""The resource `containers`: where code runs; its files come and go here too."""

from collections.abc import Mapping
from typing import Any, Final

from harness.mock import asked, containers, headers
from harness.mock.answers import Answer, of_json
from harness.mock.errors import invalid
from harness.mock.interpreter import HOME
from harness.mock.operations import files, multipart, paging
from harness.mock.operations.creating import read_body
from harness.mock.operations.finding import standing_ways
from harness.mock.rooms import Room
from harness.mock.store import JSON, Container, File

FIELDS: Final[Mapping[str, tuple[type, ...]]] = {
    "name": (str,),
    "expires_after": (dict,),
    "file_ids": (list,),
    "memory_limit": (str,),
}
MEMORY: Final = ("1g", "4g", "16g", "64g")


def create(room: Room, raw: bytes) -> Answer:
    """POST /containers: `name`, and what it shall hold. Raises `Refused`."""
    body, ways = read_body(raw), standing_ways(room)
    for name, value in body.items():
        if name not in FIELDS:
            raise invalid(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
        if value is not None:
            asked.check_type(name, value, FIELDS[name])
    if body.get("name") is None:
        raise asked.missing("name")
    memory = body.get("memory_limit")
    if memory is not None:
        asked.check_choice("memory_limit", memory, MEMORY)
    uploaded = uploads(room, body.get("file_ids") or [], "file_ids")
    made = containers.made(room, ways, body["name"], minutes(body.get("expires_after")), memory)
    if ways.container_files == "taken":
        containers.put_uploaded(room, made, uploaded)
    return of_json(made.shown, headers.of_room(room))


def minutes(asked_for: Mapping[str, Any] | None) -> int:
    """`expires_after`: at most twenty minutes after the last use. Raises `Refused`."""
    if asked_for is None:
        return containers.IDLE
    asked.check_choice("expires_after.anchor", asked_for.get("anchor"), ("last_active_at",))
    wanted = asked_for.get("minutes")
    if type(wanted) is not int or not 1 <= wanted <= containers.IDLE:
        message = f"Invalid 'expires_after.minutes': expected an integer from 1 to {containers.IDLE}."
        raise invalid(message, "expires_after.minutes", "invalid_value")
    return wanted


def uploads(room: Room, file_ids: list[Any], path: str) -> list[File]:
    """Uploaded files by their ids, of types that containers take. Raises `Refused`."""
    found = []
    for at, file_id in enumerate(file_ids):
        asked.check_type(f"{path}[{at}]", file_id, (str,))
        found.append(files.find(room, file_id))
        containers.check_kind(found[-1].shown["filename"], standing_ways(room), f"{path}[{at}]")
    return found


def listed(room: Room, query: Mapping[str, str]) -> Answer:
    """GET /containers, newest first. Raises `Refused`."""
    ways = standing_ways(room)
    shown = [containers.find(room, container_id, ways).shown for container_id in room.store.containers]
    return of_json(paging.page(shown, query), headers.of_room(room))


def retrieve(room: Room, container_id: str) -> Answer:
    """GET /containers/{id}: also of one that is gone. Raises `Refused`."""
    found = containers.find(room, container_id, standing_ways(room))
    if found.shown["status"] == "running":
        containers.used(room, container_id, standing_ways(room))
    return of_json(found.shown, headers.of_room(room))


def delete(room: Room, container_id: str) -> Answer:
    """DELETE /containers/{id}. Raises `Refused`."""
    containers.find(room, container_id, standing_ways(room))
    del room.store.containers[container_id]
    deleted = {"id": container_id, "object": "container.deleted", "deleted": True}
    return of_json(deleted, headers.of_room(room))


# the files of a container


def add_file(room: Room, container_id: str, raw: bytes) -> Answer:
    """POST /containers/{id}/files: a form with `file`, or JSON with the `file_id` of an upload. Raises `Refused`."""
    ways = standing_ways(room)
    container = containers.used(room, container_id, ways)
    if raw.lstrip()[:1] == b"{":
        body = read_body(raw)
        if not isinstance(body.get("file_id"), str):
            raise asked.missing("file_id")
        name, content = body["file_id"], files.find(room, body["file_id"])
        containers.check_kind(content.shown["filename"], ways, "file_id")
        path = f"{HOME}{name}-{containers.base_name(content.shown['filename'])}"
        return of_json(containers.put(room, container, path, content.content, "user").shown, headers.of_room(room))
    part = multipart.parts(raw).get("file")
    if part is None:
        raise asked.missing("file")
    if len(part.content) >= files.LARGEST:
        message = f"The file is too large: less than {files.LARGEST} bytes are accepted."
        raise invalid(message, "file", "file_too_large")
    name = containers.base_name(part.filename or "file")
    containers.check_kind(name, ways, "file")
    file = containers.put(room, container, HOME + name, part.content, "user")
    return of_json(file.shown, headers.of_room(room))


def list_files(room: Room, container_id: str, query: Mapping[str, str]) -> Answer:
    """GET /containers/{id}/files. Raises `Refused`."""
    container = containers.used(room, container_id, standing_ways(room))
    return of_json(paging.page([file.shown for file in container.files.values()], query), headers.of_room(room))


def find_file(room: Room, container_id: str, file_id: str) -> tuple[Container, File]:
    """Raises `Refused`."""
    container = containers.used(room, container_id, standing_ways(room))
    if file_id not in container.files:
        raise invalid(f"Container file with id '{file_id}' not found.", status=404)
    return container, container.files[file_id]


def retrieve_file(room: Room, container_id: str, file_id: str) -> Answer:
    """GET /containers/{id}/files/{file}. Raises `Refused`."""
    return of_json(find_file(room, container_id, file_id)[1].shown, headers.of_room(room))


def content(room: Room, container_id: str, file_id: str) -> Answer:
    """GET /containers/{id}/files/{file}/content: the bytes. Raises `Refused`."""
    file = find_file(room, container_id, file_id)[1]
    return Answer(200, [*headers.of_room(room), ("content-type", "application/octet-stream")], file.content)


def delete_file(room: Room, container_id: str, file_id: str) -> Answer:
    """DELETE /containers/{id}/files/{file}. Raises `Refused`."""
    container, _ = find_file(room, container_id, file_id)
    del container.files[file_id]
    deleted: JSON = {"id": file_id, "object": "container.file.deleted", "deleted": True}
    return of_json(deleted, headers.of_room(room))
