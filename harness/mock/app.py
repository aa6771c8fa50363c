"""The service as an ASGI application: exact routes, who may come in, refusals in documented form.

Loopback programs only: the `Host` must be ours, a request with an `Origin` comes from a browser and is refused,
and nothing is ever said about cross-origin access.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from harness.mock import headers
from harness.mock.answers import Answer, of_json, of_refusal
from harness.mock.errors import Refused, forbidden, no_resource, unauthorized
from harness.mock.operations import background, responses
from harness.mock.rooms import API, Room, Rooms

BODY_LIMIT: Final = 96 * 1024 * 1024
LOCAL_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")

Operation = Callable[[Room, bytes, Mapping[str, str], Mapping[str, str]], Answer]
"""A room, the request's body, the parts of its path and its query → the answer. Raises `Refused`."""

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("POST", "/responses"): lambda room, body, path, query: responses.create(room, body),
    ("GET", "/responses/{id}"): lambda room, body, path, query: responses.retrieve(room, path["id"], query),
    ("DELETE", "/responses/{id}"): lambda room, body, path, query: responses.delete(room, path["id"]),
    ("POST", "/responses/{id}/cancel"): lambda room, body, path, query: background.cancel(room, path["id"]),
    ("GET", "/responses/{id}/input_items"): lambda room, body, path, query: responses.input_items(
        room, path["id"], query
    ),
}
"""Every operation of the API that is served, by method and path below the base address."""

ANSWER: Final = "harness.answer"
"""Where the raw door finds the answer that the application would have sent."""


class Outgoing(Response):
    """Sends an `Answer`; at the raw door, which sends for itself, only leaves it in the scope."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.answer
        if ANSWER in scope:
            scope[ANSWER].append(answer)
            return
        if answer.delay:
            await asyncio.sleep(answer.delay)
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        if not answer.streamed:
            lines.append((b"content-length", b"%d" % len(answer.body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        *chunks, last = answer.chunks() or [b""]
        for chunk in chunks:
            if answer.pace:
                await asyncio.sleep(answer.pace)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if answer.pace:
            await asyncio.sleep(answer.pace)
        await send({"type": "http.response.body", "body": last, "more_body": False})


def application(rooms: Rooms) -> Starlette:
    """Routes for every operation in every room, and for a standing room (named "") below `/openai/v1`."""
    routes: list[BaseRoute] = [Route("/healthz", healthz, methods=["GET"])]
    paths: dict[str, dict[str, Operation]] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method] = operation
    for path, by_method in paths.items():
        endpoint = entrance(rooms, by_method)
        methods = list(by_method)
        routes.append(Route(f"/rooms/{{room}}{API}{path}", endpoint, methods=methods))
        routes.append(Route(f"{API}{path}", endpoint, methods=methods))
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: not_served},
        max_body_size=BODY_LIMIT,
    )
    app.router.redirect_slashes = False
    return app


def entrance(rooms: Rooms, by_method: Mapping[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that lets in who may come, asks the operation, and answers."""

    async def endpoint(request: Request) -> Response:
        room = None
        try:
            check_origin(request)
            room = rooms.get(request.path_params.get("room", ""))
            if room is None:
                raise no_resource()
            check_key(request, room)
            operation = by_method["GET" if request.method == "HEAD" else request.method]
            answer = operation(room, await request.body(), request.path_params, request.query_params)
        except Refused as refused:
            answer = of_refusal(refused, headers.of_room(room) if room else [])
        return Outgoing(answer)

    return endpoint


def check_origin(request: Request) -> None:
    """Programs on this machine only: no browser, no foreign name for our address."""
    if "origin" in request.headers:
        raise forbidden("Requests from web pages are not accepted.")
    name = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if name.lower() not in LOCAL_NAMES:
        raise forbidden("This host name is not served here.")


def check_key(request: Request, room: Room) -> None:
    """The room's key as `api-key` or Bearer; where both are sent, both must be right."""
    given = [request.headers["api-key"]] if "api-key" in request.headers else []
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        given.append(token.strip() if scheme.lower() == "bearer" else "")
    if not given or not all(secrets.compare_digest(key.encode(), room.key.encode()) for key in given):
        raise unauthorized()


async def healthz(request: Request) -> Response:
    """Alive; needs no key."""
    try:
        check_origin(request)
    except Refused as refused:
        return Outgoing(of_refusal(refused, []))
    return Outgoing(of_json({"status": "ok"}, []))


async def not_served(request: Request, error: Exception) -> Response:
    """Unknown paths and methods, oversized bodies."""
    return Outgoing(of_refusal(no_resource(error.status_code if isinstance(error, HTTPException) else 500), []))
