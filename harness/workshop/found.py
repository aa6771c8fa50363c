"""What was found in a picture or a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colour:
    """One of the main colours: its name, its exact value as `#rrggbb`, the share of the picture that has it."""

    name: str
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: format (`PNG`, `JPEG`, `WEBP`, `GIF`), size in pixels, main colours (the largest share first).

    `words` is text that stands in the file beside its pixels: a description, a comment.
    """

    format: str
    width: int
    height: int
    colours: tuple[Colour, ...]
    words: str = ""
    animated: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document: what it is (`PDF`, `text`), the text of each of its pages, its title where it has one."""

    format: str
    pages: tuple[str, ...]
    title: str | None = None
