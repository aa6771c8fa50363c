"""Every operation of the API by method and path below the base address."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from harness.mock.answers import Answer
from harness.mock.errands import Work
from harness.mock.operations import (
    background,
    compacting,
    containers,
    conversations,
    creating,
    files,
    models,
    responses,
    speaking,
)
from harness.mock.request import Request
from harness.mock.rooms import Room
from harness.mock.sockets import Socket

Operation = Callable[[Room, Request], Answer | Work[Answer]]
"""A room and a request, whole and with the parts of its path named → the answer, or work that ends with it.

Raises `Refused`, and so does the work.
"""

Talk = Callable[[Room, Request, Socket], Awaitable[None]]
"""A conversation over a WebSocket, until it returns."""

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("POST", "/responses"): lambda room, asked: creating.create(room, asked.body, fields=asked.fields),
    ("POST", "/responses/compact"): lambda room, asked: compacting.compact(room, asked.body),
    ("POST", "/responses/input_tokens"): lambda room, asked: compacting.count(room, asked.body),
    ("GET", "/responses/{id}"): lambda room, asked: responses.retrieve(room, asked.named["id"], asked.query),
    ("DELETE", "/responses/{id}"): lambda room, asked: responses.delete(room, asked.named["id"]),
    ("POST", "/responses/{id}/cancel"): lambda room, asked: background.cancel(room, asked.named["id"]),
    ("GET", "/responses/{id}/input_items"): lambda room, asked: responses.input_items(
        room, asked.named["id"], asked.query
    ),
    ("POST", "/conversations"): lambda room, asked: conversations.create(room, asked.body),
    ("GET", "/conversations/{id}"): lambda room, asked: conversations.retrieve(room, asked.named["id"]),
    ("POST", "/conversations/{id}"): lambda room, asked: conversations.update(room, asked.named["id"], asked.body),
    ("DELETE", "/conversations/{id}"): lambda room, asked: conversations.delete(room, asked.named["id"]),
    ("GET", "/conversations/{id}/items"): lambda room, asked: conversations.list_items(
        room, asked.named["id"], asked.query
    ),
    ("POST", "/conversations/{id}/items"): lambda room, asked: conversations.add_items(
        room, asked.named["id"], asked.body
    ),
    ("GET", "/conversations/{id}/items/{item}"): lambda room, asked: conversations.retrieve_item(
        room, asked.named["id"], asked.named["item"]
    ),
    ("DELETE", "/conversations/{id}/items/{item}"): lambda room, asked: conversations.delete_item(
        room, asked.named["id"], asked.named["item"]
    ),
    ("POST", "/files"): lambda room, asked: files.upload(room, asked.body),
    ("GET", "/files"): lambda room, asked: files.listed(room, asked.query),
    ("GET", "/files/{id}"): lambda room, asked: files.retrieve(room, asked.named["id"]),
    ("DELETE", "/files/{id}"): lambda room, asked: files.delete(room, asked.named["id"]),
    ("GET", "/files/{id}/content"): lambda room, asked: files.content(room, asked.named["id"]),
    ("POST", "/containers"): lambda room, asked: containers.create(room, asked.body),
    ("GET", "/containers"): lambda room, asked: containers.listed(room, asked.query),
    ("GET", "/containers/{id}"): lambda room, asked: containers.retrieve(room, asked.named["id"]),
    ("DELETE", "/containers/{id}"): lambda room, asked: containers.delete(room, asked.named["id"]),
    ("POST", "/containers/{id}/files"): lambda room, asked: containers.add_file(room, asked.named["id"], asked.body),
    ("GET", "/containers/{id}/files"): lambda room, asked: containers.list_files(room, asked.named["id"], asked.query),
    ("GET", "/containers/{id}/files/{file}"): lambda room, asked: containers.retrieve_file(
        room, asked.named["id"], asked.named["file"]
    ),
    ("DELETE", "/containers/{id}/files/{file}"): lambda room, asked: containers.delete_file(
        room, asked.named["id"], asked.named["file"]
    ),
    ("GET", "/containers/{id}/files/{file}/content"): lambda room, asked: containers.content(
        room, asked.named["id"], asked.named["file"]
    ),
    ("GET", "/models"): lambda room, asked: models.listed(room),
    ("GET", "/models/{id}"): lambda room, asked: models.retrieve(room, asked.named["id"]),
}
"""Every operation of the API that is served."""

TALKS: Final[Mapping[str, Talk]] = {"/responses": speaking.talk}
"""Paths where a client may change over to WebSocket, and who speaks there."""

UNVERSIONED: Final = ("/files",)
"""Paths that are served below `/openai` too, where some samples of the documentation have them."""
