"""Data that lie in the page compressed and are opened by its script: JSON, deflated, in base64."""

import base64
import zlib
from typing import Any

from harness.record.fields import encode


def packed(value: Any) -> str:
    """A value as the page's script reads it."""
    return base64.b64encode(zlib.compress(encode(value).encode("ascii"), 6)).decode("ascii")
