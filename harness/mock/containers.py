"""Containers: where code runs, and the files that it sees under /mnt/data.

A container that nobody used for twenty minutes is gone with all that it held, and so is every one after an hour; its
object can still be read. Whatever is done with it counts as use.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from harness.mock.errors import Refused, invalid
from harness.mock.interpreter import HOME
from harness.mock.rooms import Room
from harness.mock.store import JSON, Container, File
from harness.mock.ways import Ways

IDLE: Final = 20
"""Minutes after which an unused container is gone, unless it was made with fewer."""

SESSION: Final = 3_600
"""Seconds after which a container is gone however much it is used."""

TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    ".c": ("text/x-c",),
    ".cs": ("text/x-csharp",),
    ".cpp": ("text/x-c++",),
    ".csv": ("text/csv", "application/csv"),
    ".doc": ("application/msword",),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    ".html": ("text/html",),
    ".java": ("text/x-java",),
    ".json": ("application/json",),
    ".md": ("text/markdown",),
    ".pdf": ("application/pdf",),
    ".php": ("text/x-php",),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation",),
    ".py": ("text/x-python", "text/x-script.python"),
    ".rb": ("text/x-ruby",),
    ".tex": ("text/x-tex",),
    ".txt": ("text/plain",),
    ".css": ("text/css",),
    ".js": ("text/javascript",),
    ".sh": ("application/x-sh",),
    ".ts": ("application/typescript",),
    ".jpeg": ("image/jpeg",),
    ".jpg": ("image/jpeg",),
    ".gif": ("image/gif",),
    ".pkl": ("application/octet-stream",),
    ".png": ("image/png",),
    ".tar": ("application/x-tar",),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ".xml": ("application/xml", "text/xml"),
    ".zip": ("application/zip",),
}
"""Types of files that the code interpreter takes, by the ending of the name (guide, table of supported files)."""

LEFT_OUT: Final = (".xlsx", ".tex", ".pkl")
"""Endings that a service does not take which leaves some of them out."""


def made(room: Room, ways: Ways, name: str = "auto", minutes: int = IDLE, memory: str | None = None) -> Container:
    """A new container without files."""
    now = int(room.clock())
    shown: JSON = {
        "id": room.ids.container(),
        "object": "container",
        "created_at": now,
        "status": "running",
        "expires_after": {"anchor": "last_active_at", "minutes": minutes},
        "last_active_at": now,
        "name": name,
    }
    if memory is not None:
        shown["memory_limit"] = memory
    container = room.store.containers[shown["id"]] = Container(shown, room.clock())
    if ways.containers == "leaking":
        leak(room, container)
    return container


def leak(room: Room, container: Container) -> None:
    """What another container of the server holds comes up in this one, and this one's in the next."""
    other, room.rooms.leaked = room.rooms.leaked, container
    for file in other.files.values() if other is not None else ():
        container.files[file.shown["id"]] = file


def is_gone(room: Room, container: Container, ways: Ways) -> bool:
    """Whether nobody used it for too long, or its hour is over, by the room's clock."""
    now = room.clock()
    idle = now - container.used_at >= 60 * container.shown["expires_after"]["minutes"]
    return ways.idle_containers == "gone" and (idle or now - container.shown["created_at"] >= SESSION)


def find(room: Room, container_id: str, ways: Ways) -> Container:
    """The container of that id as it is now; one that is gone is empty, and says so. Raises `Refused`."""
    container = room.store.containers.get(container_id)
    if container is None:
        raise not_found(container_id)
    if is_gone(room, container, ways):
        container.shown["status"] = "expired"
        container.files.clear()
        container.names.clear()
    return container


def not_found(container_id: str) -> Refused:
    return invalid(f"Container with id '{container_id}' not found.", status=404)


def used(room: Room, container_id: str, ways: Ways, param: str | None = None) -> Container:
    """The container of that id, from now on in use for as long again. Raises `Refused` where it is gone."""
    container = find(room, container_id, ways)
    if container.shown["status"] == "expired":
        raise invalid("Container is expired.", param, "container_expired")
    container.used_at = room.clock()
    container.shown["last_active_at"] = int(container.used_at)
    return container


def check_kind(name: str, ways: Ways, param: str | None) -> None:
    """Raises `Refused` for a file of a type that no container takes."""
    ending = "." + name.rpartition(".")[2].lower()
    if ending not in TYPES or (ways.container_kinds == "some" and ending in LEFT_OUT):
        message = f"Invalid file '{name[:80]}': files of this type are not supported by the code interpreter."
        raise invalid(message, param, "unsupported_file")


def put(room: Room, container: Container, path: str, content: bytes, source: str) -> File:
    """A file under that path, in place of one that was there; `source` is `user` or `assistant`."""
    for file_id, file in tuple(container.files.items()):
        if file.shown["path"] == path:
            del container.files[file_id]
    shown = {
        "id": room.ids.container_file(),
        "object": "container.file",
        "created_at": int(room.clock()),
        "bytes": len(content),
        "container_id": container.shown["id"],
        "path": path,
        "source": source,
    }
    file = container.files[shown["id"]] = File(shown, content)
    return file


def put_uploaded(room: Room, container: Container, uploaded: Iterable[File]) -> None:
    """Files of the resource `files`, each named after its id and its name; what is there already stays."""
    for file in uploaded:
        path = f"{HOME}{file.shown['id']}-{base_name(file.shown['filename'])}"
        if path not in container.contents:
            put(room, container, path, file.content, "user")


def base_name(name: Any) -> str:
    """A file's name without the folders before it."""
    return str(name).replace("\\", "/").rpartition("/")[2] or "file"
