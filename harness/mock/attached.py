"""A picture or a document as a content part of the context: on the wire the part as it came, to the model what it says.

{"type": "input_image", "image_url": "data:…"}     a `Picture`: format, size, colours, words
{"type": "input_file", "file_data": "data:…"}      a `Document`: the text of each page
"""

from typing import Any, TypeAlias

from harness.workshop import Document, Picture

Reading: TypeAlias = Picture | Document


class Attached(dict[str, Any]):
    """The part, with what was read in it (None: nothing reached the model), and its cost in tokens."""

    __slots__ = ("cost", "reading")

    def __init__(self, part: dict[str, Any], reading: Reading | None, cost: int) -> None:
        super().__init__(part)
        self.reading = reading
        self.cost = cost

    def __reduce__(self) -> tuple[Any, ...]:
        return (Attached, (dict(self), self.reading, self.cost))
