"""Header lines as Azure sends them: who answered, and what is left of the quota.

Recorded from the v1 API and, for the gateway's own lines, from chat completions of 2026-03.
"""

from harness.mock.answers import HeaderLines
from harness.mock.offered import REGIONS
from harness.mock.rooms import Room


def of_room(room: Room, deployment: str | None = None, streaming: bool = False) -> HeaderLines:
    """The header lines of any answer of this room; with a deployment, those of an answer by its model."""
    request_id = room.ids.uuid()
    lines = [
        ("apim-request-id", request_id),
        ("x-request-id", request_id),
        ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
        ("x-ms-region", REGIONS.get(room.region, room.region)),
        ("skip-error-remapping", "true"),
    ]
    if deployment is not None:
        lines += [
            ("azureai-fe-is-streaming", str(streaming)),
            ("x-ms-deployment-name", deployment),
            ("x-ms-served-model", room.served(deployment)),
            ("x-ms-is-spilled-over", "false"),
            ("x-ms-rai-invoked", "true"),
            ("azureml-model-session", f"d{room.name or 0}"),
        ]
    if deployment is not None and not streaming:
        lines += room.quotas.lines(deployment, room.clock())
    return lines
