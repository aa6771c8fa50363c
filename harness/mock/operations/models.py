"""The resource `models`: which models there are; a deployment is found under its own name too."""

from typing import Final

from harness.mock import headers
from harness.mock.answers import Answer, of_json
from harness.mock.errors import invalid
from harness.mock.offered import MODELS
from harness.mock.rooms import Room
from harness.mock.store import JSON

MADE: Final = 1_735_689_600
"""2025-01-01; when each model was registered is not known here."""


def listed(room: Room) -> Answer:
    """GET /models."""
    names = dict.fromkeys((*room.deployments, *MODELS))
    return of_json({"object": "list", "data": [shown(name) for name in names]}, headers.of_room(room))


def retrieve(room: Room, name: str) -> Answer:
    """GET /models/{name}. Raises `Refused`."""
    if name not in room.deployments and name not in MODELS:
        raise invalid(f"The model '{name[:64]}' does not exist.", "model", "model_not_found", 404)
    return of_json(shown(name), headers.of_room(room))


def shown(name: str) -> JSON:
    return {"id": name, "object": "model", "created": MADE, "owned_by": "azure-openai"}
