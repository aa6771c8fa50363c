"""Which request headers a scenario may set: an allow-list, since a header can carry a key or another host."""

import re
from typing import Final

from harness.source.place import shown, suggestion

ALLOWED: Final = {
    "x-ms-oai-image-generation-deployment": "the deployment that draws for the image_generation tool",
    "x-ms-client-request-id": "an id of the caller's, echoed by the gateway",
}
"""Every header that a scenario may set, in lower case, and what it does."""

LONGEST_VALUE: Final = 1024
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def name_mistake(name: str) -> tuple[str, str | None] | None:
    """Why a header of this name cannot be set, and a hint; None where it can."""
    if name.lower() in ALLOWED:
        return None
    return f"the header `{shown(name)}` is not on the allow-list", suggestion(name.lower(), list(ALLOWED))


def value_mistake(value: str) -> str | None:
    """Why a value cannot stand in a header; None where it can."""
    if len(value) > LONGEST_VALUE:
        return f"a header's value has at most {LONGEST_VALUE} characters"
    if _VALUE.fullmatch(value) is None:
        return f"a header's value is plain ASCII on one line, not `{shown(value)}`"
    return None
