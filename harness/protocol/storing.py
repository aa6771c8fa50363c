"""How long what is stored may take to be found."""

from typing import Final

LAG: Final = 60.0
"""Seconds after which a stored response must be readable and can be continued; Azure was seen to take 33."""
