"""Header lines as Azure sends them: who answered, and what is left of the quota.

Recorded from the v1 API and, for the gateway's own lines, from chat completions of 2026-03.
"""

import time
from email.utils import formatdate
from functools import lru_cache

from harness.mock.answers import HeaderLines
from harness.mock.offered import REGIONS
from harness.mock.rooms import Room


def of_room(room: Room, deployment: str | None = None, streaming: bool = False) -> HeaderLines:
    """The header lines of any answer of this room; with a deployment, those of an answer by its model."""
    request_id = room.ids.uuid()
    lines = [("apim-request-id", request_id), ("x-request-id", request_id), *of_gateway(room.region)]
    now = room.clock()
    if deployment is not None:
        lines += of_model(deployment, room.served(deployment), room.name, streaming)
        if not streaming:
            lines += room.quotas.lines(deployment, now)
    if abs(now - time.time()) > 1:  # a clock that was put forward: the service's own is what it says
        lines.append(("date", formatdate(now, usegmt=True)))
    return lines


@lru_cache(maxsize=256)
def of_gateway(region: str) -> tuple[tuple[str, str], ...]:
    """Lines that are the same for every answer of a region."""
    return (
        ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
        ("x-ms-region", REGIONS.get(region, region)),
        ("skip-error-remapping", "true"),
    )


@lru_cache(maxsize=256)
def of_model(deployment: str, served: str, room_name: str, streaming: bool) -> tuple[tuple[str, str], ...]:
    """Lines that are the same for every answer of a deployment."""
    return (
        ("azureai-fe-is-streaming", str(streaming)),
        ("x-ms-deployment-name", deployment),
        ("x-ms-served-model", served),
        ("x-ms-is-spilled-over", "false"),
        ("x-ms-rai-invoked", "true"),
        ("azureml-model-session", f"d{room_name or 0}"),
    )
