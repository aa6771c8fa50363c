"""What a picture looks like, in words."""

from collections.abc import Iterator
from typing import Final

from harness.workshop import Colour, Picture

ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def looks(picture: Picture, number: int) -> Iterator[tuple[str, str]]:
    """Everything that can be said of a picture, as the n-th of several and as the newest: thing and value."""
    names = ["the image", f"image {number}"]
    if number <= len(ORDINALS):
        names.append(f"the {ORDINALS[number - 1]} image")
    for name in names:
        yield f"format of {name}", picture.format
        yield f"width of {name}", f"{picture.width} pixels"
        yield f"height of {name}", f"{picture.height} pixels"
        yield f"size of {name}", size(picture)
        yield f"colour of {name}", colours(picture)
        if picture.words:
            yield f"text of {name}", one_line(picture.words)


def size(picture: Picture) -> str:
    return f"{picture.width}x{picture.height} pixels"


def colours(picture: Picture) -> str:
    """The main colours; of several, the share of each."""
    if len(picture.colours) == 1:
        return named(picture.colours[0])
    listed = [f"{named(one)}, {one.share:.0%}" for one in picture.colours]
    return " and ".join(filter(None, ("; ".join(listed[:-1]), *listed[-1:]))) or "none that stands out"


def named(colour: Colour) -> str:
    return f"{colour.name} ({colour.value})"


def one_line(text: str) -> str:
    return " ".join(text.split())
