"""Colours by name."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

RGB = tuple[int, int, int]

COLOURS: Final[Mapping[str, RGB]] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "red": (255, 0, 0),
    "crimson": (220, 20, 60),
    "maroon": (128, 0, 0),
    "orange": (255, 165, 0),
    "coral": (255, 127, 80),
    "brown": (139, 69, 19),
    "gold": (255, 215, 0),
    "yellow": (255, 255, 0),
    "beige": (245, 245, 220),
    "olive": (128, 128, 0),
    "lime": (0, 255, 0),
    "green": (0, 128, 0),
    "teal": (0, 128, 128),
    "turquoise": (64, 224, 208),
    "cyan": (0, 255, 255),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "indigo": (75, 0, 130),
    "purple": (128, 0, 128),
    "violet": (238, 130, 238),
    "magenta": (255, 0, 255),
    "pink": (255, 192, 203),
    "lavender": (230, 230, 250),
}
"""Names that everybody knows, and what the web takes them for."""


@lru_cache(maxsize=4096)
def name_of(colour: RGB) -> str:
    """The name that fits best."""
    return min(COLOURS, key=lambda name: distance(COLOURS[name], colour))


def distance(one: RGB, other: RGB) -> float:
    """How different two colours look, by the usual cheap weighting of red, green and blue."""
    reddish = (one[0] + other[0]) / 2
    red, green, blue = (left - right for left, right in zip(one, other, strict=True))
    return (2 + reddish / 256) * red * red + 4 * green * green + (2 + (255 - reddish) / 256) * blue * blue


def spelled(colour: RGB) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
