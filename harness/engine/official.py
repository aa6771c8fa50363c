"""Ways to send a turn through the installed official package. One class each; see `harness.wire.official`."""

from collections.abc import Mapping
from typing import Final

from harness.engine.delivery import Delivery

OFFICIAL: Final[Mapping[str, Delivery]] = {}
