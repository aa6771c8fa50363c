"""The shape of a plain response: required fields, their types, statuses."""

from collections.abc import Mapping
from typing import Any

from harness.findings import Finding
from harness.protocol.profiles import CORE, Profile


def check_response(response: Mapping[str, Any], profile: Profile = CORE, pointer: str = "") -> list[Finding]:
    """Whatever is wrong with the shape of a response object; pointers begin with `pointer`."""
    return []
